use std::fmt::Write;

use super::table::names;
use crate::peers::results::Size;

/// How many times as much each figure is at the largest size as at the smallest.
pub(super) fn table(sizes: &[Size]) -> String {
    let smallest = sizes.iter().min_by_key(|size| size.records);
    let largest = sizes.iter().max_by_key(|size| size.records);
    let (Some(smallest), Some(largest)) = (smallest, largest) else { return String::new() };
    if smallest.records == largest.records {
        return String::new();
    }
    let peers: Vec<&str> = largest.peers.iter().map(|measured| measured.peer.as_str()).collect();
    let mut text =
        format!("\nfrom {} to {} records, times\n{:<32}", smallest.records, largest.records, "");
    for peer in &peers {
        write!(text, "{peer:>19}").expect("writing to a string cannot fail");
    }
    text.push('\n');
    for (name, _) in names(largest) {
        write!(text, "{name:<32}").expect("writing to a string cannot fail");
        for peer in &peers {
            let grown = largest.value(peer, name).zip(smallest.value(peer, name));
            let grown = grown.map(|(large, small)| format!("{:.1}", large / small));
            write!(text, "{:>19}", grown.as_deref().unwrap_or("-"))
                .expect("writing to a string cannot fail");
        }
        text.push('\n');
    }
    text
}
