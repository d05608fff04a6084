//! Nodes whose connections stall, end and heal.

use std::time::Duration;

use netabase::{
    ManualClock, Netabase, NetworkError, NodeEvent,
    testkit::{TestNetwork, discover},
};

use super::{
    Outcome, in_time, shut_down,
    waiting::{ids, know, until, wait_for},
};
use crate::{
    schemas::{Note, Profile, note, profile},
    waiting::Patience,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_parted_network_heals_and_agrees() -> Outcome {
    in_time(async {
        let network = TestNetwork::new(11);
        let nodes = network.start(4).await?;
        for node in &nodes {
            know(node, 3).await?;
            node.database::<Note>()?;
        }
        nodes[0].publish(&note("plan", "first")).await?;

        let (here, there) = nodes.split_at(2);
        network.faults().partition(&ids(here), &ids(there));
        for (index, text) in [(0, "here"), (2, "there")] {
            // Those who are cut off do not answer, and so are no part of the quorum.
            let report = nodes[index].publish(&note("plan", text)).await?;
            assert_eq!((report.found, report.acknowledged), (1, 1), "{text}");
        }
        network.faults().heal_all();

        // Whoever fetches now sees the newest, and repairs the others.
        for node in &nodes {
            let found = node.fetch::<Note>("plan").await?;
            assert_eq!(found, Some(note("plan", "there")), "written last");
        }
        shut_down(nodes).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_says_nothing_holds_up_nobody() -> Outcome {
    in_time(async {
        let network = TestNetwork::new(12);
        let nodes = network.start(5).await?;
        for node in &nodes {
            know(node, 4).await?;
        }
        nodes[0].publish(&profile("ada")).await?;
        network.faults().stall(nodes[1].peer_id(), nodes[2].peer_id());

        let network_of_ada = nodes[1].network::<Profile>()?.of(nodes[0].peer_id());
        assert_eq!(network_of_ada.get("ada").await?, Some(profile("ada")));
        shut_down(nodes).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_nobody_answers_what_is_here_is_the_answer() -> Outcome {
    in_time(async {
        let network = TestNetwork::new(13);
        let nodes = network.start(2).await?;
        for node in &nodes {
            know(node, 1).await?;
        }
        nodes[0].publish(&profile("ada")).await?;
        let of_ada = nodes[1].network::<Profile>()?.of(nodes[0].peer_id());
        network.faults().isolate(nodes[0].peer_id());

        assert_eq!(of_ada.get("ada").await?, Some(profile("ada")), "held here");
        let unknown = of_ada.get("nobody").await;
        let is_unreachable = matches!(
            unknown,
            Err(NetworkError::Unreachable { .. } | NetworkError::TimedOut { .. })
        );
        assert!(is_unreachable, "{unknown:?}");
        shut_down(nodes).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tombstone_beats_replicas_that_come_late() -> Outcome {
    in_time(async {
        let network = TestNetwork::new(14);
        let nodes = network.start(4).await?;
        for node in &nodes {
            know(node, 3).await?;
        }
        let (alice, late) = (&nodes[0], &nodes[3]);
        alice.publish(&profile("ada")).await?;
        network.faults().isolate(late.peer_id());

        let removed = alice.network::<Profile>()?.remove("ada").await;
        // Two of the three who are left take the tombstone.
        assert!(removed?, "there was something to remove");
        network.faults().heal_all();
        network.faults().rejoin(late.peer_id());

        let of_alice = late.network::<Profile>()?.of(alice.peer_id());
        let mut patience = Patience::new();
        while let Some(found) = of_alice.get("ada").await? {
            patience.look_again(found).await?;
        }
        assert_eq!(of_alice.local().with_held().get("ada")?, None, "its own copy is gone, too");
        for node in &nodes {
            let found = node.network::<Profile>()?.of(alice.peer_id()).get("ada").await?;
            assert_eq!(found, None);
        }
        shut_down(nodes).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leases_are_renewed_in_time_and_lapse_without_their_author() -> Outcome {
    in_time(async {
        let (network, clock) = (TestNetwork::new(15), ManualClock::at_unix_ms(1_800_000_000_000));
        let lifetime = Duration::from_secs(3600);
        let nodes = network
            .start_with(3, |_, node| node.clock(clock.clone()).max_lifetime(lifetime))
            .await?;
        for node in &nodes {
            know(node, 2).await?;
        }
        nodes[0].publish(&profile("ada")).await?;
        let held = |node: &Netabase| {
            let local = node.database::<Profile>().ok()?.of(nodes[0].peer_id());
            local.with_held().get("ada").ok()?
        };

        let mut events = nodes[0].events();
        for _ in 0..3 {
            clock.advance(Duration::from_secs(2000));
            wait_for(&mut events, |event| matches!(event, NodeEvent::Offered { peers: 2, .. }))
                .await?;
            assert_eq!(held(&nodes[2]), Some(profile("ada")), "renewed");
        }
        assert_eq!(nodes[0].counters().renewals, 3);

        nodes[0].clone().shutdown().await;
        clock.advance(Duration::from_secs(3601));
        assert_eq!(held(&nodes[2]), None, "nobody renews it");
        let gone = nodes[1].network::<Profile>()?.of(nodes[0].peer_id()).get("ada").await?;
        assert_eq!(gone, None);
        shut_down(nodes).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restarted_node_goes_on_where_it_was() -> Outcome {
    in_time(async {
        let network = TestNetwork::new(16);
        let nodes = network.start(3).await?;
        for node in &nodes {
            know(node, 2).await?;
        }
        nodes[0].publish(&profile("ada")).await?;
        let store = nodes[0].store().clone();
        nodes[0].clone().shutdown().await;
        assert!(matches!(nodes[0].publish(&profile("ada")).await, Err(NetworkError::Stopped)));

        // What it writes meanwhile the others get when it is back.
        let changed = Profile { about: "changed".into(), ..profile("ada") };
        store.database::<Profile>()?.put(&changed)?;
        let again = network.node(0).store(store).bootstrap(nodes[1].addresses()).start().await?;
        until(&again, |counters| counters.offers_sent >= 1).await?;

        let found = nodes[2].network::<Profile>()?.of(again.peer_id()).get("ada").await?;
        assert_eq!(found, Some(changed));
        again.shutdown().await;
        shut_down(nodes).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whom_mdns_finds_is_asked() -> Outcome {
    in_time(async {
        let network = TestNetwork::new(17);
        let (alice, bob) = (network.node(0).start().await?, network.node(1).start().await?);
        alice.publish(&profile("ada")).await?;

        let found = alice.addresses().into_iter().map(|address| (alice.peer_id(), address));
        discover(&bob, found).await?;
        know(&bob, 1).await?;

        let of_alice = bob.network::<Profile>()?.of(alice.peer_id());
        assert_eq!(of_alice.get("ada").await?, Some(profile("ada")));
        shut_down(vec![alice, bob]).await;
        Ok(())
    })
    .await
}
