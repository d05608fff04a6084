//! Own records that a later program of their author wrote, in the hands of an earlier one.

use std::error::Error;

use netabase::{
    ArrivalError, Envelope, ManualClock, MemoryStoreDatabase, NetabaseStore, PutOutcome,
};

use super::{ALICE, Card, UNREADABLE, bob_within, card, coded, peer, send, source};
use crate::authors::{HOUR, NOW_MS, minutes, store_of, sync};

/// Alice's store, in which a record of hers that she published was replaced by one of another codec.
fn overtaken(
    clock: &ManualClock,
    codec: u8,
) -> Result<(NetabaseStore, MemoryStoreDatabase<Card>), Box<dyn Error>> {
    let alice = store_of(ALICE, clock, HOUR);
    let cards = alice.database::<Card>()?;
    cards.put(&card("ada", "old"))?;
    let new = coded("ada", codec, 5)?;
    assert_eq!(alice.put_from(&new, source(1)), Err(ArrivalError::Private), "not published yet");
    sync(&cards)?;
    assert_eq!(alice.put_from(&new, source(1))?, PutOutcome::Stored);
    Ok((alice, cards))
}

#[test]
fn an_own_record_of_another_codec_stays_own_and_is_not_shown() -> Result<(), Box<dyn Error>> {
    let (alice, cards) = overtaken(&ManualClock::at_unix_ms(NOW_MS), 1)?;
    assert_eq!((cards.get("ada")?, cards.len(), cards.remove("ada")?), (None, 0, false));
    assert_eq!(cards.get_local_records().count(), 0);
    let capacity = cards.capacity_info();
    assert_eq!((capacity.own.current_records, capacity.foreign.current_records), (1, 0));
    assert_eq!(capacity.schema.own.records, 0);
    let published: Vec<_> = sync(&cards)?.into_iter().map(|record| record.value).collect();
    assert_eq!(published, [coded("ada", 1, 5)?.value], "it is published as it is");
    assert_eq!(alice.record_count(), 1);
    Ok(())
}

#[test]
fn its_renewal_keeps_clock_codec_and_payload_of_every_codec() -> Result<(), Box<dyn Error>> {
    for codec in 1..=7 {
        let clock = ManualClock::at_unix_ms(NOW_MS);
        let (_alice, cards) = overtaken(&clock, codec)?;
        let first = coded("ada", codec, 5)?;
        let bob = bob_within(netabase::Limits::default(), &clock);
        send(&bob, std::slice::from_ref(&first))?;

        clock.advance(minutes(40));
        let renewed = cards.get_republish_records(9).remove(0)?;
        let (old, new) = (Envelope::parse(&first.value)?, Envelope::parse(&renewed.value)?);
        assert_eq!((new.codec, new.payload), (codec, UNREADABLE));
        assert_eq!((new.timestamp, new.schema_version), (old.timestamp, old.schema_version));
        assert_eq!(u64::from(new.not_after), NOW_MS / 1000 + 100 * 60);
        assert_eq!(bob.put_from(&renewed, source(1))?, PutOutcome::Stored, "it is signed anew");
        assert!(cards.get_republish_records(9).is_empty());
    }
    Ok(())
}

#[test]
fn a_put_over_it_wins_everywhere_and_is_of_this_programs_codec() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let (alice, cards) = overtaken(&clock, 7)?;
    let bob = bob_within(netabase::Limits::default(), &clock);
    let held = bob.database::<Card>()?.of(peer(ALICE)).with_held();
    send(&bob, &[coded("ada", 7, 5)?])?;

    cards.put(&card("ada", "mine again"))?;
    assert_eq!(cards.get("ada")?, Some(card("ada", "mine again")));
    assert_eq!(cards.capacity_info().schema.own.records, 1);
    let written = sync(&cards)?.remove(0);
    let envelope = Envelope::parse(&written.value)?;
    assert_eq!((envelope.codec, envelope.timestamp.millis()), (0, NOW_MS + 5));
    assert_eq!(envelope.timestamp.counter(), 1, "just later than what it replaces");
    assert_eq!(bob.put_from(&written, source(1))?, PutOutcome::Stored);
    assert_eq!(held.get("ada")?, Some(card("ada", "mine again")));
    assert_eq!(alice.put_from(&coded("ada", 7, 5)?, source(1))?, PutOutcome::Outdated);
    Ok(())
}

#[test]
fn a_put_over_it_reports_no_value_that_it_replaces() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let (_alice, cards) = overtaken(&clock, 1)?;
    assert_eq!(
        cards.put(&card("ada", "old"))?,
        None,
        "this program could not read what it replaces"
    );
    assert_eq!(cards.get("ada")?, Some(card("ada", "old")));
    Ok(())
}
