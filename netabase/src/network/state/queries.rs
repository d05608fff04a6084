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
    Provide(Reply<()>),
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

    /// Returns whether a caller waits for the query.
    fn has_caller(&self) -> bool {
        match self {
            Self::Fetch(..) | Self::Provide(_) | Self::FindProviders { .. } => true,
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
}

impl Queries {
    /// Returns how many queries callers wait for.
    pub(super) fn callers(&self) -> usize {
        self.callers
    }

    pub(super) fn insert(&mut self, id: QueryId, query: Query) {
        self.callers += usize::from(query.has_caller());
        self.running.insert(id, query);
    }

    pub(super) fn remove(&mut self, id: QueryId) -> Option<Query> {
        let query = self.running.remove(&id)?;
        self.callers -= usize::from(query.has_caller());
        Some(query)
    }

    pub(super) fn get_mut(&mut self, id: QueryId) -> Option<&mut Query> {
        self.running.get_mut(&id)
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (QueryId, &mut Query)> {
        self.running.iter_mut().map(|(id, query)| (*id, query))
    }
}
