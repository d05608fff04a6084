//! Loads 28,298 real airports from a CSV file and asks for them by key, by prefix, page by page and by
//! index, and watches while some of them change.
//!
//! ```text
//! cargo run --release --example airports [-- path/to/airports.csv]
//! ```
#![allow(clippy::print_stdout, reason = "an example shows what it found")]

use std::{
    ascii,
    error::Error,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use netabase::{
    DatabaseError, Envelope, MemoryStoreDatabase, NetabaseStore, libp2p::futures::FutureExt,
};
use netabase_examples::{
    airports::{Airport, bar, bundled_csv, load_csv},
    columns::{cell, packed, wrapped},
    exit_code,
};

fn main() -> ExitCode {
    let path = std::env::args_os().nth(1).map_or_else(bundled_csv, PathBuf::from);
    exit_code(run(&path))
}

fn run(path: &Path) -> Result<(), Box<dyn Error>> {
    let store = NetabaseStore::new();
    let airports = store.database::<Airport>()?;

    let started = Instant::now();
    let progress = bar();
    let loaded = load_csv(path, &airports, &progress);
    progress.finish_and_clear();
    let (loaded, took) = (loaded?, started.elapsed());

    show_by_key(&airports)?;
    show_by_prefix(&airports)?;
    show_pages(&airports)?;
    show_indexes(&airports)?;
    show_record(&airports)?;
    show_figures(&store, loaded, took);
    show_changes(&airports)?;
    Ok(())
}

fn show_by_key(airports: &MemoryStoreDatabase<Airport>) -> Result<(), Box<dyn Error>> {
    println!("By key, get(\"BIKF\"):");
    match airports.get("BIKF")? {
        Some(airport) => println!("{}", line(&airport)),
        None => println!("  not in this file"),
    }
    Ok(())
}

fn show_by_prefix(airports: &MemoryStoreDatabase<Airport>) -> Result<(), Box<dyn Error>> {
    let british = airports.prefix("EG")?.count();
    println!("\nBy prefix, prefix(\"EG\"): {british} in the United Kingdom, the first three:");
    for airport in airports.prefix("EG")?.limit(3) {
        println!("{}", line(&airport?));
    }
    Ok(())
}

fn show_pages(airports: &MemoryStoreDatabase<Airport>) -> Result<(), Box<dyn Error>> {
    println!("\nPage by page, range(\"LF\"..\"LG\").reversed().limit(4), two pages of France:");
    let range = || Ok::<_, Box<dyn Error>>(airports.range("LF".."LG")?.reversed().limit(4));
    let mut page = range()?;
    for airport in &mut page {
        println!("{}", line(&airport?));
    }
    if let Some(cursor) = page.cursor() {
        println!("  -- after the cursor --");
        for airport in range()?.after(&cursor)? {
            println!("{}", line(&airport?));
        }
    }
    Ok(())
}

fn show_indexes(airports: &MemoryStoreDatabase<Airport>) -> Result<(), Box<dyn Error>> {
    println!("\nBy unique index, index(Airport::IATA).get_one(\"AMS\"):");
    if let Some(airport) = airports.index(Airport::IATA).get_one("AMS")? {
        println!("{}", line(&airport));
    }
    let in_iceland = airports.index(Airport::COUNTRY).get("IS")?.count();
    let in_reykjavik = airports.index(Airport::PLACE).get(("IS", "Reykjavik"))?;
    println!("\nBy index, {in_iceland} in Iceland; in Reykjavik, index(Airport::PLACE):");
    for airport in in_reykjavik {
        println!("{}", line(&airport?));
    }
    println!("\nThe ten highest, index(Airport::ELEVATION_FT).iter().reversed().limit(10):");
    let mut highest = airports.index(Airport::ELEVATION_FT).iter().reversed().limit(10);
    for airport in &mut highest {
        println!("{}", line(&airport?));
    }
    println!("{}", wrapped(2, &highest.explain().to_string()));
    let mut high_in_peru =
        airports.index(Airport::COUNTRY).get("PE")?.filter(|airport| airport.elevation_ft > 12_000);
    let found = high_in_peru.by_ref().collect::<Result<Vec<_>, _>>()?;
    let found = format!("{} above 12,000 ft in Peru: {}", found.len(), high_in_peru.explain());
    println!("{}", wrapped(2, &found));
    Ok(())
}

fn show_changes(airports: &MemoryStoreDatabase<Airport>) -> Result<(), Box<dyn Error>> {
    println!("\nwatch_prefix(\"BI\"), Iceland's codes, while a transaction changes two rows:");
    let mut watch = airports.watch_prefix("BI")?;
    airports.store().transaction(|tx| {
        if let Some(mut airport) = tx.get(airports, "BIKF")? {
            "Keflavik".clone_into(&mut airport.name);
            tx.put(airports, &airport)?;
        }
        tx.remove(airports, "BIRK")?;
        Ok::<_, DatabaseError>(())
    })?;
    while let Some(change) = watch.next().now_or_never().flatten() {
        let change = change?;
        let name = |airport: &Option<Airport>| {
            airport.as_ref().map_or("nothing".to_owned(), |airport| airport.name.clone())
        };
        let (old, new) = (name(&change.old), name(&change.new));
        let change = format!("commit {}: {} was {old}, is {new}", change.commit, change.key.0);
        println!("{}", wrapped(2, &change));
    }
    Ok(())
}

/// The column where the parts of a record begin.
const VALUES: usize = 13;

fn show_record(airports: &MemoryStoreDatabase<Airport>) -> Result<(), Box<dyn Error>> {
    let Some(record) = airports.get_record("BIKF")? else { return Ok(()) };
    let key = record.key.as_ref();
    let envelope = Envelope::parse(&record.value)?;
    println!("\nThe same airport as the kad::Record in the store:");
    let escaped = key.iter().map(|byte| ascii::escape_default(*byte).to_string());
    println!("  key        {}", packed(VALUES, escaped).trim_start());
    println!("{}", packed(VALUES, key.iter().map(|byte| format!("{byte:02x}"))));
    println!(
        "  value      {} bytes, {} of them payload",
        record.value.len(),
        envelope.payload.len()
    );
    println!("  clock      {}", envelope.timestamp);
    println!("  publisher  {}", record.publisher.map_or("none".into(), |peer| peer.to_string()));
    println!("  expiry     {}", if record.expires.is_some() { "by its lease" } else { "none" });
    Ok(())
}

fn show_figures(store: &NetabaseStore, loaded: usize, took: Duration) {
    let records = store.record_count().max(1);
    let rate = u128::try_from(loaded).unwrap_or(0) * 1_000_000_000 / took.as_nanos().max(1);
    println!(
        "\n{loaded} airports stored in {} ms: {rate} rows a second, CSV included;",
        took.as_millis()
    );
    println!(
        "{} records of {} bytes on average: key, value and index entries.",
        records,
        store.byte_count() / records
    );
}

fn line(airport: &Airport) -> String {
    let iata = airport.iata.as_deref().unwrap_or("---");
    let place = format!("{}, {}", airport.city, airport.country);
    let [name, place] =
        [(airport.name.as_str(), 33), (&place, 23)].map(|(text, to)| cell(text, to));
    format!("  {:<5} {iata}  {name} {place} {:>6} ft", airport.icao, airport.elevation_ft)
}
