use std::fmt::Write;

use crate::peers::{
    figure::{Figure, Unit},
    results::Size,
    roster::PEERS,
};

/// The figures of the peers side by side.
pub(super) fn figures(size: &Size, rounds: usize) -> String {
    let title = format!("{} records, median of {rounds} rounds, processor time", size.records);
    let cell = |peer: &str, name: &str| size.value(peer, name).map(|value| format!("{value:.0}"));
    side_by_side(&title, size, cell)
}

/// A column for each peer, a row for each of its figures; those with indexes have a table of their own.
pub(super) fn side_by_side(
    title: &str,
    size: &Size,
    cell: impl Fn(&str, &str) -> Option<String>,
) -> String {
    let mut text = format!("\n{title}\n");
    for (kind, indexed) in [("without indexes", false), ("with two indexes", true)] {
        let is_measured = |name| size.peers.iter().any(|measured| measured.peer == name);
        let peers = PEERS.iter().filter(|peer| peer.indexed == indexed && is_measured(peer.name));
        let peers: Vec<&str> = peers.map(|peer| peer.name).collect();
        if !peers.is_empty() {
            text += &table(kind, &names(size), &peers, &cell);
        }
    }
    text
}

fn table(
    kind: &str,
    names: &[(&str, Unit)],
    peers: &[&str],
    cell: impl Fn(&str, &str) -> Option<String>,
) -> String {
    let mut text = format!("{kind:<31}{:>3}", "");
    let headings: Vec<String> = peers.iter().map(|peer| heading(peer).to_owned()).collect();
    push_row(&mut text, &headings);
    for (name, unit) in names {
        let row: Vec<Option<String>> = peers.iter().map(|peer| cell(peer, name)).collect();
        if row.iter().all(Option::is_none) {
            continue;
        }
        let row: Vec<String> =
            row.into_iter().map(|cell| cell.unwrap_or_else(|| "-".to_owned())).collect();
        write!(text, "{name:<31}{:>3}", unit.as_str()).expect("writing to a string cannot fail");
        push_row(&mut text, &row);
    }
    text + "\n"
}

fn push_row(text: &mut String, cells: &[String]) {
    for cell in cells {
        write!(text, "{cell:>12}").expect("writing to a string cannot fail");
    }
    text.push('\n');
}

/// The table says whether there are indexes; other peers that differ behind a `+` are named by that.
fn heading(peer: &str) -> &str {
    match peer.find('+') {
        Some(plus) if peer[plus..] == *"+index" => &peer[..plus],
        Some(plus) => &peer[plus..],
        None => peer,
    }
}

/// All figures that some peer has, in the order they were measured.
fn names(size: &Size) -> Vec<(&str, Unit)> {
    let mut names: Vec<(&str, Unit)> = Vec::new();
    for measured in &size.peers {
        let mut behind = 0;
        for Figure { name, unit, .. } in &measured.figures {
            if let Some(place) = names.iter().position(|(known, _)| known == name) {
                behind = place + 1;
            } else {
                names.insert(behind, (name, *unit));
                behind += 1;
            }
        }
    }
    names
}
