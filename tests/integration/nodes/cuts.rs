//! Peers that were cut off, or do not answer, miss nothing, and keep nothing from others.

use std::time::Duration;

use netabase::{FetchMode, Netabase, testkit::TestNetwork};

use super::{
    Outcome, in_time, shut_down,
    spreading::{handle, hold, nodes_of},
    waiting::until,
};
use crate::schemas::{Note, Profile, note, profile};

/// Waits until a node shows what it holds of somebody's profile.
async fn shows(node: &Netabase, of: &Netabase, expected: &Profile) -> Outcome {
    let profiles = node.database::<Profile>()?.of(of.peer_id()).with_held();
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    while profiles.get(expected.handle.as_str())?.as_ref() != Some(expected) {
        ticks.tick().await;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_was_cut_off_is_current_soon_after() -> Outcome {
    in_time(async {
        let network = TestNetwork::new(93);
        let nodes = nodes_of(&network, 3).await?;
        for number in 0..3 {
            nodes[0].publish(&profile(&handle(number))).await?;
        }
        let away = &nodes[2];
        hold(away.store(), 3).await;
        network.faults().isolate(away.peer_id());

        let profiles = nodes[0].database::<Profile>()?;
        let changed = Profile { about: "changed".to_owned(), ..profile(&handle(0)) };
        profiles.put(&changed)?;
        profiles.remove(handle(1).as_str())?;
        // It is noticed that the peer does not answer.
        until(&nodes[0], |counters| counters.offers_waiting >= 2).await?;
        let away_profiles = away.database::<Profile>()?;
        away_profiles.put(&profile("written away"))?;
        away_profiles.sync_to_network().for_each(drop);
        network.faults().rejoin(away.peer_id());

        shows(away, &nodes[0], &changed).await?;
        shows(&nodes[0], away, &profile("written away")).await?;
        until(&nodes[0], |counters| counters.offers_waiting == 0).await?;
        let held = away.database::<Profile>()?.of(nodes[0].peer_id()).with_held();
        assert_eq!(held.get(handle(1).as_str())?, None, "it was removed meanwhile");
        shut_down(nodes).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_whose_connections_were_cut_is_current_soon_after() -> Outcome {
    in_time(async {
        let network = TestNetwork::new(94);
        let nodes = nodes_of(&network, 3).await?;
        nodes[0].publish(&profile("ada")).await?;
        let away = &nodes[2];
        hold(away.store(), 1).await;
        network.faults().isolate(away.peer_id());
        network.faults().kill_peer(away.peer_id());
        until(&nodes[0], |counters| counters.connected_peers == 1).await?;

        let changed = Profile { about: "changed".to_owned(), ..profile("ada") };
        nodes[0].database::<Profile>()?.put(&changed)?;
        until(&nodes[0], |counters| counters.offers_sent >= 1).await?;
        network.faults().rejoin(away.peer_id());

        shows(away, &nodes[0], &changed).await?;
        shut_down(nodes).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stalled_link_keeps_nothing_from_others_and_is_made_up_for() -> Outcome {
    in_time(async {
        const RECORDS: usize = 300;
        let network = TestNetwork::new(95);
        let nodes = nodes_of(&network, 4).await?;
        network.faults().stall(nodes[0].peer_id(), nodes[3].peer_id());
        let notes = nodes[0].database::<Note>()?;
        notes
            .load((0..RECORDS).map(|number| note(&handle(number), "all")))
            .map_err(|failed| failed.source)?;
        assert_eq!(notes.sync_to_network().count(), RECORDS);
        for node in &nodes[1..3] {
            hold(node.store(), RECORDS).await;
        }

        network.faults().heal(nodes[0].peer_id(), nodes[3].peer_id());

        hold(nodes[3].store(), RECORDS).await;
        until(&nodes[0], |counters| counters.offers_waiting == 0).await?;
        shut_down(nodes).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fetches_that_were_given_up_keep_no_other_waiting() -> Outcome {
    in_time(async {
        let network = TestNetwork::new(99);
        let nodes = nodes_of(&network, 3).await?;
        nodes[1].publish(&profile("ada")).await?;
        let (alice, silent) = (nodes[0].peer_id(), nodes[2].peer_id());
        network.faults().stall(alice, silent);
        let profiles = nodes[0].network::<Profile>()?.of(nodes[2].peer_id());
        for number in 0..1000 {
            let name = handle(number);
            let fetch = profiles.get(name.as_str());
            // Long enough for it to be begun, and given up before the silent peer is.
            let _ = tokio::time::timeout(Duration::from_millis(1), fetch).await;
        }

        let started = tokio::time::Instant::now();
        let found = nodes[0].network::<Profile>()?.of(nodes[1].peer_id());
        let found = found.with_mode(FetchMode::First).get("ada").await?;

        assert_eq!(found, Some(profile("ada")));
        let took = started.elapsed();
        assert!(took < Duration::from_secs(4), "no walk has timed out meanwhile: {took:?}");
        shut_down(nodes).await;
        Ok(())
    })
    .await
}
