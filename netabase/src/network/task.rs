//! Drives the swarm. The task passes events to the [state](super::state), and carries out what that decides.

mod actions;

mod ask;

mod commands;

mod dial;

mod executor;

mod listen;

mod observed;

mod reach;

mod swarm_events;

use std::{collections::HashMap, sync::Arc, time::Duration};

use libp2p::{
    Multiaddr, PeerId, Swarm, futures::StreamExt, kad, request_response::OutboundRequestId,
};
use tokio::{
    sync::{Notify, mpsc, watch},
    time::{Instant, Interval, MissedTickBehavior, interval_at, sleep_until},
};

pub(super) use self::{executor::ConnectionTasks, listen::Listen};
use super::{
    addresses::known_addresses, behaviour::Behaviour, command::Command, counters::SharedCounters,
    events::EventSender, inbound_store::InboundStore, settings::MAX_QUERIES, state::NodeState,
    status::Status,
};

/// The interval of what no event asks for: leases, expiry, peers that do not answer.
const HOUSEKEEPING: Duration = Duration::from_secs(1);

/// Of so much time one part at most goes into renewals.
const RENEWAL_SHARE: u32 = 5;

/// The task's ends of what it shares with the handles.
pub(super) struct TaskChannels {
    pub(super) commands: mpsc::Receiver<Command>,
    /// Notified when the node is to end, however many commands wait.
    pub(super) stop: Arc<Notify>,
    /// Notified when a caller has given up.
    pub(super) abandoned: Arc<Notify>,
    pub(super) status: watch::Sender<Status>,
    pub(super) events: EventSender,
    pub(super) counters: Arc<SharedCounters>,
}

/// A node's swarm, its timer, and the state that decides what they are used for.
pub(super) struct Task {
    swarm: Swarm<Behaviour>,
    connection_tasks: ConnectionTasks,
    channels: TaskChannels,
    state: NodeState,
    housekeeping: Interval,
    /// The questions to peers that are under way.
    asked: HashMap<OutboundRequestId, u64>,
    /// `true` if the application has said where the node is reached.
    has_given_addresses: bool,
    /// The time of the next renewals.
    renews_at: std::time::Instant,
}

impl Task {
    pub(super) fn new(
        mut swarm: Swarm<Behaviour>,
        connection_tasks: ConnectionTasks,
        channels: TaskChannels,
        state: NodeState,
    ) -> Self {
        let state = state.with_written(swarm.behaviour_mut().kad.inner.store_mut().written());
        let mut housekeeping = interval_at(Instant::now(), HOUSEKEEPING);
        housekeeping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let renews_at = std::time::Instant::now();
        Self {
            swarm,
            connection_tasks,
            channels,
            state,
            housekeeping,
            asked: HashMap::new(),
            has_given_addresses: false,
            renews_at,
        }
    }

    /// Runs the node until it is told to end, or the last handle is dropped. Afterwards nothing of it is left, but
    /// for [ports](super::ports::wait_until_free) of these listeners.
    pub(super) async fn run(mut self: Box<Self>) -> Vec<Multiaddr> {
        self.work().await;
        let Self { swarm, connection_tasks, .. } = *self;
        let listeners = swarm.listeners().cloned().collect();
        // Connections end with the swarm; they are waited for.
        drop(swarm);
        connection_tasks.ended().await;
        listeners
    }

    async fn work(&mut self) {
        loop {
            self.state.set_time(std::time::Instant::now());
            let opening = self.next_opening();
            tokio::select! {
                () = self.channels.stop.notified() => return,
                event = self.swarm.select_next_some() => self.on_event(event),
                // When too many queries are in flight the inbox is left unread: callers wait.
                command = self.channels.commands.recv(), if self.state.callers() < MAX_QUERIES => {
                    match command {
                        None => return,
                        Some(command) => self.on_command(command),
                    }
                }
                // Offered below.
                () = self.state.offers().news() => {}
                () = tokio::task::yield_now(), if self.state.offers().has_earlier() => self.state.offers().add_earlier(),
                () = self.channels.abandoned.notified() => self.state.on_abandoned(),
                _ = self.housekeeping.tick() => self.on_housekeeping(),
                // A peer that asked for a pause may be sent more: below.
                () = sleep_until(opening.unwrap_or_else(std::time::Instant::now).into()), if opening.is_some() => {}
                () = tokio::task::yield_now(), if self.state.is_handover_due() => self.state.hand_over(),
            }
            self.state.set_time(std::time::Instant::now());
            self.renew();
            self.offer();
            self.carry_out();
        }
    }

    /// Returns when something is to be done that waits for no event, if that is before the next housekeeping.
    fn next_opening(&self) -> Option<std::time::Instant> {
        let renewal = Some(self.renews_at).filter(|_| self.state.has_renewals());
        self.state.next_opening().into_iter().chain(renewal).min()
    }

    /// Renews some leases, if it is time, and rests as long as its share of the processor asks for.
    fn renew(&mut self) {
        let start = std::time::Instant::now();
        if start < self.renews_at || !self.state.has_renewals() {
            return;
        }
        let renewed = self.state.renew() as u64;
        self.channels.counters.update(|counters| counters.renewals += renewed);
        self.renews_at = start + start.elapsed() * RENEWAL_SHARE;
    }

    /// Does what no event asks for.
    fn on_housekeeping(&mut self) {
        self.state.store().maintain_store();
        self.state.begin_renewals();
        self.state.end_long_walks();
        let known = self.known_peers();
        self.state.end_long_asks(known, std::time::Instant::now());
        self.state.tidy();
        self.state.show_progress();
        self.state.dial_bootstrap(std::time::Instant::now());
        self.look_after_reach();
        self.update_mode();
        self.update_counters();
    }

    fn offer(&mut self) {
        let kad = &mut self.swarm.behaviour_mut().kad.inner;
        self.state.offer(|| count_known(kad));
    }

    fn update_mode(&mut self) {
        let kad = &mut self.swarm.behaviour_mut().kad.inner;
        self.state.update_mode(|peer| is_known(kad, peer));
    }

    fn kad(&mut self) -> &mut kad::Behaviour<InboundStore> {
        &mut self.swarm.behaviour_mut().kad.inner
    }

    fn known_peers(&mut self) -> usize {
        count_known(self.kad())
    }
}

/// Counts the peers in the routing table.
fn count_known(kad: &mut kad::Behaviour<InboundStore>) -> usize {
    kad.kbuckets().map(|bucket| bucket.num_entries()).sum()
}

/// Returns whether a peer is in the routing table.
fn is_known(kad: &mut kad::Behaviour<InboundStore>, peer: &PeerId) -> bool {
    !known_addresses(kad, peer).is_empty()
}
