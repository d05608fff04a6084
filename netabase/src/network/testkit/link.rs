//! Times and counts the bytes between two peers.

use std::time::Duration;

use libp2p::PeerId;
use tokio::time::Instant;

use super::draw::draw_below;

/// The longest delay or jitter of a link: an hour. What is longer is taken for this.
pub const MAX_DELAY: Duration = Duration::from_secs(60 * 60);

/// Two peers in no order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Pair {
    lesser: PeerId,
    greater: PeerId,
}

impl Pair {
    pub(super) fn new(a: PeerId, b: PeerId) -> Self {
        Self { lesser: a.min(b), greater: a.max(b) }
    }
}

/// The speed of a link. What is `None` is as on other links.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shape {
    pub(super) delay: Option<Duration>,
    pub(super) jitter: Option<Duration>,
    pub(super) bytes_per_second: Option<u64>,
}

impl Shape {
    /// Completes this shape by the `usual` one.
    fn or(self, usual: Self) -> Self {
        Self {
            delay: self.delay.or(usual.delay),
            jitter: self.jitter.or(usual.jitter),
            bytes_per_second: self.bytes_per_second.or(usual.bytes_per_second),
        }
    }

    /// Returns how long `bytes` keep the link busy.
    fn transmission(self, bytes: usize) -> Duration {
        let Some(bytes_per_second) = self.bytes_per_second else { return Duration::ZERO };
        let nanos = (bytes as u64).saturating_mul(1_000_000_000) / bytes_per_second.max(1);
        Duration::from_nanos(nanos)
    }
}

/// The link of a [`Pair`].
#[derive(Debug, Default)]
pub(super) struct Link {
    pub(super) shape: Shape,
    pub(super) stalled: bool,
    pub(super) refused: bool,
    /// From the lesser to the greater peer.
    up: Way,
    down: Way,
}

impl Link {
    pub(super) fn cut(&mut self) {
        (self.stalled, self.refused) = (true, true);
    }

    pub(super) fn heal(&mut self) {
        (self.stalled, self.refused) = (false, false);
    }

    /// Returns the direction that leads from `from` to `to`.
    fn way(&mut self, from: PeerId, to: PeerId) -> &mut Way {
        if from < to { &mut self.up } else { &mut self.down }
    }

    /// Returns how many bytes were handed over to `to`.
    pub(super) fn passed(&self, from: PeerId, to: PeerId) -> u64 {
        if from < to { self.up.passed } else { self.down.passed }
    }

    pub(super) fn count(&mut self, from: PeerId, to: PeerId, bytes: usize) {
        let way = self.way(from, to);
        way.passed = way.passed.saturating_add(bytes as u64);
    }

    /// Frees what waits at the senders to go at the new speed.
    pub(super) fn free(&mut self) {
        (self.up.free_at, self.down.free_at) = (None, None);
    }

    /// Returns when `bytes` that were sent `now` arrive, while other links are of the `usual` shape.
    pub(super) fn send(
        &mut self,
        (from, to): (PeerId, PeerId),
        bytes: usize,
        now: Instant,
        usual: Shape,
        seed: u64,
    ) -> Instant {
        let shape = self.shape.or(usual);
        let way = self.way(from, to);
        let start = way.free_at.map_or(now, |free_at| free_at.max(now));
        let sent = start + shape.transmission(bytes);
        way.free_at = Some(sent);
        let jitter = shape.jitter.unwrap_or_default();
        let jitter = if jitter.is_zero() { jitter } else { way.draw(jitter, (from, to), seed) };
        sent + shape.delay.unwrap_or_default() + jitter
    }
}

/// One direction of a [`Link`], whichever connection the bytes go by.
#[derive(Debug, Default)]
pub(super) struct Way {
    free_at: Option<Instant>,
    draws: u64,
    passed: u64,
}

impl Way {
    fn draw(&mut self, most: Duration, (from, to): (PeerId, PeerId), seed: u64) -> Duration {
        let most = u64::try_from(most.as_nanos()).unwrap_or(u64::MAX - 1);
        let detail = [from.to_bytes(), to.to_bytes()].concat();
        let nanos = draw_below(most + 1, seed, "jitter", &detail, self.draws);
        self.draws = self.draws.wrapping_add(1);
        Duration::from_nanos(nanos)
    }
}
