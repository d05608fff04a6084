//! Takes in what kad's queries find, and decides what follows when one ends. Callers are answered once.

use std::time::Duration;

use libp2p::{
    PeerId,
    kad::{
        GetRecordError, GetRecordOk, PutRecordError, QueryId, QueryResult, QueryStats, Quorum,
        Record, RecordKey,
    },
};

use super::{
    NodeState,
    action::{Action, Answer, Request},
    queries::Query,
};
use crate::network::{
    error::NetworkError,
    events::NodeEvent,
    query::{Repair, Walk, WalkEnd, closest_to},
    settings::{QUERY_TIMEOUT, REPLICATION, WALK_TIMEOUT},
};

/// The number of peers that a query asked, of those that answered, and the time it took.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::network) struct Effort {
    pub(in crate::network) asked: usize,
    pub(in crate::network) answered: usize,
    pub(in crate::network) took: Option<Duration>,
}

impl From<&QueryStats> for Effort {
    fn from(stats: &QueryStats) -> Self {
        let [asked, answered] =
            [stats.num_requests(), stats.num_successes()].map(|count| count as usize);
        Self { asked, answered, took: stats.duration() }
    }
}

impl NodeState {
    /// Notes that the walk to the node's own neighbourhood has ended.
    pub(in crate::network) fn on_bootstrapped(&mut self) {
        let is_first = self.bootstrap_status.finished();
        self.show_obstacle();
        if is_first {
            self.act(Action::Emit(NodeEvent::Bootstrapped));
        }
    }

    /// Takes in a record with which a peer answered a walk.
    pub(in crate::network) fn on_found(&mut self, id: QueryId, peer: PeerId, record: Record) {
        let Some(query) = self.queries.get_mut(id) else { return };
        let Some(walk) = query.walk() else { return };
        let key = walk.key().clone();
        let _span = tracing::debug_span!("answer", query = ?id, %peer, ?key).entered();
        if let Err(reason) = walk.answer(peer, record, |record| self.store.validate(record)) {
            tracing::debug!(reason = %reason.reason(), error = %reason, "not valid");
            let invalid = NodeEvent::InvalidAnswer { peer, key, reason };
            self.actions.push_back(Action::Emit(invalid));
        }
        if let Query::Fetch(fetch, _) = query
            && fetch.is_satisfied()
        {
            self.act(Action::Finish(id));
        }
    }

    /// Takes in providers with which a peer answered.
    pub(in crate::network) fn on_found_providers(
        &mut self,
        id: QueryId,
        providers: impl IntoIterator<Item = PeerId>,
    ) {
        if let Some(Query::FindProviders { found, .. }) = self.queries.get_mut(id) {
            found.extend(providers);
        }
    }

    /// Takes in the end of a query.
    pub(in crate::network) fn on_ended(&mut self, id: QueryId, result: QueryResult, stats: Effort) {
        let Some(query) = self.queries.remove(id) else { return };
        let _span = tracing::debug_span!("query", query = ?id).entered();
        let Effort { asked, answered, took } = stats;
        tracing::debug!(asked, answered, ?took, "ended");
        match query {
            Query::Fetch(mut fetch, reply) => {
                let is_complete = !fetch.is_satisfied();
                let end = end_of_walk(result, stats, fetch.walk(), is_complete);
                let (result, repair) = fetch.finish(&end);
                self.act(Action::Answer(Answer::Fetched(reply, result)));
                if let Some(repair) = repair {
                    self.start_repair(repair);
                }
            }
            Query::PublishWalk(mut publish, requester) => {
                let end = end_of_walk(result, stats, publish.walk(), true);
                self.publish_walked(publish, requester, &end);
            }
            Query::PublishSend(publish, requester, delivery) => {
                self.on_delivered(publish, requester, delivery);
            }
            Query::Repair { key, peers } => {
                let peers = acknowledged(&result, peers);
                if peers > 0 {
                    self.act(Action::Emit(NodeEvent::Repaired { key, peers }));
                }
            }
            Query::Handover(handed) => {
                self.on_handed_over(handed, acknowledged(&result, 1) > 0);
            }
            Query::Provide(reply) => {
                let is_ok = matches!(result, QueryResult::StartProviding(Ok(_)));
                let timed_out = NetworkError::TimedOut { after: QUERY_TIMEOUT };
                let result = if is_ok { Ok(()) } else { Err(timed_out) };
                if let Some(reply) = reply {
                    self.act(Action::Answer(Answer::Provided(reply, result)));
                }
            }
            Query::FindProviders { key, found, reply } => {
                let providers = providers_found(&key, found, &result, stats);
                self.act(Action::Answer(Answer::Providers(reply, providers)));
            }
        }
    }

    fn start_repair(&mut self, Repair { record, peers }: Repair) {
        let (key, count) = (record.key.clone(), peers.len());
        let record = self.store.as_record(record.key, record.value);
        let request = Request::Put { record, peers, quorum: Quorum::All };
        self.start(request, Query::Repair { key, peers: count });
    }
}

/// Counts those of so many peers that took a record.
fn acknowledged(result: &QueryResult, peers: usize) -> usize {
    match result {
        QueryResult::PutRecord(Ok(_)) => peers,
        QueryResult::PutRecord(Err(
            PutRecordError::QuorumFailed { success, .. } | PutRecordError::Timeout { success, .. },
        )) => success.len(),
        _ => 0,
    }
}

fn end_of_walk(result: QueryResult, stats: Effort, walk: &Walk, is_complete: bool) -> WalkEnd {
    let cut_short = walk.is_cut_short().then_some(WALK_TIMEOUT);
    let (missing, timed_out) = match result {
        QueryResult::GetRecord(Ok(GetRecordOk::FinishedWithNoAdditionalRecord {
            cache_candidates,
        })) => (cache_candidates.into_values().collect(), cut_short),
        QueryResult::GetRecord(Err(GetRecordError::NotFound { closest_peers, .. })) => {
            (closest_peers, cut_short)
        }
        _ => (Vec::new(), Some(QUERY_TIMEOUT)),
    };
    WalkEnd {
        missing,
        asked: stats.asked,
        answered: stats.answered,
        timed_out,
        is_complete: is_complete && timed_out.is_none(),
    }
}

fn providers_found(
    key: &RecordKey,
    found: Vec<PeerId>,
    result: &QueryResult,
    stats: Effort,
) -> Result<Vec<PeerId>, NetworkError> {
    if found.is_empty() && stats.answered == 0 {
        let timed_out = matches!(result, QueryResult::GetProviders(Err(_)));
        return Err(if timed_out {
            NetworkError::TimedOut { after: QUERY_TIMEOUT }
        } else {
            NetworkError::Unreachable { asked: stats.asked }
        });
    }
    let mut closest = closest_to(key, found.into_iter());
    closest.truncate(REPLICATION);
    Ok(closest)
}
