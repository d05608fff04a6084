use std::error::Error;

use indicatif::ProgressBar;
use netabase_benches::child;

use super::{
    figure::Figure,
    people::People,
    roster::{PEERS, PeerEntry},
};

/// This program runs itself with it.
const PEER: &str = "--peer";

/// A line of this kind has all figures; others say what is measured now.
const FIGURES: &str = "figures ";

/// Measures a peer in a process of its own.
pub(crate) fn run(
    peer: &PeerEntry,
    records: usize,
    bar: &ProgressBar,
) -> Result<Vec<Figure>, Box<dyn Error>> {
    let mut figures = None;
    child::run(&[PEER, peer.name, &records.to_string()], |line| {
        match line.strip_prefix(FIGURES) {
            Some(json) => figures = Some(serde_json::from_str(json)?),
            None => bar.set_message(format!("{}, {records} records: {line}", peer.name)),
        }
        Ok(())
    })?;
    bar.inc(1);
    figures.ok_or_else(|| format!("{} was not measured", peer.name).into())
}

/// The peer and the number of records, if these are the arguments that [`run`] gives.
pub(crate) fn parse_request(arguments: &[String]) -> Option<(&'static PeerEntry, usize)> {
    let [flag, peer, records] = arguments else { return None };
    let peer = PEERS.iter().find(|entry| entry.name == peer)?;
    (flag == PEER).then_some(())?;
    Some((peer, records.parse().ok()?))
}

/// Measures a peer here, and prints what [`run`] reads.
pub(crate) fn serve(peer: &PeerEntry, records: usize) {
    let figures = (peer.measure)(&People::new(records), &mut |operation| println!("{operation}"));
    println!("{FIGURES}{}", serde_json::to_string(&figures).expect("figures are numbers"));
}
