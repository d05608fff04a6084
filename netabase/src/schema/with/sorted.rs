//! Writes a set as a sequence that ascends strictly, and reads no other.
//!
//! Sets come through serde as sequences, in whatever order they are iterated: equal hash sets would have
//! other bytes each time, be signed and sent anew, and never merge to an end.
//!
//! # Examples
//!
//! ```
//! use std::collections::HashSet;
//!
//! use netabase::{NetabaseSchema, value_to_bytes};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize, NetabaseSchema)]
//! struct Article {
//!     #[netabase(key)]
//!     id: u64,
//!     #[serde(with = "netabase::with::sorted")]
//!     tags: HashSet<String>,
//! }
//!
//! let tags = |tags: [&str; 2]| tags.map(str::to_owned).into();
//! let one = value_to_bytes(&Article { id: 7, tags: tags(["b", "a"]) })?;
//! let other = value_to_bytes(&Article { id: 7, tags: tags(["a", "b"]) })?;
//! assert_eq!(one, other);
//! # Ok::<(), netabase::RecordError>(())
//! ```

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, SeqAccess, Visitor},
};

/// Writes the elements of a set in ascending order.
///
/// # Errors
///
/// The serializer's own.
pub fn serialize<'s, C, T, S>(set: &'s C, serializer: S) -> Result<S::Ok, S::Error>
where
    &'s C: IntoIterator<Item = &'s T>,
    T: Serialize + Ord + 's,
    S: Serializer,
{
    let mut elements: Vec<&T> = set.into_iter().collect();
    elements.sort_unstable();
    serializer.collect_seq(elements)
}

/// Reads a set from a sequence that ascends strictly.
///
/// # Errors
///
/// The deserializer's own, and one if an element is not larger than the one before: a set has one encoding.
pub fn deserialize<'de, C, T, D>(deserializer: D) -> Result<C, D::Error>
where
    C: IntoIterator<Item = T> + FromIterator<T>,
    T: Deserialize<'de> + Ord,
    D: Deserializer<'de>,
{
    deserializer
        .deserialize_seq(Ascending(PhantomData))
        .map(|elements| elements.into_iter().collect())
}

struct Ascending<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + Ord> Visitor<'de> for Ascending<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("elements that ascend")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Vec<T>, A::Error> {
        let mut elements: Vec<T> = Vec::new();
        while let Some(element) = sequence.next_element()? {
            if elements.last().is_some_and(|before| *before >= element) {
                return Err(A::Error::custom("the elements of a set do not ascend"));
            }
            elements.push(element);
        }
        Ok(elements)
    }
}
