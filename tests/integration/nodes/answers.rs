//! Peers that answer with what is not true, or no longer.

use std::error::Error;

use libp2p::kad::Record;
use netabase::{ArrivalError, FetchMode, Netabase, NetworkError, NodeEvent, RecordError};

use super::{
    Outcome,
    adversary::Adversary,
    in_time, on_loopback,
    refused::{author, unsigned, with_key},
    waiting::wait_for,
};
use crate::{
    authors::{NETWORK, identity, sign_again},
    schemas::{Profile, profile},
};

/// A node, and adversaries each of which answers to one key with one of these records.
async fn among(
    key: &libp2p::kad::RecordKey,
    claims: impl IntoIterator<Item = Record>,
) -> Result<(Netabase, Vec<Adversary>), Box<dyn Error>> {
    let node = on_loopback().start().await?;
    let mut adversaries = Vec::new();
    for record in claims {
        let adversary = Adversary::start().await?;
        adversary.claim(key.clone(), record).await;
        adversary.meet(&node).await?;
        adversaries.push(adversary);
    }
    Ok((node, adversaries))
}

/// Under another key, signed by another, and not signed at all.
fn invalid(record: &Record) -> Result<[Record; 3], Box<dyn Error>> {
    let mut forged = record.clone();
    sign_again(&mut forged, NETWORK, &identity(66))?;
    Ok([with_key(record, b"ada\0", b"bob\0")?, forged, unsigned(record.clone())])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_one_valid_answer_wins_over_those_that_are_not() -> Outcome {
    in_time(async {
        let of_author = author(1)?.database::<Profile>()?;
        let record = of_author.to_record(&profile("ada"))?;
        let claims = invalid(&record)?.into_iter().chain([record.clone()]);
        let (node, adversaries) = among(&record.key, claims).await?;
        let mut events = node.events();

        let profiles = node.network::<Profile>()?.of(of_author.store().peer_id());
        assert_eq!(profiles.get("ada").await?, Some(profile("ada")));

        assert_eq!(node.counters().invalid_answers, 3);
        // Those who had none that is valid are sent it.
        let repaired = |event: &NodeEvent| matches!(event, NodeEvent::Repaired { peers: 3, .. });
        wait_for(&mut events, repaired).await?;
        for adversary in &adversaries {
            let held = adversary.holds(&record.key).await.ok_or("it claims one")?;
            assert_eq!((held.key, held.value), (record.key.clone(), record.value.clone()));
        }
        node.shutdown().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_for_the_first_answer_gets_the_first_that_is_valid() -> Outcome {
    in_time(async {
        let of_author = author(1)?.database::<Profile>()?;
        let record = of_author.to_record(&profile("ada"))?;
        let claims = invalid(&record)?.into_iter().chain([record.clone()]);
        let (node, _adversaries) = among(&record.key, claims).await?;

        let profiles = node.network::<Profile>()?.of(of_author.store().peer_id());
        let first = profiles.with_mode(FetchMode::First).get("ada").await?;

        assert_eq!(first, Some(profile("ada")));
        node.shutdown().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn if_no_answer_is_valid_that_is_the_error() -> Outcome {
    in_time(async {
        let of_author = author(1)?.database::<Profile>()?;
        let record = of_author.to_record(&profile("ada"))?;
        let (node, _adversaries) = among(&record.key, invalid(&record)?).await?;

        let profiles = node.network::<Profile>()?.of(of_author.store().peer_id());
        let error = profiles.get("ada").await;

        let Err(NetworkError::OnlyInvalid { answers: 3, source }) = error else {
            return Err(format!("{error:?}").into());
        };
        let is_one_of_them = matches!(
            source,
            ArrivalError::Record(
                RecordError::ForeignKey
                    | RecordError::WrongSigner { .. }
                    | RecordError::Unsigned { .. }
            )
        );
        assert!(is_one_of_them, "{source}");
        assert_eq!(node.store().record_count(), 0);
        node.shutdown().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_values_the_newest_wins_and_replaces_the_others() -> Outcome {
    in_time(async {
        let of_author = author(1)?.database::<Profile>()?;
        let version = |about: &str| Profile { about: about.into(), ..profile("ada") };
        let [first, second, third] = ["first", "second", "third"].map(version);
        let records = [&first, &second, &third].map(|value| of_author.to_record(value));
        let [first, second, newest] = records;
        let (first, second, newest) = (first?, second?, newest?);
        let key = newest.key.clone();
        let (node, adversaries) = among(&key, [second, newest.clone(), first]).await?;
        let mut events = node.events();

        let profiles = node.network::<Profile>()?.of(of_author.store().peer_id());
        assert_eq!(profiles.get("ada").await?, Some(third));

        let repaired = |event: &NodeEvent| matches!(event, NodeEvent::Repaired { .. });
        let event = wait_for(&mut events, repaired).await?;
        assert_eq!(event, NodeEvent::Repaired { key: key.clone(), peers: 2 });
        for adversary in &adversaries {
            assert_eq!(adversary.holds(&key).await.map(|it| it.value), Some(newest.value.clone()));
        }
        node.shutdown().await;
        Ok(())
    })
    .await
}
