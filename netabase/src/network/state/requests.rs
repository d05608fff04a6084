//! Starts what callers and the node itself ask of the network.

use std::time::Instant;

use libp2p::{
    Multiaddr, PeerId,
    kad::{QueryId, Quorum, Record, RecordKey},
};

use super::{
    NodeState,
    action::{Action, Answer, Request},
    queries::{Query, Requester},
};
use crate::{
    network::{
        command::Reply,
        error::NetworkError,
        query::{Fetch, FetchMode, Fetched, Publish, Walk, WalkEnd},
        report::PublishReport,
    },
    store::RawRecord,
};

/// Requests take `known`: how many peers are in the routing table. With none there is no walk.
impl NodeState {
    /// Publishes a caller's record.
    pub(in crate::network) fn publish(
        &mut self,
        record: Record,
        quorum: Quorum,
        reply: Reply<PublishReport>,
        known: usize,
    ) {
        self.start_publish(Publish::new(record, quorum), Requester::Caller(reply), known);
    }

    /// Walks to the peers that a record is to be sent to.
    pub(super) fn start_publish(
        &mut self,
        mut publish: Publish,
        requester: Requester,
        known: usize,
    ) {
        publish.walk().start(self.store.monotonic());
        publish.begin(self.offering.arrivals());
        if known == 0 {
            self.publish_walked(publish, requester, &WalkEnd::nobody());
            return;
        }
        let key = publish.record().key.clone();
        self.start(Request::Get(key), Query::PublishWalk(publish, requester));
    }

    /// Looks for the newest record of a caller's key. `held` is the one that is held here.
    pub(in crate::network) fn fetch(
        &mut self,
        key: RecordKey,
        mode: FetchMode,
        held: Option<RawRecord>,
        reply: Reply<Fetched>,
        known: usize,
    ) {
        let mut fetch = Fetch::new(Walk::new(key), mode, held);
        fetch.walk().start(self.store.monotonic());
        self.start_fetch(fetch, reply, known, Instant::now());
    }

    /// Announces the local peer as a provider of a key, again whenever the node comes back to the network.
    pub(in crate::network) fn provide(&mut self, key: RecordKey, reply: Reply<()>) {
        self.provided.insert(key.clone());
        self.act(Action::Provide { key, reply: Some(reply) });
    }

    /// Stops announcing the local peer.
    pub(in crate::network) fn stop_providing(&mut self, key: RecordKey) {
        self.provided.remove(&key);
        self.act(Action::StopProviding(key));
    }

    /// Looks for the providers of a caller's key.
    pub(in crate::network) fn find_providers(
        &mut self,
        key: RecordKey,
        reply: Reply<Vec<PeerId>>,
        known: usize,
    ) {
        if known == 0 {
            let result = Err(NetworkError::NobodyToAsk);
            self.act(Action::Answer(Answer::Providers(reply, result)));
            return;
        }
        let request = Request::FindProviders(key.clone());
        self.start(request, Query::FindProviders { key, found: Vec::new(), reply });
    }

    /// Dials neighbours that were discovered. Nothing else is known of them: the connection will tell, through
    /// identify.
    pub(in crate::network) fn on_discovered(&mut self, found: Vec<(PeerId, Multiaddr)>) {
        let local = self.store.peer_id();
        let others =
            found.into_iter().filter(|(peer, _)| *peer != local && !self.peers.is_connected(peer));
        let addresses = others.filter_map(|(peer, address)| address.with_p2p(peer).ok()).collect();
        self.act(Action::Dial(addresses));
    }

    /// Ends the queries of callers that have given up: they make room for others.
    pub(in crate::network) fn on_abandoned(&mut self) {
        for id in self.queries.take_abandoned() {
            self.act(Action::Finish(id));
        }
        self.forget_patients_that_left();
    }

    /// Notes the id that kad gave a query.
    pub(in crate::network) fn on_started(&mut self, id: QueryId, query: Query) {
        self.queries.insert(id, query);
    }

    pub(super) fn start(&mut self, request: Request, query: Query) {
        self.act(Action::Start(request, Box::new(query)));
    }
}
