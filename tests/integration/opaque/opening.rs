use std::error::Error;

use futures::FutureExt;
use libp2p::kad::store::RecordStore;
use netabase::{OpenError, PutOutcome, RecordState, SchemaInfo, Usage};

use super::{
    ALICE, BOB, Card, LaxCard, NewCard, alices, all, bob, card, invented, lax_card, new_card, peer,
    send, source, weight,
};
use crate::{
    authors::{contents, store_at_now, sync},
    schemas::{Note, Profile},
};

#[test]
fn opening_a_schema_makes_typed_held_ones_of_its_records() -> Result<(), Box<dyn Error>> {
    let (bob, records) = (bob(), alices(300)?);
    send(&bob, &records)?;
    send(&bob, &[invented("card2")?, invented("car")?])?;
    let before = contents(&bob);

    let cards = bob.database::<Card>()?;
    let of_alice = cards.of(peer(ALICE));
    let held = of_alice.with_held();
    assert_eq!(contents(&bob), before, "the same bytes are served");
    assert_eq!(held.get("0007")?, Some(card("0007", "hi")));
    assert_eq!((all(&held)?.len(), held.scan().count()), (300, 300));
    assert_eq!(cards.owners(), [peer(ALICE)]);
    assert_eq!(cards.capacity_info().schema.foreign.records, 300);
    assert_eq!((of_alice.len(), of_alice.index(Card::ABOUT).get("hi")?.count()), (0, 0));
    assert_eq!(bob.sources().len(), 1);
    assert_eq!(bob.sources()[0].0, source(1), "they are put down to whom they were");
    assert_eq!(bob.publisher_usage(&peer(ALICE)).records, 302);

    assert_eq!(of_alice.put_record(&records[7])?, PutOutcome::Equal);
    assert_eq!(of_alice.get("0007")?, Some(card("0007", "hi")));
    assert_eq!(of_alice.index(Card::ABOUT).get("hi")?.count(), 1);
    let state = RecordState { own: false, wanted: true, served: true };
    assert_eq!(
        bob.raw_records_with_prefix(records[7].key.as_ref()).next().map(|raw| raw.state),
        Some(state)
    );
    Ok(())
}

#[test]
fn what_the_type_refuses_goes_when_it_is_opened() -> Result<(), Box<dyn Error>> {
    let alice = store_at_now(ALICE).database::<LaxCard>()?;
    alice.put_batch(&[lax_card("bad", "spam"), lax_card("good", "hi")])?;
    let records = sync(&alice)?;
    let mut bob = bob();
    send(&bob, &records)?;

    let held = bob.database::<Card>()?.with_held().of(peer(ALICE));
    assert_eq!(all(&held)?, [card("good", "hi")]);
    assert_eq!((bob.record_count(), bob.get(&records[0].key)), (1, None));
    assert!(bob.put_from(&records[0], source(1)).is_err(), "as it is refused from now on");
    RecordStore::put(&mut bob, records[1].clone())?;
    Ok(())
}

#[test]
fn a_name_that_turns_out_not_to_be_owned_keeps_no_owned_records() -> Result<(), Box<dyn Error>> {
    let bob = bob();
    send(&bob, &[invented("note")?, invented("notes")?])?;
    let notes = bob.database::<Note>()?;
    assert_eq!((notes.with_held().iter().count(), bob.record_count()), (0, 1));
    assert_eq!(notes.capacity_info().schema, SchemaInfo::default());
    Ok(())
}

#[test]
fn no_schema_shows_or_counts_what_is_not_its_own() -> Result<(), Box<dyn Error>> {
    let bob = bob();
    let profiles = bob.database::<Profile>()?;
    let mut watch = profiles.watch();
    send(&bob, &alices(5)?)?;
    assert_eq!(
        (profiles.len(), profiles.with_held().iter().count(), profiles.owners()),
        (0, 0, vec![])
    );
    assert_eq!(profiles.capacity_info().schema, SchemaInfo::default());
    assert_eq!(profiles.with_held().get_publisher_records(&peer(ALICE)).count(), 0);
    assert_eq!(profiles.of(peer(ALICE)).with_held().get_publisher_records(&peer(ALICE)).count(), 0);

    let cards = bob.database::<Card>()?;
    let mut of_cards = cards.watch();
    bob.database::<Card>()?;
    assert!(watch.next().now_or_never().is_none());
    assert!(of_cards.next().now_or_never().is_none());
    Ok(())
}

#[test]
fn a_conflict_of_types_leaves_all_as_it_is() -> Result<(), Box<dyn Error>> {
    let (bob, records) = (bob(), alices(2)?);
    let cards = bob.database::<Card>()?;
    send(&bob, &records)?;
    let refused = bob.database::<NewCard>();
    assert!(matches!(refused, Err(OpenError::SchemaConflict { .. })));
    assert_eq!(cards.with_held().of(peer(ALICE)).iter().count(), 2);
    Ok(())
}

#[test]
fn records_of_the_local_peer_are_held_and_become_its_own_by_its_own_writes()
-> Result<(), Box<dyn Error>> {
    let other = store_at_now(BOB).database::<Card>()?;
    other.put(&card("ada", "from my other machine"))?;
    let records = sync(&other)?;
    let bob = bob();
    send(&bob, &records)?;
    assert_eq!(bob.capacity_info().foreign.current_records, 1);

    let cards = bob.database::<Card>()?;
    assert_eq!((cards.get("ada")?, cards.len()), (None, 0));
    assert_eq!(cards.with_held().get("ada")?, Some(card("ada", "from my other machine")));
    cards.put(&card("ada", "from here"))?;
    let capacity = cards.capacity_info();
    assert_eq!((capacity.schema.own.records, capacity.schema.foreign), (1, Usage::default()));
    assert_eq!((capacity.foreign.current_records, capacity.own.current_records), (0, 1));
    Ok(())
}

#[test]
fn records_of_a_later_version_stay_unread_when_the_schema_is_opened() -> Result<(), Box<dyn Error>>
{
    let alice = store_at_now(ALICE).database::<NewCard>()?;
    alice.put_batch(&[new_card("a"), new_card("b")])?;
    let newer = sync(&alice)?;
    let bob = bob();
    send(&bob, &newer)?;
    send(&bob, &alices(1)?)?;
    let cards = bob.database::<Card>()?;
    let held = cards.with_held().of(peer(ALICE));
    assert_eq!(all(&held)?, [card("0000", "hi")]);
    assert_eq!(bob.record_count(), 3);
    assert_eq!(cards.capacity_info().schema.foreign.records, 1);
    let unread =
        bob.publisher_usage(&peer(ALICE)).bytes - cards.capacity_info().schema.foreign.bytes;
    assert_eq!(unread, weight(&newer).bytes);
    Ok(())
}
