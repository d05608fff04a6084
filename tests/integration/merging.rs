//! Values of a schema with `merge`: whatever arrives is merged into what is there.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
};

use futures::FutureExt;
use libp2p::kad::{Record, store::RecordStore};
use netabase::{
    ArrivalError, ChangeOrigin, Envelope, MemoryStoreDatabase, NetabaseSchema, NetabaseStore,
    OpenError, PutOutcome, RecordError, Source, Timestamp,
};
use rand::{RngExt, SeedableRng, rngs::SmallRng, seq::SliceRandom};
use serde::{Deserialize, Serialize};

use crate::authors::{NOW_MS, set_clock, set_lease, store_at_now};
use crate::schemas::fresh;

/// A set that only grows, and a counter of which the highest counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(merge = union, validate = seven_and_thirteen_do_not_meet)]
struct Club {
    #[netabase(key)]
    name: String,
    #[netabase(index(multi))]
    members: BTreeSet<u32>,
    #[netabase(index)]
    record: u32,
}

fn union(a: &Club, b: &Club) -> Club {
    Club {
        name: a.name.clone(),
        members: a.members.union(&b.members).copied().collect(),
        record: a.record.max(b.record),
    }
}

fn seven_and_thirteen_do_not_meet(club: &Club) -> Result<(), &'static str> {
    let meet = [7, 13].iter().all(|member| club.members.contains(member));
    if meet { Err("7 and 13 must not meet") } else { Ok(()) }
}

fn club(name: &str, members: &[u32], record: u32) -> Club {
    Club { name: name.into(), members: members.iter().copied().collect(), record }
}

/// The record of a club that was written so many milliseconds ago.
fn record(club: &Club, ago_ms: u64) -> Result<Record, Box<dyn Error>> {
    let mut record = fresh::<Club>().to_record(club)?;
    set_clock(&mut record, Timestamp::from_millis(NOW_MS - ago_ms));
    Ok(record)
}

fn clubs_now() -> Result<MemoryStoreDatabase<Club>, OpenError> {
    store_at_now(9).database()
}

fn value_of(clubs: &MemoryStoreDatabase<Club>, name: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    Ok(clubs.get_record(name)?.ok_or("it was stored")?.value)
}

#[test]
fn stores_converge_to_the_same_bytes_in_any_order_and_any_number_of_times()
-> Result<(), Box<dyn Error>> {
    for seed in 0..40 {
        converge(seed).map_err(|error| format!("seed {seed}: {error}"))?;
    }
    Ok(())
}

fn converge(seed: u64) -> Result<(), Box<dyn Error>> {
    let mut rng = SmallRng::seed_from_u64(seed);
    let pool = pool(&mut rng)?;
    let mut contents = Vec::new();
    for _ in 0..3 {
        let clubs = clubs_now()?;
        let again: Vec<_> = pool.iter().filter(|_| rng.random()).collect();
        let mut deliveries: Vec<_> = pool.iter().chain(again).collect();
        deliveries.shuffle(&mut rng);
        let mut model = Model::new();
        for record in deliveries {
            deliver(&clubs, record, &mut model, rng.random_range(0..3))?;
        }
        indexes_follow(&clubs, &model)?;
        contents.push(["a", "b"].map(|name| clubs.get_record(name).ok().flatten()));
    }
    let values = |records: &[Option<Record>; 2]| {
        records.each_ref().map(|record| record.as_ref().map(|record| record.value.clone()))
    };
    assert!(contents.windows(2).all(|pair| values(&pair[0]) == values(&pair[1])), "{contents:x?}");
    Ok(())
}

fn pool(rng: &mut SmallRng) -> Result<Vec<Record>, Box<dyn Error>> {
    let mut pool = Vec::new();
    for _ in 0..rng.random_range(1..24) {
        let members: Vec<u32> =
            (0..rng.random_range(0..4)).map(|_| rng.random_range(0..7)).collect();
        let name = if rng.random() { "a" } else { "b" };
        let club = club(name, &members, rng.random_range(0..9));
        let mut record = record(&club, rng.random_range(0..4))?;
        let leases = [0, NOW_MS / 1000 + 60, NOW_MS / 1000 + 3600];
        set_lease(&mut record, leases[rng.random_range(0..3)]);
        pool.push(record);
    }
    Ok(pool)
}

/// What a store should hold: a club, its clock, its lease.
type Model = BTreeMap<String, (Club, Timestamp, u32)>;

fn deliver(
    clubs: &MemoryStoreDatabase<Club>,
    record: &Record,
    model: &mut Model,
    way: u8,
) -> Result<(), Box<dyn Error>> {
    let envelope = Envelope::parse(&record.value)?;
    let arrived = (Club::try_from(record)?, envelope.timestamp, envelope.not_after);
    let stored = model.get(&arrived.0.name);
    let merged = match stored {
        None => arrived.clone(),
        Some((club, clock, lease)) => {
            (union(club, &arrived.0), arrived.1.max(*clock), arrived.2.max(*lease))
        }
    };
    let expected = match (stored == Some(&merged), arrived == merged) {
        (true, true) => PutOutcome::Equal,
        (true, false) => PutOutcome::Outdated,
        (false, true) => PutOutcome::Stored,
        (false, false) => PutOutcome::Merged,
    };
    match way {
        0 => assert_eq!(clubs.put_record(record), Ok(expected)),
        1 => assert_eq!(clubs.put_records_batch([record]), [Ok(expected)]),
        _ => {
            let update = clubs.handle_remote_update(record)?;
            assert_eq!((update.outcome, update.value), (expected, Some(merged.0.clone())));
        }
    }
    model.insert(merged.0.name.clone(), merged);
    Ok(())
}

fn indexes_follow(clubs: &MemoryStoreDatabase<Club>, model: &Model) -> Result<(), Box<dyn Error>> {
    let expected: Vec<Club> = model.values().map(|(club, ..)| club.clone()).collect();
    assert_eq!(clubs.iter().collect::<Result<Vec<_>, _>>()?, expected);
    for number in 0..9 {
        let with_member = clubs.index(Club::MEMBERS).get(number)?.collect::<Result<Vec<_>, _>>()?;
        let holds = expected.iter().filter(|club| club.members.contains(&number));
        assert!(with_member.iter().eq(holds), "{number}: {with_member:?}");
        let at_record = clubs.index(Club::RECORD).get(number)?.collect::<Result<Vec<_>, _>>()?;
        assert!(at_record.iter().eq(expected.iter().filter(|club| club.record == number)));
    }
    Ok(())
}

#[test]
fn each_outcome_says_what_became_of_the_record() -> Result<(), Box<dyn Error>> {
    let clubs = clubs_now()?;
    let first = record(&club("a", &[1], 5), 2)?;
    assert_eq!(clubs.put_record(&first)?, PutOutcome::Stored, "nothing was there");
    assert_eq!(clubs.put_record(&first)?, PutOutcome::Equal);
    let other = record(&club("a", &[2], 3), 3)?;
    assert_eq!(clubs.put_record(&other)?, PutOutcome::Merged, "older, and not in it yet");
    assert_eq!(clubs.put_record(&other)?, PutOutcome::Outdated, "it is in it");
    assert_eq!(clubs.put_record(&first)?, PutOutcome::Outdated, "it is in it, too");
    let all = record(&club("a", &[1, 2, 3], 6), 1)?;
    assert_eq!(clubs.put_record(&all)?, PutOutcome::Stored, "newer, and holds all of it");
    assert_eq!(value_of(&clubs, "a")?, all.value);
    let same_but_later = record(&club("a", &[1, 2, 3], 6), 0)?;
    assert_eq!(clubs.put_record(&same_but_later)?, PutOutcome::Stored, "a later clock wins");
    Ok(())
}

#[test]
fn a_local_put_replaces() -> Result<(), Box<dyn Error>> {
    let clubs = clubs_now()?;
    clubs.put(&club("a", &[1, 2], 9))?;
    clubs.put(&club("a", &[3], 1))?;
    clubs.put_batch(&[club("b", &[1], 1), club("b", &[2], 0)])?;
    assert_eq!(clubs.get("a")?, Some(club("a", &[3], 1)));
    assert_eq!(clubs.get("b")?, Some(club("b", &[2], 0)));

    // What arrives is merged with it, and does not make it somebody else's.
    let arrived = record(&club("a", &[4], 7), 1000)?;
    assert_eq!(clubs.put_record(&arrived)?, PutOutcome::Merged);
    assert_eq!(clubs.get("a")?, Some(club("a", &[3, 4], 7)));
    assert_eq!(clubs.get_local_records().count(), 2);
    Ok(())
}

#[tokio::test]
async fn watchers_are_told_the_merged_value() -> Result<(), Box<dyn Error>> {
    let clubs = clubs_now()?;
    clubs.put(&club("a", &[1], 9))?;
    let mut watch = clubs.watch();
    clubs.put_record(&record(&club("a", &[2], 3), 0)?)?;
    clubs.put_record(&record(&club("a", &[2], 3), 0)?)?;
    clubs.put_record(&record(&club("a", &[1], 0), 5)?)?;

    let change = watch.next().now_or_never().flatten().ok_or("it is told")??;
    assert_eq!(change.old, Some(club("a", &[1], 9)));
    assert_eq!(change.new, Some(club("a", &[1, 2], 9)));
    assert_eq!(change.origin, ChangeOrigin::Remote);
    assert_eq!(watch.next().now_or_never(), None, "what is in it already changes nothing");
    Ok(())
}

#[test]
fn a_merged_value_that_is_invalid_leaves_the_old_one() -> Result<(), Box<dyn Error>> {
    let clubs = clubs_now()?;
    clubs.put_record(&record(&club("a", &[7], 1), 3)?)?;
    let (before, bytes) = (value_of(&clubs, "a")?, clubs.store().byte_count());

    let refused = clubs.put_record(&record(&club("a", &[13], 2), 0)?);

    let Err(ArrivalError::Record(RecordError::Invalid { schema, source })) = refused else {
        return Err(format!("{refused:?}").into());
    };
    assert_eq!((schema, source.to_string()), ("club", "7 and 13 must not meet".into()));
    assert_eq!((value_of(&clubs, "a")?, clubs.store().byte_count()), (before, bytes));
    assert_eq!(clubs.index(Club::MEMBERS).get(13)?.count(), 0);
    let both = [7, 13].map(|member| record(&club("b", &[member], 0), 0));
    let [seven, thirteen] = both;
    let report = clubs.put_records_batch([&seven?, &thirteen?, &record(&club("b", &[1], 0), 0)?]);
    assert!(matches!(report[..], [Ok(PutOutcome::Stored), Err(_), Ok(PutOutcome::Merged)]));
    assert_eq!(
        clubs.get("b")?,
        Some(club("b", &[1, 7], 0)),
        "one that is refused keeps no other out"
    );
    Ok(())
}

/// Its function gives a value of another key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(merge = drift)]
struct Drifting {
    #[netabase(key)]
    id: u32,
    #[netabase(index)]
    weight: u32,
}

fn drift(a: &Drifting, b: &Drifting) -> Drifting {
    Drifting { id: a.id + b.id, weight: a.weight }
}

#[test]
fn a_merge_that_changes_the_key_is_refused_and_changes_nothing() -> Result<(), Box<dyn Error>> {
    let drifting = fresh::<Drifting>();
    drifting.put(&Drifting { id: 1, weight: 5 })?;
    let before = drifting.get_record(&1)?.ok_or("it was stored")?.value;

    let refused = drifting.put_record(&fresh().to_record(&Drifting { id: 1, weight: 6 })?);

    let mismatch = RecordError::KeyMismatch { schema: "drifting" };
    assert_eq!(refused, Err(ArrivalError::Record(mismatch)));
    assert_eq!(drifting.get_record(&1)?.ok_or("it stays")?.value, before);
    assert_eq!((drifting.len(), drifting.store().record_count()), (1, 1));
    assert_eq!(drifting.index(Drifting::WEIGHT).get(6)?.count(), 0);
    Ok(())
}

#[test]
fn a_tombstone_of_merged_values_is_refused() -> Result<(), Box<dyn Error>> {
    let clubs = clubs_now()?;
    let live = record(&club("a", &[1], 1), 5)?;
    let mut tombstone = record(&club("a", &[], 0), 0)?;
    tombstone.value.truncate(14);
    tombstone.value[8] |= 0b1000_0000;
    assert!(Envelope::parse(&tombstone.value)?.tombstone);
    let unexpected = RecordError::UnexpectedTombstone { schema: "club" };
    let refused = Err(ArrivalError::Record(unexpected));

    assert_eq!(clubs.put_record(&tombstone), refused);
    clubs.put_record(&live)?;
    assert_eq!(clubs.put_record(&tombstone), refused);
    assert_eq!(clubs.put_records_batch([&tombstone]), std::slice::from_ref(&refused));
    assert_eq!(clubs.handle_remote_update(&tombstone).map(|update| update.outcome), refused);
    assert_eq!((value_of(&clubs, "a")?, clubs.len()), (live.value.clone(), 1));

    // The application removes it without trace, and what arrives later begins anew.
    clubs.remove("a")?;
    assert_eq!(clubs.store().record_count(), 0);
    assert_eq!(clubs.put_record(&live)?, PutOutcome::Stored);
    Ok(())
}

#[test]
fn peers_cannot_send_what_is_merged() -> Result<(), Box<dyn Error>> {
    let clubs = clubs_now()?;
    let mut store: NetabaseStore = clubs.store().clone();
    let record = record(&club("a", &[1], 1), 0)?;
    let refused = store.put_from(&record, Source::UNKNOWN);
    assert!(
        matches!(refused, Err(ArrivalError::NotAccepted { schema: "club", .. })),
        "{refused:?}"
    );
    assert!(RecordStore::put(&mut store, record).is_err());
    assert_eq!(store.record_count(), 0);
    Ok(())
}
