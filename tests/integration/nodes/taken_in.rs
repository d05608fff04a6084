//! What strangers send to a node and it takes.

use netabase::{NodeEvent, NodeEvents, PutOutcome};

use super::{
    Outcome, in_time,
    refused::{author, honest_and_adversary, refusal, unsigned},
    waiting::wait_for,
};
use crate::{
    schemas::{Profile, profile},
    waiting::InVain,
};

#[track_caller]
fn next_accepted(events: &mut NodeEvents) -> impl Future<Output = Result<NodeEvent, InVain>> {
    wait_for(events, |event| matches!(event, NodeEvent::Accepted { .. }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_taken_in_is_told_with_who_sent_it() -> Outcome {
    in_time(async {
        let (node, adversary) = honest_and_adversary().await?;
        let of_author = author(1)?.database::<Profile>()?;
        let record = of_author.to_record(&profile("ada"))?;
        let accepted = |outcome| {
            let (peer, key) = (adversary.peer_id, record.key.clone());
            NodeEvent::Accepted { peer, key, outcome }
        };
        let mut events = node.events();

        assert!(adversary.put(record.clone(), node.peer_id()).await);
        assert_eq!(next_accepted(&mut events).await?, accepted(PutOutcome::Stored));
        refusal(&node, &adversary, &unsigned(of_author.to_record(&profile("eve"))?)).await?;
        assert!(adversary.put(record.clone(), node.peer_id()).await);
        // Of what was refused between the two there is no such event.
        assert_eq!(next_accepted(&mut events).await?, accepted(PutOutcome::Equal));

        assert_eq!(node.counters().records_accepted, 2);
        node.shutdown().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_node_writes_itself_is_not_told_as_taken_in() -> Outcome {
    in_time(async {
        let (node, adversary) = honest_and_adversary().await?;
        let record = author(1)?.database::<Profile>()?.to_record(&profile("ada"))?;
        let mut events = node.events();

        node.publish(&profile("mine")).await?;
        assert!(adversary.put(record.clone(), node.peer_id()).await);

        let NodeEvent::Accepted { key, .. } = next_accepted(&mut events).await? else {
            return Err("that is what was waited for".into());
        };
        assert_eq!(key, record.key);
        node.shutdown().await;
        Ok(())
    })
    .await
}
