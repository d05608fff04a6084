//! Walks that are ended since some peers neither answer nor go.

use std::{error::Error, time::Duration};

use netabase::{ManualClock, Netabase, NetworkError, testkit::TestNetwork};

use super::{
    Outcome, in_time, shut_down,
    waiting::{know, until},
};
use crate::{
    authors::NOW_MS,
    schemas::{Profile, profile},
    waiting::InVain,
};

/// Longer than a walk may take, by the clock of the node that asks.
const TOO_LONG: Duration = Duration::from_secs(16);

/// Alice, who holds nothing for others; Bob, who answers her; and Carol, who is silent towards her. Bob's profile
/// is at Carol, too.
async fn alice_bob_and_carol(
    seed: u64,
    clock: &ManualClock,
) -> Result<[Netabase; 3], Box<dyn Error>> {
    let network = TestNetwork::new(seed);
    let bob = network.node(0).clock(clock.clone()).start().await?;
    let carol = network.node(1).clock(clock.clone()).bootstrap(bob.addresses()).start().await?;
    know(&bob, 1).await?;
    bob.publish(&profile("bob")).await?;
    let alice = network.node(2).clock(clock.clone()).client();
    let alice = alice.bootstrap(bob.addresses()).bootstrap(carol.addresses()).start().await?;
    know(&alice, 2).await?;
    // She waits for nobody any more.
    alice.bootstrapped().await?;
    // Newcomers are handed what is here: there must be nothing yet.
    until(&alice, |counters| counters.handovers_waiting == 0).await?;
    network.faults().stall(alice.peer_id(), carol.peer_id());
    Ok([alice, bob, carol])
}

/// Asks for one of Bob's profiles, and lets more time pass than that may take once it is asked.
async fn get_too_long(
    [alice, bob, _]: &[Netabase; 3],
    clock: &ManualClock,
    handle: &str,
) -> Result<Result<Option<Profile>, NetworkError>, Box<dyn Error>> {
    let profiles = alice.network::<Profile>()?.of(bob.peer_id());
    let time_passes = async {
        until(alice, |counters| counters.queries == 1).await?;
        clock.advance(TOO_LONG);
        Ok::<_, InVain>(())
    };
    let (found, passed) = futures::future::join(profiles.get(handle), time_passes).await;
    passed?;
    Ok(found)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_walk_that_was_ended_does_not_say_that_there_is_nothing() -> Outcome {
    in_time(async {
        let clock = ManualClock::at_unix_ms(NOW_MS);
        let nodes = alice_bob_and_carol(71, &clock).await?;

        let unknown = get_too_long(&nodes, &clock, "nobody").await?;

        let Err(NetworkError::TimedOut { after }) = unknown else {
            return Err(format!("{unknown:?}").into());
        };
        assert_eq!(after, Duration::from_secs(15));
        shut_down(nodes.into()).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_walk_that_was_ended_gives_what_it_has_found() -> Outcome {
    in_time(async {
        let clock = ManualClock::at_unix_ms(NOW_MS);
        let nodes = alice_bob_and_carol(72, &clock).await?;

        let found = get_too_long(&nodes, &clock, "bob").await?;

        assert_eq!(found?, Some(profile("bob")));
        shut_down(nodes.into()).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_publish_whose_walk_was_ended_goes_to_those_who_answered() -> Outcome {
    in_time(async {
        let clock = ManualClock::at_unix_ms(NOW_MS);
        let nodes = alice_bob_and_carol(73, &clock).await?;
        let [alice, bob, _] = &nodes;
        let time_passes = async {
            until(alice, |counters| counters.queries == 1).await?;
            clock.advance(TOO_LONG);
            Ok::<_, InVain>(())
        };
        let profiles = alice.network::<Profile>()?;

        let value = profile("alice");
        let published = profiles.publish(&value);
        let (report, passed) = futures::future::join(published, time_passes).await;
        passed?;
        let report = report?;

        assert_eq!((report.found, report.acknowledged), (1, 1), "{report:?}");
        let at_bob = bob.database::<Profile>()?.of(alice.peer_id()).with_held().get("alice")?;
        assert_eq!(at_bob, Some(profile("alice")));
        shut_down(nodes.into()).await;
        Ok(())
    })
    .await
}
