use netabase_benches::timing::median_of;
use serde::{Deserialize, Serialize};

use super::stopwatch::Cost;

/// What is measured in bytes, and while the store is loaded.
pub(crate) const HEAP: &str = "heap a record";
pub(crate) const RESIDENT: &str = "RSS a record";
pub(crate) const PEAK: &str = "peak RSS a record";
pub(crate) const LOAD: &str = "put bulk";

/// What was measured of one peer at one size.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Figure {
    pub(crate) name: String,
    pub(crate) unit: Unit,
    /// Processor time, where it is a time.
    pub(crate) value: f64,
    /// The time that passed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) wall: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Unit {
    #[serde(rename = "ns")]
    Nanoseconds,
    #[serde(rename = "B")]
    Bytes,
}

impl Unit {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Nanoseconds => "ns",
            Self::Bytes => "B",
        }
    }
}

impl Figure {
    pub(crate) fn time(name: &str, cost: Cost) -> Self {
        let (value, wall) = (cost.cpu, Some(cost.wall));
        Self { name: name.to_owned(), unit: Unit::Nanoseconds, value, wall }
    }

    pub(crate) fn bytes(name: &str, bytes: f64) -> Self {
        Self { name: name.to_owned(), unit: Unit::Bytes, value: bytes, wall: None }
    }
}

/// The median of each figure over the rounds, which all have the same figures.
pub(crate) fn median(rounds: &[Vec<Figure>]) -> Vec<Figure> {
    let of = |place: usize| {
        let value = rounded(median_of(rounds, |round| round[place].value));
        let wall = rounds[0][place].wall;
        let wall = wall.map(|_| median_of(rounds, |round| round[place].wall.unwrap_or(0.0)));
        let wall = wall.map(rounded);
        Figure { value, wall, ..rounds[0][place].clone() }
    };
    (0..rounds[0].len()).map(of).collect()
}

/// To what is still above the noise.
fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
