//! One peer: its store, its clock, and the four tables of the model.

use std::time::Duration;

use libp2p::{PeerId, identity::Keypair};
use netabase::{Limits, ManualClock, NetabaseStore};
use rand::{RngExt, rngs::SmallRng};

use super::{
    Outcome,
    schemas::{Card, Item, Note, Tally},
    table::Table,
};

const BEGIN_MS: u64 = 1_800_000_000_000;

/// Wall clocks differ from true time by so much at most: less than what peers accept of each other.
const SKEW_MS: i64 = 120_000;

/// Longest lease of the model's network: short, so that leases end in a run.
const MAX_LIFETIME: Duration = Duration::from_secs(60 * 60);

const NETWORK: &str = "model";

/// One peer.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) store: NetabaseStore,
    clock: ManualClock,
    /// Since the run began, by the monotonic clock.
    pub(super) passed: u64,
    /// By the wall clock.
    pub(super) wall: u64,
    pub(super) limits: Limits,
    pub(super) items: Table<Item>,
    pub(super) cards: Table<Card>,
    pub(super) notes: Table<Note>,
    pub(super) tallies: Table<Tally>,
}

fn identity(index: usize) -> Outcome<Keypair> {
    Ok(Keypair::ed25519_from_bytes([u8::try_from(index)? + 1; 32])?)
}

/// The peers' names, in the order of their numbers.
pub(super) fn identities(count: usize) -> Outcome<Vec<PeerId>> {
    (0..count).map(|index| Ok(identity(index)?.public().to_peer_id())).collect()
}

impl Peer {
    pub(super) fn new(index: usize, ids: &[PeerId]) -> Outcome<Self> {
        let clock = ManualClock::at_unix_ms(BEGIN_MS);
        let limits = Limits { max_records: 150, ..Limits::default() };
        let store = NetabaseStore::builder()
            .identity(identity(index)?)
            .network(NETWORK)
            .max_lifetime(MAX_LIFETIME)
            .limits(limits.clone())
            .clock(clock.clone())
            .build()?;
        let (items, cards) = (Table::new(&store, index, ids)?, Table::new(&store, index, ids)?);
        let (notes, tallies) = (Table::new(&store, index, ids)?, Table::new(&store, index, ids)?);
        let (passed, wall) = (0, BEGIN_MS);
        Ok(Self { store, clock, passed, wall, limits, items, cards, notes, tallies })
    }

    /// How many rows are charged to the application.
    pub(super) fn own(&self) -> usize {
        self.items.own() + self.cards.own() + self.notes.own() + self.tallies.own()
    }

    /// How many rows the store has.
    pub(super) fn rows(&self) -> usize {
        let (items, cards) = (self.items.rows.len(), self.cards.rows.len());
        items + cards + self.notes.rows.len() + self.tallies.rows.len()
    }

    fn expire(&mut self) {
        let (passed, wall) = (self.passed, self.wall);
        self.items.expire(passed, wall);
        self.cards.expire(passed, wall);
        self.notes.expire(passed, wall);
        self.tallies.expire(passed, wall);
    }

    /// Lets time pass, by both clocks.
    pub(super) fn let_pass(&mut self, ms: u64) {
        self.clock.advance(Duration::from_millis(ms));
        (self.passed, self.wall) = (self.passed + ms, self.wall + ms);
        self.expire();
    }

    /// Sets the wall clock, forwards or back.
    ///
    /// What was over before must not come back: the store may still have it, and the model has not.
    pub(super) fn set_wall_clock(&mut self, rng: &mut SmallRng) {
        self.maintain();
        let skew = rng.random_range(-SKEW_MS..SKEW_MS);
        let set = (BEGIN_MS + self.passed).checked_add_signed(skew);
        self.wall = set.expect("a run does not last that long");
        self.clock.set_unix_ms(self.wall);
        self.expire();
        self.maintain();
    }

    /// Takes out all that is over.
    pub(super) fn maintain(&self) {
        while !self.store.maintain_store().is_complete {}
        assert_eq!(self.store.record_count(), self.rows(), "nothing that is over is left");
    }

    /// Sets how many records the application may have: never below what it has.
    pub(super) fn set_limits(&mut self, rng: &mut SmallRng) {
        self.limits.max_records = self.own() + rng.random_range(0..40);
        self.store.set_limits(self.limits.clone());
    }
}
