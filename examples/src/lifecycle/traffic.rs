use std::time::Duration;

use netabase::libp2p::PeerId;
use rand::{RngExt, rngs::Xoshiro256PlusPlus};

use super::{
    error::LifecycleError,
    flood::{FLOOD_NETWORK, Flood},
    ledger::{Account, Ledger},
    peers::{Peer, peers},
    random::chance,
    tower::Tower,
};

/// How long the flood lasts, in simulated seconds.
pub const FLOOD_SECONDS: u32 = 40 * 60;

/// How many notices the tower writes before the flood, and during it.
const OWN: (u32, u32) = (600, 100);

/// All that comes to the tower's store, and what became of it.
#[derive(Debug)]
pub struct Traffic {
    /// To whom it comes.
    pub tower: Tower,
    /// What became of it.
    pub ledger: Ledger,
    /// Peers and their accounts.
    peers: Vec<(usize, Peer)>,
    flood: Flood,
    flood_account: usize,
    flood_size: u32,
    /// What the peers had yet to send when the flood began.
    late: u32,
    chance: Xoshiro256PlusPlus,
}

impl Traffic {
    /// All before anything was sent; the flood will have so many records.
    ///
    /// # Errors
    ///
    /// None but those of stores that are broken.
    pub fn new(flood_size: u32) -> Result<Self, LifecycleError> {
        let tower = Tower::open()?;
        let mut ledger = Ledger::default();
        let account = |peer: Peer| (ledger.open(peer.name, peer.network()), peer);
        let peers = peers(&tower.clock)?.into_iter().map(account).collect();
        let flood = Flood::new(&tower.clock)?;
        let flood_account = ledger.open("flood", FLOOD_NETWORK.to_owned());
        let (late, chance) = (0, chance(200));
        Ok(Self { tower, ledger, peers, flood, flood_account, flood_size, late, chance })
    }

    /// The tower writes most of its notices, and each peer sends half of its own.
    ///
    /// # Errors
    ///
    /// Those of the tower.
    pub fn before_the_flood(&mut self) -> Result<(), LifecycleError> {
        for _ in 0..OWN.0 {
            self.tower.write()?;
        }
        for place in 0..self.peers.len() {
            let half = self.peers[place].1.outbox.len() / 2;
            for _ in 0..half {
                self.deliver(place)?;
            }
        }
        let late: usize = self.peers.iter().map(|(_, peer)| peer.outbox.len()).sum();
        self.late = u32::try_from(late).unwrap_or(u32::MAX);
        self.ledger.look_up_before(&self.tower.store);
        Ok(())
    }

    /// One second of the flood passes, counted from 0. The tower and the peers go on meanwhile.
    ///
    /// # Errors
    ///
    /// Those of the tower.
    pub fn pass_second(&mut self, second: u32) -> Result<(), LifecycleError> {
        self.tower.clock.advance(Duration::from_secs(1));
        // So that the watcher is told of what has just expired before anybody counts.
        self.tower.store.maintain_store();
        for _ in 0..share(OWN.1, second) {
            self.tower.write()?;
        }
        for _ in 0..share(self.late, second) {
            self.deliver_any()?;
        }
        for _ in 0..share(self.flood_size, second) {
            let (record, source) = self.flood.send()?;
            let is_stored = self.tower.receive(&record, source)?;
            self.ledger.note(self.flood_account, record.key, is_stored);
        }
        self.tower.follow_changes()
    }

    /// How many records of the flood were sent.
    #[must_use]
    pub fn flooded(&self) -> u64 {
        self.flood.sent()
    }

    /// What a peer is called here, if it is not one that the flood made up.
    #[must_use]
    pub fn name_of(&self, id: &PeerId) -> Option<&'static str> {
        self.peers.iter().find(|(_, peer)| peer.id == *id).map(|(_, peer)| peer.name)
    }

    /// The live records: the tower's own, those of peers, those of the flood.
    #[must_use]
    pub fn live(&self) -> [usize; 3] {
        let held = |account: &Account| account.held.len();
        let accounts = self.ledger.accounts();
        let flood = held(&accounts[self.flood_account]);
        let all: usize = accounts.iter().map(held).sum();
        [self.tower.figures().own.current_records, all - flood, flood]
    }

    fn deliver_any(&mut self) -> Result<(), LifecycleError> {
        let waiting: usize = self.peers.iter().map(|(_, peer)| peer.outbox.len()).sum();
        if waiting == 0 {
            return Ok(());
        }
        // Every record that waits is as likely as any other.
        let mut drawn = self.chance.random_range(0..waiting);
        let place = self.peers.iter().position(|(_, peer)| {
            let is_here = drawn < peer.outbox.len();
            drawn = drawn.saturating_sub(peer.outbox.len());
            is_here
        });
        place.map_or(Ok(()), |place| self.deliver(place))
    }

    fn deliver(&mut self, place: usize) -> Result<(), LifecycleError> {
        let (account, peer) = &mut self.peers[place];
        let Some(record) = peer.outbox.pop() else { return Ok(()) };
        let is_stored = self.tower.receive(&record, peer.source())?;
        self.ledger.note(*account, record.key, is_stored);
        Ok(())
    }
}

/// The part of `all` that falls into one second of the flood.
fn share(all: u32, second: u32) -> u32 {
    let until = |second: u32| u64::from(all) * u64::from(second) / u64::from(FLOOD_SECONDS);
    u32::try_from(until(second + 1) - until(second)).unwrap_or(u32::MAX)
}
