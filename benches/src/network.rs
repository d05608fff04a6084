//! Nodes in a network, against bare Kademlia swarms that do the same over the same transports.
//!
//! Each side has a runtime of its own, on the one thread there is, which stands still while it is the other's
//! turn: neither takes time from the other, and what a network allocates is counted by itself. So the figures
//! are those of the work that all peers together do for an operation.

mod plan;

mod peer;

mod swarm;

mod bare;

mod nodes;

mod round;

mod figures;

mod table;

use indicatif::{ProgressBar, ProgressStyle};

use self::figures::Figures;

/// A network of each side every round; the table of their medians.
pub(crate) fn measure(nodes: usize, records: usize, rounds: usize) -> String {
    let style = ProgressStyle::with_template("{prefix} {wide_bar} {pos}/{len} {msg}")
        .expect("the template is valid");
    let bar = ProgressBar::new((rounds * round::STEPS) as u64).with_style(style);
    bar.set_prefix(format!("{nodes} nodes"));
    let taken: Vec<[Figures; 2]> =
        (0..rounds).map(|number| round::run(number, nodes, records, &bar)).collect();
    bar.finish_and_clear();
    let medians = [0, 1].map(|side| {
        let of_side: Vec<&Figures> = taken.iter().map(|sides| &sides[side]).collect();
        Figures::median(&of_side)
    });
    table::table((nodes, records, rounds), &medians)
}
