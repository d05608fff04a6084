//! Peers that come, say who they are, and go.

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::BuildHasher,
    io,
    time::Instant,
};

use libp2p::{
    Multiaddr, PeerId, TransportError, identify,
    kad::{self, Addresses},
    swarm::{ConnectionId, DialError, dial_opts::DialOpts},
};

use super::{Met, Task};
use crate::network::{
    addresses::{MAX_ADDRESSES, Scope, acceptable, known_addresses, peer_of},
    behaviour::{identify_protocol, kad_protocol},
    contact::Contact,
    error::BootstrapError,
    events::NodeEvent,
    inbound_store::InboundStore,
    status::Mode,
};

impl Task {
    pub(super) fn kad(&mut self) -> &mut kad::Behaviour<InboundStore> {
        &mut self.swarm.behaviour_mut().kad.kad
    }

    pub(super) fn known_peers(&mut self) -> usize {
        self.kad().kbuckets().map(|bucket| bucket.num_entries()).sum()
    }

    pub(super) fn on_connected(&mut self, peer: PeerId) {
        // The first after a time without anybody: this machine was cut off.
        if self.swarm.connected_peers().nth(1).is_none() {
            self.offering.somebody_came();
        }
        self.note_contact(&peer);
        self.ends.events.send(NodeEvent::Connected { peer });
    }

    pub(super) fn note_contact(&mut self, peer: &PeerId) {
        if let Some(met) = self.met.get_mut(peer) {
            met.contact = Contact::new(self.store.monotonic());
        }
    }

    /// A peer was at none of these addresses. If it is at none of its own, time and again, it is forgotten.
    ///
    /// Nobody else can bring that about: what others name as its addresses is tried besides those it has named
    /// itself, over a connection that showed who it is. That somebody else was there (`WrongPeerId`) never
    /// counts: an address that a stranger names, and answers at, would do.
    pub(super) fn on_not_there(
        &mut self,
        peer: &PeerId,
        failed: &[(Multiaddr, TransportError<io::Error>)],
    ) {
        // Where nobody is connected it may be this machine that is cut off.
        if self.swarm.is_connected(peer) || self.swarm.connected_peers().next().is_none() {
            return;
        }
        let known = known_addresses(self.kad(), peer);
        if known.is_empty()
            || !known.iter().all(|known| failed.iter().any(|(tried, _)| tried == known))
        {
            return;
        }
        let now = self.store.monotonic();
        if self.met.get_mut(peer).is_some_and(|met| met.contact.failed(now)) {
            tracing::debug!(%peer, "forgets a peer that is not there");
            self.forget(peer);
        }
    }

    fn forget(&mut self, peer: &PeerId) {
        self.met.remove(peer);
        self.handovers.remove(peer);
        // It may be one of those that were closest.
        self.offering.forget_nearby();
        self.kad().remove_peer(peer);
    }

    /// A peer has said what it speaks and where it is: what it says replaces what was known.
    pub(super) fn on_identified(
        &mut self,
        peer: PeerId,
        connection: ConnectionId,
        info: &identify::Info,
    ) {
        let network = self.store.network();
        let is_bootstrap = self.bootstrap.is_one(connection);
        let is_ours = info.protocol_version == identify_protocol(network)
            && info.protocols.contains(&kad_protocol(network));
        if !is_ours {
            self.forget(&peer);
            if is_bootstrap {
                self.on_stranger(peer, &info.protocol_version);
            }
            return;
        }
        let address = self.swarm.behaviour().kad.address_of(connection);
        let Some(address) = address.cloned() else { return };
        let kept = acceptable(&info.listen_addrs, &peer, &address);
        self.ends.tally.update(|counters| {
            counters.addresses_refused += (info.listen_addrs.len() - kept.len()) as u64;
        });
        if !kept.is_empty() {
            self.set_addresses(&peer, &kept);
            let start = self.starts.hash_one(&info.agent_version);
            self.note_met(peer, Scope::of(&address) == Some(Scope::Public), start);
        } else if is_bootstrap {
            self.on_stranger(peer, &info.protocol_version);
        }
    }

    fn note_met(&mut self, peer: PeerId, is_far: bool, start: u64) {
        let contact = Contact::new(self.store.monotonic());
        match self.met.entry(peer) {
            Entry::Vacant(met) => drop(met.insert(Met { is_far, start, contact })),
            Entry::Occupied(mut met) => {
                let Met { is_far: was_far, start: before, .. } = *met.get();
                met.insert(Met { is_far: is_far || was_far, start, contact });
                // One that was started again is known already, and may hold nothing.
                if start != before {
                    self.handovers.add(peer, Instant::now());
                }
            }
        }
    }

    /// As identify does, by somebody who was seen near by, but of whom nothing else is known: the
    /// connection will tell.
    pub(super) fn on_discovered(&mut self, found: Vec<(PeerId, Multiaddr)>) {
        let others = found
            .into_iter()
            .filter(|(peer, _)| *peer != self.store.peer_id() && !self.swarm.is_connected(peer));
        let addresses = others.filter_map(|(peer, address)| address.with_p2p(peer).ok());
        let addresses: Vec<Multiaddr> = addresses.collect();
        drop(self.dial_all(&addresses));
    }

    fn set_addresses(&mut self, peer: &PeerId, addresses: &[Multiaddr]) {
        let kad = self.kad();
        for address in addresses {
            kad.add_address(peer, address.clone());
        }
        // The last one cannot go: the new ones come first.
        for old in known_addresses(kad, peer) {
            let is_kept =
                |kept: &Multiaddr| kept.clone().with_p2p(*peer).is_ok_and(|kept| kept == old);
            if !addresses.iter().any(is_kept) {
                kad.remove_address(peer, &old);
            }
        }
    }

    pub(super) fn on_routing_updated(
        &mut self,
        peer: PeerId,
        is_new: bool,
        addresses: &Addresses,
        old: Option<PeerId>,
    ) {
        // kad adds each address that a dial led to.
        for address in addresses.iter().take(addresses.len().saturating_sub(MAX_ADDRESSES)) {
            self.kad().remove_address(&peer, address);
        }
        if let Some(old) = old {
            self.handovers.remove(&old);
        }
        if is_new {
            let is_first = self.known_peers() == 1;
            self.bootstrap.succeeded();
            self.note_obstacle(BootstrapError::Unfinished { peer });
            self.handovers.add(peer, Instant::now());
            self.offering.somebody_came();
            self.offering.forget_nearby();
            self.update_mode();
            self.update_counters();
            self.ends.events.send(NodeEvent::PeerKnown { peer });
            if is_first {
                self.meet_first();
            }
        }
    }

    /// Somebody is known for the first time, or again.
    fn meet_first(&mut self) {
        let Self { swarm, provided, .. } = self;
        let kad = &mut swarm.behaviour_mut().kad.kad;
        if let Err(error) = kad.bootstrap() {
            tracing::debug!(%error, "nobody is known after all");
        }
        for key in provided.iter() {
            if let Err(error) = kad.start_providing(key.clone()) {
                tracing::debug!(%error, "the store does not take this peer as a provider");
            }
        }
    }

    /// While nobody is connected, the addresses that lead into the network are tried: who is known may be
    /// there no more, and kad never forgets the last address of a peer.
    pub(super) fn keep_in_touch(&mut self) {
        if self.swarm.connected_peers().next().is_none() {
            let due = self.bootstrap.due(Instant::now()).to_vec();
            for dialled in self.dial_all(&due) {
                match dialled {
                    Ok(connection) => self.bootstrap.begun(connection),
                    Err(error) => self.on_dial_failed(error),
                }
            }
        }
    }

    /// Begins to dial; the attempts, and why others cannot be made.
    pub(super) fn dial_all(
        &mut self,
        addresses: &[Multiaddr],
    ) -> Vec<Result<ConnectionId, DialError>> {
        let (mut attempts, mut of_peers) =
            (Vec::<DialOpts>::new(), HashMap::<PeerId, Vec<Multiaddr>>::new());
        for address in addresses {
            match peer_of(address) {
                // All addresses of a peer in one attempt: else it might end in as many connections.
                Some(peer) => of_peers.entry(peer).or_default().push(address.clone()),
                None => attempts.push(address.clone().into()),
            }
        }
        let of_peers = of_peers.into_iter();
        attempts.extend(
            of_peers.map(|(peer, addresses)| DialOpts::peer_id(peer).addresses(addresses).build()),
        );
        attempts.into_iter().map(|attempt| self.dial(attempt)).collect()
    }

    fn dial(&mut self, attempt: DialOpts) -> Result<ConnectionId, DialError> {
        let connection = attempt.connection_id();
        let dialled = self.swarm.dial(attempt).map(|()| connection);
        dialled.inspect_err(|error| tracing::debug!(%error, "did not dial"))
    }

    /// Others may count on a node that they can reach. Where all peers are near by, they can; else autonat
    /// finds out. What a peer claims of itself is no sign that it is far away.
    pub(super) fn update_mode(&mut self) {
        let Self { swarm, met, .. } = self;
        met.retain(|peer, _| !known_addresses(&mut swarm.behaviour_mut().kad.kad, peer).is_empty());
        let is_near = !met.values().any(|met| met.is_far);
        self.swarm.behaviour_mut().kad.set_near(is_near);
        let mode = match self.mode {
            Mode::Server => Some(kad::Mode::Server),
            Mode::Client => Some(kad::Mode::Client),
            Mode::Auto if is_near => Some(kad::Mode::Server),
            Mode::Auto => None,
        };
        // kad tells every connection each time it is set.
        if self.applied_mode != mode {
            self.applied_mode = mode;
            self.kad().set_mode(mode);
            self.tell_mode();
        }
    }

    pub(super) fn tell_mode(&mut self) {
        let is_server = self.kad().mode() == kad::Mode::Server;
        let is_new = self.ends.status.send_if_modified(|status| {
            std::mem::replace(&mut status.is_server, is_server) != is_server
        });
        if is_new {
            self.ends.events.send(NodeEvent::ServerMode { is_server });
        }
    }

    pub(super) fn on_addresses_changed(&mut self) {
        let peer = self.store.peer_id();
        let mut addresses: Vec<Multiaddr> = self
            .swarm
            .listeners()
            .chain(self.swarm.external_addresses())
            .filter_map(|address| address.clone().with_p2p(peer).ok())
            .collect();
        addresses.sort_by_cached_key(ToString::to_string);
        addresses.dedup();
        let before = self.ends.status.borrow().addresses.clone();
        self.ends.status.send_modify(|status| status.addresses.clone_from(&addresses));
        for address in addresses {
            if !before.contains(&address) {
                self.ends.events.send(NodeEvent::Listening { address });
            }
        }
    }
}
