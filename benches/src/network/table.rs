use std::fmt::Write;

use super::figures::{Costs, Figures, Operations};

/// What is promised of a figure, as times the other side's.
#[derive(Clone, Copy)]
enum Target {
    AtLeast(f64),
    AtMost(f64),
    /// Nothing.
    Shown,
}

/// An operation, what it is compared with, and its costs.
type Rows = (&'static str, &'static str, fn(&Operations) -> &Costs);

const OPERATIONS: [Rows; 3] = [
    ("fetch, first valid", "get, first answer", |operations| &operations.first),
    ("fetch, several", "get, to the end", |operations| &operations.several),
    ("publish", "put, quorum of all", |operations| &operations.publish),
];

/// The figures of the bare side, and ours beside them.
pub(super) fn table(
    (nodes, records, rounds): (usize, usize, usize),
    [bare, ours]: &[Figures; 2],
) -> String {
    let mut text = format!(
        "{nodes} nodes, {records} records a phase, median of {rounds} rounds\n\
         {:<26}{:<20}{:>4}{:>12}{:>10}{:>8}  target\n",
        "operation", "against", "unit", "against", "netabase", "ratio",
    );
    let owned = ("owned", &bare.owned, &ours.owned);
    for (kind, bare, ours) in [owned, ("open", &bare.open, &ours.open)] {
        for (name, against, of) in OPERATIONS {
            let (bare, ours) = (of(bare), of(ours));
            let name = format!("{name}, {kind}");
            let throughput = (bare.per_second, ours.per_second);
            line(&mut text, (&name, against, "1/s"), throughput, Target::AtLeast(0.9));
            line(
                &mut text,
                ("  median", "", "us"),
                (bare.median, ours.median),
                Target::AtMost(1.1),
            );
            line(&mut text, ("  95 %", "", "us"), (bare.at_95, ours.at_95), Target::Shown);
        }
    }
    let kib = |bytes: f64| bytes / 1024.0;
    let memory = (kib(bare.memory), kib(ours.memory));
    line(&mut text, ("memory a node, idle", "swarm", "KiB"), memory, Target::AtMost(1.15));
    let connections = (bare.connections, ours.connections);
    line(&mut text, ("  connections a node", "", ""), connections, Target::Shown);
    text
}

fn line(
    text: &mut String,
    (name, against, unit): (&str, &str, &str),
    (bare, ours): (f64, f64),
    target: Target,
) {
    let ratio = ours / bare;
    let line = format!(
        "{name:<26}{against:<20}{unit:>4}{bare:>12.0}{ours:>10.0}{ratio:>8.2}  {}",
        target.text()
    );
    writeln!(text, "{}", line.trim_end()).expect("writing to a string cannot fail");
}

impl Target {
    fn text(self) -> String {
        match self {
            Self::AtLeast(ratio) => format!("at least {ratio:.2}"),
            Self::AtMost(ratio) => format!("at most {ratio:.2}"),
            Self::Shown => String::new(),
        }
    }
}
