//! Relays for peers of the network that cannot be reached, and has their addresses dialled, within limits.

use std::{
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use libp2p::{
    Multiaddr, PeerId,
    core::{Endpoint, transport::PortUse},
    relay,
    swarm::{
        ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent,
        THandlerOutEvent, ToSwarm,
    },
};
use parking_lot::Mutex;

use super::{counters::SharedCounters, relay_ledger::RelayLedger, relay_limits::RelayLimits};

/// Runs libp2p's relay, which asks the [ledger](RelayLedger) before it gives anything.
///
/// libp2p's own limits know neither networks of addresses nor networks of peers, and refuse renewals once all places
/// are taken.
pub(super) struct RelayServer {
    relay: relay::Behaviour,
    ledger: SharedLedger,
    counters: Arc<SharedCounters>,
}

/// The ledger, as the relay's and autonat's server share it.
pub(super) type SharedLedger = Arc<Mutex<RelayLedger>>;

/// The longest time that libp2p's messages can tell.
const LONGEST: Duration = Duration::from_secs(u32::MAX as u64);

impl RelayServer {
    pub(super) fn new(peer: PeerId, limits: &RelayLimits, counters: Arc<SharedCounters>) -> Self {
        let ledger = Arc::new(Mutex::new(RelayLedger::new(limits.clone())));
        let mut relay = relay::Behaviour::new(peer, config(limits, &ledger));
        let is_on = limits.max_reservations > 0;
        relay.set_status(Some(if is_on { relay::Status::Enable } else { relay::Status::Disable }));
        Self { relay, ledger, counters }
    }

    pub(super) fn ledger(&self) -> SharedLedger {
        Arc::clone(&self.ledger)
    }

    fn update_counters(&self) {
        let mut ledger = self.ledger.lock();
        let refused = ledger.take_refused();
        let reservations = ledger.reservations();
        drop(ledger);
        self.counters.update(|counters| {
            counters.reservations_held = reservations;
            counters.reservations_refused += refused.reservations;
            counters.circuits_refused += refused.circuits;
            counters.probes_refused += refused.probes;
        });
    }

    fn note(&mut self, event: &relay::Event) {
        match event {
            relay::Event::ReservationTimedOut { src_peer_id } => {
                self.ledger.lock().released(src_peer_id);
            }
            relay::Event::CircuitReqAccepted { src_peer_id, dst_peer_id } => {
                tracing::debug!(from = %src_peer_id, to = %dst_peer_id, "relays");
                self.counters.update(|counters| {
                    counters.circuits_open += 1;
                    counters.circuits_opened += 1;
                });
            }
            relay::Event::CircuitClosed { src_peer_id, dst_peer_id, error } => {
                tracing::debug!(from = %src_peer_id, to = %dst_peer_id, ?error, "relays no longer");
                self.counters.update(|counters| {
                    counters.circuits_open = counters.circuits_open.saturating_sub(1);
                });
            }
            relay::Event::ReservationReqDenied { src_peer_id, .. } => {
                tracing::debug!(peer = %src_peer_id, "refused a reservation");
            }
            relay::Event::CircuitReqDenied { src_peer_id, dst_peer_id, status } => {
                tracing::debug!(from = %src_peer_id, to = %dst_peer_id, ?status, "refused a circuit");
            }
            _ => {}
        }
        self.update_counters();
    }
}

fn config(limits: &RelayLimits, ledger: &SharedLedger) -> relay::Config {
    let (of_reservations, of_circuits) = (Arc::clone(ledger), Arc::clone(ledger));
    let reserve = move |peer, from: &Multiaddr, _| of_reservations.lock().may_reserve(peer, from);
    let open = move |peer, from: &Multiaddr, now| of_circuits.lock().may_open(peer, from, now);
    relay::Config {
        // The ledger counts peers; libp2p would count a renewal as one more.
        max_reservations: usize::MAX,
        max_reservations_per_peer: 4,
        reservation_duration: limits.reservation_duration.min(LONGEST),
        reservation_rate_limiters: vec![Box::new(reserve)],
        max_circuits: limits.max_circuits as usize,
        // libp2p allows one more than it is told.
        max_circuits_per_peer: (limits.max_circuits_per_peer as usize).saturating_sub(1),
        max_circuit_duration: limits.max_circuit_duration.min(LONGEST),
        max_circuit_bytes: limits.max_circuit_bytes,
        circuit_src_rate_limiters: vec![Box::new(open)],
    }
}

impl NetworkBehaviour for RelayServer {
    type ConnectionHandler = THandler<relay::Behaviour>;
    type ToSwarm = relay::Event;

    fn handle_established_inbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.relay.handle_established_inbound_connection(connection, peer, local, remote)
    }

    fn handle_established_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        address: &Multiaddr,
        role_override: Endpoint,
        port_use: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.relay.handle_established_outbound_connection(
            connection,
            peer,
            address,
            role_override,
            port_use,
        )
    }

    fn on_swarm_event(&mut self, event: FromSwarm) {
        if let FromSwarm::ConnectionClosed(closed) = &event
            && closed.remaining_established == 0
        {
            self.ledger.lock().disconnected(&closed.peer_id);
        }
        self.relay.on_swarm_event(event);
    }

    fn on_connection_handler_event(
        &mut self,
        peer: PeerId,
        connection: ConnectionId,
        event: THandlerOutEvent<Self>,
    ) {
        self.relay.on_connection_handler_event(peer, connection, event);
    }

    fn poll(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        let polled = self.relay.poll(context);
        if let Poll::Ready(ToSwarm::GenerateEvent(event)) = &polled {
            self.note(event);
        }
        polled
    }
}
