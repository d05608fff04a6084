//! Secondary indexes: every one equals a full scan with the same predicate, whatever happened.

use std::{
    error::Error,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use libp2p::kad::{Record, store::RecordStore};
use netabase::{
    Cursor, DatabaseError, Entries, Index, MemoryStoreDatabase, NetabaseSchema, NetabaseStore,
    QueryError, WriteError,
};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use serde::{Deserialize, Serialize};

const STEPS: usize = 100_000;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "open", index(name = "place", fields(country, city)))]
pub(crate) struct Airport {
    #[netabase(key)]
    pub(crate) icao: String,
    #[netabase(index(unique))]
    pub(crate) iata: Option<String>,
    #[netabase(index)]
    pub(crate) elevation: i32,
    #[netabase(index(multi))]
    pub(crate) tags: Vec<String>,
    pub(crate) country: String,
    pub(crate) city: String,
}

pub(crate) fn airport(icao: &str, country: &str, city: &str, elevation: i32) -> Airport {
    Airport {
        icao: icao.into(),
        iata: None,
        elevation,
        tags: Vec::new(),
        country: country.into(),
        city: city.into(),
    }
}

pub(crate) fn icaos(entries: Entries<Airport>) -> Result<Vec<String>, DatabaseError> {
    entries.map(|airport| Ok(airport?.icao)).collect()
}

pub(crate) fn some_airports() -> Result<MemoryStoreDatabase<Airport>, DatabaseError> {
    let airports = NetabaseStore::new().database::<Airport>()?;
    for (icao, iata, country, city, elevation, tags) in [
        ("BIKF", "KEF", "IS", "Reykjavik", 171, &["hub", "old"][..]),
        ("BIRK", "RKV", "IS", "Reykjavik", 45, &["old"]),
        ("BIAR", "AEY", "IS", "Akureyri", 6, &[]),
        ("EHAM", "AMS", "NL", "Amsterdam", -11, &["hub"]),
        ("EHRD", "RTM", "NL", "Rotterdam", -15, &["hub", "hub"]),
    ] {
        let airport = airport(icao, country, city, elevation);
        let tags = tags.iter().map(ToString::to_string).collect();
        airports.put(&Airport { iata: Some(iata.into()), tags, ..airport })?;
    }
    Ok(airports)
}

#[test]
fn lookups_find_by_value_range_prefix_and_leading_fields() -> Result<(), Box<dyn Error>> {
    let airports = some_airports()?;
    let elevation = airports.index(Airport::ELEVATION);
    assert_eq!(icaos(airports.index(Airport::IATA).get("KEF")?)?, ["BIKF"]);
    let keflavik = airports.index(Airport::IATA).get_one("KEF")?;
    assert_eq!(keflavik, airports.get("BIKF")?);
    assert_eq!(airports.index(Airport::IATA).get_one("XXX")?, None);
    assert_eq!(airports.index(Airport::TAGS).get_one("old")?, keflavik, "the first by its key");
    assert_eq!(icaos(airports.index(Airport::IATA).get("XXX".to_owned())?)?, [""; 0]);
    assert_eq!(icaos(airports.index(Airport::IATA).prefix("A")?)?, ["BIAR", "EHAM"]);
    assert_eq!(icaos(elevation.get(45)?)?, ["BIRK"]);
    assert_eq!(icaos(elevation.range(-11..=45)?)?, ["EHAM", "BIAR", "BIRK"]);
    assert_eq!(icaos(elevation.range(-11..45)?)?, ["EHAM", "BIAR"]);
    assert_eq!(icaos(elevation.range(..0)?)?, ["EHRD", "EHAM"]);
    assert_eq!(icaos(elevation.iter().reversed().limit(2))?, ["BIKF", "BIRK"]);
    let after = (std::ops::Bound::Excluded(6), std::ops::Bound::Unbounded);
    assert_eq!(icaos(elevation.range(after)?)?, ["BIRK", "BIKF"]);
    assert_eq!(icaos(airports.index(Airport::TAGS).get("hub")?)?, ["BIKF", "EHAM", "EHRD"]);
    let place = airports.index(Airport::PLACE);
    assert_eq!(icaos(place.get(("IS", "Reykjavik"))?)?, ["BIKF", "BIRK"]);
    assert_eq!(icaos(place.prefix(("IS",))?)?, ["BIAR", "BIKF", "BIRK"]);
    assert_eq!(icaos(place.range(("IS", "B")..("NL", "B"))?)?, ["BIKF", "BIRK", "EHAM"]);
    Ok(())
}

#[test]
fn keys_and_counts_do_not_need_the_values() -> Result<(), Box<dyn Error>> {
    let airports = some_airports()?;
    let hubs = airports.index(Airport::TAGS).get("hub")?;
    assert_eq!(hubs.count(), 3);
    let keys =
        airports.index(Airport::ELEVATION).range(..0)?.keys().collect::<Result<Vec<_>, _>>()?;
    assert_eq!(keys, [AirportKey::new("EHRD"), AirportKey::new("EHAM")]);
    assert_eq!(airports.iter().keys().count(), 5);
    Ok(())
}

#[test]
fn queries_filter_on_the_borrowed_value_and_explain_themselves() -> Result<(), Box<dyn Error>> {
    let airports = some_airports()?;
    let inner = airports.clone();
    let mut low_hubs = airports.index(Airport::TAGS).get("hub")?.filter(move |airport| {
        // Calls on the store from inside a filter work.
        inner.contains(airport.icao).unwrap_or(false) && airport.elevation < 0
    });
    assert_eq!(icaos_by_next(&mut low_hubs)?, ["EHAM", "EHRD"]);
    let explained = low_hubs.explain();
    assert_eq!(
        explained.to_string(),
        "`airport` by index `tags`, one value, filtered: looked at 3 records, returned 2"
    );
    assert!(!explained.is_full_scan());

    let mut all = airports.iter().filter(|airport| airport.city == "Reykjavik").limit(1);
    assert_eq!(icaos_by_next(&mut all)?, ["BIKF"]);
    assert!(all.explain().is_full_scan());
    assert_eq!(
        all.explain().to_string(),
        "`airport` by key, all, filtered (looks at every record: no index serves this): looked at 2 records, returned 1"
    );
    Ok(())
}

fn icaos_by_next(entries: &mut Entries<Airport>) -> Result<Vec<String>, DatabaseError> {
    entries.by_ref().map(|airport| Ok(airport?.icao)).collect()
}

#[test]
fn a_page_by_index_is_resumed_by_its_cursor_and_by_no_other() -> Result<(), Box<dyn Error>> {
    let airports = some_airports()?;
    let by_elevation = airports.index(Airport::ELEVATION);
    let mut page = by_elevation.iter().limit(2);
    assert_eq!(icaos_by_next(&mut page)?, ["EHRD", "EHAM"]);
    let cursor: Cursor = page.cursor().ok_or("two were taken")?.to_string().parse()?;
    airports.remove("EHAM")?;
    assert_eq!(icaos(by_elevation.iter().after(&cursor)?)?, ["BIAR", "BIRK", "BIKF"]);
    assert_eq!(icaos(by_elevation.iter().after(&cursor)?.reversed())?, ["EHRD"]);

    let foreign = QueryError::ForeignCursor { schema: "airport" };
    assert_eq!(airports.iter().after(&cursor).map(drop), Err(foreign.clone()));
    let by_iata = airports.index(Airport::IATA).iter().after(&cursor).map(drop);
    assert_eq!(by_iata, Err(foreign));
    Ok(())
}

/// One thread writes around the pages of another: what stays is met once, in order.
#[test]
fn pages_by_index_meet_every_record_that_stays_exactly_once() -> Result<(), Box<dyn Error>> {
    let airports = NetabaseStore::new().database::<Airport>()?;
    let stays = |n: i32| airport(&format!("S{n:04}"), "XX", "", n / 10);
    airports.load((0..1_000).map(stays))?;
    let done = AtomicBool::new(false);
    let walks = thread::scope(|scope| -> Result<usize, DatabaseError> {
        let writer = scope.spawn(|| {
            let mut rng = SmallRng::seed_from_u64(20_261_127);
            while !done.load(Ordering::Acquire) {
                let n = rng.random_range(0..1_000);
                let comes_and_goes =
                    airport(&format!("V{n:04}"), "XX", "", rng.random_range(0..100));
                airports.put(&comes_and_goes).expect("there is room");
                airports
                    .remove(&format!("V{:04}", rng.random_range(0..1_000)))
                    .expect("a valid key");
                airports.put(&stays(n)).expect("there is room");
            }
        });
        let walks = (0..20).map(|_| walk_by_pages(&airports)).collect::<Result<Vec<_>, _>>();
        done.store(true, Ordering::Release);
        writer.join().expect("the writer does not panic");
        let walks = walks?;
        let expected: Vec<_> = (0..1_000).map(|n| format!("S{n:04}")).collect();
        for mut seen in walks.iter().cloned() {
            seen.retain(|icao| icao.starts_with('S'));
            assert_eq!(seen, expected);
        }
        Ok(walks.len())
    })?;
    assert_eq!(walks, 20);
    Ok(())
}

fn walk_by_pages(airports: &MemoryStoreDatabase<Airport>) -> Result<Vec<String>, DatabaseError> {
    let mut seen = Vec::new();
    let mut cursor: Option<Cursor> = None;
    loop {
        let mut page = airports.index(Airport::ELEVATION).iter().limit(37);
        if let Some(cursor) = &cursor {
            page = page.after(cursor)?;
        }
        let rows = icaos_by_next(&mut page)?;
        if rows.is_empty() {
            return Ok(seen);
        }
        seen.extend(rows);
        cursor = page.cursor();
    }
}

#[test]
fn indexes_follow_what_kademlia_and_other_peers_do() -> Result<(), Box<dyn Error>> {
    let mut store = NetabaseStore::new();
    let airports = store.database::<Airport>()?;
    let by_elevation =
        |elevation| airports.index(Airport::ELEVATION).get(elevation).map(Entries::count);
    let author = NetabaseStore::new().database::<Airport>()?;
    let record = author.to_record(&airport("BIKF", "IS", "", 171))?;

    RecordStore::put(&mut store, record.clone())?;
    assert_eq!(by_elevation(171)?, 0, "databases do not show it");
    airports.put_record(&record)?;
    assert_eq!(by_elevation(171)?, 1);
    RecordStore::put(&mut store, author.to_record(&airport("BIKF", "IS", "", 172))?)?;
    assert_eq!((by_elevation(171)?, by_elevation(172)?), (0, 1));
    airports.remove("BIKF")?;
    assert_eq!(by_elevation(172)?, 0);
    Ok(())
}

/// Random writes on every path; then each index is compared with a filter over all values.
#[test]
fn every_index_equals_a_full_scan_after_any_sequence_of_calls() -> Result<(), Box<dyn Error>> {
    let mut rng = SmallRng::seed_from_u64(20_261_125);
    let mut store = NetabaseStore::new();
    let airports = store.database::<Airport>()?;
    let author = NetabaseStore::new().database::<Airport>()?;
    for step in 0..STEPS {
        let airport = random_airport(&mut rng);
        match rng.random_range(0..10) {
            0..4 => drop(airports.put(&airport)),
            4 => drop(airports.remove(&airport.icao)?),
            5 => drop(airports.put_batch(&[airport, random_airport(&mut rng)])),
            6 => drop(airports.put_record(&author.to_record(&airport)?)?),
            7 => drop(RecordStore::put(&mut store, author.to_record(&airport)?)),
            8 => {
                let publisher = Some(store.peer_id());
                let record = airports.to_record(&airport)?;
                drop(RecordStore::put(&mut store, Record { publisher, ..record }));
            }
            _ => RecordStore::remove(&mut store, &author.to_record(&airport)?.key),
        }
        if rng.random_ratio(1, 1000) {
            airports.clear()?;
        }
        compare(&airports, &mut rng).map_err(|error| format!("step {step}: {error}"))?;
    }
    Ok(())
}

fn random_airport(rng: &mut SmallRng) -> Airport {
    let letter = |rng: &mut SmallRng| char::from(b'A' + rng.random_range(0..3)).to_string();
    Airport {
        icao: rng.random_range(0..12_u8).to_string(),
        iata: rng.random_ratio(1, 2).then(|| rng.random_range(0..8_u8).to_string()),
        elevation: rng.random_range(-3..3),
        tags: (0..rng.random_range(0..3)).map(|_| letter(rng)).collect(),
        country: letter(rng),
        city: letter(rng),
    }
}

fn compare(
    airports: &MemoryStoreDatabase<Airport>,
    rng: &mut SmallRng,
) -> Result<(), Box<dyn Error>> {
    let all: Vec<Airport> = airports.iter().collect::<Result<_, _>>()?;
    let filtered = |keep: &dyn Fn(&Airport) -> bool| -> Vec<String> {
        all.iter().filter(|airport| keep(airport)).map(|airport| airport.icao.clone()).collect()
    };
    let Airport { iata, elevation, tags, country, city, .. } = random_airport(rng);
    match rng.random_range(0..5) {
        0 => {
            let found = icaos(airports.index(Airport::ELEVATION).get(elevation)?)?;
            assert_eq!(found, filtered(&|airport| airport.elevation == elevation));
        }
        1 => {
            let mut found = icaos(airports.index(Airport::ELEVATION).range(elevation..)?)?;
            found.sort();
            let mut expected = filtered(&|airport| airport.elevation >= elevation);
            expected.sort();
            assert_eq!(found, expected);
        }
        2 => {
            let Some(iata) = iata else { return Ok(()) };
            let found = icaos(airports.index(Airport::IATA).get(&iata)?)?;
            assert_eq!(found, filtered(&|airport| airport.iata.as_ref() == Some(&iata)));
        }
        3 => {
            let Some(tag) = tags.first() else { return Ok(()) };
            let found = icaos(airports.index(Airport::TAGS).get(tag)?)?;
            assert_eq!(found, filtered(&|airport| airport.tags.contains(tag)));
        }
        _ => {
            let found = icaos(airports.index(Airport::PLACE).get((&country, &city))?)?;
            let here = |airport: &Airport| airport.country == country && airport.city == city;
            assert_eq!(found, filtered(&here));
            let found = airports.index(Airport::PLACE).prefix((&country,))?.count();
            assert_eq!(found, filtered(&|airport| airport.country == country).len());
        }
    }
    Ok(())
}

#[test]
fn what_indexes_hold_counts_and_is_bounded() -> Result<(), Box<dyn Error>> {
    let airports = NetabaseStore::new().database::<Airport>()?;
    let bytes_of = |tags: Vec<String>| -> Result<usize, DatabaseError> {
        airports.put(&Airport { tags, ..airport("BIKF", "IS", "", 0) })?;
        Ok(airports.store().byte_count())
    };
    let without = bytes_of(Vec::new())?;
    let with = bytes_of(vec!["hub".into()])?;
    let raw = airports.get_record("BIKF")?.ok_or("it is there")?;
    assert!(with > without + "hub".len() * 2 + raw.key.as_ref().len());
    let twice = bytes_of(vec!["hub".into(), "hub".into()])?;
    assert_eq!(
        twice,
        with + 4,
        "only the value is longer: an element that stands twice has one entry"
    );

    let many: Vec<_> = (0..5_000).map(|n| n.to_string()).collect();
    let refused = bytes_of(many);
    assert!(
        matches!(
            refused,
            Err(DatabaseError::Write(WriteError::Record(netabase::RecordError::TooManyEntries {
                schema: "airport",
                ..
            })))
        ),
        "{refused:?}"
    );
    assert_eq!(airports.store().byte_count(), twice);
    airports.remove("BIKF")?;
    assert_eq!(airports.store().byte_count(), 0);
    Ok(())
}

#[test]
fn an_index_knows_its_name() {
    let index: Index<Airport, i32> = Airport::ELEVATION;
    assert_eq!(
        (index.name(), format!("{index:?}")),
        ("elevation", "Index(airport.elevation)".into())
    );
    let names: Vec<_> = Airport::INDEXES.iter().map(|info| (info.name, info.unique)).collect();
    assert_eq!(names, [("iata", true), ("elevation", false), ("tags", false), ("place", false)]);
}
