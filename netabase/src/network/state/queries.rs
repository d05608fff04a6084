//! Keeps kad's queries and what each is for.

use std::collections::HashMap;

use libp2p::{
    PeerId,
    kad::{QueryId, RecordKey},
};

use crate::network::{
    command::Reply,
    query::{Fetch, Fetched, Publish, Walk},
    report::PublishReport,
    upkeep::{Delivery, Handed, Lane},
};

/// A query of kad's, by its purpose.
pub(in crate::network) enum Query {
    Fetch(Fetch, Reply<Fetched>),
    /// The walk of a publish.
    PublishWalk(Publish, Requester),
    /// The puts of a publish.
    PublishSend(Publish, Requester, Delivery),
    Repair {
        key: RecordKey,
        peers: usize,
    },
    Handover(Handed),
    /// The announcement goes on without a caller that has given up.
    Provide(Option<Reply<()>>),
    FindProviders {
        key: RecordKey,
        found: Vec<PeerId>,
        reply: Reply<Vec<PeerId>>,
    },
}

/// The origin of a request to publish a record.
pub(in crate::network) enum Requester {
    Caller(Reply<PublishReport>),
    /// The node itself, perhaps to find out whether what failed would succeed now.
    Offering(Option<Lane>),
}

impl Query {
    /// Returns the walk for a record, if the query is one.
    pub(super) fn walk(&mut self) -> Option<&mut Walk> {
        match self {
            Self::Fetch(fetch, _) => Some(fetch.walk()),
            Self::PublishWalk(publish, _) => Some(publish.walk()),
            _ => None,
        }
    }

    /// Returns whether the query is of no use, since the caller has given up. One that is of use goes on without.
    fn is_abandoned(&mut self) -> bool {
        match self {
            Self::Fetch(_, reply) => reply.is_closed(),
            Self::FindProviders { reply, .. } => reply.is_closed(),
            Self::PublishWalk(_, Requester::Caller(reply)) => reply.is_closed(),
            Self::PublishSend(_, requester, _) => {
                if matches!(requester, Requester::Caller(reply) if reply.is_closed()) {
                    *requester = Requester::Offering(None);
                }
                false
            }
            Self::Provide(reply) => {
                reply.take_if(|reply| reply.is_closed());
                false
            }
            _ => false,
        }
    }

    /// Returns whether the node itself offers a record with the query.
    fn is_offer(&self) -> bool {
        matches!(
            self,
            Self::PublishWalk(_, Requester::Offering(_))
                | Self::PublishSend(_, Requester::Offering(_), _)
        )
    }

    /// Returns whether a caller waits for the query.
    fn has_caller(&self) -> bool {
        match self {
            Self::Fetch(..) | Self::FindProviders { .. } => true,
            Self::Provide(reply) => reply.is_some(),
            Self::PublishWalk(_, requester) | Self::PublishSend(_, requester, _) => {
                matches!(requester, Requester::Caller(_))
            }
            Self::Repair { .. } | Self::Handover(_) => false,
        }
    }
}

/// The queries that run.
#[derive(Default)]
pub(super) struct Queries {
    running: HashMap<QueryId, Query>,
    callers: usize,
    offers: usize,
}

impl Queries {
    /// Returns how many queries callers wait for.
    pub(super) fn callers(&self) -> usize {
        self.callers
    }

    pub(super) fn insert(&mut self, id: QueryId, query: Query) {
        self.callers += usize::from(query.has_caller());
        self.offers += usize::from(query.is_offer());
        self.running.insert(id, query);
    }

    pub(super) fn remove(&mut self, id: QueryId) -> Option<Query> {
        let query = self.running.remove(&id)?;
        self.callers -= usize::from(query.has_caller());
        self.offers -= usize::from(query.is_offer());
        Some(query)
    }

    /// Returns how many of the node's own offers are under way.
    pub(super) fn offers(&self) -> usize {
        self.offers
    }

    /// Takes out the queries that are of no use, since their callers have given up.
    pub(super) fn take_abandoned(&mut self) -> Vec<QueryId> {
        let abandoned = self.running.extract_if(|_, query| query.is_abandoned());
        let abandoned = abandoned.map(|(id, _)| id).collect();
        self.callers = self.running.values().filter(|query| query.has_caller()).count();
        self.offers = self.running.values().filter(|query| query.is_offer()).count();
        abandoned
    }

    pub(super) fn get_mut(&mut self, id: QueryId) -> Option<&mut Query> {
        self.running.get_mut(&id)
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (QueryId, &mut Query)> {
        self.running.iter_mut().map(|(id, query)| (*id, query))
    }
}
