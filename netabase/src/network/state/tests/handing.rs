//! Hands records over to newcomers, and to peers that were away.

use libp2p::kad::{PutRecordError, QueryResult};

use super::{
    spreading::{ALL_ANSWERED, end, rate, waiting_note},
    *,
};
use crate::network::kad_behaviour::Answer;

/// Goes on until nothing is due, and returns what was handed over, and to which peers.
fn hand_over(node: &mut Driver) -> Vec<(QueryId, RecordKey, PeerId)> {
    let mut handed = Vec::new();
    while node.state.is_handover_due() {
        node.state.hand_over();
        for (id, request) in node.start_queries() {
            if let Request::Put { record, peers, .. } = request {
                handed.push((id, record.key, peers[0]));
            }
        }
        if handed.len() > 1000 {
            break;
        }
    }
    handed
}

/// A peer that is connected and in the routing table.
fn newcomer(node: &mut Driver) -> Result<PeerId, Box<dyn Error>> {
    let peer = node.connect();
    node.identify(peer, "/ip4/9.9.9.9/tcp/1", &info("test", &["/ip4/9.9.9.9/tcp/1"])?)?;
    node.know(peer, 1)?;
    node.actions();
    Ok(peer)
}

#[test]
fn a_newcomer_is_handed_what_it_should_hold_and_nothing_that_is_offered_anyway() -> Outcome {
    let mut node = Driver::new(&[], Mode::Auto)?;
    waiting_note(&node, 1)?;
    let foreign = node.foreign_note(2)?;
    let peer = newcomer(&mut node)?;
    assert!(node.state.is_handover_due());

    let handed = hand_over(&mut node);

    let [(id, key, to)] = &handed[..] else { panic!("one is handed over, one offered") };
    assert_eq!((key, *to), (&foreign.key, peer));
    node.state.on_answered(*id, peer, Answer::Took, true);
    end(&mut node, *id);
    assert!(matches!(&node.actions()[..], [Action::Emit(NodeEvent::HandedOver { .. })]));
    Ok(())
}

#[test]
fn what_a_newcomer_refuses_for_its_rate_is_handed_over_again() -> Outcome {
    let mut node = Driver::new(&[], Mode::Auto)?;
    node.foreign_note(2)?;
    let peer = newcomer(&mut node)?;
    let [(id, ..)] = hand_over(&mut node)[..] else { panic!("one is handed over") };

    node.state.on_answered(id, peer, rate(Duration::from_secs(1)), true);
    let failed = PutRecordError::QuorumFailed {
        key: RecordKey::new(b"key"),
        success: Vec::new(),
        quorum: std::num::NonZeroUsize::MIN,
    };
    node.state.on_ended(id, QueryResult::PutRecord(Err(failed)), ALL_ANSWERED);

    assert!(hand_over(&mut node).is_empty(), "the peer has asked for a pause");
    node.state.set_time(Instant::now() + Duration::from_secs(2));
    assert_eq!(hand_over(&mut node).len(), 1);
    Ok(())
}

#[test]
fn a_newcomer_that_has_left_is_handed_nothing() -> Outcome {
    let mut node = Driver::new(&[], Mode::Auto)?;
    node.foreign_note(1)?;
    let peer = node.connect();
    node.know(peer, 1)?;
    node.state.on_disconnected(peer);
    node.actions();

    assert!(hand_over(&mut node).is_empty());
    assert_eq!(node.state.handovers_waiting(), 0);
    Ok(())
}

#[test]
fn one_newcomer_does_not_wait_for_others_that_take_nothing() -> Outcome {
    let mut node = Driver::new(&[], Mode::Auto)?;
    for id in 0..10 {
        node.foreign_note(id)?;
    }
    let others: Vec<PeerId> = (0..15).map(|_| newcomer(&mut node)).collect::<Result<_, _>>()?;
    let honest = newcomer(&mut node)?;

    let mut taken = 0;
    for _ in 0..100 {
        for (id, _, to) in hand_over(&mut node) {
            if to == honest {
                taken += 1;
                node.state.on_answered(id, to, Answer::Took, true);
                end(&mut node, id);
            }
        }
    }

    let local = node.state.store().peer_id();
    let is_nearest = |id: u32| {
        let key = node.notes.record_key(&id).ok()?;
        let target = libp2p::kad::KBucketKey::new(key.as_ref());
        let distance = |peer: PeerId| target.distance(&libp2p::kad::KBucketKey::from(peer));
        Some(others.iter().all(|other| distance(local) < distance(*other)))
    };
    assert_eq!(taken, (0..10).filter(|id| is_nearest(*id) == Some(true)).count());
    Ok(())
}

#[test]
fn a_peer_that_was_away_is_sent_what_others_wrote_meanwhile() -> Outcome {
    let mut node = Driver::new(&[], Mode::Auto)?;
    let peer = newcomer(&mut node)?;
    hand_over(&mut node);
    node.state.on_missed(peer);
    assert!(node.actions().iter().any(|action| matches!(action, Action::ListenFor(_))));
    let record = node.foreign_note(1)?;
    node.written.note(&record.key, Instant::now());

    node.state.on_heard(peer);

    let handed = hand_over(&mut node);
    assert!(handed.iter().any(|(_, key, to)| (key, *to) == (&record.key, peer)), "{handed:?}");
    Ok(())
}
