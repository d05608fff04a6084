//! Dials addresses, all those of one peer in one attempt.

use std::collections::HashMap;

use libp2p::{
    Multiaddr, PeerId,
    swarm::{ConnectionId, DialError, dial_opts::DialOpts},
};

use super::Task;
use crate::network::addresses::peer_of;

impl Task {
    /// Starts to dial bootstrap addresses, and tells the state of each attempt.
    pub(super) fn dial_bootstrap(&mut self, addresses: &[Multiaddr]) {
        for dialled in self.dial_all(addresses) {
            match dialled {
                Ok(connection) => self.state.on_bootstrap_dialled(connection),
                Err(error) => self.state.on_bootstrap_dial_failed(error),
            }
        }
    }

    /// Starts to dial. Returns the attempts, and why others cannot be made.
    pub(super) fn dial_all(
        &mut self,
        addresses: &[Multiaddr],
    ) -> Vec<Result<ConnectionId, DialError>> {
        attempts(addresses).into_iter().map(|attempt| self.dial(attempt)).collect()
    }

    fn dial(&mut self, attempt: DialOpts) -> Result<ConnectionId, DialError> {
        let connection = attempt.connection_id();
        let dialled = self.swarm.dial(attempt).map(|()| connection);
        dialled.inspect_err(|error| tracing::debug!(%error, "did not dial"))
    }
}

/// Groups addresses by the peers they name: separate attempts might end in as many connections with one peer.
fn attempts(addresses: &[Multiaddr]) -> Vec<DialOpts> {
    let mut attempts = Vec::<DialOpts>::new();
    let mut of_peers = HashMap::<PeerId, Vec<Multiaddr>>::new();
    for address in addresses {
        match peer_of(address) {
            Some(peer) => of_peers.entry(peer).or_default().push(address.clone()),
            None => attempts.push(address.clone().into()),
        }
    }
    let of_peers = of_peers.into_iter();
    attempts.extend(
        of_peers.map(|(peer, addresses)| DialOpts::peer_id(peer).addresses(addresses).build()),
    );
    attempts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_addresses_of_a_peer_make_one_attempt() {
        let [one, two] = [1, 2].map(|port| format!("/memory/{port}").parse::<Multiaddr>().unwrap());
        let (alice, bob) = (PeerId::random(), PeerId::random());
        let of = |address: &Multiaddr, peer| address.clone().with_p2p(peer).unwrap();

        let attempts =
            attempts(&[of(&one, alice), of(&two, alice), of(&one, bob), one.clone(), two.clone()]);

        let mut peers: Vec<_> = attempts.iter().map(DialOpts::get_peer_id).collect();
        peers.sort();
        let mut expected = [None, None, Some(alice), Some(bob)];
        expected.sort();
        assert_eq!(peers, expected);
    }
}
