//! Connects the swarm with what the state decides on the ways to this node.

use std::time::Instant;

#[cfg(feature = "upnp")]
use libp2p::upnp;
use libp2p::{
    Multiaddr, PeerId, dcutr,
    multiaddr::Protocol,
    ping, relay,
    swarm::dial_opts::{DialOpts, PeerCondition},
};

use super::Task;
use crate::network::{
    addresses::{Scope, is_relayed},
    autonat_client::{AutonatClient, Probed},
};

impl Task {
    /// Tells others of the addresses that were given and, if the node relays and has none, of those it listens on: a
    /// relay without address can give no reservation.
    pub(in crate::network) fn announce(&mut self, given: Vec<Multiaddr>) {
        self.has_given_addresses = !given.is_empty();
        for address in given {
            self.swarm.add_external_address(address);
        }
        self.announce_listeners();
        self.on_addresses_changed();
    }

    /// Does so for the addresses that a server listens on, those that lead from farthest.
    fn announce_listeners(&mut self) {
        if !self.state.is_server() || self.has_given_addresses {
            return;
        }
        let scope = |address: &Multiaddr| Scope::of(address).filter(|it| *it != Scope::Memory);
        let listeners: Vec<Multiaddr> = self.swarm.listeners().cloned().collect();
        let widest = listeners.iter().filter_map(scope).max();
        let wanted = |it: &Multiaddr| widest.is_some() && scope(it) == widest;
        let shown: Vec<Multiaddr> = self.swarm.external_addresses().cloned().collect();
        for address in &shown {
            if !listeners.contains(address) || !wanted(address) {
                self.swarm.remove_external_address(address);
            }
        }
        for address in listeners.into_iter().filter(|it| wanted(it) && !shown.contains(it)) {
            self.swarm.add_external_address(address);
        }
    }

    /// Takes in a change of the addresses that the node listens on.
    pub(super) fn on_listeners_changed(&mut self) {
        let own = self.swarm.listeners().filter(|address| !is_relayed(address)).cloned();
        self.state.on_listening(own.collect(), Instant::now());
        self.announce_listeners();
        self.on_addresses_changed();
    }

    /// Looks after addresses and relays.
    pub(super) fn look_after_reach(&mut self) {
        let servers = self.prober().filter(|it| it.is_idle()).map(|it| it.servers());
        self.state.look_after_reach(&servers.unwrap_or_default(), Instant::now());
    }

    fn prober(&mut self) -> Option<&mut AutonatClient> {
        self.swarm.behaviour_mut().discovery.as_mut()?.autonat_client.as_mut()
    }

    /// Has a server dial an address.
    pub(super) fn probe(&mut self, address: Multiaddr, server: PeerId) {
        if let Some(prober) = self.prober() {
            prober.probe(address, server);
        }
    }

    pub(super) fn on_probed(&mut self, probed: &Probed) {
        let Probed { address, server, is_reachable } = probed;
        self.channels.counters.update(|counters| {
            if *is_reachable {
                counters.probes_reached += 1;
            } else {
                counters.probes_missed += 1;
            }
        });
        self.state.on_probed(address, *server, *is_reachable, Instant::now());
    }

    /// Dials a peer that may be connected.
    pub(super) fn dial_also(&mut self, peer: PeerId, addresses: Vec<Multiaddr>) {
        for address in addresses {
            let attempt = DialOpts::peer_id(peer)
                .condition(PeerCondition::Always)
                .addresses(vec![address])
                .build();
            if let Err(error) = self.swarm.dial(attempt) {
                tracing::debug!(%peer, %error, "did not dial a relay");
            }
        }
    }

    /// Reserves a place at a relay.
    pub(super) fn reserve(&mut self, relay: PeerId, address: Multiaddr) {
        let Ok(address) = address.with_p2p(relay) else { return };
        let listener = self.swarm.listen_on(address.with(Protocol::P2pCircuit));
        let listener = listener.inspect_err(|error| {
            tracing::debug!(%relay, %error, "cannot ask a relay");
        });
        self.state.on_reserving(&relay, listener.ok(), Instant::now());
    }

    pub(super) fn on_relay_client(&mut self, event: &relay::client::Event) {
        match event {
            relay::client::Event::ReservationReqAccepted { relay_peer_id, renewal, .. } => {
                tracing::debug!(relay = %relay_peer_id, renewal, "has a place at a relay");
                self.state.on_reserved(*relay_peer_id, Instant::now());
            }
            relay::client::Event::OutboundCircuitEstablished { relay_peer_id, limit } => {
                tracing::debug!(relay = %relay_peer_id, ?limit, "reaches a peer over a relay");
            }
            relay::client::Event::InboundCircuitEstablished { src_peer_id, limit } => {
                tracing::debug!(peer = %src_peer_id, ?limit, "is reached over a relay");
            }
        }
    }

    pub(super) fn on_hole_punching(&mut self, event: dcutr::Event) {
        let dcutr::Event { remote_peer_id: peer, result } = event;
        if let Err(error) = result {
            tracing::debug!(%peer, %error, "punched no hole");
            self.state.on_not_punched(peer);
        }
    }

    #[cfg(feature = "upnp")]
    pub(super) fn on_upnp(&mut self, event: upnp::Event) {
        match event {
            upnp::Event::NewExternalAddr { external_addr, .. } => {
                tracing::info!(address = %external_addr, "the gateway maps a port");
                self.state.on_mapped(external_addr, Instant::now());
            }
            upnp::Event::ExpiredExternalAddr { external_addr, .. } => {
                tracing::info!(address = %external_addr, "the gateway maps a port no longer");
                self.state.on_unmapped(&external_addr);
            }
            upnp::Event::GatewayNotFound => {
                tracing::info!("no gateway here maps ports (UPnP)");
            }
            upnp::Event::NonRoutableGateway => {
                tracing::info!("the gateway (UPnP) is behind another one, and cannot map ports");
            }
        }
    }

    pub(super) fn on_ping(&mut self, event: &ping::Event) {
        match event.result {
            Ok(_) => {
                self.state.on_heard(event.peer);
                self.state.on_alive(&event.peer, event.connection, Instant::now());
            }
            Err(ping::Failure::Timeout) => self.state.on_missed(event.peer),
            Err(_) => {}
        }
    }
}
