//! What the example prints in lines and columns.

use std::time::Duration;

use console::style;

use super::{
    members::Holding,
    ring::{Place, Ring},
    timings::Timings,
};
use crate::{columns::wrapped, lifecycle::thousands, two_nodes::short};

/// How wide the line is that a ring is shown as.
const COLUMNS: usize = 64;

/// How many nodes have a row of their own.
const ROWS: usize = 12;

/// How well each of these went: how many succeeded, and how long they took.
#[must_use]
pub fn timings(rows: &[(&str, &Timings)]) -> String {
    let header = format!("  {:34} {:>12} {:>10} {:>10}", "", "succeeded", "p50", "p95");
    let row = |(what, timings): &(&str, &Timings)| {
        let succeeded = format!("{} of {}", timings.succeeded(), timings.asked());
        let [p50, p95] = [50, 95].map(|percent| milliseconds(timings.percentile(percent)));
        let line = format!("  {what:34} {succeeded:>12} {p50:>10} {p95:>10}");
        let is_whole = timings.succeeded() == timings.asked();
        if is_whole { line } else { style(line).red().to_string() }
    };
    std::iter::once(header).chain(rows.iter().map(row)).collect::<Vec<_>>().join("\n")
}

/// What each node has; of many nodes, the first, and what the others have at least and at most.
#[must_use]
pub fn holdings(holdings: &[Holding]) -> String {
    let header =
        format!("  {:4}  {:7}  {:>9} {:>9} {:>12}", "node", "peer", "published", "held", "bytes");
    let (shown, others) = holdings.split_at(holdings.len().min(ROWS));
    let mut lines = vec![header];
    lines.extend(shown.iter().map(holding));
    let held = others.iter().map(|holding| holding.held);
    if let (Some(least), Some(most)) = (held.clone().min(), held.max()) {
        lines.push(format!(
            "  and {} more, which hold at least {least} and at most {most}",
            others.len()
        ));
    }
    lines.join("\n")
}

fn holding(holding: &Holding) -> String {
    let Holding { number, peer, is_alive, own, held, bytes } = holding;
    let [own, held, bytes] = [*own, *held, *bytes].map(thousands);
    let peer = short(peer);
    let line = format!("  {number:>4}  {peer}  {own:>9} {held:>9} {bytes:>12}");
    if *is_alive { line } else { style(format!("{line}  died")).red().to_string() }
}

/// The nodes by their distance from a record, and which of them hold it: on a line, with their numbers, as far
/// apart as they are; many in rows, one behind the other.
#[must_use]
pub fn ring(ring: &Ring) -> String {
    // A number, and a space behind it.
    let cell = if ring.places.len() > 10 { 3 } else { 2 };
    if ring.places.len() * cell > COLUMNS {
        let rows = ring.places.chunks(COLUMNS);
        let rows = rows.map(|row| row.iter().map(mark).collect::<String>());
        return format!("  key ├{}", rows.collect::<Vec<_>>().join("\n       "));
    }
    let (mut numbers, mut marks, mut end) = (String::new(), String::new(), 0);
    for (column, place) in spread(&ring.places, cell) {
        let gap = column - end;
        numbers.extend([" ".repeat(gap), format!("{:<cell$}", place.number)]);
        marks.extend([dashes(gap), mark(place), dashes(cell - 1)]);
        end = column + cell;
    }
    let rest = dashes(COLUMNS.saturating_sub(end));
    format!("  node {}\n  key ├{marks}{rest}", numbers.trim_end())
}

/// What the marks of a ring mean, and what it shows.
#[must_use]
pub fn legend(ring: &Ring) -> String {
    let marks = format!(
        "  {} holds it   {} does not   {} died with it",
        style("●").green(),
        style("○").dim(),
        style("✗").red()
    );
    let who = "Kademlia keeps a record at the 20 nodes that are closest to its key";
    let who = if ring.places.iter().all(|place| place.holds) {
        format!("{who}: of {} nodes, all.", ring.places.len())
    } else {
        format!("{who}; its owner has it, too.")
    };
    format!("{marks}\n{}", wrapped(2, &who))
}

fn mark(place: &Place) -> String {
    let mark = match (place.is_alive, place.holds) {
        (true, true) => style("●").green(),
        (_, false) => style("○").dim(),
        (false, true) => style("✗").red(),
    };
    mark.to_string()
}

fn dashes(count: usize) -> String {
    style("─".repeat(count)).dim().to_string()
}

/// The column of each, so that they keep their order and a cell of room, and all are on the line.
fn spread(places: &[Place], cell: usize) -> Vec<(usize, &Place)> {
    let (mut free, mut behind) = (0, places.len());
    let column = |place| {
        behind -= 1;
        let column = Place::column(place, COLUMNS).min(COLUMNS - (behind + 1) * cell).max(free);
        free = column + cell;
        (column, place)
    };
    places.iter().map(column).collect()
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}
