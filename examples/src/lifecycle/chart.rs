use console::{Color, style};
use netabase::{BudgetInfo, Clock, ManualClock, libp2p::kad::KBucketDistance};

/// A number with its thousands set apart.
#[must_use]
pub fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The time of day in the story, in hours, minutes and seconds.
#[must_use]
pub fn day_time(clock: &ManualClock) -> String {
    let seconds = clock.now().unix_ms / 1000;
    format!("{:02}:{:02}:{:02}", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60)
}

/// A bar of three parts: own records, those of peers, those of the flood. Each block is `each` records; a part
/// that is there has at least one.
pub(super) fn stacked(parts: [usize; 3], each: usize) -> String {
    let [own, peers, flood] = parts.map(|part| part.div_ceil(each.max(1)));
    format!(
        "{}{}{}",
        style("█".repeat(own)).green(),
        style("▓".repeat(peers)).cyan(),
        style("░".repeat(flood)).red()
    )
}

/// The part of the key space that is no farther than this, in percent.
pub(super) fn part_of_key_space(distance: KBucketDistance) -> String {
    let [.., highest] = distance.0.0;
    let parts = (u128::from(highest) * 10_000_000) >> 64;
    format!("{}.{:05} %", parts / 100_000, parts % 100_000)
}

/// A distance, rounded down to a power of two.
pub(super) fn power_of_two(distance: KBucketDistance) -> String {
    distance.ilog2().map_or_else(|| "0".to_owned(), |exponent| format!("2^{exponent}"))
}

/// How full a budget is: a bar of five blocks, then records and percent.
pub(super) fn gauge(budget: &BudgetInfo, color: Color) -> String {
    const BLOCKS: usize = 5;
    let full = (budget.current_records * BLOCKS).div_ceil(budget.max_records.max(1)).min(BLOCKS);
    let records = thousands(budget.current_records);
    format!(
        "{}{} {records:>5} {:>3.0} %",
        style("█".repeat(full)).fg(color),
        style("░".repeat(BLOCKS - full)).dim(),
        budget.utilization_percentage
    )
}
