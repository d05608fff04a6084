//! Turns values of a schema into records and back, and sets the clock and lease of encoded values.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use libp2p::kad::Record;

use super::{
    error::RecordError,
    key::{RecordKey, record_prefix, write_key_with},
    lease::{DEFAULT_MAX_LIFETIME, not_after},
    readable::check_readable,
    scratch::Scratch,
};
use crate::schema::{
    Access, CODEC, Envelope, EnvelopeHeader, IndexWriter, NetabaseSchema, NetabaseSchemaKey,
    SIGNATURE_LEN, Timestamp, decode, encode_checked,
};

/// What one value's index entries may take, so that no write keeps the store locked for long.
const MAX_ENTRY_BYTES: usize = 16 * 1024;

/// What a record that was checked from end to end holds.
pub(crate) enum Checked<V> {
    Live(V),
    Tombstone(Timestamp),
}

/// The value in `record`, whose key must be the value's own.
///
/// Neither a signature nor a lease is checked here: a database does that when a record comes in.
///
/// # Errors
///
/// [`RecordError`] if the record is not one of `V`, or not a valid one;
/// [`RecordError::Deleted`] if it is a tombstone.
pub fn record_to_value<V: NetabaseSchema>(record: &Record) -> Result<V, RecordError> {
    match check::<V>(record.key.as_ref(), &record.value)? {
        Checked::Live(value) => Ok(value),
        Checked::Tombstone(at) => Err(RecordError::Deleted { at }),
    }
}

/// The record of `value`, stamped with this process's clock, without publisher or expiry. An open
/// one has a lease of the schema's `ttl`, and at most of seven days, which is the default of a network.
///
/// A store that holds a value of the same key may have given it a later timestamp, and then refuses this
/// one as outdated: with a store at hand use [`to_record`](crate::MemoryStoreDatabase::to_record).
///
/// # Errors
///
/// - [`RecordError::Unsigned`] if the schema is owned: such a record needs its owner's signature.
/// - [`RecordError::Invalid`], [`RecordError::Key`], [`RecordError::RoundTrip`] if the value is
///   refused by its own `validate`, or cannot be encoded.
pub fn value_to_record<V: NetabaseSchema>(value: &V) -> Result<Record, RecordError> {
    if V::ACCESS == Access::Owned {
        return Err(RecordError::Unsigned { schema: V::SCHEMA_NAME.to_owned() });
    }
    let now = wall_clock();
    Scratch::with(|scratch| {
        write_key_with(&record_prefix::<V>(None), &mut scratch.key, |out| value.encode_key(out))?;
        write_value(value, process_timestamp(now), &mut scratch.value)?;
        set_lease(&mut scratch.value, lease_end::<V>(now.millis(), DEFAULT_MAX_LIFETIME));
        // Both are copied once, exactly sized.
        Ok(Record::new(scratch.key.clone(), scratch.value.clone()))
    })
}

/// The bytes of a value, without a key or a clock: for other ways than a database to keep or send one.
///
/// They are those of bincode 2 with its standard configuration, and the payload of a record's value.
///
/// # Errors
///
/// - [`RecordError::Invalid`] if the schema's `validate` refuses the value.
/// - [`RecordError::RoundTrip`] if it could not be read back: nested too deep, say.
/// - [`RecordError::TooLarge`] if it is longer than the schema's `max_size`.
///
/// # Examples
///
/// ```
/// use netabase::{NetabaseSchema, RecordError, value_from_bytes, value_to_bytes};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
/// struct User { #[netabase(key)] id: u64, name: String }
///
/// let ada = User { id: 7, name: "Ada".into() };
/// let bytes = value_to_bytes(&ada)?;
/// assert_eq!(bytes, b"\x07\x03Ada");
/// assert_eq!(value_from_bytes::<User>(&bytes)?, ada);
/// assert!(matches!(value_from_bytes::<User>(&bytes[..4]), Err(RecordError::Decode(_))));
/// # Ok::<(), RecordError>(())
/// ```
pub fn value_to_bytes<V: NetabaseSchema>(value: &V) -> Result<Vec<u8>, RecordError> {
    validate(value)?;
    Scratch::with(|scratch| {
        scratch.value.clear();
        encode_checked(value, &mut scratch.value)?;
        check_size::<V>(scratch.value.len())?;
        Ok(scratch.value.clone())
    })
}

/// The value of such bytes as [`value_to_bytes`] gives, whoever they come from: they are read as an enemy's, in
/// time and memory that their length bounds.
///
/// # Errors
///
/// - [`RecordError::Decode`] if they are not the bytes of a `V`, each of them and in the one way to write them.
/// - [`RecordError::TooLarge`] if they are longer than the schema's `max_size`.
/// - [`RecordError::Invalid`] if the schema's `validate` refuses the value.
pub fn value_from_bytes<V: NetabaseSchema>(bytes: &[u8]) -> Result<V, RecordError> {
    check_size::<V>(bytes.len())?;
    let value = decode(bytes)?;
    validate(&value)?;
    Ok(value)
}

/// The end of the lease of a value of `V` that is written now: none for a local one without end of life.
pub(crate) fn lease_end<V: NetabaseSchema>(now_ms: u64, max_lifetime: Duration) -> u32 {
    let longest = (V::ACCESS != Access::Local).then_some(max_lifetime);
    let lifetime = [V::TTL, longest].into_iter().flatten().min();
    lifetime.map_or(0, |lifetime| not_after(now_ms, lifetime))
}

/// Validates `value` and writes its envelope and payload into `out`, which is cleared first.
pub(crate) fn write_value<V: NetabaseSchema>(
    value: &V,
    timestamp: Timestamp,
    out: &mut Vec<u8>,
) -> Result<(), RecordError> {
    validate(value)?;
    out.clear();
    new_header(timestamp, false).write(V::SCHEMA_VERSION, out);
    encode_checked(value, out)?;
    // What could never be published is refused at once.
    check_size::<V>(signed_len(V::ACCESS, out.len()))
}

/// The length of a value with the signature it may get.
pub(crate) fn signed_len(access: Access, unsigned_len: usize) -> usize {
    unsigned_len + if access == Access::Owned { SIGNATURE_LEN } else { 0 }
}

/// Writes what `value` is found by in its schema's indexes into `out`, which is cleared first.
pub(crate) fn write_entries<V: NetabaseSchema>(
    value: &V,
    out: &mut Vec<u8>,
) -> Result<(), RecordError> {
    out.clear();
    let mut writer = IndexWriter::new(out);
    value.encode_indexes(&mut writer);
    writer.finish().map_err(|(index, source)| RecordError::IndexKey {
        schema: V::SCHEMA_NAME,
        index: V::INDEXES[index].name,
        source,
    })?;
    if out.len() > MAX_ENTRY_BYTES {
        return Err(RecordError::TooManyEntries {
            schema: V::SCHEMA_NAME,
            len: out.len(),
            max_bytes: MAX_ENTRY_BYTES,
        });
    }
    Ok(())
}

/// Writes the value that says a record was removed into `out`, which is cleared first.
pub(crate) fn write_tombstone(schema_version: u32, timestamp: Timestamp, out: &mut Vec<u8>) {
    out.clear();
    new_header(timestamp, true).write(schema_version, out);
}

/// Sets the timestamp of an encoded value.
pub(crate) fn restamp(value: &mut [u8], timestamp: Timestamp) {
    EnvelopeHeader { timestamp, ..header_of(value) }.write_over(value);
}

/// Sets the end of the lease of an encoded value.
pub(crate) fn set_lease(value: &mut [u8], not_after: u32) {
    EnvelopeHeader { not_after, ..header_of(value) }.write_over(value);
}

/// The header of an encoded value.
pub(crate) fn header_of(value: &[u8]) -> EnvelopeHeader {
    EnvelopeHeader::peek(value).expect("an encoded value is an envelope")
}

fn new_header(timestamp: Timestamp, tombstone: bool) -> EnvelopeHeader {
    // A tombstone's codec is 0 whatever this program writes otherwise.
    let codec = if tombstone { 0 } else { CODEC };
    EnvelopeHeader { timestamp, tombstone, signed: false, codec, not_after: 0 }
}

/// Returns whether two stored values are one, but for their lease and signature.
pub(crate) fn same_value(a: &[u8], b: &[u8]) -> bool {
    let what = |value| {
        let envelope = Envelope::parse(value).expect("only whole envelopes are stored");
        (envelope.timestamp, envelope.content())
    };
    a == b || what(a) == what(b)
}

/// Reads the value of a record that was checked when it was stored.
pub(crate) fn read<V: NetabaseSchema>(value: &[u8]) -> Result<V, RecordError> {
    Ok(decode(live_payload::<V>(value)?)?)
}

/// As [`read`], borrowing from the record.
pub(crate) fn read_ref<V: NetabaseSchema>(value: &[u8]) -> Result<V::Ref<'_>, RecordError> {
    Ok(decode(live_payload::<V>(value)?)?)
}

fn live_payload<V: NetabaseSchema>(value: &[u8]) -> Result<&[u8], RecordError> {
    let envelope = Envelope::parse(value)?;
    if envelope.tombstone {
        return Err(RecordError::Deleted { at: envelope.timestamp });
    }
    check_readable(V::SCHEMA_NAME, V::SCHEMA_VERSION, &envelope)?;
    Ok(envelope.payload)
}

/// Checks a record of `V` from end to end: layout, schema, version, codec, payload, key, validity.
pub(crate) fn check<V: NetabaseSchema>(
    key: &[u8],
    value: &[u8],
) -> Result<Checked<V>, RecordError> {
    let key = RecordKey::parse(key)?;
    check_schema::<V>(&key)?;
    check_size::<V>(value.len())?;
    let envelope = Envelope::parse(value)?;
    check_readable(V::SCHEMA_NAME, V::SCHEMA_VERSION, &envelope)?;
    if envelope.signature.is_some() && V::ACCESS != Access::Owned {
        return Err(RecordError::UnexpectedSignature { schema: V::SCHEMA_NAME });
    }
    if envelope.tombstone {
        if V::HAS_MERGE {
            return Err(RecordError::UnexpectedTombstone { schema: V::SCHEMA_NAME });
        }
        V::Key::from_key_bytes(key.key)?;
        return Ok(Checked::Tombstone(envelope.timestamp));
    }
    let value: V = decode(envelope.payload)?;
    let mut own_key = Vec::with_capacity(key.key.len());
    write_key_with(&[], &mut own_key, |out| value.encode_key(out))?;
    if own_key != key.key {
        return Err(RecordError::KeyMismatch { schema: V::SCHEMA_NAME });
    }
    validate(&value)?;
    Ok(Checked::Live(value))
}

fn validate<V: NetabaseSchema>(value: &V) -> Result<(), RecordError> {
    value.validate().map_err(|source| RecordError::Invalid { schema: V::SCHEMA_NAME, source })
}

fn check_schema<V: NetabaseSchema>(key: &RecordKey<'_>) -> Result<(), RecordError> {
    if key.schema != V::SCHEMA_NAME {
        let found = key.schema.to_owned();
        return Err(RecordError::WrongSchema { expected: V::SCHEMA_NAME, found });
    }
    if key.access != V::ACCESS {
        return Err(RecordError::WrongAccess {
            schema: V::SCHEMA_NAME,
            expected: V::ACCESS,
            found: key.access,
        });
    }
    Ok(())
}

fn check_size<V: NetabaseSchema>(len: usize) -> Result<(), RecordError> {
    match V::MAX_SIZE {
        Some(max_bytes) if len > max_bytes => {
            Err(RecordError::TooLarge { schema: V::SCHEMA_NAME, len, max_bytes })
        }
        _ => Ok(()),
    }
}

/// The wall clock, as the first timestamp of its millisecond.
fn wall_clock() -> Timestamp {
    // A clock before 1970 counts as 1970: the last issued timestamp still orders the writes.
    let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(u64::try_from(wall.as_millis()).unwrap_or(u64::MAX))
}

/// The wall clock, but later than any timestamp this process issued before without a store.
fn process_timestamp(wall: Timestamp) -> Timestamp {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let next = |last| Some(wall.max(Timestamp::from_u64(last).next()).as_u64());
    let last =
        LAST.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).unwrap_or_else(|last| last);
    wall.max(Timestamp::from_u64(last).next())
}
