//! Lets a test change the network.

use std::{fmt, sync::Arc, time::Duration};

use libp2p::PeerId;
use parking_lot::Mutex;

use super::{link::MAX_DELAY, simulation::Simulation};

/// A network in this process, and what is wrong with it. Clones are handles on the same network.
///
/// A link is a pair of peers, in any order, whether or not they have met; all connections between
/// the two share it. Faults hold from the moment the call returns. Links of peers that never met
/// cost nothing until they are named; each that did is remembered as long as the network.
///
/// ```
/// use std::time::Duration;
///
/// use netabase::testkit::{Faults, identity};
///
/// let faults = Faults::new(1);
/// let [alice, bob, carol] = [0, 1, 2].map(|index| identity(1, index).public().to_peer_id());
///
/// faults.default_delay(Duration::from_millis(10));
/// faults.delay(alice, carol, Duration::from_millis(80));
/// faults.bandwidth(alice, carol, 64_000);
///
/// faults.partition(&[alice], &[bob, carol]);
/// faults.heal(alice, bob); // and alice and carol still cannot reach each other
/// faults.heal_all();
/// assert_eq!(faults.passed(alice, bob), 0, "nobody has sent anything yet");
/// ```
#[derive(Clone)]
pub struct Faults {
    simulation: Arc<Mutex<Simulation>>,
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faults").finish_non_exhaustive()
    }
}

impl Faults {
    /// Makes a network without faults, in which bytes take no time. The jitter is drawn from `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { simulation: Arc::new(Mutex::new(Simulation::new(seed))) }
    }

    /// Reads or changes the state, without waking any peer.
    pub(super) fn with<T>(&self, act: impl FnOnce(&mut Simulation) -> T) -> T {
        act(&mut self.simulation.lock())
    }

    /// Changes what peers may do, and wakes those it concerns.
    fn change(&self, change: impl FnOnce(&mut Simulation)) {
        let woken = self.with(|simulation| {
            change(simulation);
            simulation.take_woken()
        });
        // Not under the lock: a waker may poll at once.
        for waker in woken {
            waker.wake();
        }
    }
}

/// Slows links down. What is set holds for bytes that set out from then on; those under way keep their
/// time, and later ones of the same connection do not overtake them.
impl Faults {
    /// Delays bytes between `a` and `b` by `delay` each way, so that an answer takes twice that.
    ///
    /// At most [`MAX_DELAY`]. A connection has up to 1 MiB under way in each direction, the rest
    /// waits at the sender, as with a window in TCP.
    pub fn delay(&self, a: PeerId, b: PeerId, delay: Duration) {
        self.with(|simulation| simulation.link(a, b).shape.delay = Some(delay.min(MAX_DELAY)));
    }

    /// Delays each piece of bytes between `a` and `b` by up to `jitter` more, evenly distributed. At
    /// most [`MAX_DELAY`]. Pieces of one connection stay in order.
    pub fn jitter(&self, a: PeerId, b: PeerId, jitter: Duration) {
        self.with(|simulation| simulation.link(a, b).shape.jitter = Some(jitter.min(MAX_DELAY)));
    }

    /// Lets at most `bytes_per_second` pass between `a` and `b` each way, yamux's frames included.
    ///
    /// A link that passes nothing is a [stalled](Self::stall) one: 0 counts as 1. `u64::MAX` is as
    /// fast as this machine.
    pub fn bandwidth(&self, a: PeerId, b: PeerId, bytes_per_second: u64) {
        self.with(|simulation| {
            let link = simulation.link(a, b);
            link.shape.bytes_per_second = Some(bytes_per_second);
            link.free();
        });
    }

    /// Sets the [delay](Self::delay) of the links that were given none; none at first.
    pub fn default_delay(&self, delay: Duration) {
        self.with(|simulation| simulation.usual.delay = Some(delay.min(MAX_DELAY)));
    }

    /// Sets the [jitter](Self::jitter) of the links that were given none; none at first.
    pub fn default_jitter(&self, jitter: Duration) {
        self.with(|simulation| simulation.usual.jitter = Some(jitter.min(MAX_DELAY)));
    }

    /// Sets the [bandwidth](Self::bandwidth) of each of the links that were given none; no limit at first.
    pub fn default_bandwidth(&self, bytes_per_second: u64) {
        self.with(|simulation| {
            simulation.usual.bytes_per_second = Some(bytes_per_second);
            simulation.free_all();
        });
    }
}

/// Breaks links, and heals them.
impl Faults {
    /// Stops bytes between `a` and `b`, either way, while nothing closes, until they are healed.
    ///
    /// The bytes are kept and then pass; neither peer hears meanwhile that the other has closed the
    /// connection. A dial waits too, until its timeout ([`CONNECTION_TIMEOUT`] at the latest).
    ///
    /// [`CONNECTION_TIMEOUT`]: super::CONNECTION_TIMEOUT
    pub fn stall(&self, a: PeerId, b: PeerId) {
        self.change(|simulation| simulation.link(a, b).stalled = true);
    }

    /// Refuses new connections between `a` and `b`, whichever dials, until they are healed. Existing
    /// ones stay.
    pub fn refuse(&self, a: PeerId, b: PeerId) {
        self.change(|simulation| simulation.link(a, b).refused = true);
    }

    /// Ends the connections between `a` and `b` with an error on both sides, at once.
    ///
    /// New ones can be made.
    pub fn kill(&self, a: PeerId, b: PeerId) {
        self.change(|simulation| simulation.kill(a, Some(b)));
    }

    /// Ends the connections of `peer` with all others, as [`kill`](Self::kill) does.
    pub fn kill_peer(&self, peer: PeerId) {
        self.change(|simulation| simulation.kill(peer, None));
    }

    /// Separates two groups: [stalls](Self::stall) and [refuses](Self::refuse) between every peer of
    /// the one and every peer of the other. A peer in both stays linked to itself.
    pub fn partition(&self, one: &[PeerId], other: &[PeerId]) {
        self.change(|simulation| {
            for &a in one {
                for &b in other.iter().filter(|&&b| b != a) {
                    simulation.link(a, b).cut();
                }
            }
        });
    }

    /// Cuts `peer` off: [stalls](Self::stall) and [refuses](Self::refuse) between it and all others,
    /// also those that come later, until it [rejoins](Self::rejoin). Its links are not healed one by one.
    pub fn isolate(&self, peer: PeerId) {
        self.change(|simulation| {
            simulation.isolated.insert(peer);
        });
    }

    /// Ends the isolation of `peer`; links of its that were stalled or refused by themselves stay so.
    pub fn rejoin(&self, peer: PeerId) {
        self.change(|simulation| {
            simulation.isolated.remove(&peer);
        });
    }

    /// Lets bytes pass and dials succeed again between `a` and `b`; delay and bandwidth stay.
    ///
    /// Not while one of them is [isolated](Self::isolate).
    pub fn heal(&self, a: PeerId, b: PeerId) {
        self.change(|simulation| simulation.heal(a, b));
    }

    /// Heals every link and ends every isolation; delays and bandwidths stay.
    pub fn heal_all(&self) {
        self.change(Simulation::heal_all);
    }

    /// Returns how many bytes of all connections so far `to` has received from `from`, handshakes and
    /// yamux's frames included, but for what a listener reads before it knows the dialer.
    #[must_use]
    pub fn passed(&self, from: PeerId, to: PeerId) -> u64 {
        self.with(|simulation| simulation.passed(from, to))
    }
}
