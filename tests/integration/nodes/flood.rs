//! An adversary that sends all that is wrong with a record, ten thousand times.

mod kinds;

use std::{collections::BTreeMap, error::Error};

use futures::{StreamExt, future::join, stream};
use netabase::{Netabase, NodeEvent, RefusalReason, Refusals};

use self::kinds::{Kind, Kinds};
use super::{
    Outcome,
    adversary::Adversary,
    in_time, network_of, shut_down,
    waiting::{know, wait_for},
};
use crate::{
    authors::contents,
    schemas::{Note, Profile, User, note, profile},
};

/// How many invalid records are sent to each of the two nodes.
const EACH: usize = 5_000;

/// Puts under way at a time, to each: no more than kad has streams for in one connection.
const AT_A_TIME: usize = 24;

/// How many profiles are published while the flood goes on.
const PROFILES: u32 = 20;

/// What is refused, by reason, and what of it was acknowledged.
#[derive(Default)]
struct Sent {
    expected: BTreeMap<RefusalReason, u64>,
    acknowledged: Vec<Kind>,
}

async fn flood(adversary: &Adversary, node: &Netabase, kinds: &Kinds) -> Sent {
    let records = (0..EACH).map(|index| {
        let (kind, record) = kinds.make(index);
        async move { (kind, adversary.put(record, node.peer_id()).await) }
    });
    let puts = stream::iter(records).buffer_unordered(AT_A_TIME);
    let add = |mut sent: Sent, (kind, acknowledged): (Kind, bool)| async move {
        *sent.expected.entry(kind.reason()).or_default() += 1;
        sent.acknowledged.extend(acknowledged.then_some(kind));
        sent
    };
    puts.fold(Sent::default(), add).await
}

/// One publishes, the other fetches.
async fn work(alice: &Netabase, bob: &Netabase) -> Result<(), Box<dyn Error>> {
    let of_alice = bob.network::<Profile>()?.of(alice.peer_id());
    for index in 0..PROFILES {
        let value = profile(&index.to_string());
        let report = alice.publish(&value).await?;
        assert!(report.holders() >= report.wanted, "{report:?}");
        assert_eq!(of_alice.get(&index.to_string()).await?, Some(value));
    }
    Ok(())
}

fn by_reason(refused: Refusals) -> BTreeMap<RefusalReason, u64> {
    refused.iter().filter(|(_, count)| *count != 0).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_invalid_records_of_22_kinds_change_nothing() -> Outcome {
    in_time(async {
        let nodes = network_of(2).await?;
        let [alice, bob] = &nodes[..] else { return Err("two were started".into()) };
        for node in &nodes {
            know(node, 1).await?;
            node.database::<Profile>()?;
            node.database::<User>()?;
            node.database::<Note>()?.put(&note("private", "mine"))?;
        }
        let kinds = Kinds::new()?;
        let adversary = Adversary::start().await?;
        for node in &nodes {
            adversary.meet(node).await?;
            // What the stale ones are older than.
            assert!(adversary.put(kinds.newest(), node.peer_id()).await);
        }
        // It lies about what alice is about to publish, too.
        for index in 0..PROFILES {
            let (key, lie) = kinds.lie(alice.peer_id(), &index.to_string())?;
            adversary.claim(key, lie).await;
        }
        let before: Vec<_> = nodes.iter().map(|node| node.store().record_count()).collect();

        let floods = join(flood(&adversary, alice, &kinds), flood(&adversary, bob, &kinds));
        let ((of_alice, of_bob), worked) = join(floods, work(alice, bob)).await;
        worked?;

        for (node, sent) in nodes.iter().zip([of_alice, of_bob]) {
            assert_eq!(sent.acknowledged, [], "{node:?}");
            assert_eq!(by_reason(node.counters().refused), sent.expected, "{node:?}");
            assert_eq!(node.counters().refused.total(), EACH as u64);
        }
        assert!(alice.counters().invalid_answers >= PROFILES.into(), "the lies were heard");
        for (node, before) in nodes.iter().zip(before) {
            assert_eq!(node.store().record_count(), before + PROFILES as usize);
            let bytes =
                contents(node.store()).into_iter().map(|(key, value)| key.len() + value.len());
            assert_eq!(node.store().byte_count(), bytes.sum::<usize>());
            let private = node.database::<Note>()?.get("private")?;
            assert_eq!(private, Some(note("private", "mine")));
        }

        // And afterwards all goes on as before.
        let mut events = bob.events();
        bob.publish(&note("after", "the flood")).await?;
        assert_eq!(alice.fetch::<Note>("after").await?, Some(note("after", "the flood")));
        let kind = kinds.make(0).1;
        assert!(!adversary.put(kind, bob.peer_id()).await);
        let refused = |event: &NodeEvent| matches!(event, NodeEvent::Refused { .. });
        wait_for(&mut events, refused).await?;
        shut_down(nodes).await;
        Ok(())
    })
    .await
}
