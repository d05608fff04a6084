//! Three peers against a model that does the same with ordered maps.
//!
//! Each peer has a store with four schemas: `Item` (local, every kind of index), `Card` (owned), `Note` (open, with a
//! `ttl`) and `Tally` (local, merged). Random calls go to a store and to the model; both must give the same. The model
//! predicts values, order, states, lives, leases and refusals. It reads the bytes that a store made of a value,
//! since which of two records wins is a matter of bytes, and checks of them what has to hold.

mod checks;
mod exchange;
mod peer;
mod row;
mod schemas;
mod table;
mod transactions;
mod writes;

use std::error::Error;

use rand::{RngExt, SeedableRng, rngs::SmallRng};

use self::{exchange::Wire, peer::Peer};

/// How many peers exchange records.
const PEERS: usize = 3;

/// After so many operations of a run everything is compared, not only what they touched.
const COMPARE_ALL_EACH: u64 = 512;

pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Runs so many random operations, which follow from `seed`; `progress` is told how many are done.
///
/// # Errors
///
/// What a store refused that the model did not. The step and the seed are part of the message.
///
/// # Panics
///
/// If a store and the model disagree; the message says about what, the last step is told by [`Model::step`].
pub fn run(seed: u64, operations: u64, mut progress: impl FnMut(u64)) -> Outcome {
    let mut model = Model::new(seed)?;
    while model.step < operations {
        model.act().map_err(|error| format!("seed {seed}, step {}: {error}", model.step))?;
        progress(model.step);
    }
    model.compare_all()
}

/// The peers, the records on their way between them, and what drives it all.
#[derive(Debug)]
pub struct Model {
    seed: u64,
    step: u64,
    rng: SmallRng,
    peers: Vec<Peer>,
    wire: Wire,
}

impl Model {
    fn new(seed: u64) -> Outcome<Self> {
        let ids = peer::identities(PEERS)?;
        let peers = (0..PEERS).map(|index| Peer::new(index, &ids)).collect::<Result<_, _>>()?;
        let rng = SmallRng::seed_from_u64(seed);
        Ok(Self { seed, step: 0, rng, peers, wire: Wire::default() })
    }

    /// Returns how many operations were done.
    #[must_use]
    pub fn step(&self) -> u64 {
        self.step
    }

    fn act(&mut self) -> Outcome {
        let rng = &mut self.rng;
        let at = rng.random_range(0..PEERS);
        let peer = &mut self.peers[at];
        match rng.random_range(0..100) {
            0..52 => peer.write(rng, self.step)?,
            52..70 => peer.read(rng)?,
            70..74 => self.wire.publish(peer, rng)?,
            74..94 => self.wire.deliver(peer, rng),
            94..96 => peer.hand_over(rng, &mut self.wire)?,
            96 => peer.set_limits(rng),
            97 => peer.maintain(),
            98 => peer.set_wall_clock(rng),
            _ => self.let_time_pass(),
        }
        self.step += 1;
        if self.step.is_multiple_of(COMPARE_ALL_EACH) {
            self.compare_all()?;
        }
        Ok(())
    }

    /// Time passes for all alike: only wall clocks differ.
    fn let_time_pass(&mut self) {
        let ms = self.rng.random_range(0..20_000);
        for peer in &mut self.peers {
            peer.let_pass(ms);
        }
    }

    fn compare_all(&mut self) -> Outcome {
        for peer in &mut self.peers {
            peer.compare_all(&mut self.rng)?;
        }
        Ok(())
    }
}

impl Drop for Model {
    /// Says where a run ended that panics.
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the model of seed {} stopped at step {}", self.seed, self.step);
        }
    }
}
