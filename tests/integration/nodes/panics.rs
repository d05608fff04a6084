//! Code of the application that panics on what a peer sends.

use std::error::Error;

use libp2p::kad::Record;
use netabase::{ArrivalError, Netabase, NetabaseSchema, NetworkError, NodeEvent, RefusalReason};
use serde::{Deserialize, Deserializer, Serialize};

use super::{
    Outcome,
    adversary::Adversary,
    in_time, on_loopback,
    refused::{author, refusal},
    waiting::wait_for,
};
use crate::schemas::{Profile, profile};

/// What a careful program has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(name = "fragile", access = "owned")]
struct Sturdy {
    #[netabase(key)]
    name: String,
    divisor: u32,
}

/// The same on the wire, and a function that does not expect a zero.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "owned", validate = divide)]
struct Fragile {
    #[netabase(key)]
    name: String,
    #[serde(deserialize_with = "below_hundred")]
    divisor: u32,
}

fn divide(value: &Fragile) -> Result<(), &'static str> {
    if 100 / value.divisor > 0 { Ok(()) } else { Err("too large") }
}

fn below_hundred<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let divisor = u32::deserialize(deserializer)?;
    assert!(divisor < 100, "who would send that");
    Ok(divisor)
}

/// A record of somebody's that the fragile schema's code panics on, for each such place.
fn bad_records() -> Result<[Record; 2], Box<dyn Error>> {
    let of_author = author(1)?.database::<Sturdy>()?;
    let record = |name: &str, divisor| of_author.to_record(&Sturdy { name: name.into(), divisor });
    Ok([record("validate", 0)?, record("deserialize", 100)?])
}

fn panicked() -> ArrivalError {
    ArrivalError::Panicked { schema: "fragile" }
}

async fn is_well(node: &Netabase, adversary: &Adversary) -> Outcome {
    let record = author(1)?.database::<Profile>()?.to_record(&profile("ada"))?;
    assert!(adversary.put(record, node.peer_id()).await, "it goes on");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sent_record_that_makes_a_schemas_code_panic_is_refused() -> Outcome {
    in_time(async {
        let node = on_loopback().start().await?;
        node.database::<Fragile>()?;
        let adversary = Adversary::start().await?;
        adversary.meet(&node).await?;

        for record in bad_records()? {
            assert_eq!(refusal(&node, &adversary, &record).await?, panicked());
        }

        assert_eq!(node.counters().refused[RefusalReason::Panic], 2);
        assert_eq!(node.store().record_count(), 0);
        is_well(&node, &adversary).await?;
        node.shutdown().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_makes_a_schemas_code_panic_is_not_valid() -> Outcome {
    in_time(async {
        let node = on_loopback().start().await?;
        let fragile = node.network::<Fragile>()?.of(author(1)?.peer_id());
        let adversary = Adversary::start().await?;
        let [bad, _] = bad_records()?;
        adversary.claim(bad.key.clone(), bad.clone()).await;
        adversary.meet(&node).await?;
        let mut events = node.events();

        let found = fragile.get("validate").await;

        let Err(NetworkError::OnlyInvalid { answers: 1, source }) = found else {
            return Err(format!("{found:?}").into());
        };
        assert_eq!(source, panicked());
        let (peer, key) = (adversary.peer_id, bad.key);
        let expected = NodeEvent::InvalidAnswer { peer, key, reason: panicked() };
        wait_for(&mut events, |event| *event == expected).await?;
        is_well(&node, &adversary).await?;
        node.shutdown().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_held_unread_does_not_make_its_schema_panic_when_it_is_opened() -> Outcome {
    in_time(async {
        let node = on_loopback().start().await?;
        let adversary = Adversary::start().await?;
        adversary.meet(&node).await?;
        for record in bad_records()? {
            assert!(adversary.put(record, node.peer_id()).await, "nobody can read it yet");
        }
        assert_eq!(node.store().record_count(), 2);

        let fragile = node.database::<Fragile>()?.of(author(1)?.peer_id());

        assert_eq!(fragile.with_held().get("validate")?, None);
        assert_eq!(node.store().record_count(), 0, "they are dropped");
        is_well(&node, &adversary).await?;
        node.shutdown().await;
        Ok(())
    })
    .await
}

/// Merged by a function that does not expect two of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(merge = never)]
struct Alone {
    #[netabase(key)]
    name: String,
    count: u32,
}

fn never(_: &Alone, _: &Alone) -> Alone {
    panic!("there is but one")
}

#[test]
fn a_merge_that_panics_leaves_the_store_as_it_is() -> Outcome {
    let (here, there) = (author(1)?.database::<Alone>()?, author(2)?.database::<Alone>()?);
    let value = |count| Alone { name: "it".into(), count };
    here.put(&value(1))?;

    let refused = here.put_record(&there.to_record(&value(2))?);

    let panicked = ArrivalError::Panicked { schema: "alone" };
    assert_eq!(refused, Err(panicked));
    assert_eq!(here.get("it")?, Some(value(1)));
    here.put(&value(3))?;
    Ok(())
}
