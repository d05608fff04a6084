//! Passes what the swarm reports on to the state.

use std::{error::Error, time::Instant};

use libp2p::{
    PeerId, identify, kad,
    kad::{GetProvidersOk, GetRecordOk, PeerRecord, QueryId, QueryResult, QueryStats},
    mdns,
    swarm::{DialError, ListenError, SwarmEvent},
};

use super::{Task, count_known, is_known};
use crate::network::{
    addresses::{is_relayed, known_addresses},
    behaviour::{BehaviourEvent, DiscoveryEvent},
    kad_behaviour::KadEvent,
    state::{Effort, Routed},
};

impl Task {
    /// Takes in one event of the swarm, and carries out what follows from it.
    pub(super) fn on_event(&mut self, event: SwarmEvent<BehaviourEvent>) {
        self.state.set_time(Instant::now());
        match event {
            SwarmEvent::Behaviour(event) => self.on_behaviour_event(event),
            SwarmEvent::NewListenAddr { .. } => self.on_listeners_changed(),
            SwarmEvent::ExpiredListenAddr { address, .. } => {
                if !is_relayed(&address) {
                    self.state.on_moved(Instant::now());
                }
                self.on_listeners_changed();
            }
            SwarmEvent::ListenerClosed { listener_id, reason, .. } => {
                tracing::debug!(?listener_id, ?reason, "a listener has ended");
                self.state.on_listener_closed(listener_id, Instant::now());
                self.on_listeners_changed();
            }
            SwarmEvent::NewExternalAddrCandidate { address } => {
                self.state.on_named(&address, Instant::now());
            }
            SwarmEvent::ExternalAddrConfirmed { .. } | SwarmEvent::ExternalAddrExpired { .. } => {
                self.on_external_addresses_changed();
            }
            SwarmEvent::ConnectionEstablished {
                peer_id,
                connection_id,
                num_established,
                endpoint,
                ..
            } => {
                if num_established.get() == 1 {
                    self.state.on_connected(peer_id);
                }
                self.state.on_connection_opened(
                    peer_id,
                    connection_id,
                    endpoint.is_relayed(),
                    Instant::now(),
                );
            }
            SwarmEvent::ConnectionClosed { peer_id, connection_id, num_established, .. } => {
                self.state.on_connection_closed(&peer_id, connection_id);
                if num_established == 0 {
                    self.state.on_disconnected(peer_id);
                }
            }
            SwarmEvent::OutgoingConnectionError { peer_id, connection_id, error } => {
                tracing::debug!(?peer_id, %error, "could not connect");
                if let (Some(peer), DialError::Transport(failed)) = (peer_id, &error) {
                    let known = known_addresses(self.kad(), &peer);
                    let tried: Vec<_> = failed.iter().map(|(address, _)| address).collect();
                    self.state.on_unreachable(&peer, &tried, &known);
                }
                self.state.on_connection_failed(connection_id, error);
            }
            SwarmEvent::IncomingConnectionError {
                send_back_addr: address,
                error: ListenError::Denied { cause },
                ..
            } => {
                tracing::debug!(%address, cause = cause.source(), "refused a connection");
                self.channels.counters.update(|counters| counters.connections_refused += 1);
            }
            SwarmEvent::ListenerError { error, .. } => {
                tracing::warn!(%error, "a listener failed");
            }
            _ => {}
        }
        self.carry_out();
    }

    fn on_behaviour_event(&mut self, event: BehaviourEvent) {
        match event {
            BehaviourEvent::Kad(KadEvent::Kad(event)) => self.on_kad(event),
            BehaviourEvent::Kad(KadEvent::Answered { query, peer, answer }) => {
                let is_known = is_known(self.kad(), &peer);
                self.state.on_answered(query, peer, answer, is_known);
            }
            BehaviourEvent::Kad(KadEvent::Heard(peer)) => self.state.on_heard(peer),
            BehaviourEvent::Identify(identify::Event::Received {
                peer_id,
                connection_id,
                info,
            }) => {
                let address = self.swarm.behaviour().kad.address_of(connection_id);
                self.state.on_identified(peer_id, connection_id, address, &info);
            }
            BehaviourEvent::Ping(event) => self.on_ping(&event),
            BehaviourEvent::Discovery(event) => self.on_discovery(event),
            BehaviourEvent::Identify(_) => {}
        }
    }

    fn on_discovery(&mut self, event: DiscoveryEvent) {
        match event {
            DiscoveryEvent::Mdns(mdns::Event::Discovered(found)) => self.state.on_discovered(found),
            DiscoveryEvent::AutonatClient(probed) => self.on_probed(&probed),
            DiscoveryEvent::RelayClient(event) => self.on_relay_client(&event),
            DiscoveryEvent::Ask(event) => self.on_ask(event),
            DiscoveryEvent::HolePunching(event) => self.on_hole_punching(event),
            #[cfg(feature = "upnp")]
            DiscoveryEvent::Upnp(event) => self.on_upnp(event),
            // The server's are counted where they happen.
            DiscoveryEvent::Mdns(mdns::Event::Expired(_))
            | DiscoveryEvent::AutonatServer(_)
            | DiscoveryEvent::RelayServer(_) => {}
        }
    }

    fn on_kad(&mut self, event: kad::Event) {
        match event {
            kad::Event::OutboundQueryProgressed { id, result, stats, step } => {
                self.on_progress(id, result, &stats, step.last);
            }
            kad::Event::RoutingUpdated { peer, is_new_peer, addresses, old_peer, .. } => {
                let routed =
                    Routed { peer, is_new: is_new_peer, addresses: &addresses, old: old_peer };
                let kad = &mut self.swarm.behaviour_mut().kad.inner;
                let known = count_known(kad);
                let is_known = |peer: &PeerId| is_known(kad, peer);
                self.state.on_routing_updated(routed, known, is_known);
                if is_new_peer {
                    // Listeners that hear of the peer find it counted.
                    self.update_counters();
                }
            }
            kad::Event::ModeChanged { .. } => self.show_mode(),
            _ => {}
        }
    }

    /// Takes in one step of a query, of which there may be several.
    fn on_progress(&mut self, id: QueryId, result: QueryResult, stats: &QueryStats, is_last: bool) {
        match result {
            QueryResult::Bootstrap(result) => {
                if let Err(error) = &result {
                    tracing::debug!(%error, "a part of the bootstrap failed");
                }
                if is_last {
                    self.state.on_bootstrapped();
                }
            }
            QueryResult::GetRecord(Ok(GetRecordOk::FoundRecord(PeerRecord {
                peer: Some(peer),
                record,
            }))) => self.state.on_found(id, peer, record),
            // What is held here comes from no peer, and is known already.
            QueryResult::GetRecord(Ok(GetRecordOk::FoundRecord(_))) => {}
            QueryResult::GetProviders(Ok(GetProvidersOk::FoundProviders { providers, .. })) => {
                self.state.on_found_providers(id, providers);
            }
            result if is_last => self.state.on_ended(id, result, Effort::from(stats)),
            _ => {}
        }
    }
}
