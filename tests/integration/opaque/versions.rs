use std::error::Error;

use futures::FutureExt;
use libp2p::kad::{Record, store::RecordStore};
use netabase::{
    ArrivalError, ChangeOrigin, DatabaseError, ManualClock, MemoryStoreDatabase, OpenError,
    PutOutcome, RecordError, RecordState,
};

use super::{ALICE, BOB, Card, NewCard, all, bob, card, new_card, peer, send, source, weight};
use crate::authors::{HOUR, NOW_MS, minutes, store_at_now, store_of, sync, tombstone};

/// Bob's store, which knows `Card`, and Alice's cards in it.
fn knowing() -> Result<(netabase::NetabaseStore, MemoryStoreDatabase<Card>), OpenError> {
    let bob = bob();
    let cards = bob.database::<Card>()?.of(peer(ALICE));
    Ok((bob, cards))
}

/// Alice's new card.
fn newer(handle: &str) -> Result<Record, DatabaseError> {
    Ok(store_at_now(ALICE).database::<NewCard>()?.to_record(&new_card(handle))?)
}

/// Alice's card, written so many milliseconds later than her new one.
fn older_type(handle: &str, later: u64) -> Result<Record, DatabaseError> {
    let clock = ManualClock::at_unix_ms(NOW_MS + later);
    Ok(store_of(ALICE, &clock, HOUR).database::<Card>()?.to_record(&card(handle, "hi"))?)
}

#[test]
fn a_record_of_another_version_is_served_and_not_shown() -> Result<(), Box<dyn Error>> {
    let (bob, cards) = knowing()?;
    let (new, old) = (newer("ada")?, older_type("bob", 0)?);
    send(&bob, &[new.clone(), old.clone()])?;
    assert_eq!(bob.get(&new.key).map(|record| record.value.clone()), Some(new.value.clone()));
    assert_eq!(bob.publisher_records(&peer(ALICE)).count(), 2);

    let held = cards.with_held();
    assert_eq!((held.get("ada")?, held.contains("ada")?), (None, false));
    assert_eq!(held.get_with("ada", |card| card.about.len())?, None);
    assert_eq!(held.get_record("ada")?, None);
    assert_eq!(all(&held)?, [card("bob", "hi")]);
    assert_eq!(held.scan().collect::<Result<Vec<_>, _>>()?, [card("bob", "hi")]);
    assert_eq!((held.range("a".to_owned()..)?.count(), held.prefix("a")?.count()), (1, 0));
    assert_eq!(held.get_publisher_records(&peer(ALICE)).count(), 1);
    assert_eq!(held.get_expiring_records(HOUR * 2).count(), 1);
    assert_eq!(held.index(Card::ABOUT).iter().count(), 0);
    assert_eq!(cards.capacity_info().schema.foreign.records, 1);
    let total = weight(&[new, old]);
    assert_eq!(bob.record_count(), total.records);
    Ok(())
}

#[test]
fn an_owner_of_nothing_but_unread_records_is_not_listed() -> Result<(), Box<dyn Error>> {
    let (bob, cards) = knowing()?;
    send(&bob, &[newer("ada")?])?;
    assert_eq!(cards.owners(), []);
    Ok(())
}

#[test]
fn the_application_takes_in_none_of_another_version() -> Result<(), Box<dyn Error>> {
    let (bob, cards) = knowing()?;
    let new = newer("ada")?;
    let version = RecordError::Version { schema: "card", expected: 1, found: 2 };
    let refused = Err(ArrivalError::Record(version));
    assert_eq!(cards.put_record(&new), refused);
    assert_eq!(bob.record_count(), 0);

    send(&bob, std::slice::from_ref(&new))?;
    assert_eq!(cards.put_record(&new), refused, "also if it is held already");
    let mut published = new.clone();
    published.publisher = Some(peer(BOB));
    assert!(RecordStore::put(&mut bob.clone(), published).is_err());
    let state = bob.raw_records().next().map(|raw| raw.state);
    assert_eq!(state, Some(RecordState { own: false, wanted: false, served: true }));

    // An older value of the version that is known is outdated all the same.
    assert_eq!(cards.put_record(&older_type("ada", 0)?)?, PutOutcome::Outdated);
    assert_eq!((cards.get("ada")?, cards.iter().count(), cards.scan().count()), (None, 0, 0));
    Ok(())
}

#[test]
fn a_value_that_is_replaced_by_an_unread_one_goes_from_view_and_comes_back()
-> Result<(), Box<dyn Error>> {
    let (bob, cards) = knowing()?;
    let mut watch = cards.watch();
    let (first, new) = (older_type("ada", 0)?, {
        let clock = ManualClock::at_unix_ms(NOW_MS + 1);
        store_of(ALICE, &clock, HOUR).database::<NewCard>()?.to_record(&new_card("ada"))?
    });
    cards.put_record(&first)?;
    let shown = watch.next().now_or_never().ok_or("it is told")?.ok_or("the store is there")??;
    assert_eq!(shown.new, Some(card("ada", "hi")));
    assert_eq!(cards.index(Card::ABOUT).get("hi")?.count(), 1);

    assert_eq!(bob.put_from(&new, source(1))?, PutOutcome::Stored);
    assert_eq!((cards.get("ada")?, cards.iter().count()), (None, 0));
    assert_eq!(cards.index(Card::ABOUT).get("hi")?.count(), 0);
    assert_eq!(cards.capacity_info().schema.foreign.records, 0);
    let gone = watch.next().now_or_never().ok_or("it is told")?.ok_or("the store is there")??;
    assert_eq!((gone.old, gone.new), (Some(card("ada", "hi")), None));
    assert_eq!(gone.origin, ChangeOrigin::Remote);

    assert_eq!(bob.put_from(&older_type("ada", 2)?, source(1))?, PutOutcome::Stored);
    assert_eq!(cards.get("ada")?, Some(card("ada", "hi")), "the application wants the key still");
    assert_eq!(cards.index(Card::ABOUT).get("hi")?.count(), 1);
    assert_eq!((cards.capacity_info().schema.foreign.records, bob.record_count()), (1, 1));
    Ok(())
}

#[test]
fn a_tombstone_of_another_version_wins_and_makes_way() -> Result<(), Box<dyn Error>> {
    let (bob, cards) = knowing()?;
    let alice = store_at_now(ALICE).database::<NewCard>()?;
    cards.put_record(&older_type("ada", 0)?)?;
    let gone = {
        let clock = ManualClock::at_unix_ms(NOW_MS + 1);
        let alice = store_of(ALICE, &clock, HOUR).database::<NewCard>()?;
        tombstone(&alice, &new_card("ada"))?
    };
    assert_eq!(bob.put_from(&gone, source(1))?, PutOutcome::Stored);
    assert_eq!((cards.get("ada")?, bob.record_count()), (None, 1));
    assert_eq!(bob.put_from(&alice.to_record(&new_card("ada"))?, source(1))?, PutOutcome::Outdated);
    assert_eq!(bob.put_from(&older_type("ada", 60_000)?, source(1))?, PutOutcome::Stored);
    assert_eq!(cards.get("ada")?, Some(card("ada", "hi")));
    Ok(())
}

#[test]
fn an_own_key_that_a_later_program_of_its_owner_wrote_stays_own() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let alice = store_of(ALICE, &clock, HOUR);
    let cards = alice.database::<Card>()?;
    cards.put(&card("ada", "old"))?;
    let later_clock = ManualClock::at_unix_ms(NOW_MS + 5);
    let later = store_of(ALICE, &later_clock, HOUR);
    let new = later.database::<NewCard>()?.to_record(&new_card("ada"))?;
    assert_eq!(alice.put_from(&new, source(1)), Err(ArrivalError::Private));

    sync(&cards)?;
    assert_eq!(alice.put_from(&new, source(1))?, PutOutcome::Stored);
    assert_eq!((cards.get("ada")?, cards.len(), cards.remove("ada")?), (None, 0, false));
    assert_eq!(cards.get_local_records().count(), 0);
    assert_eq!(cards.get_publisher_records(&peer(ALICE)).count(), 0);
    let capacity = cards.capacity_info();
    assert_eq!((capacity.own.current_records, capacity.foreign.current_records), (1, 0));
    assert_eq!(capacity.schema.own.records, 0);
    let published: Vec<_> = sync(&cards)?.into_iter().map(|record| record.value).collect();
    assert_eq!(published, std::slice::from_ref(&new.value), "it is published as it is");

    clock.advance(minutes(40));
    later_clock.advance(minutes(40));
    let renewed = cards.get_republish_records(9).remove(0)?;
    assert_eq!(renewed.value[..8], new.value[..8], "the same clock, a later lease");
    assert_eq!(later.put_from(&renewed, source(1)), Ok(PutOutcome::Stored));

    cards.put(&card("ada", "mine again"))?;
    assert_eq!(cards.get("ada")?, Some(card("ada", "mine again")));
    assert_eq!(cards.capacity_info().schema.own.records, 1);
    Ok(())
}
