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

mod routing;

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
    peers::Peers, queries::Queries, reach::Reach,
};
use super::{
    error::BootstrapError,
    offers::Offers,
    settings::Mode,
    upkeep::{Handovers, Offering},
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
    offering: Offering,
    handovers: Handovers,
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
            store,
            peers: Peers::default(),
            bootstrap_status: BootstrapStatus::new(bootstrap.len()),
            bootstrap: Bootstrap::new(bootstrap),
            configured: mode,
            mode: ModePolicy::new(mode),
            queries: Queries::default(),
            handovers: Handovers::default(),
            provided: HashSet::new(),
            reach: Reach::new(mode),
            asks: Asks::default(),
            actions: VecDeque::new(),
        }
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

    /// Returns how many queries callers wait for.
    pub(super) fn callers(&self) -> usize {
        self.queries.callers() + self.asks.waiting()
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
