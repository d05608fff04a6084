//! What the example prints in lines and columns.

use std::fmt::Display;

use console::Color;
use netabase::{
    BudgetInfo, NetabaseSchema, StoreCapacityInfo, StoreMaintenanceResult,
    libp2p::kad::KBucketDistance,
};

use super::{
    chart::{day_time, gauge, part_of_key_space, power_of_two, stacked, thousands},
    error::LifecycleError,
    ledger::Account,
    tower::{Figures, Tower},
    traffic::Traffic,
};

/// What stands above [`flood_row`].
#[must_use]
pub fn flood_header() -> String {
    let [own, foreign] = ["own", "foreign"];
    let [stored, refused, evicted, expired] = ["stored", "refused", "evicted", "expired"];
    format!(
        "  {:8} {own:17}  {foreign:17} {stored:>6} {refused:>9} {evicted:>7} {expired:>7}",
        "time"
    )
}

/// How things stand in the flood.
#[must_use]
pub fn flood_row(tower: &Tower) -> String {
    let figures = tower.figures();
    let Figures { own, foreign, counts } = figures;
    let [stored, refused, evicted, expired] =
        [counts.stored, counts.refused(), figures.evicted(), counts.own_expired].map(thousands);
    format!(
        "  {} {}  {} {stored:>6} {refused:>9} {evicted:>7} {expired:>7}",
        day_time(&tower.clock),
        gauge(&own, Color::Green),
        gauge(&foreign, Color::Cyan)
    )
}

/// That the foreign budget has crossed its mark, if it did so since the last call.
pub fn crossing(tower: &mut Tower) -> Option<String> {
    let mark = tower.crossed_the_mark()?;
    let side = if mark.is_above { "above" } else { "below" };
    Some(format!(
        "  {}  watch_utilization: the foreign budget is {side} 80 %, at {:.1} %",
        day_time(&tower.clock),
        mark.percentage
    ))
}

/// What each source sent, and what became of it.
#[must_use]
pub fn sources(traffic: &Traffic) -> String {
    let mut lines = vec![columns("", "", ["before", "sent", "refused", "evicted", "held"])];
    for account in traffic.ledger.accounts() {
        let Account { name, address, sent, before, held, gone, .. } = account;
        let numbers = [*before, *sent, account.refused(), gone.len(), held.len()];
        lines.push(columns(name, address, numbers.map(thousands)));
    }
    lines.join("\n")
}

/// How far what is held of each source that lost something reaches, and where what it lost begins.
#[must_use]
pub fn distances(traffic: &Traffic) -> String {
    let store = &traffic.tower.store;
    let mut lines = vec![format!("  {:31} {:>20} {:>20}", "", "farthest held", "nearest evicted")];
    for account in traffic.ledger.accounts().iter().filter(|account| !account.gone.is_empty()) {
        let Account { name, address, .. } = account;
        let show = |distance: Option<KBucketDistance>| distance.map_or_else(String::new, far);
        let held = show(account.farthest_held(store));
        let gone = show(account.nearest_gone(store));
        lines.push(format!("  {name:8} {address:22} {held:>20} {gone:>20}"));
    }
    lines.join("\n")
}

/// The last evictions that the tower's watcher was told of.
///
/// # Errors
///
/// None but those of a database that is broken.
pub fn last_evicted(traffic: &Traffic) -> Result<String, LifecycleError> {
    let Traffic { tower, ledger, .. } = traffic;
    let line = |notice| {
        // The key under which the record was held.
        let key = tower.notices.to_record(notice)?.key;
        let sender = ledger.sender(&key).map_or("nobody", |account| account.name);
        let distance = far(tower.store.distance(&key));
        Ok(format!("    {:13} of {sender:8} {distance:>24}", notice.key().to_string()))
    };
    Ok(tower.last_evicted.iter().map(line).collect::<Result<Vec<_>, LifecycleError>>()?.join("\n"))
}

/// What the store holds and may hold.
#[must_use]
pub fn capacity(capacity: &StoreCapacityInfo) -> String {
    let row = |name, numbers: [usize; 4], percentage: f64| {
        let [records, max_records, bytes, max_bytes] = numbers.map(thousands);
        format!(
            "  {name:8} {records:>8} {max_records:>8} {bytes:>10} {max_bytes:>10} {percentage:>11.1} %"
        )
    };
    let of_budget = |name, budget: &BudgetInfo| {
        let BudgetInfo { current_records, max_records, current_size_bytes, max_size_bytes, .. } =
            *budget;
        let numbers = [current_records, max_records, current_size_bytes, max_size_bytes];
        row(name, numbers, budget.utilization_percentage)
    };
    let StoreCapacityInfo { current_records, max_records, current_size_bytes, .. } = *capacity;
    let both = [current_records, max_records, current_size_bytes, capacity.max_size_bytes];
    [
        format!(
            "  {:8} {:>8} {:>8} {:>10} {:>10} {:>13}",
            "", "records", "of", "bytes", "of", "utilization"
        ),
        of_budget("own", &capacity.own),
        of_budget("foreign", &capacity.foreign),
        row("both", both, capacity.utilization_percentage),
    ]
    .join("\n")
}

/// What is live now, a block for so many records, and how many maintenance found to have expired.
#[must_use]
pub fn live_row(traffic: &Traffic, steps: &[StoreMaintenanceResult], block: usize) -> String {
    let live = traffic.live();
    let expired = steps.iter().map(|step| step.expired_records_cleaned).sum();
    format!(
        "  {} {:>7} {:>8}  {}",
        day_time(&traffic.tower.clock),
        thousands(live.iter().sum()),
        thousands(expired),
        stacked(live, block)
    )
}

fn columns<T: Display>(name: &str, address: &str, numbers: [T; 5]) -> String {
    let [before, sent, refused, evicted, held] = numbers;
    format!("  {name:8} {address:22} {before:>7} {sent:>9} {refused:>9} {evicted:>9} {held:>6}")
}

fn far(distance: KBucketDistance) -> String {
    format!("{}  {:>5}", part_of_key_space(distance), power_of_two(distance))
}
