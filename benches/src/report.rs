use std::fmt::Write;

use crate::measure::Figures;

type Figure = fn(&Figures) -> f64;

/// The figures side by side, and how they relate.
pub(crate) fn table(records: usize, rounds: usize, raw: &Figures, typed: &Figures) -> String {
    let rows: [(&str, &str, Figure); 6] = [
        ("put, new random keys", "ns", |figures| figures.put),
        ("overwrite", "ns", |figures| figures.overwrite),
        ("get", "ns", |figures| figures.get),
        ("remove", "ns", |figures| figures.remove),
        ("range of 100 rows", "ns", |figures| figures.range),
        ("heap a record", "B", |figures| figures.heap),
    ];
    let mut text = format!(
        "\n{records} records, median of {rounds} rounds\n{:<22}{:>5}{:>16}{:>12}{:>10}\n",
        "operation", "unit", "MemoryStore", "netabase", "ratio",
    );
    for (name, unit, figure) in rows {
        let (raw, typed) = (figure(raw), figure(typed));
        let ratio = if typed * 100.0 < raw {
            format!("1/{:.0}", raw / typed)
        } else {
            format!("{:.2}", typed / raw)
        };
        writeln!(text, "{name:<22}{unit:>5}{raw:>16.0}{typed:>12.0}{ratio:>10}")
            .expect("writing to a string cannot fail");
    }
    text
}
