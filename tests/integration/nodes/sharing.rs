use netabase::NetworkError;

use super::{Outcome, in_time, network_of, on_loopback, shut_down};
use crate::schemas::{Note, Profile, note, profile};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_node_publishes_another_fetches() -> Outcome {
    in_time(async {
        let nodes = network_of(2).await?;
        let [alice, bob] = &nodes[..] else { return Err("two were started".into()) };
        bob.bootstrapped().await?;

        let report = alice.publish(&profile("ada")).await?;
        let found = bob.network::<Profile>()?.of(alice.peer_id()).get("ada").await?;

        assert_eq!(found, Some(profile("ada")));
        assert!(report.stored_locally && report.holders() >= report.wanted);
        let local = bob.database::<Profile>()?.of(alice.peer_id());
        assert_eq!(local.get("ada")?, Some(profile("ada")), "what was fetched is here");
        shut_down(nodes).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn anybody_replaces_and_removes_what_is_open() -> Outcome {
    in_time(async {
        let nodes = network_of(3).await?;
        let [alice, bob, carol] = &nodes[..] else { return Err("three were started".into()) };
        for node in &nodes {
            node.database::<Note>()?;
            node.bootstrapped().await?;
        }

        alice.publish(&note("hi", "from alice")).await?;
        assert_eq!(bob.fetch::<Note>("hi").await?, Some(note("hi", "from alice")));
        bob.publish(&note("hi", "from bob")).await?;
        assert_eq!(carol.fetch::<Note>("hi").await?, Some(note("hi", "from bob")));
        assert!(carol.network::<Note>()?.remove("hi").await?);
        assert_eq!(alice.fetch::<Note>("hi").await?, None);
        assert!(!bob.network::<Note>()?.remove("hi").await?, "it is gone");
        shut_down(nodes).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lone_node_keeps_what_it_publishes_and_offers_it_to_the_first_who_comes() -> Outcome {
    in_time(async {
        let alice = on_loopback().start().await?;
        let report = alice.publish(&profile("ada")).await?;
        assert_eq!((report.stored_locally, report.acknowledged, report.wanted), (true, 0, 0));
        let absent = alice.fetch::<Profile>("bob").await;
        assert!(matches!(absent, Err(NetworkError::NobodyToAsk)), "{absent:?}");
        assert_eq!(alice.fetch::<Profile>("ada").await?, Some(profile("ada")), "it is here");

        let mut events = alice.events();
        let bob = on_loopback().bootstrap(alice.addresses()).start().await?;
        loop {
            let event = events.next().await.ok_or("alice runs")?;
            if let netabase::NodeEvent::Offered { peers: 1, .. } = event {
                break;
            }
        }

        let held = bob.database::<Profile>()?.of(alice.peer_id()).with_held().get("ada")?;
        assert_eq!(held, Some(profile("ada")));
        shut_down(vec![alice, bob]).await;
        Ok(())
    })
    .await
}
