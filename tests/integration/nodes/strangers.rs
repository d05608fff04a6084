//! What strangers may leave with a node, and what they are not given.

use netabase::{ArrivalError, NetabaseDatabase, NetabaseSchema, RefusalReason};
use serde::{Deserialize, Serialize};

use super::{
    Outcome, in_time, on_loopback,
    refused::{author, honest_and_adversary, refusal},
    shut_down,
    waiting::know,
};
use crate::schemas::{Note, Profile, note, profile};

/// An open schema that nodes do not know.
#[derive(Debug, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "open")]
struct Rumour {
    #[netabase(key)]
    title: String,
}

/// An owned one that only some nodes know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "owned")]
struct Diary {
    #[netabase(key)]
    day: u32,
    text: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_record_of_an_unknown_schema_is_refused() -> Outcome {
    in_time(async {
        let (node, adversary) = honest_and_adversary().await?;
        let rumour = Rumour { title: "psst".into() };
        let record = author(1)?.database::<Rumour>()?.to_record(&rumour)?;

        let reason = refusal(&node, &adversary, &record).await?;

        assert_eq!(reason, ArrivalError::UnknownSchema { name: "rumour".into() });
        assert_eq!(node.counters().refused[RefusalReason::UnknownSchema], 1);
        assert_eq!(node.store().record_count(), 0);
        node.shutdown().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owned_record_of_an_unknown_schema_goes_through_a_node_byte_for_byte() -> Outcome {
    in_time(async {
        let (node, adversary) = honest_and_adversary().await?;
        let page = Diary { day: 7, text: "dear diary".into() };
        let of_author = author(1)?.database::<Diary>()?;
        let record = of_author.to_record(&page)?;
        assert!(adversary.put(record.clone(), node.peer_id()).await);

        let third = on_loopback().bootstrap(node.addresses()).start().await?;
        know(&third, 1).await?;
        let diaries = third.network::<Diary>()?.of(of_author.store().peer_id());
        let found = diaries.get_record(&7).await?.ok_or("the node holds it")?;
        assert_eq!((&found.key, &found.value), (&record.key, &record.value));
        assert_eq!(diaries.get(&7).await?, Some(page));

        // Also to one that only speaks Kademlia.
        let found = adversary.get(&record.key).await;
        assert!(!found.is_empty() && found.iter().all(|it| it.record.value == record.value));
        shut_down(vec![node, third]).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_private_record_is_given_to_no_stranger() -> Outcome {
    in_time(async {
        let (node, adversary) = honest_and_adversary().await?;
        let (notes, profiles) = (node.database::<Note>()?, node.database::<Profile>()?);
        notes.put(&note("diary", "private"))?;
        profiles.put(&profile("me"))?;
        let theirs = author(1)?.database::<Note>()?.to_record(&note("diary", "theirs"))?;
        let mine = profiles.get_record("me")?.ok_or("it was put")?;

        assert!(adversary.get(&theirs.key).await.is_empty());
        assert!(adversary.get(&mine.key).await.is_empty());
        assert_eq!(refusal(&node, &adversary, &theirs).await?, ArrivalError::Private);
        assert!(adversary.get(&theirs.key).await.is_empty());
        assert_eq!(notes.get("diary")?, Some(note("diary", "private")));
        node.shutdown().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_first_with_a_key_does_not_see_what_is_written_there_privately() -> Outcome {
    in_time(async {
        let (node, adversary) = honest_and_adversary().await?;
        let theirs = author(1)?.database::<Note>()?.to_record(&note("diary", "theirs"))?;
        assert!(adversary.put(theirs.clone(), node.peer_id()).await);
        assert_eq!(adversary.get(&theirs.key).await.len(), 1);

        let notes = node.database::<Note>()?;
        notes.put(&note("diary", "private"))?;

        assert!(adversary.get(&theirs.key).await.is_empty());
        let later = author(1)?.database::<Note>()?.to_record(&note("diary", "later"))?;
        assert_eq!(refusal(&node, &adversary, &later).await?, ArrivalError::Private);
        assert_eq!(notes.get("diary")?, Some(note("diary", "private")));
        node.shutdown().await;
        Ok(())
    })
    .await
}
