//! What fuzzers call with bytes of their own: decoders, records that come to a store, cursors, and schemas that are
//! opened over records which nobody could read before. `fuzz/` makes targets of these; a test feeds them the corpus.
//!
//! Each refuses or takes what it is given, and panics only if something holds no longer that always has to.

mod schemas;
mod sealed;

use std::time::Duration;

use libp2p::{
    identity::Keypair,
    kad::{Record, RecordKey as KadKey},
};
use netabase::{
    Cursor, Envelope, Limits, ManualClock, NetabaseSchema, NetabaseSchemaKey, NetabaseStore,
    RecordKey, Source, value_from_bytes, value_to_bytes,
};

use self::{
    schemas::{Deep, DeepKey, Open, Shared},
    sealed::seal,
};

/// When all of this happens.
const NOW_MS: u64 = 1_800_000_000_000;

const NETWORK: &str = "fuzz";

/// The stores that the fuzzers write are small, so that they are soon full.
const MAX_FOREIGN: usize = 16;

/// A target's name, and the function it calls.
pub type Target = (&'static str, fn(&[u8]));

/// All targets, by the names of their folders in the corpus.
pub const TARGETS: [Target; 4] =
    [("decoders", decoders), ("records", records), ("cursors", cursors), ("opening", opening)];

/// Reads bytes as everything that can be read from bytes. What is read is written as the same bytes again.
///
/// # Panics
///
/// If something is read from bytes that it does not write.
pub fn decoders(bytes: &[u8]) {
    let _ = Envelope::parse(bytes);
    let _ = RecordKey::parse(bytes);
    if let Ok(value) = value_from_bytes::<Deep>(bytes) {
        // Not a value that was put: `put` may refuse it still.
        if let Ok(again) = value_to_bytes(&value) {
            assert_eq!(again, bytes, "one value, one encoding");
        }
    }
    if let Ok(key) = DeepKey::from_key_bytes(bytes) {
        assert_eq!(key.to_key_bytes().as_deref(), Ok(bytes), "one key, one encoding");
    }
}

/// Takes bytes for records and puts them into a store, one after the other, some of them signed.
///
/// # Panics
///
/// If the store's counts are not those of its records, or it holds more than it may.
pub fn records(bytes: &[u8]) {
    let (store, clock) = small_store();
    let opened = (store.database::<Shared>(), store.database::<Open>());
    let (shared, open) = (opened.0.expect("it is new"), opened.1.expect("it is new"));
    for chunk in chunks(bytes) {
        let Some((&how, rest)) = chunk.split_first() else { continue };
        let Some(record) = record_of(how, rest) else { continue };
        let _ = match how & 0b11 {
            0 => store.put_from(&record, Source::of_ip([192, 0, 2, how].into())).err(),
            1 => shared.put_record(&record).err(),
            2 => open.put_record(&record).err(),
            _ => {
                clock.advance(Duration::from_secs(u64::from(how) * 60));
                shared.of(author().public().to_peer_id()).put_record(&record).err()
            }
        };
        assert_holds(&store);
    }
    let values: Vec<_> = open.iter().collect();
    assert!(values.iter().all(Result::is_ok), "what is shown can be read: {values:?}");
    assert_eq!(values.len(), open.len());
    while !store.maintain_store().is_complete {}
    assert_holds(&store);
}

/// Takes bytes for the text of a cursor, and walks on behind it.
///
/// # Panics
///
/// If a cursor is not what its text says, or a walk behind it leaves its range.
pub fn cursors(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(cursor) = text.parse::<Cursor>() else { return };
    assert_eq!(cursor.to_string().parse(), Ok(cursor.clone()), "a cursor goes through text");
    let (store, _) = small_store();
    let open = store.database::<Open>().expect("it is new");
    for id in 0..20 {
        open.put(&Open { id, kind: id % 3, text: String::new() }).expect("there is room");
    }
    let inside = 5..15;
    let walks = [open.range(inside.clone()), open.index(Open::KIND).range(..)];
    for walk in walks.into_iter().flatten() {
        let Ok(walk) = walk.after(&cursor) else { continue };
        let found: Vec<u8> = walk.map(|value| value.expect("it was put").id).collect();
        assert!(found.len() <= 20, "{found:?}");
    }
    if let Ok(walk) = open.range(inside.clone()).and_then(|walk| walk.after(&cursor)) {
        let ids = walk.map(|value| value.expect("it was put").id);
        assert!(ids.into_iter().all(|id| inside.contains(&id)), "a walk stays in its range");
    }
}

/// Puts records into a store that does not know their schema, and opens it afterwards.
///
/// # Panics
///
/// If what opening leaves cannot be read, or is not counted.
pub fn opening(bytes: &[u8]) {
    let (store, _) = small_store();
    for chunk in chunks(bytes) {
        let Some((&how, rest)) = chunk.split_first() else { continue };
        if let Some(record) = record_of(how | SIGNED, rest) {
            let _ = store.put_from(&record, Source::UNKNOWN);
        }
    }
    assert_holds(&store);

    let Ok(shared) = store.database::<Shared>() else { return };
    let theirs = shared.of(author().public().to_peer_id()).with_held();
    for value in &theirs {
        let value = value.expect("what cannot be read was dropped");
        assert_eq!(theirs.get(&value.key()).ok().flatten().as_ref(), Some(&value));
    }
    assert_holds(&store);
}

/// A record of which this bit is set is signed by its owner, so that more than the signature is looked at.
const SIGNED: u8 = 1 << 7;

fn author() -> Keypair {
    Keypair::ed25519_from_bytes([7; 32]).expect("any 32 bytes are a secret key")
}

fn small_store() -> (NetabaseStore, ManualClock) {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let identity = Keypair::ed25519_from_bytes([9; 32]).expect("any 32 bytes are a secret key");
    let limits = Limits { max_foreign_records: MAX_FOREIGN, ..Limits::default() };
    let store = NetabaseStore::builder().clock(clock.clone()).identity(identity).network(NETWORK);
    (store.limits(limits).build().expect("all of it is valid"), clock)
}

/// The parts of an input: each begins with its length.
fn chunks(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (&length, rest) = bytes.split_first()?;
        let (chunk, rest) = rest.split_at(usize::from(length).min(rest.len()));
        bytes = rest;
        Some(chunk)
    })
}

/// A record of this key and value or, if `how` says so, the author's signed one of this key and payload.
fn record_of(how: u8, bytes: &[u8]) -> Option<Record> {
    let (&length, rest) = bytes.split_first()?;
    let (key, value) = rest.split_at_checked(usize::from(length))?;
    if how & SIGNED == 0 {
        return Some(Record::new(KadKey::from(key.to_vec()), value.to_vec()));
    }
    seal(how & !SIGNED, key, value)
}

fn assert_holds(store: &NetabaseStore) {
    let (mut count, mut bytes) = (0, 0);
    for raw in store.raw_records() {
        count += 1;
        bytes += raw.record.key.as_ref().len() + raw.record.value.len();
        assert!(Envelope::parse(&raw.record.value).is_ok(), "what is stored is whole");
    }
    let capacity = store.capacity_info();
    assert!(capacity.current_records <= count, "expired ones are counted until they are met");
    assert!(capacity.current_size_bytes >= bytes || capacity.current_records < count);
    assert!(capacity.foreign.current_records <= MAX_FOREIGN, "no more than it may");
}
