use std::fmt::Write;

use crate::peers::{
    figure::Figure,
    results::Size,
    roster::{PEERS, PeerEntry},
};

/// The figures of the peers side by side, those with indexes in a table of their own.
pub(super) fn tables(size: &Size, rounds: usize) -> String {
    let mut text =
        format!("\n{} records, median of {rounds} rounds, processor time\n", size.records);
    for (title, indexed) in [("without indexes", false), ("with two indexes", true)] {
        let is_shown = |entry: &&PeerEntry| {
            entry.indexed == indexed
                && size.peers.iter().any(|measured| measured.peer == entry.name)
        };
        let peers: Vec<&str> = PEERS.iter().filter(is_shown).map(|entry| entry.name).collect();
        if !peers.is_empty() {
            text += &table(size, title, &peers);
        }
    }
    text
}

fn table(size: &Size, title: &str, peers: &[&str]) -> String {
    let mut text = format!("{title:<32}{:>3}", "");
    for peer in peers {
        write!(text, "{:>12}", heading(peer)).expect("writing to a string cannot fail");
    }
    text.push('\n');
    for (name, unit) in names(size) {
        let row: Vec<Option<f64>> = peers.iter().map(|peer| size.value(peer, name)).collect();
        if row.iter().all(Option::is_none) {
            continue;
        }
        write!(text, "{name:<32}{unit:>3}").expect("writing to a string cannot fail");
        for value in row {
            write!(text, "{:>12}", cell(value)).expect("writing to a string cannot fail");
        }
        text.push('\n');
    }
    text + "\n"
}

/// Of peers that differ only behind a `+`, that.
fn heading(peer: &str) -> &str {
    match peer.find('+') {
        Some(plus) if peer.len() > 12 && &peer[plus..] != "+index" => &peer[plus..],
        Some(plus) if &peer[plus..] == "+index" => &peer[..plus],
        _ => peer,
    }
}

fn cell(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.0}"))
}

/// All figures that some peer has, in the order they were measured.
pub(super) fn names(size: &Size) -> Vec<(&str, &'static str)> {
    let mut names: Vec<(&str, &'static str)> = Vec::new();
    for measured in &size.peers {
        let mut behind = 0;
        for Figure { name, unit, .. } in &measured.figures {
            match names.iter().position(|(known, _)| known == name) {
                Some(place) => behind = place + 1,
                None => {
                    names.insert(behind, (name, unit.as_str()));
                    behind += 1;
                }
            }
        }
    }
    names
}
