//! Own records that a node sends to peers by itself, and how often.

use std::{error::Error, time::Duration};

use libp2p::kad::RecordKey;
use netabase::{ManualClock, Netabase, NetworkError, NodeEvent, NodeEvents, testkit::TestNetwork};

use super::{
    Outcome, in_time, shut_down,
    waiting::{know, until, wait_for},
};
use crate::{
    authors::NOW_MS,
    schemas::{Note, Profile, note, profile},
    waiting::InVain,
};

/// Two nodes by one clock; the second does not know notes, and so refuses them.
async fn alice_and_bob(
    seed: u64,
    clock: &ManualClock,
) -> Result<(TestNetwork, Vec<Netabase>), Box<dyn Error>> {
    let network = TestNetwork::new(seed);
    let nodes = network.start_with(2, |_, node| node.clock(clock.clone())).await?;
    for node in &nodes {
        know(node, 1).await?;
    }
    Ok((network, nodes))
}

/// Waits until a key was offered to so many peers.
#[track_caller]
fn offered(
    events: &mut NodeEvents,
    key: &RecordKey,
    peers: usize,
) -> impl Future<Output = Result<NodeEvent, InVain>> {
    let event = NodeEvent::Offered { key: key.clone(), peers };
    wait_for(events, move |seen| *seen == event)
}

/// Publishes what is refused, and waits until the node has tried again at once.
async fn publish_in_vain(
    node: &Netabase,
    events: &mut NodeEvents,
    title: &str,
) -> Result<RecordKey, Box<dyn Error>> {
    let refused = node.publish(&note(title, "nobody knows notes")).await;
    assert!(matches!(refused, Err(NetworkError::QuorumMissed { .. })), "{refused:?}");
    let key = node.database::<Note>()?.record_key(title)?;
    offered(events, &key, 0).await?;
    Ok(key)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_refused_is_offered_ever_more_seldom_whatever_else_is_written() -> Outcome {
    in_time(async {
        let clock = ManualClock::at_unix_ms(NOW_MS);
        let (_network, nodes) = alice_and_bob(61, &clock).await?;
        let (alice, mut events) = (&nodes[0], nodes[0].events());
        let key = publish_in_vain(alice, &mut events, "hi").await?;
        alice.publish(&profile("ada")).await?;
        let profiles = alice.database::<Profile>()?;
        let ada = profiles.record_key("ada")?;

        // After 15 to 30 seconds, 30 to 60, 60 to 120.
        for (number, pause) in [30, 60, 120].into_iter().enumerate() {
            let failed = alice.counters().offers_failed;
            for write in 0..3 {
                let about = format!("{number} {write}");
                profiles.put(&Profile { about, ..profile("ada") })?;
                offered(&mut events, &ada, 1).await?;
            }
            clock.advance(Duration::from_secs(pause / 2 - 1));
            profiles.put(&profile("ada"))?;
            offered(&mut events, &ada, 1).await?;
            assert_eq!(alice.counters().offers_failed, failed, "it rests, {number}");
            until(alice, |counters| counters.offers_waiting == 1).await?;
            clock.advance(Duration::from_secs(pause / 2 + 1));
            offered(&mut events, &key, 0).await?;
        }
        shut_down(nodes).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_wakes_the_offer_of_its_own_key_alone() -> Outcome {
    in_time(async {
        let clock = ManualClock::at_unix_ms(NOW_MS);
        let (_network, nodes) = alice_and_bob(62, &clock).await?;
        let (alice, mut events) = (&nodes[0], nodes[0].events());
        for title in ["one", "two"] {
            publish_in_vain(alice, &mut events, title).await?;
        }
        let database = alice.database::<Note>()?;
        let two = database.record_key("two")?;
        let failed = alice.counters().offers_failed;

        for write in 1..=3 {
            database.put(&note("two", &format!("once more, {write}")))?;
            offered(&mut events, &two, 0).await?;
            assert_eq!(alice.counters().offers_failed, failed + write);
        }

        shut_down(nodes).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_is_offered_what_others_refused() -> Outcome {
    in_time(async {
        let clock = ManualClock::at_unix_ms(NOW_MS);
        let (network, nodes) = alice_and_bob(63, &clock).await?;
        let (alice, mut events) = (&nodes[0], nodes[0].events());
        let key = publish_in_vain(alice, &mut events, "hi").await?;
        for pause in [30, 60, 120, 240] {
            clock.advance(Duration::from_secs(pause));
            offered(&mut events, &key, 0).await?;
        }

        let carol = network.node(2).clock(clock.clone()).bootstrap(alice.addresses());
        let carol = carol.start().await?;
        carol.database::<Note>()?;
        let known = NodeEvent::PeerKnown { peer: carol.peer_id() };
        wait_for(&mut events, |event| *event == known).await?;
        // The first pause, not the fifth.
        clock.advance(Duration::from_secs(30));

        offered(&mut events, &key, 1).await?;
        until(alice, |counters| counters.offers_waiting == 0).await?;
        carol.shutdown().await;
        shut_down(nodes).await;
        Ok(())
    })
    .await
}
