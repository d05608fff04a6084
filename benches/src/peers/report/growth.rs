use super::table::side_by_side;
use crate::peers::results::Size;

/// How many times as much each figure is at the largest size as at the smallest.
pub(super) fn table(sizes: &[Size]) -> Option<String> {
    let smallest = sizes.iter().min_by_key(|size| size.records)?;
    let largest = sizes.iter().max_by_key(|size| size.records)?;
    let title = format!("from {} to {} records, times", smallest.records, largest.records);
    let grown = |peer: &str, name: &str| {
        let (large, small) = largest.value(peer, name).zip(smallest.value(peer, name))?;
        Some(format!("{:.1}", large / small))
    };
    (smallest.records < largest.records).then(|| side_by_side(&title, largest, grown))
}
