use std::fmt::Write;

use super::figure::{Figure, Figures};

/// What is promised of a figure, for stores of a million records.
#[derive(Clone, Copy)]
enum Target {
    /// So many times the figure it is compared with.
    AtMost(f64),
    /// Of a figure that stands for itself: nanoseconds.
    Below(f64),
    /// So many times faster than what it is compared with.
    Faster(f64),
    /// Nothing.
    Shown,
}

/// An operation and its figure, what that is compared with, if with anything, its unit, and its target.
type Row = (&'static str, Figure, Option<(&'static str, Figure)>, &'static str, Target);

const fn rows() -> [Row; 20] {
    use Figure as F;
    use Target::{AtMost, Below, Faster, Shown};
    let put = Some(("put", F::PutWithoutTtl));
    let foreign = Some(("kad's put", F::ForeignPut));
    let heap = Some(("by hand", F::HeapByHand));
    let scan = Some(("deadlines in values", F::SweepByScan));
    let retain = Some(("retain by expires", F::SweepByRetain));
    let typed_sweep = Some(("typed filter", F::SweepTyped));
    let filter = Some(("filter by hand", F::PublisherByHand));
    let typed_filter = Some(("typed filter", F::PublisherTyped));
    let with_room = Some(("with room", F::PutWithRoom));
    let from_with_room = Some(("with room", F::PutFromWithRoom));
    [
        ("put, schema with ttl", F::PutWithTtl, put, "ns", AtMost(1.6)),
        ("put_with_ttl, all differ", F::PutWithOwnTtl, put, "ns", AtMost(1.6)),
        ("kad's put, with publisher", F::ForeignPutOfPublisher, foreign, "ns", AtMost(1.6)),
        ("put_from, with publisher", F::ForeignPutFrom, foreign, "ns", AtMost(1.6)),
        ("heap a record, with ttl", F::HeapWithTtl, heap, "B", AtMost(1.3)),
        ("  of others, publisher", F::HeapOfPublisher, heap, "B", AtMost(1.3)),
        ("sweep of 1 %", F::Sweep, scan, "ns", Faster(20.0)),
        ("", F::Sweep, retain, "ns", Faster(20.0)),
        ("", F::Sweep, typed_sweep, "ns", Faster(20.0)),
        ("a publisher's records", F::Publisher, filter, "ns", Faster(500.0)),
        ("", F::Publisher, typed_filter, "ns", Faster(500.0)),
        ("capacity_info, none due", F::CapacityInfo, None, "ns", Below(1e3)),
        ("kad's put, evicting", F::PutEvicting, with_room, "ns", AtMost(2.0)),
        ("put_from, evicting", F::PutFromEvicting, from_with_room, "ns", AtMost(2.0)),
        ("kad's get in load, median", F::GetMedian, None, "ns", Shown),
        ("  99 %", F::Get99th, None, "ns", Below(1e7)),
        ("  longest of all rounds", F::GetLongest, None, "ns", Shown),
        ("kad's put in load, median", F::PutMedian, None, "ns", Shown),
        ("  99 %", F::Put99th, None, "ns", Below(1e7)),
        ("  longest of all rounds", F::PutLongest, None, "ns", Shown),
    ]
}

/// The figures beside what they are compared with, and beside what is promised.
pub(crate) fn table(records: usize, rounds: usize, figures: &Figures) -> String {
    let mut text = format!(
        "{records} records with lives and publishers, median of {rounds} rounds\n\
         {:<26}{:<20}{:>4}{:>12}{:>10}{:>8}  target\n",
        "operation", "against", "unit", "against", "netabase", "ratio",
    );
    for (name, figure, against, unit, target) in rows() {
        let figure = figures.get(figure);
        let (other, value, ratio) = match against {
            Some((other, against)) => {
                let against = figures.get(against);
                (other, format!("{against:.0}"), ratio(figure, against))
            }
            None => Default::default(),
        };
        let line = format!(
            "{name:<26}{other:<20}{unit:>4}{value:>12}{figure:>10.0}{ratio:>8}  {}",
            target.text()
        );
        writeln!(text, "{}", line.trim_end()).expect("writing to a string cannot fail");
    }
    text
}

fn ratio(figure: f64, against: f64) -> String {
    if figure * 10.0 < against {
        format!("1/{:.0}", against / figure)
    } else if figure * 2.0 < against {
        format!("1/{:.1}", against / figure)
    } else {
        format!("{:.2}", figure / against)
    }
}

impl Target {
    fn text(self) -> String {
        match self {
            Self::AtMost(ratio) => format!("at most {ratio:.1}"),
            Self::Below(nanoseconds) => format!("at most {nanoseconds:.0} ns"),
            Self::Faster(times) => format!("at least {times:.0} times faster"),
            Self::Shown => String::new(),
        }
    }
}
