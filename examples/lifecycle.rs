//! A control tower's store of notices, in simulated time: honest peers send theirs, one network floods it, and
//! then all that has an end comes to it.
//!
//! ```text
//! cargo run --release --example lifecycle [-- how-many-records-the-flood-has]
//! ```
#![allow(clippy::print_stdout, reason = "an example shows what it found")]

use std::{cmp::Reverse, error::Error, process::ExitCode, time::Duration};

use console::style;
use netabase::StoreMaintenanceResult;
use netabase_examples::{
    columns::wrapped,
    exit_code,
    lifecycle::{
        Bars, FLOOD_IDENTITIES, FLOOD_SECONDS, FOLLOWED, HOME, LifecycleError, NoticeKey, SEED,
        Tower, Traffic, tables, thousands,
    },
};

/// How many records the flood has if nothing else is said.
const FLOOD: u32 = 1_000_000;

const HOUR: Duration = Duration::from_secs(60 * 60);

fn main() -> ExitCode {
    exit_code(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let flood = flood_size()?;
    let mut traffic = Traffic::new(flood)?;
    show_beginning(&traffic.tower);
    traffic.before_the_flood()?;
    let bars = Bars::new(&traffic.tower, flood);
    let flooded = show_flood(&mut traffic, &bars, flood);
    bars.clear();
    flooded?;
    show_refused(&traffic.tower);

    traffic.ledger.look_up(&traffic.tower.store);
    show_sources(&traffic);
    show_distances(&traffic)?;
    show_publishers(&traffic);
    heading("capacity_info()");
    println!("{}", tables::capacity(&traffic.tower.store.capacity_info()));

    let extended = extend_the_next_to_go(&traffic.tower)?;
    show_expiry(&mut traffic)?;
    show_end(&traffic, extended)?;
    Ok(())
}

fn flood_size() -> Result<u32, LifecycleError> {
    let Some(argument) = std::env::args_os().nth(1) else { return Ok(FLOOD) };
    let argument = argument.to_string_lossy().into_owned();
    argument.parse().map_err(|source| LifecycleError::FloodSize { argument, source })
}

fn heading(text: &str) {
    println!("\n{}", style(text).bold());
}

/// Prints text that numbers make longer or shorter.
fn paragraph(text: &str) {
    println!("{}", wrapped(2, text));
}

fn show_beginning(tower: &Tower) {
    let limits = tower.store.limits();
    println!("{}", style("The life of records in a store that is flooded").bold());
    paragraph(&format!(
        "A control tower at {HOME} writes notices to pilots and holds those that peers send. \
         Its store has room for {} records of its own and {} of others. Time is simulated \
         (ManualClock), and all chance follows from the seed {SEED}.",
        thousands(limits.max_records),
        thousands(limits.max_foreign_records),
    ));
}

fn show_flood(traffic: &mut Traffic, bars: &Bars, flood: u32) -> Result<(), Box<dyn Error>> {
    let flood = usize::try_from(flood).map_or_else(|_| flood.to_string(), thousands);
    heading(&format!("Forty minutes of flood: {flood} records from one network"));
    println!("{}\n{}", tables::flood_header(), tables::flood_row(&traffic.tower));
    for second in 0..FLOOD_SECONDS {
        traffic.pass_second(second)?;
        bars.show(&traffic.tower, traffic.flooded());
        if let Some(crossing) = tables::crossing(&mut traffic.tower) {
            bars.above(|| println!("{crossing}"));
        }
        if (second + 1) % (FLOOD_SECONDS / 4) == 0 {
            bars.above(|| println!("{}", tables::flood_row(&traffic.tower)));
        }
    }
    Ok(())
}

fn show_refused(tower: &Tower) {
    let counts = tower.counts;
    let [no_room, private, damaged] =
        [counts.no_room, counts.private, counts.damaged].map(thousands);
    paragraph(&format!(
        "Stored, refused, evicted: what others sent. Expired: the tower's own; no lease of others \
         ends so soon. Refused were {no_room} for want of room, {private} under a key that the tower \
         has in private use, and {damaged} that are damaged.",
    ));
}

fn show_sources(traffic: &Traffic) {
    heading("Who holds how much, by source: an IPv4 address, or an IPv6 network of 64 bits");
    println!("{}", tables::sources(traffic));
    let accounts = traffic.ledger.accounts().iter();
    let kept_all =
        accounts.filter(|account| account.sent > 0 && account.held.len() == account.sent);
    let names: Vec<_> = kept_all.map(|account| account.name).collect();
    paragraph(&format!(
        "Once no room is left, each newcomer costs a record of the source that holds most, or is \
         refused if it would be that record itself. Identities do not count, addresses do. \
         Who holds less loses nothing. All that they sent was kept: {}.",
        names.join(", ")
    ));
    let tower = &traffic.tower;
    let (written, expired) = (tower.counts.written, tower.counts.own_expired);
    let live = tower.figures().own.current_records;
    paragraph(&format!(
        "The tower's own: {written} written, {expired} expired when their time had come, {live} live, {} evicted.",
        written.saturating_sub(expired + live)
    ));
}

fn show_distances(traffic: &Traffic) -> Result<(), LifecycleError> {
    heading("Which of a source's records went: the farthest from this peer, by XOR distance");
    if traffic.ledger.accounts().iter().all(|account| account.gone.is_empty()) {
        println!("  None went.");
        return Ok(());
    }
    println!("{}", tables::distances(traffic));
    paragraph(&format!(
        "The percentage is the part of the key space that is no farther. \
         watch() tells of what databases show. Of others' records that is what the tower took in \
         with put_record, the notices about {FOLLOWED}: it told of {} evictions, the last of them",
        thousands(traffic.tower.counts.evicted)
    ));
    println!("{}", tables::last_evicted(traffic)?);
    Ok(())
}

fn show_publishers(traffic: &Traffic) {
    let mut publishers = traffic.tower.store.publishers();
    publishers.sort_by_key(|(peer, usage)| (Reverse(usage.records), *peer));
    heading("The three publishers with most records");
    println!("  {:7} {:52} {:>7} {:>9}", "", "", "records", "bytes");
    for (peer, usage) in publishers.iter().take(3) {
        let name = traffic.name_of(peer).unwrap_or("unknown");
        let (records, bytes) = (thousands(usage.records), thousands(usage.bytes));
        println!("  {name:7} {peer:52} {records:>7} {bytes:>9}");
    }
    let others = publishers.iter().skip(3);
    let records: usize = others.clone().map(|(_, usage)| usage.records).sum();
    paragraph(&format!(
        "and {} more with {} records. Who published an open record is a mere claim: the flood \
         made up {FLOOD_IDENTITIES} peers.",
        thousands(others.count()),
        thousands(records)
    ));
}

/// Gives the notice that would be the next to go another day; says which that is, and which comes after it.
fn extend_the_next_to_go(tower: &Tower) -> Result<Option<[NoticeKey; 2]>, Box<dyn Error>> {
    heading("What goes within the hour: get_expiring_records(1 h)");
    let expiring = tower.notices.get_expiring_records(HOUR).collect::<Result<Vec<_>, _>>()?;
    for next in expiring.iter().take(3) {
        let seconds = next.left.as_secs();
        println!("  {:9} in {:2} min {:02} s", next.key.to_string(), seconds / 60, seconds % 60);
    }
    println!("  and {} more.", expiring.len().saturating_sub(3));
    let [next, after_it, ..] = &expiring[..] else { return Ok(None) };
    if tower.notices.set_ttl(&next.key, Some(24 * HOUR))? {
        println!("  set_ttl({}, 24 h): one of them has another day.", next.key);
    }
    Ok(Some([next.key.clone(), after_it.key.clone()]))
}

fn show_expiry(traffic: &mut Traffic) -> Result<(), LifecycleError> {
    const BLOCK: usize = 100;
    heading("Twelve hours more: what is live, and what has expired since the line above");
    println!(
        "  {:8} {:>7} {:>8}  █ own ▓ peers ░ flood; up to {BLOCK} records a block",
        "time", "live", "expired"
    );
    let mut steps = maintain(traffic)?;
    println!("{}", tables::live_row(traffic, &steps, BLOCK));
    for _hour in 0..12 {
        traffic.tower.clock.advance(HOUR);
        let of_this_hour = maintain(traffic)?;
        println!("{}", tables::live_row(traffic, &of_this_hour, BLOCK));
        if let Some(crossing) = tables::crossing(&mut traffic.tower) {
            println!("{crossing}");
        }
        steps.extend(of_this_hour);
    }
    let (calls, bounded) = (steps.len(), steps.iter().filter(|step| !step.is_complete).count());
    let records = steps.iter().map(|step| step.records_removed).sum();
    let bytes = steps.iter().map(|step| step.bytes_freed).sum();
    paragraph(&format!(
        "maintain_store, called {calls} times, took out {} records and freed {} bytes. \
         What one call does is bounded: {bounded} of them left something to the next.",
        thousands(records),
        thousands(bytes)
    ));
    Ok(())
}

/// Takes out all that has expired.
fn maintain(traffic: &mut Traffic) -> Result<Vec<StoreMaintenanceResult>, LifecycleError> {
    let mut steps = Vec::new();
    let mut is_complete = false;
    while !is_complete {
        let step = traffic.tower.store.maintain_store();
        is_complete = step.is_complete;
        steps.push(step);
    }
    traffic.tower.follow_changes()?;
    traffic.ledger.look_up(&traffic.tower.store);
    Ok(steps)
}

fn show_end(traffic: &Traffic, extended: Option<[NoticeKey; 2]>) -> Result<(), Box<dyn Error>> {
    let tower = &traffic.tower;
    let counts = tower.counts;
    heading("What is left");
    paragraph(&format!(
        "{} records; {} are the tower's own: those without end, and the extended one.",
        thousands(tower.store.record_count()),
        thousands(tower.notices.get_local_records().count())
    ));
    if let Some(keys) = extended {
        for key in keys {
            let is_there = tower.notices.contains(&key)?;
            println!("  {:9} is {}", key.to_string(), if is_there { "there" } else { "gone" });
        }
    }
    paragraph(&format!(
        "watch() told of {} that expired of the tower's own, and of {} of those it took in.",
        thousands(counts.own_expired),
        thousands(counts.foreign_expired)
    ));
    Ok(())
}
