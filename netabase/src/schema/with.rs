//! Modules for `#[serde(with = "…")]` on fields whose types serde's derives alone cannot keep.
//!
//! | module | for | bytes |
//! |---|---|---|
//! | [`json`] (feature `json`) | types that ask the bytes what they are: `serde_json::Value`, `untagged` enums, `tag`, `flatten` | JSON text |
//! | [`sorted`] | `HashSet` and others without an order | a sequence that ascends |

#[cfg(feature = "json")]
pub mod json;

pub mod sorted;
