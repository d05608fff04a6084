//! Whether a function that merges values keeps what convergence needs.

use super::{NetabaseSchema, NetabaseSchemaKey, codec::encode};
use crate::schema::EncodeError;

/// Checks that a schema's `merge` is commutative, associative and idempotent on `values`.
///
/// Two stores that merge the same records in other orders, or some of them twice, end up equal if,
/// and only if, it is all three, and keeps the key. For tests of a function of one's own: it tries every
/// pair and every three of `values`, which must all have one key, and compares the results by their
/// encoded bytes. The more edges are among them, the better.
///
/// # Errors
///
/// [`MergeError`] with the places in `values` of those that break a promise.
///
/// # Examples
///
/// ```
/// use netabase::{NetabaseSchema, check_merge};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Clone, Serialize, Deserialize, NetabaseSchema)]
/// #[netabase(merge = highest)]
/// struct Score {
///     #[netabase(key)]
///     player: String,
///     points: u32,
/// }
///
/// fn highest(a: &Score, b: &Score) -> Score {
///     if a.points >= b.points { a.clone() } else { b.clone() }
/// }
///
/// let score = |points| Score { player: "ada".into(), points };
/// check_merge(&[score(0), score(7), score(u32::MAX)])?;
/// # Ok::<(), netabase::MergeError>(())
/// ```
pub fn check_merge<V: NetabaseSchema>(values: &[V]) -> Result<(), MergeError> {
    let bytes = |value: &V| {
        let mut bytes = Vec::new();
        encode(value, &mut bytes, usize::MAX)?;
        Ok::<_, MergeError>(bytes)
    };
    let merge = |a: &V, b: &V| a.merge(b).ok_or(MergeError::NoMerge { schema: V::SCHEMA_NAME });
    for (a, x) in values.iter().enumerate() {
        if bytes(&merge(x, x)?)? != bytes(x)? {
            return Err(MergeError::NotIdempotent { value: a });
        }
        for (b, y) in values.iter().enumerate() {
            if x.key() != y.key() {
                return Err(MergeError::DifferentKeys { left: a, right: b });
            }
            let merged = merge(x, y)?;
            if merged.key().to_key_bytes() != x.key().to_key_bytes() {
                return Err(MergeError::KeyChanged { left: a, right: b });
            }
            if bytes(&merged)? != bytes(&merge(y, x)?)? {
                return Err(MergeError::NotCommutative { left: a, right: b });
            }
            for (c, z) in values.iter().enumerate() {
                if bytes(&merge(&merged, z)?)? != bytes(&merge(x, &merge(y, z)?)?)? {
                    return Err(MergeError::NotAssociative { values: [a, b, c] });
                }
            }
        }
    }
    Ok(())
}

/// What a schema's `merge` does not keep to, found by [`check_merge`]. The numbers are places in what
/// was given to it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MergeError {
    /// The schema has no function to check.
    #[error("schema `{schema}` has no merge function: write `#[netabase(merge = path)]`")]
    NoMerge {
        /// The schema.
        schema: &'static str,
    },
    /// Only values of one key are ever merged.
    #[error("values {left} and {right} have different keys, so they are never merged")]
    DifferentKeys {
        /// One value.
        left: usize,
        /// The other.
        right: usize,
    },
    /// The merged value has another key than those it was made of.
    #[error("merging values {left} and {right} gives a value of another key")]
    KeyChanged {
        /// One value.
        left: usize,
        /// The other.
        right: usize,
    },
    /// A value merged with itself is not itself.
    #[error("not idempotent: value {value} merged with itself is another value")]
    NotIdempotent {
        /// The value.
        value: usize,
    },
    /// The order of two values matters.
    #[error("not commutative: values {left} and {right} merge to another value in the other order")]
    NotCommutative {
        /// One value.
        left: usize,
        /// The other.
        right: usize,
    },
    /// The order in which three values are merged matters.
    #[error(
        "not associative: values {values:?} merge to another value if the last two are merged first"
    )]
    NotAssociative {
        /// The values.
        values: [usize; 3],
    },
    /// A value cannot be encoded, and so not be stored.
    #[error("a value cannot be encoded: {0}")]
    Encode(#[from] EncodeError),
}
