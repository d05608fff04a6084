//! What is one byte too large.

use std::error::Error;

use netabase::{ArrivalError, NetabaseStore, NetworkError, TooLarge, WriteError};

use super::{
    Outcome, in_time,
    refused::{author, honest_and_adversary, refusal},
};
use crate::schemas::{Profile, profile};

/// What key and value may have together.
const MAX_BYTES: usize = 32_768;

/// A profile whose record has so many bytes, key and value.
fn of_size(bytes: usize) -> Result<Profile, Box<dyn Error>> {
    let of_len = |len| Profile { about: "a".repeat(len), ..profile("ada") };
    let record = NetabaseStore::new().database::<Profile>()?.to_record(&of_len(bytes / 2))?;
    let rest = record.key.as_ref().len() + record.value.len() - bytes / 2;
    Ok(of_len(bytes - rest))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_byte_more_is_neither_stored_nor_sent() -> Outcome {
    in_time(async {
        let (node, adversary) = honest_and_adversary().await?;
        let refused = node.publish(&of_size(MAX_BYTES + 1)?).await;

        let Err(NetworkError::Write(WriteError::TooLarge(TooLarge::Record {
            len, max_bytes, ..
        }))) = refused
        else {
            return Err(format!("{refused:?}").into());
        };
        assert_eq!((len, max_bytes), (MAX_BYTES + 1, MAX_BYTES));
        assert_eq!((node.store().record_count(), node.counters().queries), (0, 0));
        let key = node.database::<Profile>()?.to_record(&profile("ada"))?.key;
        assert!(adversary.holds(&key).await.is_none());
        node.shutdown().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_stranger_the_largest_record_is_taken_and_one_byte_more_is_not() -> Outcome {
    in_time(async {
        let (node, adversary) = honest_and_adversary().await?;
        let of_author = author(1)?.database::<Profile>()?;
        let largest = of_author.to_record(&of_size(MAX_BYTES)?)?;
        let larger = of_author.to_record(&of_size(MAX_BYTES + 1)?)?;

        let reason = refusal(&node, &adversary, &larger).await?;
        let expected =
            ArrivalError::TooLarge(TooLarge::Record { len: MAX_BYTES + 1, max_bytes: MAX_BYTES });
        assert_eq!(reason, expected);
        assert_eq!(node.store().record_count(), 0);
        assert!(adversary.put(largest.clone(), node.peer_id()).await);
        let found = adversary.get(&largest.key).await.pop().ok_or("it is held")?;
        assert_eq!(found.record.value, largest.value);
        node.shutdown().await;
        Ok(())
    })
    .await
}
