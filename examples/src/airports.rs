//! 28,298 real airports, heliports and airfields.

mod bar;

mod load;

mod sample;

mod schema;

use std::path::PathBuf;

pub use self::{
    bar::bar,
    load::{LoadError, load_csv},
    sample::{by_codes, sample},
    schema::{Airport, AirportKey, AirportRef},
};

/// The file that comes with the repository.
#[must_use]
pub fn bundled_csv() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/airports.csv")
}
