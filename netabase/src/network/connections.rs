//! Bounds the connections, by who opened them, by peer and by network.

#[cfg(test)]
mod tests;

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::Hash,
};

use libp2p::{Multiaddr, PeerId, core::ConnectedPoint, multiaddr::Protocol, swarm::ConnectionId};

use super::{prefix::Prefix, settings::NodeLimits};

/// The connections of a node: where each leads, how many there are, and whether there may be one more.
///
/// libp2p's own limits know no networks, and keep an empty set for each peer that was ever connected: whoever makes up
/// identities would fill memory with them.
pub(super) struct Connections {
    limits: NodeLimits,
    /// Those that others begin, until their handshake is over.
    arriving: HashMap<ConnectionId, Option<Prefix>>,
    open: HashMap<ConnectionId, Open>,
    /// Of the open ones, those that others opened.
    incoming: u32,
    of_peers: HashMap<PeerId, u32>,
    /// Of those that others opened, or begin from where they have shown to be.
    of_prefixes: HashMap<Prefix, u32>,
}

struct Open {
    peer: PeerId,
    address: Multiaddr,
    is_incoming: bool,
    /// Where it was made from, also if QUIC moves it: whoever can answer at another address could have come from
    /// there.
    prefix: Option<Prefix>,
}

/// Why a connection is not taken.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum TooMany {
    #[error(
        "{max} connections are open already; if this machine can serve more, raise `NodeLimits::max_connections`"
    )]
    InAll { max: u32 },
    #[error(
        "{max} connections that others opened are open or begun already; if this machine can serve more, raise `NodeLimits::max_incoming_connections`"
    )]
    Incoming { max: u32 },
    #[error(
        "{max} connections with {peer} are open already; if it needs more, raise `NodeLimits::max_connections_per_peer`"
    )]
    OfPeer { peer: PeerId, max: u32 },
    #[error(
        "{max} connections from {prefix} are open or begun already; if these peers belong there, raise `NodeLimits::max_incoming_connections_per_prefix`"
    )]
    FromPrefix { prefix: Prefix, max: u32 },
}

impl Connections {
    pub(super) fn new(limits: NodeLimits) -> Self {
        Self {
            limits,
            arriving: HashMap::new(),
            open: HashMap::new(),
            incoming: 0,
            of_peers: HashMap::new(),
            of_prefixes: HashMap::new(),
        }
    }

    /// The remote address of an open connection.
    pub(super) fn address_of(&self, connection: ConnectionId) -> Option<&Multiaddr> {
        self.open.get(&connection).map(|open| &open.address)
    }

    /// Notes that somebody begins a connection from this address.
    ///
    /// # Errors
    ///
    /// [`TooMany`] if it is not to be taken, before its handshake goes on.
    pub(super) fn arrives(
        &mut self,
        connection: ConnectionId,
        remote: &Multiaddr,
    ) -> Result<(), TooMany> {
        let max = self.limits.max_incoming_connections;
        let begun = u32::try_from(self.arriving.len()).unwrap_or(u32::MAX);
        if begun.max(self.incoming) >= max {
            return Err(TooMany::Incoming { max });
        }
        self.check_in_all()?;
        // Where a datagram says that it is from nobody has shown yet: anybody could keep a network out.
        let is_shown = !remote.iter().any(|part| matches!(part, Protocol::Udp(_)));
        let prefix = is_shown.then(|| Prefix::of_address(remote)).flatten();
        self.check_prefix(prefix)?;
        self.arriving.insert(connection, prefix);
        add(&mut self.of_prefixes, prefix);
        Ok(())
    }

    /// Whether a connection that has arrived may be opened: others may have come meanwhile, and only now it is known
    /// who it is from, and certain from where.
    ///
    /// # Errors
    ///
    /// [`TooMany`] if not; it is forgotten then.
    pub(super) fn may_come(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        remote: &Multiaddr,
    ) -> Result<(), TooMany> {
        self.gone(connection);
        let max = self.limits.max_incoming_connections;
        if self.incoming >= max {
            return Err(TooMany::Incoming { max });
        }
        self.check_prefix(Prefix::of_address(remote))?;
        self.may_open(peer)
    }

    /// Whether there may be one more connection with a peer.
    ///
    /// # Errors
    ///
    /// [`TooMany`] if not.
    pub(super) fn may_open(&self, peer: PeerId) -> Result<(), TooMany> {
        let max = self.limits.max_connections_per_peer;
        if count(&self.of_peers, &peer) >= max {
            return Err(TooMany::OfPeer { peer, max });
        }
        self.check_in_all()
    }

    pub(super) fn opened(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        endpoint: &ConnectedPoint,
    ) {
        let (address, is_incoming) =
            (endpoint.get_remote_address().clone(), endpoint.is_listener());
        let prefix = is_incoming.then(|| Prefix::of_address(&address)).flatten();
        self.incoming += u32::from(is_incoming);
        add(&mut self.of_peers, Some(peer));
        add(&mut self.of_prefixes, prefix);
        self.open.insert(connection, Open { peer, address, is_incoming, prefix });
    }

    pub(super) fn moved(&mut self, connection: ConnectionId, address: &Multiaddr) {
        if let Some(open) = self.open.get_mut(&connection) {
            open.address = address.clone();
        }
    }

    /// A connection was closed, or will not be opened. Nothing is kept of it.
    pub(super) fn gone(&mut self, connection: ConnectionId) {
        if let Some(prefix) = self.arriving.remove(&connection) {
            take(&mut self.of_prefixes, prefix);
        }
        if let Some(Open { peer, is_incoming, prefix, .. }) = self.open.remove(&connection) {
            self.incoming -= u32::from(is_incoming);
            take(&mut self.of_peers, Some(peer));
            take(&mut self.of_prefixes, prefix);
        }
    }

    fn check_in_all(&self) -> Result<(), TooMany> {
        let max = self.limits.max_connections;
        let has_room = u32::try_from(self.open.len()).is_ok_and(|open| open < max);
        if has_room { Ok(()) } else { Err(TooMany::InAll { max }) }
    }

    fn check_prefix(&self, prefix: Option<Prefix>) -> Result<(), TooMany> {
        let max = self.limits.max_incoming_connections_per_prefix;
        match prefix {
            Some(prefix) if count(&self.of_prefixes, &prefix) >= max => {
                Err(TooMany::FromPrefix { prefix, max })
            }
            _ => Ok(()),
        }
    }
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
