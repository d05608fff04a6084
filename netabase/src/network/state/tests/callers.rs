//! Keeps callers waiting, and notices when they give up.

use std::num::NonZeroUsize;

use libp2p::kad::{PutRecordError, QueryResult};

use super::{
    queries::{ONE_ANSWERED, deliver, fetch, not_found, own_note, publish},
    *,
};
use crate::network::{
    kad_behaviour::Answer,
    query::FetchMode,
    refusal::{Reason, Refusal},
};

/// Lets a peer refuse a record, which ends the put.
fn refuse(node: &mut Driver, id: QueryId, peer: PeerId, refusal: Refusal) {
    node.state.on_answered(id, peer, Answer::Refused(refusal), true);
    let (key, success, quorum) = (RecordKey::new(b"key"), Vec::new(), NonZeroUsize::MIN);
    let failed = PutRecordError::QuorumFailed { key, success, quorum };
    node.state.on_ended(id, QueryResult::PutRecord(Err(failed)), ONE_ANSWERED);
    node.actions();
}

#[test]
fn a_caller_whose_peers_take_no_more_now_waits_until_they_do() -> Outcome {
    let mut node = Driver::new(&[], Mode::Auto)?;
    let (record, peer) = (own_note(&node, 1)?, PeerId::random());
    let mut answer = publish(&mut node, &record, 1);
    let id = node.start_queries()[0].0;
    node.state.on_ended(id, not_found(&record.key, vec![peer]), ONE_ANSWERED);
    let id = node.start_queries()[0].0;
    let second = Duration::from_secs(1);

    refuse(&mut node, id, peer, Refusal { reason: Reason::Rate, retry_after: Some(second) });

    assert!(answer.try_recv().is_err(), "it waits");
    assert_eq!(node.state.callers(), 1);
    node.state.offer(|| 1);
    assert!(node.actions().is_empty(), "the peer has asked for a pause");
    let later = node.state.next_opening().ok_or("it ends")?;
    node.state.set_time(later);
    node.state.offer(|| 1);
    let started = node.start_queries();
    let [(id, Request::Put { peers, .. })] = &started[..] else { panic!("it is sent again") };
    assert_eq!(peers[..], [peer]);
    node.state.on_answered(*id, peer, Answer::Took, true);
    deliver(&mut node);
    assert_eq!(answer.try_recv()??.acknowledged, 1);
    Ok(())
}

#[test]
fn a_caller_that_has_waited_long_enough_is_told_so() -> Outcome {
    let mut node = Driver::new(&[], Mode::Auto)?;
    let (record, peer) = (own_note(&node, 1)?, PeerId::random());
    let mut answer = publish(&mut node, &record, 1);
    let id = node.start_queries()[0].0;
    node.state.on_ended(id, not_found(&record.key, vec![peer]), ONE_ANSWERED);
    let id = node.start_queries()[0].0;
    let hour = Some(Duration::from_secs(3600));
    refuse(&mut node, id, peer, Refusal { reason: Reason::Rate, retry_after: hour });

    node.state.set_time(Instant::now() + Duration::from_secs(60));
    node.state.tidy();
    deliver(&mut node);

    assert!(matches!(answer.try_recv()?, Err(NetworkError::QuorumMissed { .. })));
    assert!(node.state.offers_waiting() > 0, "it is offered later");
    Ok(())
}

#[test]
fn a_query_whose_caller_has_given_up_is_ended_and_makes_room() -> Outcome {
    let mut node = Driver::new(&[], Mode::Auto)?;
    let record = own_note(&node, 1)?;
    let kept = fetch(&mut node, &record.key, FetchMode::Several, 1);
    drop(fetch(&mut node, &record.key, FetchMode::Several, 1));
    drop(publish(&mut node, &record, 1));
    let started = node.start_queries();
    assert_eq!((started.len(), node.state.callers()), (3, 3));

    node.state.on_abandoned();

    assert_eq!(node.state.callers(), 1);
    let actions = node.actions();
    let finished = actions.iter().filter(|action| matches!(action, Action::Finish(_)));
    assert_eq!((finished.count(), actions.len()), (2, 2));
    for (id, _) in started {
        node.state.on_ended(id, not_found(&record.key, vec![PeerId::random()]), ONE_ANSWERED);
    }
    assert!(deliver(&mut node).is_empty(), "nothing is sent for those that gave up");
    drop(kept);
    Ok(())
}
