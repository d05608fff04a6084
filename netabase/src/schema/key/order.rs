//! Whether a key type written by hand keeps the promises of the trait.

use std::cmp::Ordering;

use super::{KeyError, KeyReader, MAX_KEY_BYTES, NetabaseSchemaKey};

/// Checks that a key type's `Ord`, its bytes and their decoding agree on `keys`.
///
/// For tests of a [`NetabaseSchemaKey`], or an [`Ord`], written by hand. It covers every pair of
/// `keys` in O(n log n), as far as `Ord` is transitive. The more of the type's edges are among
/// them, the better; duplicates and any order are fine.
///
/// # Errors
///
/// [`KeyOrderError`] with a key, or two keys, that break a promise.
///
/// # Examples
///
/// ```
/// use netabase::{KeyError, KeyReader, KeyWriter, NetabaseSchemaKey, check_key_order};
/// use std::cmp::Ordering;
///
/// /// Ordered by length first. Its bytes are not.
/// #[derive(Clone, Debug, PartialEq, Eq, Hash)]
/// struct Word(String);
///
/// impl Ord for Word {
///     fn cmp(&self, other: &Self) -> Ordering {
///         (self.0.len(), &self.0).cmp(&(other.0.len(), &other.0))
///     }
/// }
/// # impl PartialOrd for Word {
/// #     fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
/// #         Some(self.cmp(other))
/// #     }
/// # }
///
/// impl NetabaseSchemaKey for Word {
///     fn encode_key(&self, out: &mut KeyWriter<'_>) {
///         self.0.encode_key(out);
///     }
///
///     fn decode_key(input: &mut KeyReader<'_>) -> Result<Self, KeyError> {
///         String::decode_key(input).map(Self)
///     }
/// }
///
/// let words = ["b", "aa", "c"].map(|word| Word(word.to_owned()));
/// let error = check_key_order(&words).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     r#"order of Word("aa") and Word("b"): Less by their bytes, Greater by `Ord`"#,
/// );
/// ```
pub fn check_key_order<K: NetabaseSchemaKey>(keys: &[K]) -> Result<(), KeyOrderError<K>> {
    let mut encoded = keys.iter().map(Encoded::new).collect::<Result<Vec<_>, _>>()?;
    // By the bytes, which are certain to have an order; the keys may not.
    encoded.sort_by(|left, right| left.bytes.cmp(&right.bytes));

    for key in &encoded {
        key.check_round_trip()?;
        key.check_end()?;
    }
    encoded.windows(2).try_for_each(|pair| pair[0].check_next(&pair[1]))
}

/// A promise of [`NetabaseSchemaKey`] that a type does not keep, found by [`check_key_order`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyOrderError<K> {
    /// The bytes of two keys compare in another way than the keys.
    #[error("order of {left:?} and {right:?}: {bytes:?} by their bytes, {keys:?} by `Ord`")]
    Order {
        /// One key.
        left: K,
        /// The other key.
        right: K,
        /// How the bytes of `left` compare with those of `right`.
        bytes: Ordering,
        /// What `left.cmp(right)` says.
        keys: Ordering,
    },
    /// `PartialOrd`, `PartialEq` or the reversed comparison contradict `Ord`.
    #[error("comparisons of {left:?} and {right:?} contradict each other: {keys:?} by `Ord`")]
    Contradiction {
        /// One key.
        left: K,
        /// The other key.
        right: K,
        /// What `left.cmp(right)` says, and the bytes, too.
        keys: Ordering,
    },
    /// The bytes of a key decode to another one.
    #[error("{key:?} decodes to {decoded:?}")]
    RoundTrip {
        /// The key.
        key: K,
        /// What its bytes decode to.
        decoded: K,
    },
    /// Decoding does not stop where the key ends.
    ///
    /// Then nothing can follow it, as in a tuple, and its bytes may start another key's.
    #[error("decoding {key:?} does not stop at its end when more bytes follow")]
    NotSelfDelimiting {
        /// The key.
        key: K,
    },
    /// The key has no bytes.
    #[error("{key:?} cannot be encoded: {source}")]
    Encode {
        /// The key.
        key: K,
        /// Why not.
        source: KeyError,
    },
    /// The bytes of a key do not decode.
    #[error("the bytes of {key:?} cannot be decoded: {source}")]
    Decode {
        /// The key.
        key: K,
        /// Why not.
        source: KeyError,
    },
}

struct Encoded<'a, K> {
    key: &'a K,
    bytes: Vec<u8>,
}

impl<'a, K: NetabaseSchemaKey> Encoded<'a, K> {
    fn new(key: &'a K) -> Result<Self, KeyOrderError<K>> {
        match key.to_key_bytes() {
            Ok(bytes) => Ok(Self { key, bytes }),
            Err(source) => Err(KeyOrderError::Encode { key: key.clone(), source }),
        }
    }

    fn check_round_trip(&self) -> Result<(), KeyOrderError<K>> {
        let decoded = K::from_key_bytes(&self.bytes)
            .map_err(|source| KeyOrderError::Decode { key: self.key.clone(), source })?;
        // By the bytes as well: an `Eq` that ignores a field would hide that it is lost.
        if decoded == *self.key && Encoded::new(&decoded)?.bytes == self.bytes {
            Ok(())
        } else {
            Err(KeyOrderError::RoundTrip { key: self.key.clone(), decoded })
        }
    }

    // A reader cannot look ahead: a decoder that stops here whatever follows stops here in longer
    // bytes, too, so that these are no other key's. That is prefix-freeness, without the pairs.
    fn check_end(&self) -> Result<(), KeyOrderError<K>> {
        // A key of the greatest length leaves no room for another.
        let full = self.bytes.len() == MAX_KEY_BYTES;
        if full || (self.ends_before(0x00) && self.ends_before(0xff)) {
            Ok(())
        } else {
            Err(KeyOrderError::NotSelfDelimiting { key: self.key.clone() })
        }
    }

    fn ends_before(&self, next: u8) -> bool {
        let followed = [self.bytes.as_slice(), &[next]].concat();
        let mut input = KeyReader::new(&followed);
        let decoded = K::decode_key(&mut input);
        decoded.is_ok_and(|decoded| decoded == *self.key) && input.remaining() == 1
    }

    /// Compares with the next one by the bytes.
    fn check_next(&self, next: &Self) -> Result<(), KeyOrderError<K>> {
        let keys = self.key.cmp(next.key);
        let bytes = self.bytes.cmp(&next.bytes);
        let contradiction = next.key.cmp(self.key) != keys.reverse()
            || self.key.partial_cmp(next.key) != Some(keys)
            || (self.key == next.key) != keys.is_eq();

        let (left, right) = (self.key.clone(), next.key.clone());
        if bytes != keys {
            Err(KeyOrderError::Order { left, right, bytes, keys })
        } else if contradiction {
            Err(KeyOrderError::Contradiction { left, right, keys })
        } else {
            Ok(())
        }
    }
}
