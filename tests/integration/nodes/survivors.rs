//! Who hands records over when others that should are gone.

use std::time::Duration;

use netabase::{ManualClock, Netabase, testkit::TestNetwork};

use super::{
    Outcome, in_time, on_loopback, shut_down,
    waiting::{know, until},
};
use crate::{
    authors::NOW_MS,
    schemas::{Profile, profile},
    waiting::until_seen,
};

const NODES: usize = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_gone_is_not_left_to_hand_records_over() -> Outcome {
    in_time(async {
        let (network, clock) = (TestNetwork::new(81), ManualClock::at_unix_ms(NOW_MS));
        let start = |index| network.node(index).clock(clock.clone());
        let mut nodes = network.start_with(NODES, |_, node| node.clock(clock.clone())).await?;
        for node in &nodes {
            know(node, NODES - 1).await?;
        }
        nodes[0].publish(&profile("ada")).await?;
        let key = nodes[0].database::<Profile>()?.record_key("ada")?;
        // All of the others are nearer to the key.
        nodes.sort_by_key(|node| node.store().distance(&key));
        let last = nodes.pop().ok_or("six were started")?;
        assert_eq!(last.store().record_count(), 1);
        shut_down(nodes).await;
        until(&last, |counters| counters.connected_peers == 0).await?;
        clock.advance(Duration::from_secs(60 * 60));

        let newcomer = start(NODES).bootstrap(last.addresses()).start().await?;

        until_seen(|| newcomer.store().record_count(), |count| *count == 1).await?;
        until(&last, |counters| counters.handovers_sent == 1).await?;
        shut_down(vec![last, newcomer]).await;
        Ok(())
    })
    .await
}

/// Asks everybody for what nobody has.
async fn ask_all(node: &Netabase, number: usize) -> Outcome {
    let found = node.fetch::<Profile>(format!("nobody {number}").as_str()).await?;
    assert_eq!(found, None);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_cannot_be_reached_for_long_is_forgotten() -> Outcome {
    in_time(async {
        let (network, clock) = (TestNetwork::new(82), ManualClock::at_unix_ms(NOW_MS));
        let mut nodes = network.start_with(3, |_, node| node.clock(clock.clone())).await?;
        for node in &nodes {
            know(node, 2).await?;
        }
        let gone = nodes.pop().ok_or("three were started")?;
        gone.shutdown().await;
        until(&nodes[0], |counters| counters.connected_peers == 1).await?;

        for number in 0..10 {
            ask_all(&nodes[0], number).await?;
        }
        clock.advance(Duration::from_secs(9 * 60));
        ask_all(&nodes[0], 10).await?;
        assert_eq!(nodes[0].counters().known_peers, 2, "it may come back soon");
        clock.advance(Duration::from_secs(60));
        ask_all(&nodes[0], 11).await?;

        until(&nodes[0], |counters| counters.known_peers == 1).await?;
        shut_down(nodes).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_not_at_its_address_while_another_is_stays_known() -> Outcome {
    in_time(async {
        let clock = ManualClock::at_unix_ms(NOW_MS);
        let start = || on_loopback().clock(clock.clone());
        let alice = start().start().await?;
        let bob = start().bootstrap(alice.addresses()).start().await?;
        know(&bob, 1).await?;
        let mut address = alice.addresses().pop().ok_or("it listens")?;
        address.pop();
        alice.shutdown().await;
        until(&bob, |counters| counters.connected_peers == 0).await?;
        let another = Netabase::builder("test").clock(clock.clone()).listen(address);
        let another = another.bootstrap(bob.addresses()).start().await?;
        know(&bob, 2).await?;

        for number in 0..5 {
            ask_all(&bob, number).await?;
            clock.advance(Duration::from_secs(6 * 60));
        }

        know(&another, 1).await?;
        assert_eq!(bob.counters().known_peers, 2, "a stranger can do as much");
        shut_down(vec![bob, another]).await;
        Ok(())
    })
    .await
}
