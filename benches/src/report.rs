use std::fmt::Write;

use crate::{indexes::IndexFigures, measure::Figures};

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

/// What indexes cost and save.
pub(crate) fn index_table(records: usize, rounds: usize, figures: &IndexFigures) -> String {
    let IndexFigures { put_without, put_with_two, get_by_key, get_by_unique, .. } = *figures;
    let IndexFigures { page_by_filter, page_by_index, heap_without, heap_with_u32, .. } = *figures;
    format!(
        "{records} records with indexes, median of {rounds} rounds\n\
         put: without {put_without:.0} ns, with two indexes {put_with_two:.0} ns, {:.2} times\n\
         get: by key {get_by_key:.0} ns, by a unique index {get_by_unique:.0} ns, {:.2} times\n\
         page of 100: by filter {page_by_filter:.0} ns, by index {page_by_index:.0} ns, 1/{:.0}\n\
         heap: {heap_without:.0} B a record, with an index of u32 {:.0} B more\n",
        put_with_two / put_without,
        get_by_unique / get_by_key,
        page_by_filter / page_by_index,
        heap_with_u32 - heap_without,
    )
}
