//! Decides what a node does. Events come in, and [`Action`]s go out.
//!
//! Nothing here does network IO, waits, or knows the swarm: the [task](super::task) carries the actions out, and
//! passes in the time and the few facts that the swarm alone has.

mod contact;

mod peers;

mod bootstrap;

mod bootstrap_status;

mod mode;

mod queries;

mod action;

mod requests;

mod progress;

mod spreading;

mod patience;

mod handing;

mod routing;

mod renewals;

mod spread_progress;

mod housekeeping;

mod way;

mod paths;

mod address_tests;

mod relays;

mod reach;

mod asks;

#[cfg(test)]
mod tests;

use std::{
    collections::{HashSet, VecDeque},
    sync::Arc,
    time::Instant,
};

use libp2p::{Multiaddr, kad::RecordKey};

pub(super) use self::{
    action::{Action, Answer, Request},
    progress::Effort,
    queries::Query,
    reach::Ways,
    routing::Routed,
    way::Way,
};
use self::{
    asks::Asks, bootstrap::Bootstrap, bootstrap_status::BootstrapStatus, mode::ModePolicy,
    patience::Patience, peers::Peers, queries::Queries, reach::Reach, renewals::Renewals,
    spread_progress::SpreadProgress,
};
use super::{
    error::BootstrapError,
    offers::Offers,
    settings::Mode,
    upkeep::{Handovers, Offering, Paces},
    written::Written,
};
use crate::store::NetabaseStore;

/// The state of a running node, but for its swarm.
pub(super) struct NodeState {
    store: NetabaseStore,
    peers: Peers,
    bootstrap: Bootstrap,
    bootstrap_status: BootstrapStatus,
    configured: Mode,
    mode: ModePolicy,
    queries: Queries,
    patience: Patience,
    paces: Paces,
    renewals: Renewals,
    progress: SpreadProgress,
    offering: Offering,
    handovers: Handovers,
    /// The keys of the records of others that were taken in lately.
    written: Arc<Written>,
    /// The machine's time, as the task last told it. Pauses that peers ask for go by it; the store's clock decides how
    /// long records and absences last.
    now: Instant,
    /// The keys that this peer announces itself for, again whenever the node comes back to the network.
    provided: HashSet<RecordKey>,
    reach: Reach,
    asks: Asks,
    /// Decisions that the task has not carried out yet.
    actions: VecDeque<Action>,
}

impl NodeState {
    pub(super) fn new(
        store: NetabaseStore,
        offers: Arc<Offers>,
        bootstrap: Vec<Multiaddr>,
        mode: Mode,
    ) -> Self {
        Self {
            offering: Offering::new(store.peer_id(), offers),
            handovers: Handovers::new(store.peer_id(), Instant::now()),
            patience: Patience::default(),
            paces: Paces::default(),
            renewals: Renewals::default(),
            progress: SpreadProgress::default(),
            written: Arc::default(),
            now: Instant::now(),
            store,
            peers: Peers::default(),
            bootstrap_status: BootstrapStatus::new(bootstrap.len()),
            bootstrap: Bootstrap::new(bootstrap),
            configured: mode,
            mode: ModePolicy::new(mode),
            queries: Queries::default(),
            provided: HashSet::new(),
            reach: Reach::new(mode),
            asks: Asks::default(),
            actions: VecDeque::new(),
        }
    }

    /// Takes the place where records of others are noted that are taken in.
    pub(super) fn with_written(mut self, written: &Arc<Written>) -> Self {
        self.written = Arc::clone(written);
        self
    }

    /// Sets the time at which what comes next happens.
    pub(super) fn set_time(&mut self, now: Instant) {
        self.now = now;
    }

    pub(super) fn store(&self) -> &NetabaseStore {
        &self.store
    }

    /// Returns what keeps the node from the network.
    pub(super) fn obstacle(&self) -> Option<&BootstrapError> {
        self.bootstrap_status.obstacle()
    }

    /// Returns whether the node was made a server.
    pub(super) fn is_server(&self) -> bool {
        self.configured == Mode::Server
    }

    /// Returns for how many calls something is under way.
    pub(super) fn callers(&self) -> usize {
        self.queries.callers().max(self.patience.len()) + self.asks.waiting()
    }

    /// Takes the oldest decision that was not carried out yet.
    pub(super) fn next_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    fn act(&mut self, action: Action) {
        self.actions.push_back(action);
    }

    fn show_obstacle(&mut self) {
        let obstacle = self.obstacle().cloned();
        self.act(Action::ShowObstacle(obstacle));
    }
}
