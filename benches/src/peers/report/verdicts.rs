use std::fmt::Write;

use crate::peers::{results::Size, targets::TARGETS};

/// What was to be reached, what was, and whether that is enough.
pub(super) fn table(size: &Size) -> String {
    let mut text = format!(
        "targets at {} records\n{:<24}{:<28}{:>12}{:>12}{:>9}{:>9}\n",
        size.records, "", "against", "against", "netabase", "ratio", "at most",
    );
    for target in TARGETS {
        let (peer, name) = target.ours;
        for &(against, their_name, limit) in target.theirs {
            let Some((ours, theirs)) = size.value(peer, name).zip(size.value(against, their_name))
            else {
                continue;
            };
            let (ratio, limit) = (ours / theirs, limit.at(size.records));
            let verdict = if ratio <= limit { "met" } else { "missed" };
            let against = if their_name == name {
                against.to_owned()
            } else {
                format!("{against}: {their_name}")
            };
            writeln!(
                text,
                "{name:<24}{against:<28}{theirs:>12.0}{ours:>12.0}{:>9}{:>9}  {verdict}",
                short(ratio),
                short(limit),
            )
            .expect("writing to a string cannot fail");
        }
    }
    text
}

fn short(ratio: f64) -> String {
    if ratio < 0.1 { format!("{ratio:.4}") } else { format!("{ratio:.3}") }
}
