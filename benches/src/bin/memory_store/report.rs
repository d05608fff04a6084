use std::fmt::Write;

use crate::{
    figure::{Figure, Figures},
    peer::PeerName,
};

/// The figures of all peers side by side, and how they relate to the first, the `HashMap`.
pub(crate) fn table(records: usize, rounds: usize, peers: &[Figures; 3]) -> String {
    let [first, second, third] = PeerName::ALL.map(PeerName::as_str);
    let mut text = format!(
        "\n{records} records, median of {rounds} rounds\n\
         {:<30}{:>5}{first:>12}{second:>14}{:>9}{third:>12}{:>9}\n",
        "", "unit", "ratio", "ratio",
    );
    for figure in Figure::ALL {
        let (label, unit) = figure.label();
        let [first, second, third] = peers.each_ref().map(|figures| figures.get(figure));
        let (of_second, of_third) = (ratio(second, first), ratio(third, first));
        let line = format!(
            "{label:<30}{unit:>5}{first:>12.0}{second:>14.0}{of_second:>9}{third:>12.0}{of_third:>9}"
        );
        writeln!(text, "{line}").expect("writing to a string cannot fail");
    }
    text
}

fn ratio(value: f64, reference: f64) -> String {
    if reference <= 0.0 {
        // Nothing is a multiple of nothing.
        String::new()
    } else if value * 10.0 < reference {
        format!("1/{:.0}", reference / value)
    } else {
        format!("{:.2}", value / reference)
    }
}
