//! Keeps kad's queries, what each is for, and answers whoever waits for one.

use libp2p::{
    PeerId,
    kad::{
        GetProvidersOk, GetRecordError, GetRecordOk, PeerRecord, PutRecordError, QueryId,
        QueryResult, QueryStats, Quorum, Record, RecordKey,
    },
};

use super::Task;
use crate::network::{
    command::Reply,
    error::NetworkError,
    events::NodeEvent,
    query::{End, Fetch, Fetched, Publish, PublishReport, PublishStep, Repair, Walk, closest_to},
    settings::{QUERY_TIMEOUT, REPLICATION, WALK_TIMEOUT},
};

/// A query of kad's, and what it is for.
pub(super) enum Query {
    Fetch(Fetch, Reply<Fetched>),
    /// The walk of a publish.
    PublishWalk(Publish, Asker),
    /// The puts of a publish to so many peers.
    PublishSend(Publish, Asker, usize),
    Repair {
        key: RecordKey,
        peers: usize,
    },
    Handover {
        key: RecordKey,
        peer: PeerId,
    },
    Provide(Reply<()>),
    FindProviders {
        key: RecordKey,
        found: Vec<PeerId>,
        reply: Reply<Vec<PeerId>>,
    },
}

impl Query {
    /// The walk for a record that it is.
    pub(super) fn walk(&mut self) -> Option<&mut Walk> {
        match self {
            Self::Fetch(fetch, _) => Some(fetch.walk()),
            Self::PublishWalk(publish, _) => Some(publish.walk()),
            _ => None,
        }
    }
}

/// Who wants a record to be published.
pub(super) enum Asker {
    Caller(Reply<PublishReport>),
    /// The node itself.
    Offering,
}

impl Task {
    /// One step of a query: there may be several. Callers are answered once.
    pub(super) fn on_progress(
        &mut self,
        id: QueryId,
        result: QueryResult,
        stats: &QueryStats,
        is_last: bool,
    ) {
        if let QueryResult::Bootstrap(result) = result {
            if let Err(error) = &result {
                tracing::debug!(%error, "a part of the bootstrap failed");
            }
            if is_last {
                self.on_bootstrapped();
            }
            return;
        }
        if let QueryResult::GetRecord(Ok(GetRecordOk::FoundRecord(found))) = result {
            self.on_found(id, found);
            return;
        }
        if let QueryResult::GetProviders(Ok(GetProvidersOk::FoundProviders { providers, .. })) =
            result
        {
            if let Some(Query::FindProviders { found, .. }) = self.queries.get_mut(&id) {
                found.extend(providers);
            }
            return;
        }
        if is_last && let Some(query) = self.queries.remove(&id) {
            let _span = tracing::debug_span!("query", query = ?id).entered();
            tracing::debug!(
                asked = stats.num_requests(),
                answered = stats.num_successes(),
                took = ?stats.duration(),
                "ended"
            );
            self.on_end(query, result, stats);
        }
    }

    fn on_found(&mut self, id: QueryId, PeerRecord { peer, record }: PeerRecord) {
        // What is held here is known already.
        let Some(peer) = peer else { return };
        let Some(query) = self.queries.get_mut(&id) else { return };
        let Some(walk) = query.walk() else { return };
        let key = walk.key().clone();
        let _span = tracing::debug_span!("answer", query = ?id, %peer, ?key).entered();
        if let Err(reason) = walk.answer(peer, record, |record| self.store.validate(record)) {
            tracing::debug!(%reason, "not valid");
            self.ends.tally.update(|counters| counters.invalid_answers += 1);
            self.ends.events.send(NodeEvent::InvalidAnswer { peer, key, reason });
        }
        if let Query::Fetch(fetch, _) = query
            && fetch.is_satisfied()
            && let Some(mut running) = self.swarm.behaviour_mut().kad.kad.query_mut(&id)
        {
            running.finish();
        }
    }

    fn on_end(&mut self, query: Query, result: QueryResult, stats: &QueryStats) {
        match query {
            Query::Fetch(mut fetch, reply) => {
                self.callers -= 1;
                let is_complete = !fetch.is_satisfied();
                let end = end_of_walk(result, stats, fetch.walk(), is_complete);
                let (result, repair) = fetch.finish(&end);
                self.answer(reply, result);
                if let Some(repair) = repair {
                    self.start_repair(repair);
                }
            }
            Query::PublishWalk(mut publish, asker) => {
                let end = end_of_walk(result, stats, publish.walk(), true);
                self.publish_walked(publish, asker, &end);
            }
            Query::PublishSend(mut publish, asker, peers) => {
                let result = publish.sent(acknowledged(&result, peers));
                self.end_publish(publish.record(), asker, result);
            }
            Query::Repair { key, peers } => {
                let peers = acknowledged(&result, peers);
                if peers > 0 {
                    self.ends.tally.update(|counters| counters.repairs += peers as u64);
                    self.ends.events.send(NodeEvent::Repaired { key, peers });
                }
            }
            Query::Handover { key, peer } => {
                self.handovers.ended();
                if acknowledged(&result, 1) > 0 {
                    self.ends.tally.update(|counters| counters.handovers_sent += 1);
                    self.ends.events.send(NodeEvent::HandedOver { key, peer });
                }
            }
            Query::Provide(reply) => {
                self.callers -= 1;
                let is_ok = matches!(result, QueryResult::StartProviding(Ok(_)));
                let timed_out = NetworkError::TimedOut { after: QUERY_TIMEOUT };
                self.answer(reply, if is_ok { Ok(()) } else { Err(timed_out) });
            }
            Query::FindProviders { key, found, reply } => {
                self.callers -= 1;
                let providers = providers_found(&key, found, &result, stats);
                self.answer(reply, providers);
            }
        }
    }

    pub(super) fn publish_walked(&mut self, mut publish: Publish, asker: Asker, end: &End) {
        let (step, closest) = publish.walked(end);
        if let Asker::Offering = asker {
            self.offering.walked(publish.record(), closest);
        }
        match step {
            PublishStep::Send(targets) => self.send_published(publish, asker, targets),
            PublishStep::Done(result) => {
                if let Err(NetworkError::Outdated { winner }) = &result {
                    self.take_in(winner);
                }
                self.end_publish(publish.record(), asker, result);
            }
        }
    }

    /// What beats a record of this peer's own replaces it here, too: else the next attempt would be beaten again.
    fn take_in(&self, winner: &Record) {
        if let Err(error) = self.store.put_validated(winner) {
            let error: &(dyn std::error::Error + 'static) = &error;
            tracing::debug!(key = ?winner.key, error, "could not take in what is newer");
        }
    }

    pub(super) fn send_published(&mut self, publish: Publish, asker: Asker, targets: Vec<PeerId>) {
        let (record, peers) = (publish.record().clone(), targets.len());
        let id = self.kad().put_record_to(record, targets.into_iter(), Quorum::All);
        self.queries.insert(id, Query::PublishSend(publish, asker, peers));
    }

    fn end_publish(
        &mut self,
        record: &Record,
        asker: Asker,
        result: Result<PublishReport, NetworkError>,
    ) {
        // A newer value at others is no reason to offer this one for ever.
        let peers = match &result {
            Ok(report) | Err(NetworkError::QuorumMissed { report }) => report.holders(),
            Err(_) => 1,
        };
        match asker {
            Asker::Caller(reply) => {
                self.callers -= 1;
                let is_missed = matches!(result, Err(NetworkError::QuorumMissed { .. }));
                if is_missed || peers == 0 {
                    self.offering.offers().put_back(&self.store, &record.key);
                } else {
                    self.offering.offers().settle(&self.store, record);
                    self.offering.settled(record);
                }
                self.answer(reply, result);
            }
            Asker::Offering => {
                self.offering.ended(record, peers, self.store.monotonic());
                self.ends.tally.update(|counters| {
                    let counter = if peers > 0 {
                        &mut counters.offers_sent
                    } else {
                        &mut counters.offers_failed
                    };
                    *counter += 1;
                });
                self.ends.events.send(NodeEvent::Offered { key: record.key.clone(), peers });
            }
        }
    }

    fn start_repair(&mut self, Repair { record, peers }: Repair) {
        let (key, count) = (record.key.clone(), peers.len());
        let record = self.store.as_record(record.key, record.value);
        let id = self.kad().put_record_to(record, peers.into_iter(), Quorum::All);
        self.queries.insert(id, Query::Repair { key, peers: count });
    }
}

/// How many of so many peers took a record.
fn acknowledged(result: &QueryResult, peers: usize) -> usize {
    match result {
        QueryResult::PutRecord(Ok(_)) => peers,
        QueryResult::PutRecord(Err(
            PutRecordError::QuorumFailed { success, .. } | PutRecordError::Timeout { success, .. },
        )) => success.len(),
        _ => 0,
    }
}

fn end_of_walk(result: QueryResult, stats: &QueryStats, walk: &Walk, is_complete: bool) -> End {
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
    End {
        missing,
        asked: stats.num_requests() as usize,
        answered: stats.num_successes() as usize,
        timed_out,
        is_complete: is_complete && timed_out.is_none(),
    }
}

fn providers_found(
    key: &RecordKey,
    found: Vec<PeerId>,
    result: &QueryResult,
    stats: &QueryStats,
) -> Result<Vec<PeerId>, NetworkError> {
    if found.is_empty() && stats.num_successes() == 0 {
        let timed_out = matches!(result, QueryResult::GetProviders(Err(_)));
        return Err(if timed_out {
            NetworkError::TimedOut { after: QUERY_TIMEOUT }
        } else {
            NetworkError::Unreachable { asked: stats.num_requests() as usize }
        });
    }
    let mut closest = closest_to(key, found.into_iter());
    closest.truncate(REPLICATION);
    Ok(closest)
}
