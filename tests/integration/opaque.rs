//! Owned records of schemas, versions or codecs that a store does not know: held for others on their owner's
//! signature, and shown by no database until one can read them.

mod held;

mod refused;

mod room;

mod opening;

mod versions;

mod codecs;

mod own_codecs;

mod threads;

mod convergence;

use std::error::Error;

use libp2p::{
    PeerId,
    identity::Keypair,
    kad::{Record, RecordKey as KadKey},
};
use netabase::{
    ArrivalError, Limits, ManualClock, MemoryStoreDatabase, NetabaseSchema, NetabaseStore,
    PutOutcome, Source, Usage,
};
use serde::{Deserialize, Serialize};

use crate::authors::{
    HOUR, NETWORK, NOW_MS, identity, set_payload, sign_again, store_at_now, sync,
};

pub(crate) const ALICE: u8 = 1;
pub(crate) const BOB: u8 = 2;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "owned", validate = check_card)]
pub(crate) struct Card {
    #[netabase(key)]
    pub(crate) handle: String,
    #[netabase(index)]
    pub(crate) about: String,
}

fn check_card(card: &Card) -> Result<(), &'static str> {
    if card.about.contains("spam") { Err("cards must not contain spam") } else { Ok(()) }
}

/// What a later program makes of a [`Card`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(name = "card", version = 2, access = "owned")]
pub(crate) struct NewCard {
    #[netabase(key)]
    pub(crate) handle: String,
    pub(crate) about: Option<String>,
    pub(crate) pages: Vec<String>,
}

/// What a program writes that has another notion of what a [`Card`] may be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(name = "card", access = "owned")]
pub(crate) struct LaxCard {
    #[netabase(key)]
    pub(crate) handle: String,
    pub(crate) about: String,
}

pub(crate) fn card(handle: &str, about: &str) -> Card {
    Card { handle: handle.into(), about: about.into() }
}

pub(crate) fn new_card(handle: &str) -> NewCard {
    NewCard { handle: handle.into(), about: None, pages: vec!["one".into()] }
}

pub(crate) fn lax_card(handle: &str, about: &str) -> LaxCard {
    LaxCard { handle: handle.into(), about: about.into() }
}

pub(crate) fn peer(secret: u8) -> PeerId {
    PeerId::from(identity(secret).public())
}

pub(crate) fn source(number: u8) -> Source {
    Source::of_ip([192, 0, 2, number].into())
}

/// Alice's cards, published.
pub(crate) fn alices(count: usize) -> Result<Vec<Record>, Box<dyn Error>> {
    let cards = store_at_now(ALICE).database::<Card>()?;
    cards.put_batch(&(0..count).map(|at| card(&format!("{at:04}"), "hi")).collect::<Vec<_>>())?;
    Ok(sync(&cards)?)
}

/// A record of a schema with this name, signed by its owner, as no program knows it.
pub(crate) fn invented(name: &str) -> Result<Record, Box<dyn Error>> {
    let mut record = alices(1)?.remove(0);
    rename(&mut record, &format!("/{name}/o"))?;
    Ok(record)
}

/// Makes a record of Alice's one of another schema, or access, signed anew.
pub(crate) fn rename(record: &mut Record, schema: &str) -> Result<(), Box<dyn Error>> {
    let key = record.key.to_vec();
    let behind = key.strip_prefix(b"/netabase/card/o").ok_or("it is a card")?;
    record.key = KadKey::from([b"/netabase", schema.as_bytes(), behind].concat());
    sign_again(record, NETWORK, &identity(ALICE))
}

/// What no codec of this program reads.
pub(crate) const UNREADABLE: &[u8] = b"\xff\xff of a later program";

/// Alice's record of the card with this handle, written so many milliseconds after [`NOW_MS`] by a program that
/// encodes payloads in another way.
pub(crate) fn coded(handle: &str, codec: u8, later: u64) -> Result<Record, Box<dyn Error>> {
    coded_by(&identity(ALICE), NETWORK, handle, codec, later)
}

/// As [`coded`], of another author or for another network.
pub(crate) fn coded_by(
    author: &Keypair,
    network: &str,
    handle: &str,
    codec: u8,
    later: u64,
) -> Result<Record, Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS + later);
    let store = NetabaseStore::builder().identity(author.clone()).network(network).clock(clock);
    let cards = store.max_lifetime(HOUR).build()?.database::<Card>()?;
    let mut record = cards.to_record(&card(handle, ""))?;
    set_payload(&mut record, codec, UNREADABLE);
    sign_again(&mut record, network, author)?;
    Ok(record)
}

/// Bob's store with these limits, which no database was opened in.
pub(crate) fn bob_within(limits: Limits, clock: &ManualClock) -> NetabaseStore {
    let store = NetabaseStore::builder().identity(identity(BOB)).network(NETWORK);
    let store = store.clock(clock.clone()).max_lifetime(HOUR).limits(limits).build();
    store.expect("the name, the lifetime and the identity are good ones")
}

pub(crate) fn bob() -> NetabaseStore {
    bob_within(Limits::default(), &ManualClock::at_unix_ms(NOW_MS))
}

/// Sends records, all of which are stored.
pub(crate) fn send(store: &NetabaseStore, records: &[Record]) -> Result<(), ArrivalError> {
    for record in records {
        assert_eq!(store.put_from(record, source(1))?, PutOutcome::Stored);
    }
    Ok(())
}

pub(crate) fn weight(records: &[Record]) -> Usage {
    let bytes = records.iter().map(|record| record.key.as_ref().len() + record.value.len()).sum();
    Usage { records: records.len(), bytes }
}

pub(crate) fn all<V: NetabaseSchema>(
    database: &MemoryStoreDatabase<V>,
) -> Result<Vec<V>, netabase::QueryError> {
    database.iter().collect()
}
