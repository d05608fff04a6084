//! Decides when the addresses that lead into the network are dialled.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use libp2p::{Multiaddr, swarm::ConnectionId};

const FIRST_PAUSE: Duration = Duration::from_secs(1);

const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The addresses that lead into the network. They are tried until a peer is known, and again while none is connected.
pub(super) struct Bootstrap {
    addresses: Vec<Multiaddr>,
    /// Connections to them, under way or open.
    connections: HashSet<ConnectionId>,
    next_try: Option<Instant>,
    pause: Duration,
}

impl Bootstrap {
    pub(super) fn new(addresses: Vec<Multiaddr>) -> Self {
        Self { addresses, connections: HashSet::new(), next_try: None, pause: FIRST_PAUSE }
    }

    /// Returns the addresses to be dialled now, at ever longer intervals.
    pub(super) fn due(&mut self, now: Instant) -> &[Multiaddr] {
        if self.next_try.is_some_and(|next| now < next) {
            return &[];
        }
        self.next_try = Some(now + self.pause);
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        &self.addresses
    }

    /// Notes that one of the addresses is dialled.
    pub(super) fn started(&mut self, connection: ConnectionId) {
        self.connections.insert(connection);
    }

    /// Returns whether a connection leads to one of the addresses. Others say nothing of them, above all those that
    /// peers open.
    pub(super) fn contains(&self, connection: ConnectionId) -> bool {
        self.connections.contains(&connection)
    }

    /// Notes that a connection has failed or was closed. Returns whether it led to one of the addresses.
    pub(super) fn ended(&mut self, connection: ConnectionId) -> bool {
        self.connections.remove(&connection)
    }

    /// Starts the intervals anew: a peer is known.
    pub(super) fn reset(&mut self) {
        self.next_try = None;
        self.pause = FIRST_PAUSE;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_tried_ever_more_seldom_until_a_peer_is_known() {
        let address: Multiaddr = "/memory/1".parse().unwrap();
        let mut bootstrap = Bootstrap::new(vec![address]);
        let start = Instant::now();
        let mut tries = |from: u64, to: u64| {
            let seconds = (from..to).map(|second| start + Duration::from_secs(second));
            seconds.filter(|now| !bootstrap.due(*now).is_empty()).count()
        };

        assert_eq!(tries(0, 8), 4, "after 0, 1, 3 and 7 seconds");
        assert_eq!(tries(8, 63), 2, "after 15 and 31");
        assert_eq!(tries(63, 63 + 3600), 60, "at last once a minute");
        bootstrap.reset();
        assert!(!bootstrap.due(start).is_empty());
    }

    #[test]
    fn only_connections_to_them_count_and_none_is_kept_that_has_ended() {
        let mut bootstrap = Bootstrap::new(Vec::new());
        let [dialled, opened_by_others] = [1, 2].map(ConnectionId::new_unchecked);
        bootstrap.started(dialled);

        assert!(bootstrap.contains(dialled) && !bootstrap.contains(opened_by_others));
        assert!(bootstrap.ended(dialled) && !bootstrap.ended(opened_by_others));
        assert!(bootstrap.connections.is_empty());
    }
}
