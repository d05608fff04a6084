//! Publishing what the network has a newer value of.

use netabase::{ManualClock, NetworkError, libp2p::kad::Quorum};

use super::{Outcome, adversary::Adversary, in_time, on_loopback, waiting::until};
use crate::{
    authors::{HOUR, NOW_MS, identity, store_of},
    schemas::{Profile, profile},
};

const ALICE: u8 = 1;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_beaten_a_publish_is_here_and_the_next_one_beats_it() -> Outcome {
    in_time(async {
        let clock = ManualClock::at_unix_ms(NOW_MS);
        let node = on_loopback().identity(identity(ALICE)).clock(clock).max_lifetime(HOUR);
        let node = node.start().await?;
        // Another machine of Alice's, whose clock is ahead.
        let ahead = ManualClock::at_unix_ms(NOW_MS + 60_000);
        let elsewhere = store_of(ALICE, &ahead, HOUR).database::<Profile>()?;
        let theirs = Profile { about: "written elsewhere".into(), ..profile("ada") };
        let record = elsewhere.to_record(&theirs)?;
        let adversary = Adversary::start().await?;
        adversary.claim(record.key.clone(), record.clone()).await;
        adversary.meet(&node).await?;
        // A newcomer is handed what is here: there must be nothing yet.
        until(&node, |counters| counters.handovers_waiting == 0).await?;
        let network = node.network::<Profile>()?.with_quorum(Quorum::All);

        let outdated = network.publish(&profile("ada")).await;

        let Err(NetworkError::Outdated { winner }) = outdated else {
            return Err(format!("{outdated:?}").into());
        };
        assert_eq!(winner.value, record.value);
        assert_eq!(network.local().get("ada")?, Some(theirs), "it is here now");
        let report = network.publish(&profile("ada")).await?;
        assert_eq!((report.acknowledged, report.found), (1, 1));
        assert_eq!(network.local().get("ada")?, Some(profile("ada")));
        let held = adversary.holds(&record.key).await.ok_or("it was sent one")?;
        assert!(held.value > record.value);
        node.shutdown().await;
        Ok(())
    })
    .await
}
