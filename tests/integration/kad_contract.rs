//! What kad expects of a `RecordStore`, on `MemoryStore` and on ours.

use std::{error::Error, time::Duration};

use libp2p::{
    Multiaddr, PeerId,
    kad::{
        KBucketKey, ProviderRecord, Record, RecordKey as KadKey,
        store::{Error as KadError, MemoryStore, MemoryStoreConfig, RecordStore},
    },
};
use netabase::{Clock, Limits, ManualClock, NetabaseStore};

use crate::schemas::{Note, note};

/// Valid records of an open schema, as another peer would send them; later ones are newer.
fn records<const N: usize>(titles: [&str; N]) -> Result<[Record; N], Box<dyn Error>> {
    let author = NetabaseStore::new().database::<Note>()?;
    let without_expiry = |record| Record { expires: None, ..record };
    let records = titles.map(|title| author.to_record(&note(title, "text")).map(without_expiry));
    let records = records.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(records.try_into().map_err(|_| "as many as titles")?)
}

/// The value of a key: ours shows with it until when the lease lasts, a `MemoryStore` what it was given.
fn value<S: RecordStore>(store: &S, record: &Record) -> Option<Vec<u8>> {
    store.get(&record.key).map(|found| found.into_owned().value)
}

fn ours(limits: Limits) -> Result<NetabaseStore, Box<dyn Error>> {
    let store = NetabaseStore::builder().limits(limits).build()?;
    store.database::<Note>()?;
    Ok(store)
}

fn stores_and_finds<S: RecordStore>(mut store: S) -> Result<(), Box<dyn Error>> {
    let [first, second, newer] = records(["a", "b", "a"])?;
    store.put(first.clone())?;
    store.put(second.clone())?;
    assert_eq!(value(&store, &first), Some(first.value.clone()));
    assert!(store.get(&KadKey::new(b"nowhere")).is_none());

    store.put(newer.clone())?;
    assert_eq!(value(&store, &first), Some(newer.value.clone()), "a newer value replaces");
    store.put(newer.clone())?;
    let mut all: Vec<_> = store.records().map(|record| record.into_owned().value).collect();
    all.sort();
    assert_eq!(all, [second.value.clone(), newer.value]);

    store.remove(&second.key);
    store.remove(&second.key);
    assert!(store.get(&second.key).is_none());
    assert_eq!(store.records().count(), 1);
    Ok(())
}

fn refuses_what_is_too_much<S: RecordStore>(
    mut store: S,
    [a, b, c]: [Record; 3],
) -> Result<(), Box<dyn Error>> {
    store.put(a.clone())?;
    store.put(b)?;
    assert!(matches!(store.put(c), Err(KadError::MaxRecords)));
    store.put(a.clone())?;
    let mut large = a;
    large.value.resize(5000, 0);
    assert!(matches!(store.put(large), Err(KadError::ValueTooLarge)));
    Ok(())
}

fn keeps_providers<S: RecordStore>(mut store: S, local: PeerId) -> Result<(), Box<dyn Error>> {
    let key = KadKey::new(b"/netabase/note/p");
    // The closest first: a `MemoryStore` keeps the first, ours the closest.
    let place = KBucketKey::new(key.to_vec());
    let mut strangers = [PeerId::random(), PeerId::random(), PeerId::random()];
    strangers.sort_by_key(|peer| place.distance(&KBucketKey::from(*peer)));
    let [stranger, second, third] = strangers;
    let address: Multiaddr = "/ip4/127.0.0.1/tcp/4001".parse()?;
    store.add_provider(ProviderRecord::new(key.clone(), stranger, vec![]))?;
    store.add_provider(ProviderRecord::new(key.clone(), local, vec![]))?;
    assert_eq!(store.providers(&key).len(), 2);
    assert!(store.provided().all(|record| record.provider == local));
    assert_eq!(store.provided().count(), 1);

    store.add_provider(ProviderRecord::new(key.clone(), stranger, vec![address.clone()]))?;
    let addresses = store.providers(&key).into_iter().flat_map(|record| record.addresses);
    assert_eq!(addresses.collect::<Vec<_>>(), [address], "a known provider is updated");

    store.add_provider(ProviderRecord::new(key.clone(), second, vec![]))?;
    store.add_provider(ProviderRecord::new(key.clone(), third, vec![]))?;
    assert_eq!(store.providers(&key).len(), 3, "those beyond the limit are ignored");
    let other = ProviderRecord::new(KadKey::new(b"/netabase/user/p"), stranger, vec![]);
    assert!(matches!(store.add_provider(other), Err(KadError::MaxProvidedKeys)));

    store.remove_provider(&key, &local);
    assert_eq!((store.provided().count(), store.providers(&key).len()), (0, 2));
    store.remove_provider(&key, &stranger);
    store.remove_provider(&key, &stranger);
    assert_eq!(store.providers(&key).len(), 1);
    assert!(store.providers(&KadKey::new(b"nowhere")).is_empty());
    Ok(())
}

#[test]
fn both_store_and_find_records() -> Result<(), Box<dyn Error>> {
    stores_and_finds(MemoryStore::new(PeerId::random()))?;
    stores_and_finds(ours(Limits::default())?)
}

#[test]
fn both_refuse_what_is_too_much() -> Result<(), Box<dyn Error>> {
    let config = MemoryStoreConfig { max_records: 2, max_value_bytes: 4096, ..Default::default() };
    let given = records(["a", "b", "c"])?;
    refuses_what_is_too_much(MemoryStore::with_config(PeerId::random(), config), given.clone())?;

    // Where ours differs: of foreign records it keeps the closest, so the farthest is refused.
    let limits = Limits { max_foreign_records: 2, max_value_bytes: 4096, ..Limits::default() };
    let store = ours(limits)?;
    let mut given = given;
    given.sort_by_key(|record| store.distance(&record.key));
    refuses_what_is_too_much(store, given)
}

#[test]
fn both_keep_providers() -> Result<(), Box<dyn Error>> {
    let local = PeerId::random();
    let config =
        MemoryStoreConfig { max_provided_keys: 1, max_providers_per_key: 3, ..Default::default() };
    keeps_providers(MemoryStore::with_config(local, config), local)?;
    // A store takes providers of the schemas it knows: here of one.
    let limits = Limits { max_providers_per_key: 3, ..Limits::default() };
    let store = ours(limits)?;
    let local = store.peer_id();
    keeps_providers(store, local)
}

/// Where ours differs: a `MemoryStore` takes providers of any key, with any addresses, until it is full.
#[test]
fn ours_bounds_what_strangers_announce() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(1_800_000_000_000);
    let limits = Limits { max_providers_per_key: 2, ..Limits::default() };
    let mut store = NetabaseStore::builder().clock(clock.clone()).limits(limits).build()?;
    let key = store.database::<Note>()?.provider_key();

    let unknown = ProviderRecord::new(KadKey::new(b"/netabase/other/p"), PeerId::random(), vec![]);
    assert!(matches!(store.add_provider(unknown), Err(KadError::MaxProvidedKeys)));

    let long: Multiaddr = format!("/dns4/{}.example.org/tcp/1", "x".repeat(120)).parse()?;
    let mut addresses = vec![long];
    addresses
        .extend((1..100_u16).filter_map(|port| format!("/ip4/127.0.0.1/tcp/{port}").parse().ok()));
    let mut stranger = ProviderRecord::new(key.clone(), PeerId::random(), addresses);
    stranger.expires = Some(clock.now().monotonic + Duration::from_secs(60));
    store.add_provider(stranger.clone())?;
    let kept = store.providers(&key).remove(0).addresses;
    assert_eq!(kept, stranger.addresses[1..9], "a few, and none that is too long");

    Ok(())
}

/// Where ours differs: it keeps the closest, not the first.
#[test]
fn ours_keeps_the_closest_providers_until_they_expire() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(1_800_000_000_000);
    let limits = Limits { max_providers_per_key: 2, ..Limits::default() };
    let mut store = NetabaseStore::builder().clock(clock.clone()).limits(limits).build()?;
    let key = store.database::<Note>()?.provider_key();
    let mut peers: Vec<PeerId> = (0..4).map(|_| PeerId::random()).collect();
    let place = KBucketKey::new(key.to_vec());
    peers.sort_by_key(|peer| place.distance(&KBucketKey::from(*peer)));
    let provider = |peer, expires| {
        let mut record = ProviderRecord::new(key.clone(), peer, vec![]);
        record.expires = expires;
        record
    };
    let providers = |store: &NetabaseStore| {
        let mut found: Vec<_> = store.providers(&key).iter().map(|found| found.provider).collect();
        found.sort_by_key(|peer| place.distance(&KBucketKey::from(*peer)));
        found
    };

    let soon = Some(clock.now().monotonic + Duration::from_secs(60));
    for peer in [peers[3], peers[1], peers[2]] {
        store.add_provider(provider(peer, soon))?;
    }
    assert_eq!(providers(&store), peers[1..3], "the farthest made room");
    store.add_provider(provider(peers[3], None))?;
    assert_eq!(providers(&store), peers[1..3], "and finds none any more");

    // The local peer is never crowded out, and announcing again crowds nobody out.
    let local = store.peer_id();
    store.add_provider(provider(local, None))?;
    store.add_provider(provider(local, None))?;
    assert_eq!((store.provided().count(), store.providers(&key).len()), (1, 2));

    clock.advance(Duration::from_secs(60));
    assert_eq!(providers(&store), [local], "what has expired is not shown");
    store.add_provider(provider(peers[3], None))?;
    assert_eq!(store.providers(&key).len(), 2, "and makes room");
    assert_eq!(store.maintain_store().expired_providers_cleaned, 0, "nothing of it is left");
    Ok(())
}

/// Where ours differs: a `MemoryStore` takes anything, in any order.
#[test]
fn ours_validates_where_a_memory_store_does_not() -> Result<(), Box<dyn Error>> {
    let [older, newer] = records(["a", "a"])?;
    let mut theirs = MemoryStore::new(PeerId::random());
    let mut ours = ours(Limits::default())?;

    theirs.put(newer.clone())?;
    ours.put(newer.clone())?;
    assert!(theirs.put(older.clone()).is_ok());
    assert_eq!(value(&theirs, &newer), Some(older.value.clone()), "an older one replaces a newer");
    assert!(matches!(ours.put(older), Err(KadError::MaxRecords)));
    assert_eq!(value(&ours, &newer), Some(newer.value));

    let garbage = Record::new(KadKey::new(b"/netabase/note/wx\0"), b"garbage".to_vec());
    assert!(theirs.put(garbage.clone()).is_ok());
    assert!(matches!(ours.put(garbage), Err(KadError::MaxRecords)));
    Ok(())
}
