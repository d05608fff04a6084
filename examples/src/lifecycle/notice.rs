use std::fmt;

use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

/// Where the tower stands whose store this is about: its own notices are about this airport.
pub const HOME: &str = "BIKF";

/// The airport whose notices the tower takes in when others send them.
pub const FOLLOWED: &str = "EGLL";

/// What the archive's notices, and the flood's, are about.
pub(super) const AIRPORTS: [&str; 16] = [
    "BIRK", "EBBR", "EDDF", "EFHK", FOLLOWED, "EGPK", "EHAM", "EIDW", "EKCH", "ENGM", "ESSA",
    "LEMD", "LFPG", "LIRF", "LOWW", "LSZH",
];

/// A notice to pilots about an airport, good for some hours. Anyone may write one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "open", key(airport, number))]
pub struct Notice {
    /// The airport's ICAO code.
    pub airport: String,
    /// Each who writes notices about that airport has numbers of its own.
    pub number: u64,
    /// What pilots have to know.
    pub text: String,
}

impl Notice {
    pub(super) fn new(airport: &str, number: u64, text: &str) -> Self {
        Self { airport: airport.to_owned(), number, text: text.to_owned() }
    }
}

impl fmt::Display for NoticeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.airport, self.number)
    }
}
