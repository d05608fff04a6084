//! The task that owns the swarm. Its loop only dispatches.

mod bootstrap;

mod chores;

mod commands;

mod executor;

mod listen;

mod meeting;

mod peers;

mod queries;

use std::{
    collections::{HashMap, HashSet},
    error::Error,
    hash::RandomState,
    sync::Arc,
    time::Duration,
};

use libp2p::{
    Multiaddr, PeerId, Swarm,
    futures::StreamExt,
    identify, kad,
    kad::{QueryId, RecordKey},
    mdns,
    swarm::{DialError, ListenError, SwarmEvent},
};
use tokio::{
    sync::{Notify, mpsc, watch},
    time::{Instant, Interval, MissedTickBehavior, interval_at},
};

use self::queries::Query;
pub(super) use self::{bootstrap::Bootstrap, executor::ConnectionTasks};
use super::{
    behaviour::{Behaviour, BehaviourEvent, DiscoveryEvent},
    command::Command,
    contact::Contact,
    counters::Tally,
    events::{EventSender, NodeEvent},
    offers::Offers,
    settings::MAX_QUERIES,
    status::{Mode, Status},
    upkeep::{Handovers, Offering},
};
use crate::store::NetabaseStore;

/// How often the node looks after what no event tells it: leases, expiry, peers that do not answer.
const HOUSEKEEPING: Duration = Duration::from_secs(1);

/// The task's ends of what it shares with the handles.
pub(super) struct Ends {
    pub(super) commands: mpsc::Receiver<Command>,
    /// Told when the node is to end, however many commands wait.
    pub(super) stop: Arc<Notify>,
    pub(super) status: watch::Sender<Status>,
    pub(super) events: EventSender,
    pub(super) tally: Arc<Tally>,
}

pub(super) struct Task {
    swarm: Swarm<Behaviour>,
    connection_tasks: ConnectionTasks,
    store: NetabaseStore,
    ends: Ends,
    queries: HashMap<QueryId, Query>,
    /// How many of them somebody waits for.
    callers: usize,
    bootstrap: Bootstrap,
    /// Of the peers that are known, what their connections showed.
    met: HashMap<PeerId, Met>,
    /// Makes a number of what a peer calls a start of its.
    starts: RandomState,
    mode: Mode,
    has_bootstrapped: bool,
    /// What this peer announces: again to the first who is known, if there was nobody.
    provided: HashSet<RecordKey>,
    /// What kad was last told; `None`, as at its start: to find out itself.
    applied_mode: Option<kad::Mode>,
    offering: Offering,
    handovers: Handovers,
    housekeeping: Interval,
}

/// What a connection showed of a peer.
#[derive(Clone, Copy)]
struct Met {
    /// Whether it was met from afar.
    is_far: bool,
    /// Which start of it this is: one that comes back may have forgotten what it held.
    start: u64,
    contact: Contact,
}

impl Task {
    pub(super) fn new(
        (swarm, connection_tasks): (Swarm<Behaviour>, ConnectionTasks),
        (store, offers): (NetabaseStore, Arc<Offers>),
        ends: Ends,
        bootstrap: Bootstrap,
        mode: Mode,
    ) -> Self {
        let mut housekeeping = interval_at(Instant::now(), HOUSEKEEPING);
        housekeeping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            offering: Offering::new(store.peer_id(), offers),
            swarm,
            connection_tasks,
            store,
            ends,
            queries: HashMap::new(),
            callers: 0,
            bootstrap,
            met: HashMap::new(),
            starts: RandomState::new(),
            mode,
            has_bootstrapped: false,
            provided: HashSet::new(),
            applied_mode: None,
            handovers: Handovers::default(),
            housekeeping,
        }
    }

    /// Runs the node until it is told to end, or the last handle is gone. Afterwards nothing of it is left, but for
    /// [ports](super::ports::freed) of these listeners.
    pub(super) async fn run(mut self: Box<Self>) -> Vec<Multiaddr> {
        self.work().await;
        let Self { swarm, connection_tasks, .. } = *self;
        let listeners = swarm.listeners().cloned().collect();
        // Connections end when the swarm is gone; they are waited for.
        drop(swarm);
        connection_tasks.ended().await;
        listeners
    }

    async fn work(&mut self) {
        loop {
            let now = std::time::Instant::now();
            tokio::select! {
                () = self.ends.stop.notified() => return,
                event = self.swarm.select_next_some() => self.on_event(event),
                // When too many queries are in flight the inbox is left unread: callers wait.
                command = self.ends.commands.recv(), if self.callers < MAX_QUERIES => match command {
                    None => return,
                    Some(command) => self.on_command(command),
                },
                // What is new is offered below.
                () = self.offering.offers().news() => {}
                _ = self.housekeeping.tick() => self.on_housekeeping(),
                () = tokio::task::yield_now(), if self.handovers.is_due(now) => self.hand_over(),
            }
            self.offer();
        }
    }

    fn on_event(&mut self, event: SwarmEvent<BehaviourEvent>) {
        match event {
            SwarmEvent::Behaviour(event) => self.on_behaviour_event(event),
            SwarmEvent::NewListenAddr { .. } | SwarmEvent::ExpiredListenAddr { .. } => {
                self.on_addresses_changed();
            }
            SwarmEvent::ExternalAddrConfirmed { .. } | SwarmEvent::ExternalAddrExpired { .. } => {
                self.on_addresses_changed();
                // identify tells of listen addresses by itself, and not of these.
                let connected: Vec<PeerId> = self.swarm.connected_peers().copied().collect();
                self.swarm.behaviour_mut().identify.push(connected);
            }
            SwarmEvent::ConnectionEstablished { peer_id, num_established, .. }
                if num_established.get() == 1 =>
            {
                self.on_connected(peer_id);
            }
            SwarmEvent::ConnectionClosed { peer_id, connection_id, num_established, .. } => {
                self.bootstrap.ended(connection_id);
                if num_established == 0 {
                    self.note_contact(&peer_id);
                    self.ends.events.send(NodeEvent::Disconnected { peer: peer_id });
                }
            }
            SwarmEvent::OutgoingConnectionError { peer_id, connection_id, error } => {
                tracing::debug!(?peer_id, %error, "could not connect");
                if let (Some(peer), DialError::Transport(failed)) = (peer_id, &error) {
                    self.on_not_there(&peer, failed);
                }
                if self.bootstrap.ended(connection_id) {
                    self.on_dial_failed(error);
                }
            }
            SwarmEvent::IncomingConnectionError {
                send_back_addr: address,
                error: ListenError::Denied { cause },
                ..
            } => {
                tracing::debug!(%address, cause = cause.source(), "refused a connection");
                self.ends.tally.update(|counters| counters.connections_refused += 1);
            }
            SwarmEvent::ListenerError { error, .. } => {
                tracing::warn!(%error, "a listener failed");
            }
            _ => {}
        }
    }

    fn on_behaviour_event(&mut self, event: BehaviourEvent) {
        match event {
            BehaviourEvent::Kad(event) => self.on_kad(event),
            BehaviourEvent::Identify(identify::Event::Received {
                peer_id,
                connection_id,
                info,
            }) => self.on_identified(peer_id, connection_id, &info),
            BehaviourEvent::Discovery(DiscoveryEvent::Mdns(mdns::Event::Discovered(found))) => {
                self.on_discovered(found);
            }
            BehaviourEvent::Discovery(DiscoveryEvent::AutonatClient(probed)) => {
                let (address, reachable) = (probed.tested_addr, probed.result.is_ok());
                tracing::debug!(%address, reachable, "autonat");
            }
            _ => {}
        }
    }

    fn on_kad(&mut self, event: kad::Event) {
        match event {
            kad::Event::OutboundQueryProgressed { id, result, stats, step } => {
                self.on_progress(id, result, &stats, step.last);
            }
            kad::Event::RoutingUpdated { peer, is_new_peer, addresses, old_peer, .. } => {
                self.on_routing_updated(peer, is_new_peer, &addresses, old_peer);
            }
            kad::Event::ModeChanged { .. } => self.tell_mode(),
            _ => {}
        }
    }
}
