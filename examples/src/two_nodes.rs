//! Two programs, or one run twice: the first publishes airports, the second finds them.

mod error;

mod contact;

mod arguments;

mod first;

mod second;

use netabase::{
    Netabase, NetabaseBuilder,
    libp2p::{Multiaddr, PeerId},
};

pub use self::{
    arguments::Arguments,
    contact::Contact,
    error::TwoNodesError,
    first::{First, arrival},
    second::Second,
};
use crate::{airports::Airport, columns::cell};

/// The codes of the airports that the first node publishes, and that the second asks for.
pub const CODES: [&str; 5] = ["BIKF", "BIRK", "BIAR", "BIEG", "BIVM"];

/// The code of the airport that the second node publishes.
pub const OWN_CODE: &str = "EGLL";

/// An airport on one line.
#[must_use]
pub fn line(airport: &Airport) -> String {
    let place = format!("{}, {}", airport.city, airport.country);
    format!("{:<4}  {}  {}", airport.icao, cell(&airport.name, 30), cell(&place, 18))
}

/// The end of a peer's id: enough to tell two of them apart.
#[must_use]
pub fn short(peer: &PeerId) -> String {
    let id = peer.to_string();
    format!("…{}", &id[id.len() - 6..])
}

fn node(listen: &Multiaddr) -> NetabaseBuilder {
    Netabase::builder("two-nodes").listen(listen.clone())
}
