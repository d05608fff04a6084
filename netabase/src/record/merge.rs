//! Merges two values of one key by their schema's own function.

use super::{
    convert::{header_of, read, write_entries, write_value},
    error::RecordError,
    key::write_key_with,
};
use crate::schema::{EnvelopeHeader, NetabaseSchema};

/// Merges two live values of one key, which were checked, by the schema's own function, and writes
/// the envelope and the index entries of the result.
///
/// Its clock and its lease are the larger ones of the two: like the function, that is commutative,
/// associative and idempotent.
///
/// # Errors
///
/// [`RecordError`] if the merged value has another key, is not valid, or cannot be encoded.
pub(crate) fn merge_values<V: NetabaseSchema>(
    stored: &[u8],
    arrived: &[u8],
    value: &mut Vec<u8>,
    entries: &mut Vec<u8>,
) -> Result<(), RecordError> {
    let (a, b) = (read::<V>(stored)?, read::<V>(arrived)?);
    let merged = a.merge(&b).expect("the schema has a merge function");
    let key_of = |value: &V| {
        let mut key = Vec::new();
        write_key_with(&[], &mut key, |out| value.encode_key(out)).map(|()| key)
    };
    if key_of(&merged)? != key_of(&a)? {
        return Err(RecordError::KeyMismatch { schema: V::SCHEMA_NAME });
    }
    let (x, y) = (header_of(stored), header_of(arrived));
    write_value(&merged, x.timestamp.max(y.timestamp), value)?;
    let not_after = x.not_after.max(y.not_after);
    EnvelopeHeader { not_after, ..header_of(value) }.write_over(value);
    write_entries(&merged, entries)
}
