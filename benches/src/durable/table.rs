//! The figures as text: a line for each, a column for each peer; then what was to be reached.

use std::fmt::Write;

use super::figure::{Figure, Figures};

/// A peer and its figures.
pub(super) type Measured = (&'static str, Figures);

/// The lines: a name, a figure, and its unit.
pub(super) const ROWS: [(&str, Figure, &str); 11] = [
    ("put in a burst", Figure::Burst, "ns"),
    ("put, sustained", Figure::Sustained, "ns"),
    ("load", Figure::Load, "ns"),
    ("put, synced", Figure::Synced, "ns"),
    ("put, synced, 64 writers", Figure::SyncedByMany, "ns"),
    ("open, closed before", Figure::OpenClosed, "s"),
    ("open, killed before", Figure::OpenCrashed, "s"),
    ("file, loaded", Figure::FileLoaded, "B"),
    ("file, worn", Figure::FileWorn, "B"),
    ("file, compacted", Figure::FileCompacted, "B"),
    ("a week's renewals", Figure::Renewals, "B"),
];

/// A promise: what is at most so many times what.
type Target = (&'static str, (usize, Figure), (usize, Figure), f64);

const MEMORY: usize = 0;
const NETABASE: usize = 1;
const BARE: usize = 2;

const TARGETS: [Target; 4] = [
    ("a burst against memory", (NETABASE, Figure::Burst), (MEMORY, Figure::Burst), 1.3),
    ("sustained against redb's load", (NETABASE, Figure::Sustained), (BARE, Figure::Load), 1.2),
    ("load against redb's load", (NETABASE, Figure::Load), (BARE, Figure::Load), 1.2),
    ("opening against loading memory", (NETABASE, Figure::OpenClosed), (MEMORY, Figure::OpenClosed), 1.5),
];

pub(super) fn table(records: usize, rounds: usize, results: &[Measured]) -> String {
    let mut text = format!("{records} records on disk, median of {rounds} rounds\n");
    write!(text, "{:<26}{:>3}", "", "").expect("writing to a string cannot fail");
    for (name, _) in results {
        write!(text, "  {name:>20}").expect("writing to a string cannot fail");
    }
    text.push('\n');
    for (name, figure, unit) in ROWS {
        write!(text, "{name:<26}{unit:>3}").expect("writing to a string cannot fail");
        for (_, figures) in results {
            let value = figures.get(figure).map_or("-".to_owned(), |value| shown(value, unit));
            write!(text, "  {value:>20}").expect("writing to a string cannot fail");
        }
        text.push('\n');
    }
    text.push('\n');
    for (name, ours, theirs, at_most) in TARGETS {
        let value = |(peer, figure): (usize, Figure)| results[peer].1.get(figure);
        if let (Some(ours), Some(theirs)) = (value(ours), value(theirs)) {
            let ratio = ours / theirs;
            let verdict = if ratio <= at_most { "reached" } else { "missed" };
            writeln!(text, "{name:<34}{ratio:>6.2}  at most {at_most:.1}: {verdict}")
                .expect("writing to a string cannot fail");
        }
    }
    if let Some(ratio) = results[NETABASE].1.get(Figure::SyncedRatio) {
        writeln!(text, "{:<34}{ratio:>6.2}  pair by pair, median", "one synced against redb's commit")
            .expect("writing to a string cannot fail");
    }
    text
}

fn shown(value: f64, unit: &str) -> String {
    if unit == "s" { format!("{value:.2}") } else { format!("{value:.0}") }
}
