//! Strangers who bend time: clocks that run ahead, times to live, leases, and what was removed.

use std::{
    error::Error,
    time::{Duration, Instant},
};

use libp2p::kad::store::RecordStore;
use netabase::{ArrivalError, ClockAhead, Envelope, ManualClock, Netabase, RefusalReason};

use super::{Outcome, adversary::Adversary, in_time, on_loopback, refused::refusal};
use crate::{
    authors::{HOUR, NOW_MS, minutes, store_of, sync},
    schemas::{Note, Profile, note, profile},
};

const AUTHOR: u8 = 1;

/// A node by a clock that stands at [`NOW_MS`], in a network whose records live an hour.
async fn node_by(clock: &ManualClock) -> Result<(Netabase, Adversary), Box<dyn Error>> {
    let node = on_loopback().clock(clock.clone()).max_lifetime(HOUR).start().await?;
    node.database::<Profile>()?;
    node.database::<Note>()?;
    let adversary = Adversary::start().await?;
    adversary.meet(&node).await?;
    Ok((node, adversary))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_runs_ahead_is_refused_or_moves_no_other() -> Outcome {
    in_time(async {
        let clock = ManualClock::at_unix_ms(NOW_MS);
        let (node, adversary) = node_by(&clock).await?;
        let write = |ahead: Duration| {
            let theirs = ManualClock::at_unix_ms(NOW_MS);
            theirs.advance(ahead);
            let notes = store_of(AUTHOR, &theirs, HOUR).database::<Note>()?;
            Ok::<_, Box<dyn Error>>(notes.to_record(&note("theirs", "ahead"))?)
        };

        let reason = refusal(&node, &adversary, &write(minutes(11))?).await?;
        assert_eq!(reason, ArrivalError::ClockAhead(ClockAhead { by: minutes(11) }));
        assert_eq!(node.counters().refused[RefusalReason::Clock], 1);
        assert!(adversary.put(write(minutes(9))?, node.peer_id()).await);

        let notes = node.database::<Note>()?;
        for title in ["ours", "other"] {
            notes.put(&note(title, "now"))?;
            let record = notes.get_record(title)?.ok_or("it was put")?;
            assert_eq!(Envelope::parse(&record.value)?.timestamp.millis(), NOW_MS, "{title}");
        }
        node.shutdown().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_short_time_to_live_that_a_stranger_gives_ends_nothing_early() -> Outcome {
    in_time(async {
        let clock = ManualClock::at_unix_ms(NOW_MS);
        let (node, adversary) = node_by(&clock).await?;
        let of_author = store_of(AUTHOR, &clock, HOUR).database::<Profile>()?;
        let mut record = of_author.to_record(&profile("ada"))?;
        let key = record.key.clone();
        // What has ended already is sent with one second.
        record.expires = Some(Instant::now());
        assert!(adversary.put(record, node.peer_id()).await);

        let an_hour_on = Instant::now() + minutes(59);
        let served = RecordStore::get(node.store(), &key).and_then(|record| record.expires);
        assert!(served.ok_or("it is served until its lease ends")? > an_hour_on);
        let found = adversary.get(&key).await.pop().and_then(|found| found.record.expires);
        assert!(found.ok_or("it says until when")? > an_hour_on);
        node.shutdown().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_cannot_keep_a_record_alive() -> Outcome {
    in_time(async {
        let clock = ManualClock::at_unix_ms(NOW_MS);
        let (node, adversary) = node_by(&clock).await?;
        let of_author = store_of(AUTHOR, &clock, HOUR).database::<Profile>()?;
        let record = of_author.to_record(&profile("ada"))?;
        assert!(adversary.put(record.clone(), node.peer_id()).await);
        clock.advance(minutes(40));
        let mut again = record.clone();
        again.expires = Some(Instant::now() + 100 * HOUR);
        assert!(adversary.put(again, node.peer_id()).await, "it is here already");

        let held = node.database::<Profile>()?.of(of_author.store().peer_id()).with_held();
        assert_eq!(held.get("ada")?, Some(profile("ada")));
        clock.advance(minutes(21));
        assert_eq!(held.get("ada")?, None, "its author gave it an hour");
        assert!(adversary.get(&record.key).await.is_empty());
        let reason = refusal(&node, &adversary, &record).await?;
        assert!(matches!(reason, ArrivalError::LeaseOver { .. }), "{reason}");
        assert_eq!(node.store().record_count(), 0);
        node.shutdown().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_removed_stays_away_also_when_its_tombstone_has_lapsed() -> Outcome {
    in_time(async {
        let clock = ManualClock::at_unix_ms(NOW_MS);
        let (node, adversary) = node_by(&clock).await?;
        let of_author = store_of(AUTHOR, &clock, HOUR).database::<Profile>()?;
        of_author.put(&profile("ada"))?;
        let record = sync(&of_author)?.pop().ok_or("it was put")?;
        assert!(of_author.remove("ada")?);
        let tombstone = sync(&of_author)?.pop().ok_or("it was published")?;

        assert!(adversary.put(record.clone(), node.peer_id()).await);
        assert!(adversary.put(tombstone, node.peer_id()).await);
        clock.advance(minutes(59));
        assert_eq!(refusal(&node, &adversary, &record).await?, ArrivalError::Outdated);
        clock.advance(minutes(22));
        assert_eq!(node.store().record_count(), 0, "the tombstone has lapsed");
        let reason = refusal(&node, &adversary, &record).await?;
        assert!(matches!(reason, ArrivalError::LeaseOver { .. }), "{reason}");
        assert_eq!(node.store().record_count(), 0);
        node.shutdown().await;
        Ok(())
    })
    .await
}
