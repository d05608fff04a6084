use std::{borrow::Cow, collections::BTreeMap, error::Error};

use libp2p::kad::{Record, RecordKey as KadKey, store::RecordStore};
use netabase::{Limits, ManualClock, PutOutcome, RecordState};

use super::{
    ALICE, Card, alices, bob, bob_within, card, invented, peer, rename, send, source, weight,
};
use crate::{
    authors::{HOUR, NOW_MS, contents, minutes, store_at_now, store_of, sync, tombstone},
    schemas::profile,
};

#[test]
fn an_unknown_owned_record_is_served_byte_for_byte() -> Result<(), Box<dyn Error>> {
    let (mut bob, records) = (bob(), alices(3)?);
    bob.put(records[0].clone())?;
    send(&bob, &records[1..])?;

    for record in &records {
        let served = bob.get(&record.key).map(Cow::into_owned).ok_or("it is served")?;
        assert_eq!((&served.key, &served.value), (&record.key, &record.value));
        assert!(served.publisher.is_none() && served.expires.is_some());
    }
    let served = bob.records().map(Cow::into_owned);
    let served: BTreeMap<_, _> = served.map(|record| (record.key.to_vec(), record.value)).collect();
    assert_eq!(served, contents(&bob));
    assert_eq!(served.len(), 3);
    Ok(())
}

#[test]
fn it_is_counted_and_listed_as_any_foreign_record() -> Result<(), Box<dyn Error>> {
    let (bob, records) = (bob(), alices(3)?);
    send(&bob, &records)?;

    let total = weight(&records);
    assert_eq!((bob.record_count(), bob.byte_count()), (total.records, total.bytes));
    assert_eq!(bob.publishers(), [(peer(ALICE), total)]);
    assert_eq!(bob.publisher_usage(&peer(ALICE)), total);
    assert_eq!(bob.publisher_records(&peer(ALICE)).count(), 3);
    assert_eq!(bob.sources(), [(source(1), total)]);
    assert_eq!(bob.closest_to_peer(&peer(7), 9).len(), 3);
    assert_eq!(bob.closest_to_key(&records[1].key, 1)[0].record.record.value, records[1].value);
    let capacity = bob.capacity_info();
    assert_eq!((capacity.foreign.current_records, capacity.own.current_records), (3, 0));

    let raw: Vec<_> = bob.raw_records().collect();
    let served_only = RecordState { own: false, wanted: false, served: true };
    assert!(raw.iter().all(|raw| raw.state == served_only), "{raw:?}");
    let keys = raw.iter().map(|raw| &raw.record.key);
    assert!(keys.eq(records.iter().map(|record| &record.key)));
    Ok(())
}

#[test]
fn raw_walks_meet_known_and_unknown_records_in_the_order_of_their_keys()
-> Result<(), Box<dyn Error>> {
    let bob = bob();
    let profiles = bob.database()?;
    for at in 0..400 {
        profiles.put(&profile(&at.to_string()))?;
    }
    let template = invented("a")?;
    for at in 0..200 {
        let mut record = alices(1)?.remove(0);
        rename(&mut record, &format!("/{}{at}/o", if at % 2 == 0 { "a" } else { "z" }))?;
        send(&bob, &[record])?;
    }
    send(&bob, std::slice::from_ref(&template))?;
    let sent = store_at_now(ALICE).database()?.to_record(&profile("of another"))?;
    send(&bob, &[sent])?;

    let keys: Vec<_> = bob.raw_records().map(|raw| raw.record.key.to_vec()).collect();
    assert_eq!((keys.len(), keys.is_sorted()), (602, true));
    let with = |prefix: &[u8]| bob.raw_records_with_prefix(prefix).count();
    assert_eq!((with(b"/netabase/a"), with(b"/netabase/z"), with(b"/netabase/z17")), (101, 100, 6));
    assert_eq!((with(b"/netabase/a/o"), with(b"/netabase/profile/"), with(b"/net")), (1, 401, 602));
    assert_eq!((with(template.key.as_ref()), with(b"/netabase0"), with(b"/other")), (1, 0, 0));
    Ok(())
}

#[test]
fn the_larger_value_wins_and_a_tombstone_beats_all_before() -> Result<(), Box<dyn Error>> {
    let alice = store_at_now(ALICE).database::<Card>()?;
    let old = alice.to_record(&card("ada", "old"))?;
    let new = alice.to_record(&card("ada", "new"))?;
    let gone = tombstone(&alice, &card("ada", "newest"))?;
    let bob = bob();

    let put = |record: &Record| bob.put_from(record, source(1));
    assert_eq!(put(&new)?, PutOutcome::Stored);
    assert_eq!(put(&new)?, PutOutcome::Equal);
    assert_eq!(put(&old)?, PutOutcome::Outdated);
    assert_eq!(put(&gone)?, PutOutcome::Stored);
    assert_eq!(put(&new)?, PutOutcome::Outdated);
    assert_eq!(bob.get(&gone.key).map(|record| record.value.clone()), Some(gone.value.clone()));
    assert_eq!(bob.record_count(), 1);

    let cards = bob.database::<Card>()?.with_held().of(peer(ALICE));
    assert_eq!((cards.get("ada")?, bob.record_count()), (None, 1));
    assert_eq!(put(&old)?, PutOutcome::Outdated, "it wins when it is known, too");
    Ok(())
}

#[test]
fn kad_takes_it_out_again() -> Result<(), Box<dyn Error>> {
    let (mut bob, records) = (bob(), alices(2)?);
    send(&bob, &records)?;
    RecordStore::remove(&mut bob, &records[0].key);
    RecordStore::remove(&mut bob, &KadKey::new(&"no such key"));
    assert_eq!((bob.record_count(), bob.get(&records[0].key)), (1, None));
    assert_eq!(bob.publisher_usage(&peer(ALICE)), weight(&records[1..]));
    Ok(())
}

#[test]
fn its_author_may_extend_its_lease() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let alice = store_of(ALICE, &clock, HOUR).database::<Card>()?;
    alice.put(&card("ada", "hi"))?;
    let first = sync(&alice)?;
    let bob = bob_within(Limits::default(), &clock);
    send(&bob, &first)?;
    clock.advance(minutes(40));
    let renewed = alice.get_republish_records(1).remove(0)?;
    assert_eq!(bob.put_from(&renewed, source(2))?, PutOutcome::Stored);
    clock.advance(minutes(40));
    assert!(bob.get(&renewed.key).is_some(), "it outlives its first lease");
    clock.advance(minutes(21));
    assert_eq!((bob.get(&renewed.key), bob.record_count()), (None, 0));
    Ok(())
}
