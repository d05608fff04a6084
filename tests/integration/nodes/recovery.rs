//! What becomes of a node when others fail it, or it them.

use std::time::Duration;

use libp2p::kad::Quorum;
use netabase::{
    BootstrapError, FetchMode, ManualClock, Netabase, NetabaseStore, NetworkError, NodeEvent,
    TooLarge, WriteError,
    testkit::{TestNetwork, identity},
};

use super::{
    Outcome, in_time, on_loopback, shut_down,
    waiting::{know, until, wait_for},
};
use crate::{
    schemas::{Note, Profile, note, profile},
    waiting::until_seen,
};

fn handle(number: usize) -> String {
    format!("person {number}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_at_a_bootstrap_address_is_met_again_whoever_it_is_now() -> Outcome {
    in_time(async {
        let alice = on_loopback().start().await?;
        let mut address = alice.addresses()[0].clone();
        address.pop();
        let bob = on_loopback().bootstrap([address.clone()]).start().await?;
        know(&bob, 1).await?;
        let mut events = bob.events();
        let old = alice.peer_id();
        alice.shutdown().await;
        wait_for(&mut events, |event| *event == NodeEvent::Disconnected { peer: old }).await?;

        let again = Netabase::builder("test").listen(address).start().await?;

        let new = NodeEvent::PeerKnown { peer: again.peer_id() };
        wait_for(&mut events, |event| *event == new).await?;
        again.publish(&profile("ada")).await?;
        let found = bob.network::<Profile>()?.of(again.peer_id()).get("ada").await?;
        assert_eq!(found, Some(profile("ada")));
        shut_down(vec![again, bob]).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_comes_back_without_its_records_is_handed_them_again() -> Outcome {
    in_time(async {
        let network = TestNetwork::new(21);
        let mut nodes = network.start(3).await?;
        for node in &nodes {
            know(node, 2).await?;
        }
        for number in 0..8 {
            nodes[0].publish(&profile(&handle(number))).await?;
        }
        let forgetful = nodes.pop().ok_or("three were started")?;
        forgetful.shutdown().await;

        let again = network.node(2).bootstrap(nodes[1].addresses()).start().await?;
        until_seen(|| again.store().record_count(), |count| *count >= 8).await?;
        again.shutdown().await;
        shut_down(nodes).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_missed_its_quorum_is_offered_again() -> Outcome {
    in_time(async {
        let nodes = TestNetwork::new(22).start(3).await?;
        for node in &nodes {
            know(node, 2).await?;
        }
        // Carol does not know the schema, and so refuses.
        nodes[1].database::<Note>()?;
        let mut events = nodes[0].events();
        let open = nodes[0].network::<Note>()?.with_quorum(Quorum::All);

        let missed = open.publish(&note("hi", "all")).await;

        let Err(NetworkError::QuorumMissed { report }) = missed else {
            return Err(format!("{missed:?}").into());
        };
        assert_eq!((report.acknowledged, report.wanted), (1, 2));
        wait_for(&mut events, |event| matches!(event, NodeEvent::Offered { .. })).await?;
        shut_down(nodes).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_peers_refuse_keeps_nothing_else_from_being_renewed() -> Outcome {
    in_time(async {
        let (network, clock) = (TestNetwork::new(23), ManualClock::at_unix_ms(1_800_000_000_000));
        let lifetime = Duration::from_secs(3600);
        let nodes = network
            .start_with(2, |_, node| node.clock(clock.clone()).max_lifetime(lifetime))
            .await?;
        for node in &nodes {
            know(node, 1).await?;
        }
        let open = nodes[0].network::<Note>()?;
        for number in 0..80 {
            let refused = open.publish(&note(&handle(number), "nobody knows notes")).await;
            assert!(matches!(refused, Err(NetworkError::QuorumMissed { .. })), "{refused:?}");
        }
        nodes[0].publish(&profile("ada")).await?;
        assert!(nodes[0].counters().offers_waiting <= 80);

        clock.advance(Duration::from_secs(2000));

        until(&nodes[0], |counters| counters.renewals == 81).await?;
        shut_down(nodes).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_peers_have_is_not_replaced_with_what_cannot_travel() -> Outcome {
    in_time(async {
        let node = on_loopback().start().await?;
        let (profiles, store) = (node.database::<Profile>()?, node.store().clone());
        node.publish(&profile("ada")).await?;
        let large = |handle: &str| Profile { about: "x".repeat(40_000), ..profile(handle) };

        let refused = profiles.put(&large("ada"));

        let is_too_large = matches!(
            refused,
            Err(WriteError::TooLarge(TooLarge::Record { max_bytes: 32_768, .. }))
        );
        assert!(is_too_large, "{refused:?}");
        assert_eq!(profiles.get("ada")?, Some(profile("ada")));
        profiles.put(&large("private"))?;
        node.shutdown().await;
        assert_eq!(store.record_count(), 2);
        Ok(())
    })
    .await
}

#[test]
fn a_store_whose_node_went_with_its_runtime_can_have_another() -> Outcome {
    let runtime = || tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let first = runtime()?;
    let node = first.block_on(on_loopback().start())?;
    let store = node.store().clone();
    drop(first);

    let second = runtime()?;
    let again = second.block_on(on_loopback().store(store).start())?;
    second.block_on(again.shutdown());
    let ended = second.block_on(node.bootstrapped());
    assert!(matches!(ended, Err(BootstrapError::Stopped)), "{ended:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_provided_alone_is_announced_to_the_first_who_comes() -> Outcome {
    in_time(async {
        let network = TestNetwork::new(24);
        let alice = network.node(0).start().await?;
        alice.provide::<Note>().await?;
        let store =
            NetabaseStore::builder().network("testkit").identity(identity(24, 1)).build()?;
        let key = store.database::<Note>()?.provider_key();
        let bob = network.node(1).store(store).bootstrap(alice.addresses()).start().await?;

        let providers = || libp2p::kad::store::RecordStore::providers(bob.store(), &key);
        until_seen(providers, |found| !found.is_empty()).await?;
        shut_down(vec![alice, bob]).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn removing_goes_everywhere_also_for_one_who_reads_only_here() -> Outcome {
    in_time(async {
        let nodes = TestNetwork::new(25).start(2).await?;
        for node in &nodes {
            know(node, 1).await?;
            node.database::<Note>()?;
        }
        nodes[0].publish(&note("hi", "all")).await?;
        let here = nodes[1].network::<Note>()?.with_mode(FetchMode::Local);

        assert!(here.remove("hi").await?);

        assert_eq!(nodes[0].fetch::<Note>("hi").await?, None);
        shut_down(nodes).await;
        Ok(())
    })
    .await
}
