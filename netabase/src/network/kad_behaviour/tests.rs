//! Refuses connections beyond the limits before their handshake.

use std::{error::Error, sync::Arc};

use libp2p::{
    core::ConnectedPoint,
    swarm::behaviour::{ConnectionClosed, ConnectionEstablished},
};

use super::*;
use crate::{
    network::{behaviour::Behaviour, events::EventSender, settings::NodeLimits},
    store::NetabaseStore,
};

const LOCAL: &str = "/ip4/192.0.2.1/tcp/1";

/// Tells a behaviour of the connections of one peer, as a swarm does.
struct Connections {
    behaviour: KadBehaviour,
    peer: PeerId,
    made: usize,
}

impl Connections {
    fn new(limits: &NodeLimits) -> Self {
        let store = NetabaseStore::builder().build().unwrap();
        let behaviour =
            Behaviour::new(&store, limits, Arc::default(), EventSender::new(), None).kad;
        Self { behaviour, peer: PeerId::random(), made: 0 }
    }

    /// Lets the peer connect from this address; the connection, or why it was refused.
    fn accept(&mut self, from: &str) -> Result<ConnectionId, String> {
        let (id, endpoint) = (self.next(), from_afar(from));
        let (local, remote) = (LOCAL.parse().unwrap(), from.parse().unwrap());
        let pending = self.behaviour.handle_pending_inbound_connection(id, &local, &remote);
        let established =
            self.behaviour.handle_established_inbound_connection(id, self.peer, &local, &remote);
        let why = |denied: ConnectionDenied| denied.source().unwrap().to_string();
        let pending = pending.map_err(why);
        let established = established.map(drop).map_err(why);
        assert_eq!(pending, established, "it is refused before the handshake");
        established?;
        self.established(id, &endpoint);
        Ok(id)
    }

    /// Connects to the peer at this address.
    fn dial(&mut self, address: &str) {
        let id = self.next();
        let endpoint = ConnectedPoint::Dialer {
            address: address.parse().unwrap(),
            role_override: Endpoint::Dialer,
            port_use: PortUse::Reuse,
        };
        self.established(id, &endpoint);
    }

    fn close(&mut self, id: ConnectionId, from: &str) {
        self.behaviour.on_swarm_event(FromSwarm::ConnectionClosed(ConnectionClosed {
            peer_id: self.peer,
            connection_id: id,
            endpoint: &from_afar(from),
            cause: None,
            remaining_established: 1,
        }));
    }

    fn established(&mut self, id: ConnectionId, endpoint: &ConnectedPoint) {
        self.behaviour.on_swarm_event(FromSwarm::ConnectionEstablished(ConnectionEstablished {
            peer_id: self.peer,
            connection_id: id,
            endpoint,
            failed_addresses: &[],
            other_established: 1,
        }));
    }

    fn next(&mut self) -> ConnectionId {
        self.made += 1;
        ConnectionId::new_unchecked(self.made)
    }
}

fn from_afar(address: &str) -> ConnectedPoint {
    ConnectedPoint::Listener {
        local_addr: LOCAL.parse().unwrap(),
        send_back_addr: address.parse().unwrap(),
    }
}

// A connection has a timer.
#[tokio::test]
async fn a_network_may_open_so_many_connections_and_no_more_until_one_is_gone() {
    let limits = NodeLimits {
        max_incoming_connections_per_prefix: 2,
        max_connections_per_peer: 100,
        ..NodeLimits::default()
    };
    let mut connections = Connections::new(&limits);
    // Those that this node opens itself are not counted.
    connections.dial("/ip4/9.9.9.1/tcp/1");
    let first = connections.accept("/ip4/9.9.9.1/tcp/1").unwrap();
    connections.accept("/ip4/9.9.9.2/udp/1/quic-v1").unwrap();

    let refused = connections.accept("/ip4/9.9.9.3/tcp/1").unwrap_err();

    assert!(
        refused.starts_with("2 connections from 9.9.9.0/24 are open or begun already"),
        "{refused}"
    );
    connections.accept("/ip4/9.9.8.1/tcp/1").unwrap();
    connections.close(first, "/ip4/9.9.9.1/tcp/1");
    connections.accept("/ip4/9.9.9.3/tcp/1").unwrap();
}

#[tokio::test]
async fn neighbours_open_as_many_connections_as_there_are() {
    let limits = NodeLimits {
        max_incoming_connections_per_prefix: 0,
        max_connections_per_peer: 1000,
        ..NodeLimits::default()
    };
    let mut connections = Connections::new(&limits);
    for from in ["/ip4/127.0.0.1/tcp/1", "/ip4/192.168.1.7/tcp/1", "/memory/7"] {
        for _ in 0..100 {
            connections.accept(from).unwrap();
        }
    }
    assert!(connections.accept("/ip4/9.9.9.1/tcp/1").is_err());
}
