//! Decides on queries as callers ask for them, peers answer and kad ends them.

use std::{collections::BTreeMap, num::NonZeroUsize};

use libp2p::kad::{GetRecordError, GetRecordOk, PutRecordError, PutRecordOk, QueryResult, Quorum};

use super::*;
use crate::network::{
    kad_behaviour::Answer,
    query::{FetchMode, Fetched},
    report::PublishReport,
};

pub(super) const ONE_ANSWERED: Effort = Effort { asked: 1, answered: 1, took: None };

/// Returns the end of a walk that found no record, but these peers.
pub(super) fn not_found(key: &RecordKey, closest_peers: Vec<PeerId>) -> QueryResult {
    QueryResult::GetRecord(Err(GetRecordError::NotFound { key: key.clone(), closest_peers }))
}

/// Starts a fetch of a key that is not held here, where one peer is known.
pub(super) fn fetch(
    node: &mut Driver,
    key: &RecordKey,
    mode: FetchMode,
    known: usize,
) -> oneshot::Receiver<Result<Fetched, NetworkError>> {
    let (reply, answer) = oneshot::channel();
    node.state.fetch(key.clone(), mode, None, reply, known);
    answer
}

/// Starts a publish where one peer is known.
pub(super) fn publish(
    node: &mut Driver,
    record: &Record,
    known: usize,
) -> oneshot::Receiver<Result<PublishReport, NetworkError>> {
    let (reply, answer) = oneshot::channel();
    node.state.publish(record.clone(), Quorum::Majority, reply, known);
    answer
}

/// Gives callers their answers, and returns what else was decided.
pub(super) fn deliver(node: &mut Driver) -> Vec<Action> {
    let mut others = Vec::new();
    for action in node.actions() {
        match action {
            Action::Answer(answer) => {
                answer.send();
            }
            other => others.push(other),
        }
    }
    others
}

#[test]
fn calls_are_answered_at_once_where_no_peer_is_known() -> Outcome {
    let mut node = Driver::new(&[], Mode::Auto)?;
    let record = node.note(1)?;
    let mut fetched = fetch(&mut node, &record.key, FetchMode::Several, 0);
    let mut published = publish(&mut node, &record, 0);

    assert!(deliver(&mut node).is_empty(), "nothing is sent");

    assert!(matches!(fetched.try_recv()?, Err(NetworkError::NobodyToAsk)));
    let report = published.try_recv()??;
    assert_eq!((report.found, report.wanted), (0, 0));
    assert_eq!(node.state.callers(), 0);
    Ok(())
}

#[test]
fn a_fetch_ends_early_once_its_mode_is_satisfied() -> Outcome {
    let mut node = Driver::new(&[], Mode::Auto)?;
    let record = node.note(1)?;
    let mut answer = fetch(&mut node, &record.key, FetchMode::First, 1);
    let started = node.start_queries();
    let [(id, Request::Get(_))] = started[..] else { panic!("a walk starts") };
    assert_eq!(node.state.callers(), 1);

    node.state.on_found(id, PeerId::random(), record.clone());

    let actions = node.actions();
    assert!(matches!(&actions[..], [Action::Finish(finished)] if *finished == id));
    let cache_candidates = BTreeMap::new();
    let end = GetRecordOk::FinishedWithNoAdditionalRecord { cache_candidates };
    node.state.on_ended(id, QueryResult::GetRecord(Ok(end)), ONE_ANSWERED);
    assert!(deliver(&mut node).is_empty(), "nobody is to be repaired");
    let fetched = answer.try_recv()??;
    assert_eq!(fetched.record.map(|found| found.value), Some(record.value));
    assert_eq!(node.state.callers(), 0);
    Ok(())
}

#[test]
fn an_answer_that_is_not_valid_is_told_and_does_not_satisfy_a_fetch() -> Outcome {
    let mut node = Driver::new(&[], Mode::Auto)?;
    let record = node.note(1)?;
    let mut answer = fetch(&mut node, &record.key, FetchMode::First, 1);
    let id = node.start_queries()[0].0;
    let liar = PeerId::random();

    node.state.on_found(id, liar, Record { value: vec![0; 40], ..record.clone() });

    let actions = node.actions();
    assert!(matches!(
        &actions[..],
        [Action::Emit(NodeEvent::InvalidAnswer { peer, .. })] if *peer == liar
    ));
    node.state.on_ended(id, not_found(&record.key, Vec::new()), ONE_ANSWERED);
    deliver(&mut node);
    assert!(matches!(answer.try_recv()?, Err(NetworkError::OnlyInvalid { answers: 1, .. })));
    Ok(())
}

#[test]
fn a_peer_that_lacks_the_newest_record_is_sent_it() -> Outcome {
    let mut node = Driver::new(&[], Mode::Auto)?;
    let (older, newer) = (node.note(1)?, node.note(1)?);
    assert!(older.value < newer.value);
    let (behind, ahead) = (PeerId::random(), PeerId::random());
    let _answer = fetch(&mut node, &newer.key, FetchMode::Several, 2);
    let id = node.start_queries()[0].0;
    node.state.on_found(id, behind, older);
    node.state.on_found(id, ahead, newer.clone());
    node.actions();

    let asked = Effort { asked: 2, answered: 2, took: None };
    node.state.on_ended(id, not_found(&newer.key, Vec::new()), asked);

    let started = node.start_queries();
    let [(id, Request::Put { record, peers, .. })] = &started[..] else { panic!("a repair") };
    assert_eq!((&record.value, &peers[..]), (&newer.value, &[behind][..]));
    let sent = PutRecordOk { key: newer.key.clone() };
    node.state.on_ended(*id, QueryResult::PutRecord(Ok(sent)), ONE_ANSWERED);
    let actions = node.actions();
    assert!(matches!(&actions[..], [Action::Emit(NodeEvent::Repaired { peers: 1, .. })]));
    Ok(())
}

#[test]
fn a_walk_that_takes_too_long_is_ended_once() -> Outcome {
    let mut node = Driver::new(&[], Mode::Auto)?;
    let record = node.note(1)?;
    let _answer = fetch(&mut node, &record.key, FetchMode::Several, 1);
    let id = node.start_queries()[0].0;

    node.state.end_long_walks();
    assert!(node.actions().is_empty());
    node.clock.advance(Duration::from_secs(16));
    node.state.end_long_walks();
    node.state.end_long_walks();

    let actions = node.actions();
    assert!(matches!(&actions[..], [Action::Finish(finished)] if *finished == id));
    Ok(())
}

/// Puts and publishes a note of the application's own, of which nothing waits to be offered yet.
pub(super) fn own_note(node: &Driver, id: u32) -> Result<Record, Box<dyn Error>> {
    node.notes.put(&Note { id })?;
    let record = node.notes.publish_record(&node.notes.record_key(&id)?)?;
    let record = record.ok_or("it was just put")?;
    node.state.offers().settle(node.state.store(), &record);
    Ok(record)
}

#[test]
fn a_publish_is_sent_to_the_closest_peers_and_is_not_offered_again() -> Outcome {
    let mut node = Driver::new(&[], Mode::Auto)?;
    let record = own_note(&node, 1)?;
    let peer = PeerId::random();
    let mut answer = publish(&mut node, &record, 1);
    let id = node.start_queries()[0].0;
    assert_eq!(node.state.callers(), 1);

    node.state.on_ended(id, not_found(&record.key, vec![peer]), ONE_ANSWERED);
    let started = node.start_queries();
    let [(id, Request::Put { peers, quorum: Quorum::All, .. })] = &started[..] else {
        panic!("the record is sent")
    };
    assert_eq!((&peers[..], node.state.callers()), (&[peer][..], 1));
    node.state.on_answered(*id, peer, Answer::Took, true);
    let sent = PutRecordOk { key: record.key.clone() };
    node.state.on_ended(*id, QueryResult::PutRecord(Ok(sent)), ONE_ANSWERED);
    deliver(&mut node);

    let report = answer.try_recv()??;
    assert_eq!((report.acknowledged, report.wanted), (1, 1));
    assert_eq!((node.state.callers(), node.state.offers_waiting()), (0, 0));
    Ok(())
}

#[test]
fn a_publish_that_misses_its_quorum_is_offered_again() -> Outcome {
    let mut node = Driver::new(&[], Mode::Auto)?;
    let record = own_note(&node, 1)?;
    let mut answer = publish(&mut node, &record, 1);
    let id = node.start_queries()[0].0;
    node.state.on_ended(id, not_found(&record.key, vec![PeerId::random()]), ONE_ANSWERED);
    let id = node.start_queries()[0].0;

    let (key, success, quorum) = (record.key.clone(), Vec::new(), NonZeroUsize::MIN);
    let failed = PutRecordError::QuorumFailed { key, success, quorum };
    node.state.on_ended(id, QueryResult::PutRecord(Err(failed)), ONE_ANSWERED);
    deliver(&mut node);

    assert!(matches!(answer.try_recv()?, Err(NetworkError::QuorumMissed { .. })));
    assert_eq!(node.state.offers_waiting(), 1);
    Ok(())
}

#[test]
fn a_publish_that_is_outdated_adopts_the_newer_record_and_sends_nothing() -> Outcome {
    let mut node = Driver::new(&[], Mode::Auto)?;
    let record = own_note(&node, 1)?;
    node.clock.advance(Duration::from_secs(1));
    let newer = node.note(1)?;
    let mut answer = publish(&mut node, &record, 1);
    let id = node.start_queries()[0].0;
    node.state.on_found(id, PeerId::random(), newer.clone());

    node.state.on_ended(id, not_found(&record.key, Vec::new()), ONE_ANSWERED);

    assert!(deliver(&mut node).is_empty(), "nothing is sent");
    assert!(matches!(answer.try_recv()?, Err(NetworkError::Outdated { .. })));
    let held = node.notes.held_record(&record.key).ok_or("it was stored before")?;
    assert_eq!(held.record.value, newer.value);
    Ok(())
}
