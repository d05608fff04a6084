//! Decides what follows for own records from what peers answer, and from their silence.

use libp2p::kad::{GetRecordError, PutRecordOk, QueryResult};

use super::*;
use crate::network::{
    kad_behaviour::Answer,
    refusal::{Reason, Refusal},
};

pub(super) const ALL_ANSWERED: Effort = Effort { asked: 1, answered: 1, took: None };

/// Returns the record of an own note that waits to be offered.
pub(super) fn waiting_note(node: &Driver, id: u32) -> Result<Record, Box<dyn Error>> {
    node.notes.put(&Note { id })?;
    let key = node.notes.record_key(&id)?;
    let record = node.notes.publish_record(&key)?.ok_or("it was just put")?;
    assert!(node.state.offers().put_back(node.state.store(), &key));
    Ok(record)
}

/// Lets the walk for a record find these peers, and returns to which of them it is sent.
fn walk(node: &mut Driver, closest: &[PeerId]) -> Result<(QueryId, Vec<PeerId>), Box<dyn Error>> {
    node.state.offer(|| 1);
    let started = node.start_queries();
    let [(id, Request::Get(key))] = &started[..] else { return Err("one walk starts".into()) };
    let (key, closest_peers) = (key.clone(), closest.to_vec());
    let found = QueryResult::GetRecord(Err(GetRecordError::NotFound { key, closest_peers }));
    node.state.on_ended(*id, found, ALL_ANSWERED);
    sent(node)
}

/// Returns the one record that is sent, and to which peers.
fn sent(node: &mut Driver) -> Result<(QueryId, Vec<PeerId>), Box<dyn Error>> {
    let mut started = node.start_queries();
    match (started.pop(), started.len()) {
        (Some((id, Request::Put { peers, .. })), 0) => Ok((id, peers)),
        _ => Err("one record is sent".into()),
    }
}

/// Ends a put; peers that have not answered are silent.
pub(super) fn end(node: &mut Driver, id: QueryId) {
    let key = RecordKey::new(b"key");
    let ended = QueryResult::PutRecord(Ok(PutRecordOk { key }));
    node.state.on_ended(id, ended, ALL_ANSWERED);
}

pub(super) fn rate(retry_after: Duration) -> Answer {
    Answer::Refused(Refusal { reason: Reason::Rate, retry_after: Some(retry_after) })
}

const UNKNOWN: Answer = Answer::Refused(Refusal { reason: Reason::Record, retry_after: None });

fn offered(actions: &[Action]) -> Vec<usize> {
    let offered = actions.iter().filter_map(|action| match action {
        Action::Emit(NodeEvent::Offered { peers, .. }) => Some(*peers),
        _ => None,
    });
    offered.collect()
}

#[test]
fn what_changed_is_offered_once_a_peer_is_known_and_rests_if_all_refuse_it() -> Outcome {
    let mut node = Driver::new(&[], Mode::Auto)?;
    waiting_note(&node, 1)?;
    node.state.offer(|| 0);
    assert!(node.actions().is_empty(), "no peer is known");

    let peer = PeerId::random();
    let (id, peers) = walk(&mut node, &[peer])?;
    assert_eq!((&peers[..], node.state.callers()), (&[peer][..], 0), "the node itself wants it");
    node.state.on_answered(id, peer, UNKNOWN, true);
    end(&mut node, id);

    assert_eq!(offered(&node.actions()), [0]);
    node.state.offer(|| 1);
    assert!(node.actions().is_empty(), "it rests");
    node.clock.advance(Duration::from_secs(30));
    node.state.offer(|| 1);
    assert!(matches!(&node.start_queries()[..], [(_, Request::Get(_))]));
    Ok(())
}

#[test]
fn an_offer_ends_with_those_that_took_it_and_the_others_are_sent_it_later() -> Outcome {
    let mut node = Driver::new(&[], Mode::Auto)?;
    waiting_note(&node, 1)?;
    let [one, two, three] = [(); 3].map(|()| PeerId::random());
    for peer in [one, two, three] {
        node.identify(peer, "/ip4/9.9.9.9/tcp/1", &info("test", &["/ip4/9.9.9.9/tcp/1"])?)?;
    }
    let (id, peers) = walk(&mut node, &[one, two, three])?;
    assert_eq!(peers.len(), 3);
    node.state.on_answered(id, one, Answer::Took, true);
    node.state.on_answered(id, two, rate(Duration::from_secs(1)), true);

    end(&mut node, id);

    assert_eq!(offered(&node.actions()), [1]);
    assert_eq!(node.state.offers_waiting(), 2, "one has asked for a pause, one was silent");
    let now = Instant::now();
    node.state.set_time(now + Duration::from_secs(2));
    node.state.offer(|| 1);
    let (id, mut peers) = sent(&mut node)?;
    peers.sort();
    let mut expected = [two, three];
    expected.sort();
    assert_eq!(peers, expected, "the one that is heard no more is tried with it");
    node.state.on_answered(id, two, Answer::Took, true);
    end(&mut node, id);
    assert_eq!(node.state.offers_waiting(), 1);

    node.state.on_heard(three);
    node.state.offer(|| 1);
    let (id, peers) = sent(&mut node)?;
    assert_eq!(peers, [three]);
    node.state.on_answered(id, three, Answer::Took, true);
    end(&mut node, id);
    assert_eq!(node.state.offers_waiting(), 0);
    Ok(())
}

#[test]
fn neighbours_go_without_a_walk_and_a_silent_peer_is_owed_them() -> Outcome {
    let mut node = Driver::new(&[], Mode::Auto)?;
    for id in 0..3 {
        waiting_note(&node, id)?;
    }
    let [one, silent] = [(); 2].map(|()| PeerId::random());
    node.identify(silent, "/ip4/9.9.9.9/tcp/1", &info("test", &["/ip4/9.9.9.9/tcp/1"])?)?;
    node.state.on_missed(silent);
    node.state.offer(|| 2);
    for (id, request) in node.start_queries() {
        let Request::Get(key) = request else { return Err("walks come first".into()) };
        let closest_peers = vec![one];
        let found = QueryResult::GetRecord(Err(GetRecordError::NotFound { key, closest_peers }));
        node.state.on_ended(id, found, ALL_ANSWERED);
    }
    let started = node.start_queries();
    assert_eq!(started.len(), 3);
    for (id, _) in started {
        node.state.on_answered(id, one, Answer::Took, true);
        end(&mut node, id);
    }
    assert_eq!(node.state.offers_waiting(), 3, "no walk has found it, and it is to hold them");

    waiting_note(&node, 3)?;
    node.state.offer(|| 2);

    let (_, peers) = sent(&mut node)?;
    assert_eq!(peers, [one]);
    assert_eq!(node.state.offers_waiting(), 5, "it is owed, and under way");
    Ok(())
}

#[test]
fn what_a_peer_that_left_was_owed_is_offered_anew() -> Outcome {
    let mut node = Driver::new(&[], Mode::Auto)?;
    waiting_note(&node, 1)?;
    let [one, gone] = [(); 2].map(|()| PeerId::random());
    node.identify(gone, "/ip4/9.9.9.9/tcp/1", &info("test", &["/ip4/9.9.9.9/tcp/1"])?)?;
    let (id, _) = walk(&mut node, &[one, gone])?;
    node.state.on_answered(id, one, Answer::Took, true);
    end(&mut node, id);
    assert_eq!(node.state.offers_waiting(), 1);
    node.actions();

    node.state.update_mode(|peer| *peer != gone);

    node.state.offer(|| 1);
    let started = node.start_queries();
    assert!(matches!(&started[..], [(_, Request::Get(_))]), "others are to hold it now");
    Ok(())
}

#[test]
fn an_offer_that_a_peer_has_newer_is_looked_into_and_counts_as_not_sent() -> Outcome {
    let mut node = Driver::new(&[], Mode::Auto)?;
    let record = waiting_note(&node, 1)?;
    let peer = PeerId::random();
    let (id, _) = walk(&mut node, &[peer])?;
    let outdated = Refusal { reason: Reason::Outdated, retry_after: None };
    node.state.on_answered(id, peer, Answer::Refused(outdated), true);
    end(&mut node, id);
    assert_eq!(offered(&node.actions()), [0]);

    node.clock.advance(Duration::from_secs(30));
    let newer = node.note(1)?;
    node.state.offer(|| 1);
    let id = node.start_queries()[0].0;
    node.state.on_found(id, peer, newer.clone());
    let key = record.key.clone();
    let closest_peers = Vec::new();
    let found = QueryResult::GetRecord(Err(GetRecordError::NotFound { key, closest_peers }));
    node.state.on_ended(id, found, ALL_ANSWERED);

    let actions = node.actions();
    assert!(matches!(&actions[..], [Action::Emit(NodeEvent::OfferOutdated { .. })]));
    let held = node.notes.held_record(&record.key).ok_or("it was stored before")?;
    assert_eq!(held.record.value, newer.value);
    assert_eq!(node.state.offers_waiting(), 0);
    Ok(())
}
