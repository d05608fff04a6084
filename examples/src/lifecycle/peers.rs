use std::{
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};

use netabase::{
    ManualClock, NetabaseStore, Source,
    libp2p::{PeerId, kad::Record},
};
use rand::{RngExt, seq::SliceRandom};

use super::{
    error::LifecycleError,
    notice::{AIRPORTS, Notice},
    random::{chance, identity},
    tower::MAX_LIFETIME,
};

/// A peer that sends what it should, from one address.
#[derive(Debug)]
pub(super) struct Peer {
    /// What it is called here.
    pub(super) name: &'static str,
    /// Where it sends from.
    pub(super) address: IpAddr,
    /// Who it is.
    pub(super) id: PeerId,
    /// The records that it has yet to send, in no order.
    pub(super) outbox: Vec<Record>,
}

/// Name, address, the one airport that its notices are about, or all of them, and how many it has.
const PEERS: [(&str, [u16; 8], Option<&str>, u64); 5] = [
    ("Nuuk", ipv4(192, 0, 2, 17), Some("BGGH"), 300),
    ("Oslo", ipv4(198, 51, 100, 4), Some("ENGM"), 220),
    ("Dublin", ipv4(203, 0, 113, 9), Some("EIDW"), 150),
    ("Vágar", [0x2001, 0xdb8, 0x64, 0, 0, 0, 0, 5], Some("EKVG"), 80),
    ("archive", ipv4(192, 0, 2, 200), None, 2_000),
];

/// An IPv4 address as IPv6 writes it.
const fn ipv4(a: u16, b: u16, c: u16, d: u16) -> [u16; 8] {
    [0, 0, 0, 0, 0, 0xffff, a << 8 | b, c << 8 | d]
}

/// The honest peers, each with its notices, published by itself. A notice lives two to eleven hours.
pub(super) fn peers(clock: &ManualClock) -> Result<Vec<Peer>, LifecycleError> {
    let made = PEERS.into_iter().zip(1..);
    made.map(|((name, address, airport, count), part)| {
        let mut chance = chance(part);
        let store = NetabaseStore::builder()
            .identity(identity(&mut chance)?)
            .max_lifetime(MAX_LIFETIME)
            .clock(clock.clone())
            .build()?;
        let notices = store.database::<Notice>()?;
        for number in 1..=count {
            let any = AIRPORTS[chance.random_range(0..AIRPORTS.len())];
            let ttl = Duration::from_secs(60 * chance.random_range(120..=660));
            let number = 10_000 * part + number;
            let notice = Notice::new(airport.unwrap_or(any), number, "crane near the threshold");
            notices.put_with_ttl(&notice, Some(ttl))?;
        }
        // What it publishes has a lease: until the end of the notice's life.
        let mut outbox = notices.sync_to_network().collect::<Result<Vec<_>, _>>()?;
        for record in &mut outbox {
            record.publisher = Some(store.peer_id());
        }
        outbox.shuffle(&mut chance);
        let address = IpAddr::from(address).to_canonical();
        Ok(Peer { name, address, id: store.peer_id(), outbox })
    })
    .collect()
}

impl Peer {
    /// How its source is written here.
    pub(super) fn network(&self) -> String {
        match self.address {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
        }
    }

    /// Whom a store charges its records to.
    pub(super) fn source(&self) -> Source {
        Source::of_ip(self.address)
    }
}
