//! Carries out what the state decides.

use libp2p::{Multiaddr, PeerId, kad::RecordKey};

use super::Task;
use crate::network::{
    addresses::known_addresses,
    command::Reply,
    error::NetworkError,
    events::NodeEvent,
    state::{Action, Answer, Query, Request},
};

impl Task {
    /// Carries out all decisions, also those that follow from others.
    pub(super) fn carry_out(&mut self) {
        while let Some(action) = self.state.next_action() {
            self.perform(action);
        }
    }

    fn perform(&mut self, action: Action) {
        match action {
            Action::Dial(addresses) => drop(self.dial_all(&addresses)),
            Action::DialBootstrap(addresses) => self.dial_bootstrap(&addresses),
            Action::SetAddresses { peer, addresses } => self.set_addresses(&peer, &addresses),
            Action::RemoveAddresses { peer, addresses } => {
                for address in addresses {
                    self.kad().remove_address(&peer, &address);
                }
            }
            Action::RemovePeer(peer) => {
                self.swarm.behaviour_mut().kad.forget(&peer);
                self.kad().remove_peer(&peer);
            }
            Action::SetNear(is_near) => self.swarm.behaviour_mut().kad.set_near(is_near),
            Action::SetMode(mode) => {
                self.kad().set_mode(mode);
                self.show_mode();
            }
            Action::Bootstrap => {
                if let Err(error) = self.kad().bootstrap() {
                    tracing::debug!(%error, "no peer is known after all");
                }
            }
            Action::Provide { key, reply } => self.provide(key, reply),
            Action::StopProviding(key) => self.kad().stop_providing(&key),
            Action::Start(request, query) => self.start(request, *query),
            Action::ListenFor(peer) => self.swarm.behaviour_mut().kad.listen_for(peer),
            Action::Finish(id) => {
                if let Some(mut running) = self.kad().query_mut(&id) {
                    running.finish();
                }
            }
            Action::Answer(answer) => self.answer(answer),
            Action::Emit(event) => self.emit(event),
            Action::ShowObstacle(obstacle) => self.show_obstacle(obstacle),
            Action::CountRefusedAddresses(count) => {
                self.channels.counters.update(|it| it.addresses_refused += count as u64);
            }
            Action::Probe { address, server } => self.probe(address, server),
            Action::ConfirmAddress(address) => self.confirm(address),
            Action::RetractAddress(address) => self.retract(&address),
            Action::DialAlso { peer, addresses } => self.dial_also(peer, addresses),
            Action::Reserve { relay, address } => self.reserve(relay, address),
            Action::Ask { id, peer, addresses, key } => self.ask(id, peer, addresses, &key),
            Action::Close(connection) => drop(self.swarm.close_connection(connection)),
            Action::Identified { peer, is_of_network } => {
                if let Some(discovery) = self.swarm.behaviour_mut().discovery.as_mut() {
                    discovery.identified(peer, is_of_network);
                }
            }
            Action::ShowReachability(reachability) => self.show_reachability(reachability),
        }
    }

    fn start(&mut self, request: Request, query: Query) {
        let kad = self.kad();
        let id = match request {
            Request::Get(key) => {
                let id = kad.get_record(key.clone());
                tracing::debug!(query = ?id, ?key, "walks to the peers closest to a key");
                id
            }
            Request::Put { record, peers, quorum } => {
                kad.put_record_to(record, peers.into_iter(), quorum)
            }
            Request::FindProviders(key) => kad.get_providers(key),
        };
        self.state.on_started(id, query);
    }

    fn provide(&mut self, key: RecordKey, reply: Option<Reply<()>>) {
        match (self.kad().start_providing(key), reply) {
            (Ok(id), Some(reply)) => self.state.on_started(id, Query::Provide(Some(reply))),
            (Ok(_), None) => {}
            // The handle has opened the schema, and the local peer is never the farthest: no other reason is left.
            (Err(error), Some(reply)) => {
                tracing::warn!(%error, "the store does not take this peer as a provider");
                self.answer(Answer::Provided(reply, Err(NetworkError::NobodyToAsk)));
            }
            (Err(error), None) => {
                tracing::debug!(%error, "the store does not take this peer as a provider");
            }
        }
    }

    fn set_addresses(&mut self, peer: &PeerId, addresses: &[Multiaddr]) {
        let kad = self.kad();
        for address in addresses {
            kad.add_address(peer, address.clone());
        }
        // The last one cannot be removed: the new ones come first.
        for old in known_addresses(kad, peer) {
            let is_kept =
                |kept: &Multiaddr| kept.clone().with_p2p(*peer).is_ok_and(|kept| kept == old);
            if !addresses.iter().any(is_kept) {
                kad.remove_address(peer, &old);
            }
        }
    }

    fn answer(&mut self, answer: Answer) {
        if !answer.send() {
            self.channels.counters.update(|counters| counters.queries_failed += 1);
        }
    }

    /// Counts an event before listeners hear of it.
    fn emit(&mut self, event: NodeEvent) {
        self.channels.counters.update(|counters| match &event {
            NodeEvent::InvalidAnswer { .. } => counters.invalid_answers += 1,
            NodeEvent::Repaired { peers, .. } => counters.repairs += *peers as u64,
            NodeEvent::HandedOver { .. } => counters.handovers_sent += 1,
            NodeEvent::Offered { peers: 0, .. } => counters.offers_failed += 1,
            NodeEvent::Offered { .. } => counters.offers_sent += 1,
            NodeEvent::RelayLost { .. } => counters.relays_lost += 1,
            NodeEvent::HolePunched { is_direct: true, .. } => counters.holes_punched += 1,
            NodeEvent::HolePunched { .. } => counters.holes_missed += 1,
            NodeEvent::OfferOutdated { .. } => counters.offers_outdated += 1,
            _ => {}
        });
        self.channels.events.send(event);
    }
}
