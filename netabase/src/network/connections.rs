//! Counts connections, and refuses those beyond the limits.

#[cfg(test)]
mod tests;

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::Hash,
};

use libp2p::{Multiaddr, PeerId, core::ConnectedPoint, multiaddr::Protocol, swarm::ConnectionId};

use super::{addresses::is_relayed, prefix::Prefix, settings::NodeLimits};

/// The connections of a node: where each leads, how many there are, and whether there may be one more.
///
/// libp2p's own limits know no networks, and keep an empty set for each peer that was ever connected: invented
/// identities would fill memory with them.
pub(super) struct Connections {
    limits: NodeLimits,
    /// Connections that others begin, until their handshake is over.
    pending: HashMap<ConnectionId, Option<Prefix>>,
    open: HashMap<ConnectionId, Open>,
    /// The number of open ones that others opened.
    incoming: u32,
    of_peers: HashMap<PeerId, u32>,
    /// Connections by origin that others opened, or begin from a proven address.
    of_prefixes: HashMap<Prefix, u32>,
}

struct Open {
    peer: PeerId,
    address: Multiaddr,
    is_incoming: bool,
    /// The network it was made from, also if QUIC moves it: a peer that can answer at another address could have
    /// come from there.
    prefix: Option<Prefix>,
}

/// The limit that a refused connection would exceed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum ConnectionLimit {
    #[error(
        "{max} connections are open already; if this machine can serve more, raise `NodeLimits::max_connections`"
    )]
    Total { max: u32 },
    #[error(
        "{max} connections that others opened are open or begun already; if this machine can serve more, raise `NodeLimits::max_incoming_connections`"
    )]
    Incoming { max: u32 },
    #[error(
        "{max} connections with {peer} are open already; if it needs more, raise `NodeLimits::max_connections_per_peer`"
    )]
    PerPeer { peer: PeerId, max: u32 },
    #[error(
        "{max} connections from {prefix} are open or begun already; if these peers belong there, raise `NodeLimits::max_incoming_connections_per_prefix`"
    )]
    PerPrefix { prefix: Prefix, max: u32 },
}

impl Connections {
    pub(super) fn new(limits: NodeLimits) -> Self {
        Self {
            limits,
            pending: HashMap::new(),
            open: HashMap::new(),
            incoming: 0,
            of_peers: HashMap::new(),
            of_prefixes: HashMap::new(),
        }
    }

    /// Returns the remote address of an open connection.
    pub(super) fn address_of(&self, connection: ConnectionId) -> Option<&Multiaddr> {
        self.open.get(&connection).map(|open| &open.address)
    }

    /// Counts a connection that a peer begins from this address.
    ///
    /// # Errors
    ///
    /// [`ConnectionLimit`] if it exceeds one, before its handshake goes on.
    pub(super) fn start_incoming(
        &mut self,
        connection: ConnectionId,
        remote: &Multiaddr,
    ) -> Result<(), ConnectionLimit> {
        let max = self.limits.max_incoming_connections;
        let begun = u32::try_from(self.pending.len()).unwrap_or(u32::MAX);
        if begun.max(self.incoming) >= max {
            return Err(ConnectionLimit::Incoming { max });
        }
        self.check_total()?;
        // A datagram's claim of its origin is not proven yet: any peer could keep a network out by it.
        let is_shown =
            is_relayed(remote) || !remote.iter().any(|part| matches!(part, Protocol::Udp(_)));
        let prefix = is_shown.then(|| Prefix::of_address(remote)).flatten();
        self.check_prefix(prefix)?;
        self.pending.insert(connection, prefix);
        add(&mut self.of_prefixes, prefix);
        Ok(())
    }

    /// Refuses a connection whose handshake is over: others may have come meanwhile, and only now the peer is known,
    /// and its address certain.
    ///
    /// # Errors
    ///
    /// [`ConnectionLimit`] if it exceeds one; it is forgotten then.
    pub(super) fn check_incoming(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        remote: &Multiaddr,
    ) -> Result<(), ConnectionLimit> {
        self.closed(connection);
        let max = self.limits.max_incoming_connections;
        if self.incoming >= max {
            return Err(ConnectionLimit::Incoming { max });
        }
        self.check_prefix(Prefix::of_address(remote))?;
        self.check_peer(peer)
    }

    /// Refuses one more connection with a peer.
    ///
    /// # Errors
    ///
    /// [`ConnectionLimit`] if it exceeds one.
    pub(super) fn check_peer(&self, peer: PeerId) -> Result<(), ConnectionLimit> {
        let max = self.limits.max_connections_per_peer;
        if count(&self.of_peers, &peer) >= max {
            return Err(ConnectionLimit::PerPeer { peer, max });
        }
        self.check_total()
    }

    pub(super) fn established(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        endpoint: &ConnectedPoint,
    ) {
        let (address, is_incoming) = (origin(endpoint).clone(), endpoint.is_listener());
        let prefix = is_incoming.then(|| Prefix::of_address(&address)).flatten();
        self.incoming += u32::from(is_incoming);
        add(&mut self.of_peers, Some(peer));
        add(&mut self.of_prefixes, prefix);
        self.open.insert(connection, Open { peer, address, is_incoming, prefix });
    }

    pub(super) fn address_changed(&mut self, connection: ConnectionId, address: &Multiaddr) {
        if let Some(open) = self.open.get_mut(&connection) {
            open.address = address.clone();
        }
    }

    /// Forgets a connection that was closed, or will not be opened. Nothing is kept of it.
    pub(super) fn closed(&mut self, connection: ConnectionId) {
        if let Some(prefix) = self.pending.remove(&connection) {
            take(&mut self.of_prefixes, prefix);
        }
        if let Some(Open { peer, is_incoming, prefix, .. }) = self.open.remove(&connection) {
            self.incoming -= u32::from(is_incoming);
            take(&mut self.of_peers, Some(peer));
            take(&mut self.of_prefixes, prefix);
        }
    }

    fn check_total(&self) -> Result<(), ConnectionLimit> {
        let max = self.limits.max_connections;
        let has_room = u32::try_from(self.open.len()).is_ok_and(|open| open < max);
        if has_room { Ok(()) } else { Err(ConnectionLimit::Total { max }) }
    }

    fn check_prefix(&self, prefix: Option<Prefix>) -> Result<(), ConnectionLimit> {
        let max = self.limits.max_incoming_connections_per_prefix;
        match prefix {
            Some(prefix) if count(&self.of_prefixes, &prefix) >= max => {
                Err(ConnectionLimit::PerPrefix { prefix, max })
            }
            _ => Ok(()),
        }
    }
}

/// Returns where a connection comes from or leads to: of one that was accepted over a relay only the relay is known.
fn origin(endpoint: &ConnectedPoint) -> &Multiaddr {
    match endpoint {
        ConnectedPoint::Dialer { address, .. } => address,
        ConnectedPoint::Listener { local_addr, send_back_addr } => {
            origin_of(local_addr, send_back_addr)
        }
    }
}

/// Returns the same of a connection that others open.
pub(super) fn origin_of<'a>(local: &'a Multiaddr, remote: &'a Multiaddr) -> &'a Multiaddr {
    if is_relayed(local) { local } else { remote }
}

fn count<K: Eq + Hash>(counts: &HashMap<K, u32>, key: &K) -> u32 {
    counts.get(key).copied().unwrap_or_default()
}

fn add<K: Eq + Hash>(counts: &mut HashMap<K, u32>, key: Option<K>) {
    if let Some(key) = key {
        *counts.entry(key).or_default() += 1;
    }
}

fn take<K: Eq + Hash>(counts: &mut HashMap<K, u32>, key: Option<K>) {
    let Some(Entry::Occupied(mut count)) = key.map(|key| counts.entry(key)) else { return };
    *count.get_mut() -= 1;
    if *count.get() == 0 {
        count.remove();
    }
}
