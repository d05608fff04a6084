use std::net::{IpAddr, Ipv6Addr};

use netabase::{
    ManualClock, MemoryStoreDatabase, NetabaseStore, Source,
    libp2p::{PeerId, kad::Record},
};
use rand::{RngExt, rngs::Xoshiro256PlusPlus};

use super::{
    error::LifecycleError,
    notice::{AIRPORTS, HOME, Notice},
    random::{chance, identity},
    tower::{LASTING, MAX_LIFETIME},
};

/// The network that the flood comes from: 2^64 addresses, and one source.
pub(super) const FLOOD_NETWORK: &str = "2001:db8:bad:f00d::/64";

/// How many peers it makes up, to be its records' publishers.
pub const FLOOD_IDENTITIES: usize = 200;

/// Sends as many records as it can, each from another address of its network, and says of each that one of
/// the peers it made up published it.
#[derive(Debug)]
pub(super) struct Flood {
    notices: MemoryStoreDatabase<Notice>,
    identities: Vec<PeerId>,
    chance: Xoshiro256PlusPlus,
    sent: u64,
}

impl Flood {
    /// A flood of which nothing was sent yet.
    pub(super) fn new(clock: &ManualClock) -> Result<Self, LifecycleError> {
        let mut chance = chance(0);
        let builder = NetabaseStore::builder().identity(identity(&mut chance)?);
        let store = builder.max_lifetime(MAX_LIFETIME).clock(clock.clone()).build()?;
        let made_up = |_| Ok(identity(&mut chance)?.public().to_peer_id());
        let identities =
            (0..FLOOD_IDENTITIES).map(made_up).collect::<Result<_, LifecycleError>>()?;
        Ok(Self { notices: store.database()?, identities, chance, sent: 0 })
    }

    /// Its next record, and where that comes from. Every fiftieth claims to be one of the tower's own notices,
    /// and one of a hundred is damaged; all others are valid, and have the longest lease there is.
    pub(super) fn send(&mut self) -> Result<(Record, Source), LifecycleError> {
        self.sent += 1;
        let notice = if self.sent.is_multiple_of(50) {
            Notice::new(HOME, self.chance.random_range(1..=LASTING), "closed")
        } else {
            let airport = AIRPORTS[self.chance.random_range(0..AIRPORTS.len())];
            Notice::new(airport, 1_000_000 + self.sent, "runway closed")
        };
        let mut record = self.notices.to_record(&notice)?;
        if self.sent % 100 == 7 {
            record.value.pop();
        }
        record.publisher = Some(self.identities[self.chance.random_range(0..FLOOD_IDENTITIES)]);
        let [e, f, g, h] = self.chance.random::<[u16; 4]>();
        let address = Ipv6Addr::new(0x2001, 0xdb8, 0xbad, 0xf00d, e, f, g, h);
        Ok((record, Source::of_ip(IpAddr::V6(address))))
    }

    /// How many records it sent.
    pub(super) fn sent(&self) -> u64 {
        self.sent
    }
}
