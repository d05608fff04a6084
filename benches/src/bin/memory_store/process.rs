use std::error::Error;

use indicatif::ProgressBar;
use netabase_benches::{child, workload::Workload};

use crate::{
    bare::Bare,
    figure::{Figure, Figures},
    hash_map::Plain,
    measure::measure,
    peer::PeerName,
    typed::Typed,
};

/// This program runs itself with it.
const PEER: &str = "--peer";

/// Measures a peer in a process of its own.
pub(crate) fn run(
    peer: PeerName,
    records: usize,
    bar: &ProgressBar,
) -> Result<Figures, Box<dyn Error>> {
    let mut lines = Vec::new();
    child::run(&[PEER, peer.as_str(), &records.to_string()], |line| {
        let (name, value) = line.split_once(' ').ok_or("a line is a name and a value")?;
        lines.push((name.to_owned(), value.parse()?));
        bar.inc(1);
        bar.set_message(format!("{}, {name}", peer.as_str()));
        Ok(())
    })?;
    let figures = Figures::from_lines(&lines);
    figures.ok_or_else(|| format!("{} was not measured", peer.as_str()).into())
}

/// The peer and the number of records, if these are the arguments that [`run`] gives.
pub(crate) fn parse_request(arguments: &[String]) -> Option<(PeerName, usize)> {
    let [flag, peer, records] = arguments else { return None };
    let peer = PeerName::ALL.into_iter().find(|name| name.as_str() == peer)?;
    (flag == PEER).then_some(())?;
    Some((peer, records.parse().ok()?))
}

/// Measures a peer, and prints a line for each figure as soon as it is there.
pub(crate) fn serve(peer: PeerName, records: usize) {
    let workload = Workload::new(records);
    let note = |figure: Figure, value: f64| println!("{} {value}", figure.name());
    match peer {
        PeerName::HashMap => measure::<Plain>(&workload, note),
        PeerName::MemoryStore => measure::<Bare>(&workload, note),
        PeerName::Netabase => measure::<Typed>(&workload, note),
    }
}
