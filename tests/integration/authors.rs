//! Writers whose identity, clock and longest lease a test sets, and what they write.

use std::{collections::BTreeMap, error::Error, time::Duration};

use libp2p::{identity::Keypair, kad::Record};
use netabase::{
    Envelope, ManualClock, MemoryStoreDatabase, NetabaseStore, RecordKey, SharedSchema, Timestamp,
    WriteError,
};

pub(crate) const NOW_MS: u64 = 1_800_000_000_000;

/// The network of [`store_of`].
pub(crate) const NETWORK: &str = "test";

/// The longest lease of the stores of [`store_at_now`].
pub(crate) const HOUR: Duration = Duration::from_secs(60 * 60);

pub(crate) fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

/// The identity whose secret key is 32 times this byte.
pub(crate) fn identity(secret: u8) -> Keypair {
    Keypair::ed25519_from_bytes([secret; 32]).expect("any 32 bytes are a secret key")
}

/// The store of an [`identity`].
pub(crate) fn store_of(secret: u8, clock: &ManualClock, max_lifetime: Duration) -> NetabaseStore {
    let store = NetabaseStore::builder().identity(identity(secret)).network(NETWORK);
    let store = store.clock(clock.clone()).max_lifetime(max_lifetime).build();
    store.expect("the name, the lifetime and the identity are good ones")
}

/// The store of an identity, by a clock of its own that shows [`NOW_MS`].
pub(crate) fn store_at_now(secret: u8) -> NetabaseStore {
    store_of(secret, &ManualClock::at_unix_ms(NOW_MS), HOUR)
}

/// Everything that was written, published.
pub(crate) fn sync<V: SharedSchema>(
    database: &MemoryStoreDatabase<V>,
) -> Result<Vec<Record>, WriteError> {
    database.sync_to_network().collect()
}

/// The tombstone of a value, published and removed again in a database that holds nothing else.
pub(crate) fn tombstone<V: SharedSchema>(
    database: &MemoryStoreDatabase<V>,
    value: &V,
) -> Result<Record, Box<dyn Error>> {
    database.put(value)?;
    sync(database)?;
    database.remove(&value.key())?;
    let record = sync(database)?.pop().ok_or("a published value leaves a tombstone")?;
    assert!(Envelope::parse(&record.value)?.tombstone, "it is one");
    Ok(record)
}

/// Writes another clock into a record; no signature follows it.
pub(crate) fn set_clock(record: &mut Record, clock: Timestamp) {
    record.value[..8].copy_from_slice(&clock.as_u64().to_be_bytes());
}

/// Writes another end of the lease into a record, in unix seconds; no signature follows it.
pub(crate) fn set_lease(record: &mut Record, not_after: u64) {
    let not_after = u32::try_from(not_after).expect("tests end before 2106");
    record.value[9..13].copy_from_slice(&not_after.to_be_bytes());
}

/// Puts a payload of another codec in place of a signed record's; no signature follows it.
///
/// The schema version must have one byte.
pub(crate) fn set_payload(record: &mut Record, codec: u8, payload: &[u8]) {
    record.value[8] = record.value[8] & !0b111 | codec;
    let end = record.value.len() - 96;
    record.value.splice(14..end, payload.iter().copied());
}

/// Puts a signature by this identity behind a signed record's value in place of the one it has.
///
/// Written from the documented layout, without the library's own signing.
pub(crate) fn sign_again(
    record: &mut Record,
    network: &str,
    signer: &Keypair,
) -> Result<(), Box<dyn Error>> {
    let signer = signer.clone().try_into_ed25519()?;
    record.value.truncate(record.value.len() - 96);
    record.value.extend(signer.public().to_bytes());
    let mut message = b"netabase-record-v1\0".to_vec();
    message.push(u8::try_from(network.len())?);
    message.extend_from_slice(network.as_bytes());
    message.extend(u32::try_from(record.key.as_ref().len())?.to_be_bytes());
    message.extend_from_slice(record.key.as_ref());
    message.extend_from_slice(&record.value);
    record.value.extend(signer.sign(&message));
    Ok(())
}

/// Returns whether a record is of the schema with this name.
pub(crate) fn is_of(record: &Record, schema: &str) -> bool {
    RecordKey::parse(record.key.as_ref()).is_ok_and(|key| key.schema == schema)
}

/// Keys and values of all records a store holds.
pub(crate) fn contents(store: &NetabaseStore) -> BTreeMap<Vec<u8>, Vec<u8>> {
    store.raw_records().map(|raw| (raw.record.key.to_vec(), raw.record.value)).collect()
}
