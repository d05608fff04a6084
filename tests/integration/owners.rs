//! Owned schemas: a database shows the records of one owner, who alone can write them.

use std::{borrow::Cow, error::Error};

use futures::FutureExt;
use libp2p::{
    PeerId,
    kad::{Record, store::RecordStore},
};
use netabase::{
    Cursor, Envelope, Limits, ManualClock, MemoryStoreDatabase, NetabaseSchema, NetabaseStore,
    PutOutcome, QueryError, RecordError, Source, TooLarge, TransactionError, WriteError,
};
use serde::{Deserialize, Serialize};

use crate::authors::{HOUR, NETWORK, NOW_MS, identity, minutes, store_at_now, store_of, sync};
use crate::schemas::{Profile, profile};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "owned")]
struct Contact {
    #[netabase(key)]
    name: String,
    #[netabase(index(unique))]
    email: Option<String>,
    #[netabase(index)]
    city: String,
}

fn contact(name: &str, email: &str, city: &str) -> Contact {
    Contact { name: name.into(), email: Some(email.into()), city: city.into() }
}

type Contacts = MemoryStoreDatabase<Contact>;

/// A store's own contacts, all of them published.
fn published(secret: u8, contacts: &[Contact]) -> Result<(Contacts, Vec<Record>), Box<dyn Error>> {
    let database = store_at_now(secret).database::<Contact>()?;
    database.put_batch(contacts)?;
    let records = sync(&database)?;
    Ok((database, records))
}

/// Bob's contacts, and with them those of two others: so many of each, named alike.
fn of_three(count: usize) -> Result<[Contacts; 3], Box<dyn Error>> {
    let bob = store_at_now(2).database::<Contact>()?;
    let mut others = Vec::new();
    for secret in [1, 3] {
        let theirs: Vec<_> = (0..count).map(|at| in_a_city(at, secret)).collect();
        let (database, records) = published(secret, &theirs)?;
        let taken = bob.put_records_batch(&records);
        assert!(taken.iter().all(|outcome| *outcome == Ok(PutOutcome::Stored)));
        others.push(bob.of(database.store().peer_id()));
    }
    for at in 0..count {
        bob.put(&in_a_city(at, 2))?;
    }
    let [first, second] = [others.remove(0), others.remove(0)];
    Ok([first, bob, second])
}

fn in_a_city(at: usize, owner: u8) -> Contact {
    contact(&format!("{at:03}"), &format!("{at}@{owner}"), "Reykjavik")
}

fn all(entries: netabase::Entries<Contact>) -> Result<Vec<Contact>, QueryError> {
    entries.collect()
}

#[test]
fn a_database_shows_one_owner_and_lists_them_all() -> Result<(), Box<dyn Error>> {
    let [alice, bob, carol] = of_three(3)?;
    let ids = [1, 2, 3].map(|secret| PeerId::from(identity(secret).public()));
    let mut owners = ids;
    owners.sort_by_key(|owner| owner.to_bytes());
    assert_eq!(bob.owners(), owners);
    for (database, secret) in [(&alice, 1), (&bob, 2), (&carol, 3)] {
        let expected: Vec<_> = (0..3).map(|at| in_a_city(at, secret)).collect();
        assert_eq!(all(database.iter())?, expected);
        assert_eq!(database.get("001")?.as_ref(), Some(&expected[1]));
        assert_eq!((database.len(), database.scan().len()), (3, 3));
    }
    assert_eq!(bob.store().record_count(), 9);

    alice.remove("001")?;
    assert_eq!((alice.len(), bob.len(), carol.len()), (2, 3, 3));
    bob.clear()?;
    assert_eq!((alice.len(), bob.len(), carol.len()), (2, 0, 3));
    assert!(!bob.owners().contains(&ids[1]), "of him nothing is left");
    let stranger = bob.of(PeerId::from(identity(4).public()));
    assert_eq!((stranger.len(), stranger.is_empty(), stranger.iter().count()), (0, true, 0));
    Ok(())
}

#[test]
fn an_owner_whose_last_record_has_expired_is_none() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let bob = store_of(2, &clock, HOUR).database::<Contact>()?;
    let (alice, records) = published(1, &[contact("ada", "a@b", "London")])?;
    bob.put_record(&records[0])?;
    assert_eq!(bob.owners(), [alice.store().peer_id()]);
    clock.advance(HOUR);
    assert_eq!(bob.owners(), []);
    Ok(())
}

#[test]
fn indexes_and_unique_values_are_an_owners_own() -> Result<(), Box<dyn Error>> {
    let bob = store_at_now(2).database::<Contact>()?;
    let same = contact("ada", "ada@x", "London");
    let (alice, records) = published(1, std::slice::from_ref(&same))?;
    bob.put_record(&records[0])?;
    let alice = bob.of(alice.store().peer_id());
    let (_, records) = published(3, &[contact("grace", "ada@x", "London")])?;
    bob.put_record(&records[0])?;
    let mine = contact("bob", "ada@x", "London");
    bob.put(&mine)?;

    for (database, name) in [(&alice, "ada"), (&bob, "bob")] {
        let index = database.index(Contact::EMAIL);
        assert_eq!(index.get_one("ada@x")?.map(|contact| contact.name), Some(name.into()));
        assert_eq!(index.conflicts()?, [], "two owners may have one value");
        assert_eq!(all(index.iter())?.len(), 1);
        assert_eq!(all(database.index(Contact::CITY).get("London")?)?.len(), 1);
        assert_eq!(all(database.index(Contact::CITY).range("A".."Z")?)?.len(), 1);
        assert_eq!(all(database.index(Contact::CITY).prefix("Lon")?)?.len(), 1);
    }
    let refused = bob.put(&contact("robert", "ada@x", "Paris"));
    let holder = "ContactKey(\"bob\")".into();
    let (schema, index, value) = ("contact", "email", "\"ada@x\"".into());
    let expected = WriteError::NotUnique { schema, index, value, holder };
    assert_eq!(refused, Err(expected), "one owner may not");
    Ok(())
}

#[test]
fn nobody_writes_anothers_records() -> Result<(), Box<dyn Error>> {
    let [alice, bob, _] = of_three(1)?;
    let refused = WriteError::NotOwner { schema: "contact" };
    let new = contact("new", "n@x", "London");
    assert_eq!(alice.put(&new), Err(refused.clone()));
    assert_eq!(alice.put_with_ttl(&new, Some(HOUR)), Err(refused.clone()));
    assert_eq!(alice.put_batch([&new]), Err(refused.clone()));
    assert_eq!(alice.load([new.clone()]).map_err(|error| error.source), Err(refused.clone()));
    assert_eq!(alice.to_record(&new), Err(refused.clone()));
    let in_transaction = bob.store().transaction(|tx| tx.put(&alice, &new));
    assert_eq!(in_transaction, Err(TransactionError::Write(refused)));
    assert_eq!((alice.len(), bob.len()), (1, 1));
    assert_eq!(sync(&alice)?, [], "there is nothing of hers to publish");
    assert_eq!(alice.clear()?, 0);
    assert!(!alice.set_ttl("000", Some(HOUR))?, "her record's life is not ours to end");
    Ok(())
}

#[test]
fn removing_anothers_record_forgets_the_copy_that_is_held() -> Result<(), Box<dyn Error>> {
    let [alice, bob, _] = of_three(2)?;
    let record = alice.get_record("000")?.ok_or("it was taken in")?;
    let count = bob.store().record_count();

    assert!(alice.remove("000")?);
    assert_eq!((alice.get("000")?, bob.store().record_count()), (None, count - 1), "no tombstone");
    assert_eq!(alice.put_record(&record)?, PutOutcome::Stored, "and it can come back");

    // One that is held for peers goes from the databases' view alone.
    assert_eq!(bob.store().put_from(&record, Source::UNKNOWN)?, PutOutcome::Equal);
    assert!(alice.remove("000")?);
    assert_eq!((alice.get("000")?, alice.with_held().get("000")?), (None, Some(in_a_city(0, 1))));
    assert_eq!(RecordStore::get(bob.store(), &record.key).map(Cow::into_owned), Some(record));
    Ok(())
}

#[test]
fn cursors_do_not_lead_to_another_owners_records() -> Result<(), Box<dyn Error>> {
    let owners = of_three(5)?;
    for from in &owners {
        let mut walk = from.iter().limit(2);
        while walk.next().transpose()?.is_some() {}
        let by_key: Cursor = walk.cursor().ok_or("two were taken")?.to_string().parse()?;
        let mut walk = from.index(Contact::CITY).get("Reykjavik")?.limit(2);
        while walk.next().transpose()?.is_some() {}
        let by_city: Cursor = walk.cursor().ok_or("two were taken")?.to_string().parse()?;
        for to in &owners {
            let same = to.get("000")? == from.get("000")?;
            let own = all(to.iter())?;
            let rest = to.iter().after(&by_key);
            if same {
                assert_eq!(all(rest?)?, own[2..]);
            } else {
                let foreign = QueryError::ForeignCursor { schema: "contact" };
                assert_eq!(rest.map(drop), Err(foreign));
            }
            for walk in [to.index(Contact::CITY).get("Reykjavik")?, to.index(Contact::CITY).iter()]
            {
                let rest = all(walk.after(&by_city)?)?;
                assert!(rest.iter().all(|contact| own.contains(contact)), "{rest:?}");
                assert!(!same || rest == own[2..], "{rest:?}");
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_watcher_sees_one_owners_changes() -> Result<(), Box<dyn Error>> {
    let [alice, bob, carol] = of_three(1)?;
    let (mut of_alice, mut of_bob) = (alice.watch(), bob.watch_key("000")?);
    let mut of_carol = carol.watch_prefix("0")?;
    bob.put(&in_a_city(0, 9))?;
    alice.remove("000")?;

    let change = of_bob.next().now_or_never().flatten().ok_or("bob's changed")??;
    assert_eq!((change.old, change.new), (Some(in_a_city(0, 2)), Some(in_a_city(0, 9))));
    let change = of_alice.next().now_or_never().flatten().ok_or("alice's changed")??;
    assert_eq!((change.key, change.old), (ContactKey::new("000"), Some(in_a_city(0, 1))));
    for watch in [&mut of_alice, &mut of_bob, &mut of_carol] {
        assert_eq!(watch.next().now_or_never(), None);
    }
    Ok(())
}

#[test]
fn a_put_of_a_published_key_is_signed_at_once() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let profiles = store_of(1, &clock, HOUR).database::<Profile>()?;
    profiles.put(&profile("ada"))?;
    let private = profiles.get_record("ada")?.ok_or("it was stored")?;
    let envelope = Envelope::parse(&private.value)?;
    assert_eq!((envelope.signature, envelope.not_after), (None, 0), "it stays here");
    sync(&profiles)?;

    clock.advance(minutes(5));
    let again = Profile { handle: "ada".into(), about: "more".into() };
    let in_batch = Profile { handle: "ada".into(), about: "much more".into() };
    let in_transaction = Profile { handle: "ada".into(), about: "all".into() };
    let bob = store_at_now(2).database::<Profile>()?;
    let reaches_bob = |value: &Profile| -> Result<(), Box<dyn Error>> {
        let record = profiles.get_record("ada")?.ok_or("it is there")?;
        let not_after = u64::from(Envelope::parse(&record.value)?.not_after);
        assert_eq!(not_after, NOW_MS / 1000 + 5 * 60 + HOUR.as_secs(), "from now on");
        let served = RecordStore::get(profiles.store(), &record.key).map(Cow::into_owned);
        assert_eq!(served.as_ref(), Some(&record));
        assert_eq!(bob.put_record(&record)?, PutOutcome::Stored);
        assert_eq!(bob.of(profiles.store().peer_id()).get("ada")?.as_ref(), Some(value));
        Ok(())
    };
    profiles.put(&again)?;
    reaches_bob(&again)?;
    profiles.put_batch([&in_batch])?;
    reaches_bob(&in_batch)?;
    profiles.store().transaction(|tx| tx.put(&profiles, &in_transaction))?;
    reaches_bob(&in_transaction)
}

/// A value that fits only as long as nobody signs it could never be published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "owned", max_size = 200)]
struct Tiny {
    #[netabase(key)]
    id: u8,
    text: String,
}

#[test]
fn a_value_has_to_have_room_for_its_signature() -> Result<(), Box<dyn Error>> {
    // 14 bytes of envelope, one for the id, one for the text's length, 96 for the signature.
    let tiny = |len: usize| Tiny { id: 1, text: "x".repeat(len - 112) };
    let of_schema = store_at_now(1).database::<Tiny>()?;
    of_schema.put(&tiny(200))?;
    assert_eq!(sync(&of_schema)?[0].value.len(), 200);
    let refused = RecordError::TooLarge { schema: "tiny", len: 201, max_bytes: 200 };
    assert_eq!(of_schema.put(&tiny(201)), Err(WriteError::Record(refused.clone())));
    assert_eq!(of_schema.put_batch([&tiny(201)]), Err(WriteError::Record(refused.clone())));
    assert_eq!(of_schema.to_record(&tiny(201)), Err(WriteError::Record(refused)));

    let limits = Limits { max_value_bytes: 150, ..Limits::default() };
    let store = NetabaseStore::builder().network(NETWORK).limits(limits).build()?;
    let of_store = store.database::<Tiny>()?;
    of_store.put(&tiny(150))?;
    assert_eq!(sync(&of_store)?[0].value.len(), 150);
    let refused = WriteError::TooLarge(TooLarge::Value { len: 151, max_bytes: 150 });
    assert_eq!(of_store.put(&tiny(151)), Err(refused.clone()));
    assert_eq!(of_store.put_batch([&tiny(151)]), Err(refused));
    assert_eq!(of_store.get(&1)?, Some(tiny(150)));
    Ok(())
}
