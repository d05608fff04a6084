//! When the bootstrap addresses are dialled, and what became of it.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use libp2p::{Multiaddr, swarm::ConnectionId};

const FIRST_PAUSE: Duration = Duration::from_secs(1);

const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The addresses that lead into the network, tried until somebody is known, and again when nobody is any more.
pub(in crate::network) struct Bootstrap {
    addresses: Vec<Multiaddr>,
    /// Connections to them, under way or open.
    connections: HashSet<ConnectionId>,
    next_try: Option<Instant>,
    pause: Duration,
}

impl Bootstrap {
    pub(in crate::network) fn new(addresses: Vec<Multiaddr>) -> Self {
        Self { addresses, connections: HashSet::new(), next_try: None, pause: FIRST_PAUSE }
    }

    pub(in crate::network) fn len(&self) -> usize {
        self.addresses.len()
    }

    /// The addresses to be dialled now, while nobody is known; ever more seldom.
    pub(in crate::network) fn due(&mut self, now: Instant) -> &[Multiaddr] {
        if self.next_try.is_some_and(|next| now < next) {
            return &[];
        }
        self.next_try = Some(now + self.pause);
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        &self.addresses
    }

    /// One of them is dialled.
    pub(super) fn begun(&mut self, connection: ConnectionId) {
        self.connections.insert(connection);
    }

    /// Whether a connection is one to them. Others say nothing of them: those that peers open, above all.
    pub(super) fn is_one(&self, connection: ConnectionId) -> bool {
        self.connections.contains(&connection)
    }

    /// A connection has failed, or was closed; whether it was one to them.
    pub(super) fn ended(&mut self, connection: ConnectionId) -> bool {
        self.connections.remove(&connection)
    }

    /// Somebody is known.
    pub(in crate::network) fn succeeded(&mut self) {
        self.next_try = None;
        self.pause = FIRST_PAUSE;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_tried_ever_more_seldom_until_somebody_is_known() {
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
        bootstrap.succeeded();
        assert!(!bootstrap.due(start).is_empty());
    }

    #[test]
    fn only_connections_to_them_count_and_none_is_kept_that_has_ended() {
        let mut bootstrap = Bootstrap::new(Vec::new());
        let [dialled, opened_by_others] = [1, 2].map(ConnectionId::new_unchecked);
        bootstrap.begun(dialled);

        assert!(bootstrap.is_one(dialled) && !bootstrap.is_one(opened_by_others));
        assert!(bootstrap.ended(dialled) && !bootstrap.ended(opened_by_others));
        assert!(bootstrap.connections.is_empty());
    }
}
