//! What strangers send to a node and it does not take, each for what is wrong with it.

use std::error::Error;

use libp2p::kad::{Record, RecordKey};
use netabase::{
    ArrivalError, BuildError, Envelope, Netabase, NetabaseStore, NodeEvent, RecordError,
    RefusalReason,
};

use super::{Outcome, adversary::Adversary, in_time, on_loopback, waiting::wait_for};
use crate::{
    authors::{NETWORK, identity, sign_again},
    schemas::{Note, Profile, note, profile},
};

/// A node that knows both schemas, and an adversary that it knows.
pub(super) async fn honest_and_adversary() -> Result<(Netabase, Adversary), Box<dyn Error>> {
    let node = on_loopback().start().await?;
    node.database::<Profile>()?;
    node.database::<Note>()?;
    let adversary = Adversary::start().await?;
    adversary.meet(&node).await?;
    Ok((node, adversary))
}

/// Somebody of the network who writes records, and is not connected.
pub(super) fn author(secret: u8) -> Result<NetabaseStore, BuildError> {
    NetabaseStore::builder().network(NETWORK).identity(identity(secret)).build()
}

/// Sends a record that is to be refused; gives the reason.
pub(super) async fn refusal(
    node: &Netabase,
    adversary: &Adversary,
    record: &Record,
) -> Result<ArrivalError, Box<dyn Error>> {
    let (mut events, before) = (node.events(), node.counters().refused.total());
    assert!(!adversary.put(record.clone(), node.peer_id()).await, "it is not acknowledged");
    let refused = |event: &NodeEvent| matches!(event, NodeEvent::Refused { .. });
    let NodeEvent::Refused { peer, key, reason } = wait_for(&mut events, refused).await? else {
        return Err("that is what was waited for".into());
    };
    assert_eq!((peer, &key), (adversary.peer_id, &record.key));
    assert_eq!(node.counters().refused.total(), before + 1);
    Ok(reason)
}

/// The record under a key that has another part in the place of this one.
pub(super) fn with_key(record: &Record, from: &[u8], to: &[u8]) -> Result<Record, Box<dyn Error>> {
    let key = record.key.to_vec();
    let at = key.windows(from.len()).position(|window| window == from).ok_or("it is there")?;
    let key = [&key[..at], to, &key[at + from.len()..]].concat();
    Ok(Record { key: RecordKey::from(key), ..record.clone() })
}

pub(super) fn unsigned(mut record: Record) -> Record {
    record.value.truncate(record.value.len() - 96);
    record.value[8] &= !0b0100_0000;
    record
}

fn wrong_signer() -> ArrivalError {
    RecordError::WrongSigner { schema: "profile".into() }.into()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_writes_in_the_name_of_another() -> Outcome {
    in_time(async {
        let (node, adversary) = honest_and_adversary().await?;
        let record = author(1)?.database::<Profile>()?.to_record(&profile("ada"))?;

        let mut forged = record.clone();
        sign_again(&mut forged, NETWORK, &identity(66))?;
        assert_eq!(refusal(&node, &adversary, &forged).await?, wrong_signer());
        let bare = unsigned(record.clone());
        let reason = refusal(&node, &adversary, &bare).await?;
        assert_eq!(reason, RecordError::Unsigned { schema: "profile".into() }.into());
        // To claim the author as publisher does not help.
        forged.publisher = Some(author(1)?.peer_id());
        assert_eq!(refusal(&node, &adversary, &forged).await?, wrong_signer());

        assert_eq!(node.counters().refused[RefusalReason::Signature], 3);
        assert_eq!(node.store().record_count(), 0);
        node.shutdown().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signature_is_good_for_one_key_one_schema_and_one_network() -> Outcome {
    in_time(async {
        let (node, adversary) = honest_and_adversary().await?;
        let record = author(1)?.database::<Profile>()?.to_record(&profile("ada"))?;
        let bad = ArrivalError::from(RecordError::BadSignature);

        let elsewhere = NetabaseStore::builder().network("other").identity(identity(1)).build()?;
        let elsewhere = elsewhere.database::<Profile>()?.to_record(&profile("ada"))?;
        for replayed in [
            with_key(&record, b"ada\0", b"bob\0")?,
            with_key(&record, b"/profile/", b"/biography/")?,
            elsewhere,
        ] {
            assert_eq!(refusal(&node, &adversary, &replayed).await?, bad);
        }

        assert_eq!(node.store().record_count(), 0);
        assert!(adversary.put(record, node.peer_id()).await, "where it belongs it is taken");
        node.shutdown().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_value_does_not_come_back() -> Outcome {
    in_time(async {
        let (node, adversary) = honest_and_adversary().await?;
        let of_author = author(1)?.database::<Profile>()?;
        let old = of_author.to_record(&profile("ada"))?;
        let changed = Profile { about: "changed".into(), ..profile("ada") };
        let new = of_author.to_record(&changed)?;
        assert!(adversary.put(old.clone(), node.peer_id()).await);
        assert!(adversary.put(new, node.peer_id()).await);

        assert_eq!(refusal(&node, &adversary, &old).await?, ArrivalError::Outdated);

        let held = node.database::<Profile>()?.of(of_author.store().peer_id()).with_held();
        assert_eq!(held.get("ada")?, Some(changed));
        node.shutdown().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_claims_that_the_node_published_a_record_changes_nothing() -> Outcome {
    in_time(async {
        let (node, adversary) = honest_and_adversary().await?;
        node.database::<Note>()?.put(&note("hi", "private"))?;
        node.publish(&note("plan", "mine")).await?;
        let of_author = author(1)?.database::<Note>()?;
        let before = crate::authors::contents(node.store());

        for title in ["hi", "plan", "new"] {
            let mut record = of_author.to_record(&note(title, "theirs"))?;
            record.publisher = Some(node.peer_id());
            // kad says yes to what claims to be its own, and drops it.
            adversary.put(record, node.peer_id()).await;
        }

        assert_eq!(crate::authors::contents(node.store()), before);
        assert_eq!(node.database::<Note>()?.get("hi")?, Some(note("hi", "private")));
        node.shutdown().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_record_holds_up_nothing_that_comes_after_it() -> Outcome {
    in_time(async {
        let (node, adversary) = honest_and_adversary().await?;
        let record = author(1)?.database::<Profile>()?.to_record(&profile("ada"))?;
        let bare = unsigned(record.clone());
        assert!(Envelope::parse(&bare.value)?.signature.is_none());

        // More than kad has streams for in one connection.
        let all = (0..100).map(|_| adversary.put(bare.clone(), node.peer_id()));
        let acknowledged = futures::future::join_all(all).await;

        assert!(acknowledged.iter().all(|acknowledged| !acknowledged));
        assert_eq!(node.counters().refused[RefusalReason::Signature], 100);
        assert!(adversary.put(record.clone(), node.peer_id()).await);
        let found = adversary.get(&record.key).await;
        assert_eq!(found.len(), 1);
        node.shutdown().await;
        Ok(())
    })
    .await
}
