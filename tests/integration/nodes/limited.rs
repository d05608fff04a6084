//! Peers that send more than a node looks at.

use std::time::Instant;

use libp2p::swarm::dial_opts::DialOpts;
use netabase::{ArrivalError, NodeLimits, Rate, RefusalReason};

use super::{
    Outcome,
    adversary::Adversary,
    in_time, on_loopback,
    refused::{author, refusal},
    waiting::until,
};
use crate::schemas::{Note, note};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_sends_too_much_is_refused_and_others_are_not() -> Outcome {
    in_time(async {
        let peer_rate = Rate { per_second: 1, burst: 10 };
        let limits = NodeLimits { peer_rate, ..NodeLimits::default() };
        let node = on_loopback().limits(limits).start().await?;
        node.database::<Note>()?;
        let (noisy, quiet) = (Adversary::start().await?, Adversary::start().await?);
        noisy.meet(&node).await?;
        quiet.meet(&node).await?;
        let notes = author(1)?.database::<Note>()?;
        let record = |title: String| notes.to_record(&note(&title, "text"));

        let start = Instant::now();
        let records = (0..200).map(|index| record(index.to_string()));
        let records = records.collect::<Result<Vec<_>, _>>()?;
        let puts = records.into_iter().map(|record| noisy.put(record, node.peer_id()));
        let all = futures::future::join(
            futures::future::join_all(puts),
            quiet.put(record("quiet".into())?, node.peer_id()),
        );
        let (noisy_puts, quiet_put) = all.await;
        let seconds = usize::try_from(start.elapsed().as_secs())?;

        assert!(quiet_put, "another's is taken meanwhile");
        let taken = noisy_puts.into_iter().filter(|taken| *taken).count();
        assert!((10..=11 + seconds).contains(&taken), "{taken} in {seconds} s");
        let refused = node.counters().refused;
        assert_eq!(
            (refused[RefusalReason::Rate], refused.total()),
            (200 - taken as u64, 200 - taken as u64)
        );
        assert_eq!(node.store().record_count(), taken + 1);
        node.shutdown().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn identities_of_one_address_share_what_it_may_send() -> Outcome {
    in_time(async {
        let source_rate = Rate { per_second: 0, burst: 0 };
        let limits = NodeLimits { source_rate, ..NodeLimits::default() };
        let node = on_loopback().limits(limits).start().await?;
        node.database::<Note>()?;
        let record = author(1)?.database::<Note>()?.to_record(&note("hi", "text"))?;

        for _ in 0..3 {
            let adversary = Adversary::start().await?;
            adversary.meet(&node).await?;
            let reason = refusal(&node, &adversary, &record).await?;
            let from = "address 127.0.0.1".to_owned();
            assert_eq!(reason, ArrivalError::RateExceeded { from, per_second: 0 });
        }
        assert_eq!(node.store().record_count(), 0);
        node.shutdown().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_too_many_is_refused_and_counted() -> Outcome {
    in_time(async {
        let limits = NodeLimits {
            max_incoming_connections: 1,
            // Nobody from afar: those near by have nothing to do with it.
            max_incoming_connections_per_prefix: 0,
            ..NodeLimits::default()
        };
        let node = on_loopback().limits(limits).start().await?;
        let (first, second) = (Adversary::start().await?, Adversary::start().await?);
        first.visit(&node).await?;
        assert_eq!(node.counters().connections_refused, 0);

        let dialled = DialOpts::peer_id(node.peer_id()).addresses(node.addresses()).build();
        second.with(move |swarm| swarm.dial(dialled)).await?;

        until(&node, |counters| counters.connections_refused == 1).await?;
        assert_eq!(node.counters().connected_peers, 1);
        node.shutdown().await;
        Ok(())
    })
    .await
}
