//! What is published arrives at all peers that are to hold it, in bulk, too, and stays there.

use std::{error::Error, time::Duration};

use libp2p::kad::Quorum;
use netabase::{
    ManualClock, Netabase, NetabaseStore, NetworkError, NodeEvent, NodeLimits, Rate,
    testkit::{TestNetwork, identity},
};

use super::{
    Outcome, in_time, shut_down,
    waiting::{know, until, wait_for},
};
use crate::{
    authors::NOW_MS,
    schemas::{Note, Profile, note, profile},
};

pub(super) fn handle(number: usize) -> String {
    format!("person {number}")
}

/// Nodes that have all met, and know profiles and notes.
pub(super) async fn nodes_of(
    network: &TestNetwork,
    count: usize,
) -> Result<Vec<Netabase>, Box<dyn Error>> {
    let nodes = network.start(count).await?;
    for node in &nodes {
        know(node, count - 1).await?;
        node.database::<Note>()?;
        node.database::<Profile>()?;
    }
    Ok(nodes)
}

/// Waits until a store holds so many records.
pub(super) async fn hold(store: &NetabaseStore, records: usize) {
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    while store.record_count() < records {
        ticks.tick().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_published_in_bulk_arrives_everywhere_at_the_rate_of_the_receivers() -> Outcome {
    in_time(async {
        const RECORDS: usize = 1500;
        let network = TestNetwork::new(91);
        let peer_rate = Rate { per_second: 200, burst: 200 };
        let limits = NodeLimits { peer_rate, ..NodeLimits::default() };
        let nodes = network.start_with(4, |_, node| node.limits(limits.clone())).await?;
        for node in &nodes {
            know(node, 3).await?;
            node.database::<Note>()?;
        }
        let notes = nodes[0].database::<Note>()?;
        notes
            .load((0..RECORDS).map(|number| note(&handle(number), "all")))
            .map_err(|failed| failed.source)?;
        let mut events = nodes[0].events();

        assert_eq!(notes.sync_to_network().count(), RECORDS);

        let is_done = |event: &NodeEvent| *event == NodeEvent::Spreading { waiting: 0 };
        wait_for(&mut events, is_done).await?;
        for node in &nodes[1..] {
            assert_eq!(node.store().record_count(), RECORDS);
            let counters = node.counters();
            let refused = counters.refused.total();
            assert!(refused < RECORDS as u64 / 2, "the sender keeps the pace: {refused}");
        }
        assert_eq!(nodes[0].counters().offers_failed, 0);
        shut_down(nodes).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_are_kept_waiting_and_not_refused_where_peers_ask_for_a_pause() -> Outcome {
    in_time(async {
        const RECORDS: usize = 150;
        let network = TestNetwork::new(92);
        let limits =
            NodeLimits { peer_rate: Rate { per_second: 50, burst: 50 }, ..NodeLimits::default() };
        let nodes = network.start_with(3, |_, node| node.limits(limits.clone())).await?;
        for node in &nodes {
            know(node, 2).await?;
        }
        let profiles: Vec<Profile> = (0..RECORDS).map(|number| profile(&handle(number))).collect();

        let published = nodes[0].network::<Profile>()?.publish_each(&profiles).await;

        for report in published {
            assert!(report?.holders() >= 2);
        }
        until(&nodes[0], |counters| counters.offers_waiting == 0).await?;
        for node in &nodes[1..] {
            assert_eq!(node.store().record_count(), RECORDS);
        }
        shut_down(nodes).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newcomer_that_takes_little_at_a_time_is_handed_all_in_the_end() -> Outcome {
    in_time(async {
        const RECORDS: usize = 300;
        let network = TestNetwork::new(96);
        let nodes = nodes_of(&network, 2).await?;
        let notes = nodes[0].database::<Note>()?;
        notes
            .load((0..RECORDS).map(|number| note(&handle(number), "all")))
            .map_err(|failed| failed.source)?;
        assert_eq!(notes.sync_to_network().count(), RECORDS);
        hold(nodes[1].store(), RECORDS).await;
        until(&nodes[0], |counters| counters.offers_waiting == 0).await?;

        let store =
            NetabaseStore::builder().network("testkit").identity(identity(96, 2)).build()?;
        store.database::<Note>()?;
        let limits =
            NodeLimits { peer_rate: Rate { per_second: 40, burst: 40 }, ..NodeLimits::default() };
        let newcomer = network.node(2).store(store).limits(limits);
        let newcomer = newcomer.bootstrap(nodes[0].addresses()).start().await?;

        hold(newcomer.store(), RECORDS).await;
        newcomer.shutdown().await;
        shut_down(nodes).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_of_others_that_is_put_alone_is_sent_to_the_first_who_comes() -> Outcome {
    in_time(async {
        let network = TestNetwork::new(97);
        let other = NetabaseStore::builder().network("testkit").build()?;
        let record = other.database::<Profile>()?.to_record(&profile("ada"))?;
        let alice = network.node(0).start().await?;
        alice.network::<Profile>()?.put_record(&record).await?;

        let bob = network.node(1).bootstrap(alice.addresses()).start().await?;

        hold(bob.store(), 1).await;
        shut_down(vec![alice, bob]).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_leases_are_renewed_in_time_however_many_there_are() -> Outcome {
    in_time(async {
        const RECORDS: usize = 1000;
        let (network, clock) = (TestNetwork::new(98), ManualClock::at_unix_ms(NOW_MS));
        let lifetime = Duration::from_secs(3600);
        let nodes = network
            .start_with(2, |_, node| node.clock(clock.clone()).max_lifetime(lifetime))
            .await?;
        for node in &nodes {
            know(node, 1).await?;
            node.database::<Note>()?;
        }
        let notes = nodes[0].database::<Note>()?;
        notes
            .load((0..RECORDS).map(|number| note(&handle(number), "all")))
            .map_err(|failed| failed.source)?;
        assert_eq!(notes.sync_to_network().count(), RECORDS);
        hold(nodes[1].store(), RECORDS).await;

        // Twice as far as the first leases go.
        for half in 1..=4 {
            clock.advance(lifetime / 2 + Duration::from_secs(1));
            until(&nodes[0], |counters| counters.renewals == half * RECORDS as u64).await?;
            until(&nodes[0], |counters| counters.offers_waiting == 0).await?;
        }

        assert_eq!(nodes[1].store().record_count(), RECORDS);
        shut_down(nodes).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quorum_that_was_missed_is_made_up_for_also_with_records_of_others() -> Outcome {
    in_time(async {
        let network = TestNetwork::new(90);
        let nodes = network.start(3).await?;
        for node in &nodes {
            know(node, 2).await?;
        }
        // Only Bob knows notes at first.
        nodes[0].database::<Note>()?;
        nodes[1].database::<Note>()?;
        let other = NetabaseStore::builder().network("testkit").build()?;
        let record = other.database::<Note>()?.to_record(&note("hi", "all"))?;
        let all = nodes[0].network::<Note>()?.with_quorum(Quorum::All);

        let missed = all.put_record(&record).await;

        assert!(matches!(missed, Err(NetworkError::QuorumMissed { .. })), "{missed:?}");
        until(&nodes[0], |counters| counters.offers_refused == 1).await?;
        shut_down(nodes).await;
        Ok(())
    })
    .await
}
