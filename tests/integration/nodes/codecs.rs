//! Records of a codec that no node reads, in a network of nodes: they spread, stay and go as all others do.

use std::error::Error;

use libp2p::kad::{Record, RecordKey};
use netabase::{
    Envelope, ManualClock, Netabase, NetabaseDatabase, NetworkDatabase, NetworkError, PutOutcome,
    RecordError, Source,
    testkit::{TestNetwork, identity},
};

use super::{Outcome, in_time, on_loopback, shut_down, waiting::know};
use crate::{
    authors::{self, HOUR, NOW_MS, minutes, set_payload, sign_again},
    opaque::{ALICE, Card, UNREADABLE, card, coded_by},
    waiting::until_seen,
};

/// What the testkit's network is called.
const NETWORK: &str = "testkit";

/// Four nodes by one clock: the author's, one that knows cards, and two that know nothing of them.
async fn nodes(seed: u64, clock: &ManualClock) -> Result<Vec<Netabase>, Box<dyn Error>> {
    let start = |_, node: netabase::NetabaseBuilder| node.clock(clock.clone()).max_lifetime(HOUR);
    let nodes = TestNetwork::new(seed).start_with(4, start).await?;
    for node in &nodes {
        know(node, 3).await?;
    }
    nodes[1].database::<Card>()?;
    Ok(nodes)
}

fn held(node: &Netabase, key: &RecordKey) -> Option<Vec<u8>> {
    node.store().raw_records_with_prefix(key.as_ref()).next().map(|raw| raw.record.value)
}

/// Waits until each of these nodes holds such a value under a key, and gives it; they hold the same.
async fn all_hold(
    nodes: &[Netabase],
    key: &RecordKey,
    is_meant: impl Fn(&Envelope<'_>) -> bool,
) -> Result<Vec<u8>, Box<dyn Error>> {
    let meant = |value: &Vec<u8>| Envelope::parse(value).is_ok_and(|it| is_meant(&it));
    for node in nodes {
        until_seen(|| held(node, key), |held| held.as_ref().is_some_and(meant)).await?;
    }
    let values: Vec<_> = nodes.iter().filter_map(|node| held(node, key)).collect();
    assert!(values.windows(2).all(|pair| pair[0] == pair[1]), "they hold the same bytes");
    Ok(values.into_iter().next().ok_or("somebody holds it")?)
}

async fn assert_unreadable(cards: &NetworkDatabase<Card>, codec: u8) -> Outcome {
    let expected = RecordError::UnsupportedCodec { schema: "card", found: codec };
    match cards.get("ada").await {
        Err(NetworkError::Record(error)) => assert_eq!(error, expected),
        found => return Err(format!("{found:?}").into()),
    }
    Ok(())
}

/// Gives the record to one node, as the program that wrote it would, and has another one look for it.
async fn spread(nodes: &[Netabase], record: &Record) -> Outcome {
    assert_eq!(nodes[3].store().put_from(record, Source::UNKNOWN)?, PutOutcome::Stored);
    let cards = nodes[2].network::<Card>()?.of(nodes[0].peer_id());
    assert_unreadable(&cards, 1).await?;
    let found = NetabaseDatabase::get_record(&cards, "ada").await?.ok_or("a node holds it")?;
    assert_eq!((&found.key, &found.value), (&record.key, &record.value));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_of_another_codec_is_replicated_renewed_and_removed() -> Outcome {
    in_time(async {
        const SEED: u64 = 71;
        let clock = ManualClock::at_unix_ms(NOW_MS);
        let nodes = nodes(SEED, &clock).await?;
        let author = nodes[0].network::<Card>()?;
        author.publish(&card("ada", "old")).await?;
        let first = coded_by(&identity(SEED, 0), NETWORK, "ada", 1, 5)?;
        let key = &first.key;

        // A later program of the author reaches another node. In the end all hold what it wrote, its own node, too.
        spread(&nodes, &first).await?;
        assert_eq!(all_hold(&nodes, key, |it| it.codec == 1).await?, first.value);
        assert_eq!(author.local().get("ada")?, None);

        // Its node, which cannot read it, renews it for as long as it runs.
        for round in 1..=2 {
            clock.advance(minutes(40));
            let least = u32::try_from(NOW_MS / 1000 + (40 * round + 60) * 60)?;
            let renewed = all_hold(&nodes, key, |it| it.not_after >= least).await?;
            let (old, new) = (Envelope::parse(&first.value)?, Envelope::parse(&renewed)?);
            assert_eq!((new.codec, new.payload), (1, UNREADABLE));
            assert_eq!((new.timestamp, new.schema_version), (old.timestamp, 1));
        }
        assert_unreadable(&nodes[1].network::<Card>()?.of(nodes[0].peer_id()), 1).await?;

        assert!(author.remove("ada").await?);
        let gone = all_hold(&nodes, key, |it| it.tombstone).await?;
        assert_eq!(Envelope::parse(&gone)?.codec, 0);
        let cards = nodes[2].network::<Card>()?.of(nodes[0].peer_id());
        assert_eq!(cards.get("ada").await?, None);
        shut_down(nodes).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_author_who_writes_over_it_is_read_again_by_all() -> Outcome {
    in_time(async {
        const SEED: u64 = 72;
        let clock = ManualClock::at_unix_ms(NOW_MS);
        let nodes = nodes(SEED, &clock).await?;
        let author = nodes[0].network::<Card>()?;
        author.publish(&card("ada", "old")).await?;
        let first = coded_by(&identity(SEED, 0), NETWORK, "ada", 1, 5)?;
        spread(&nodes, &first).await?;
        all_hold(&nodes, &first.key, |it| it.codec == 1).await?;

        author.publish(&card("ada", "new")).await?;

        all_hold(&nodes, &first.key, |it| it.codec == 0).await?;
        for node in &nodes[1..] {
            let cards = node.network::<Card>()?.of(nodes[0].peer_id());
            assert_eq!(cards.get("ada").await?, Some(card("ada", "new")));
        }
        shut_down(nodes).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_value_whose_bytes_are_there_in_another_codec_is_published_anew() -> Outcome {
    in_time(async {
        let clock = ManualClock::at_unix_ms(NOW_MS);
        let alice = authors::identity(ALICE);
        let node = on_loopback().identity(alice.clone()).clock(clock).max_lifetime(HOUR);
        let node = node.start().await?;
        let cards = node.network::<Card>()?;
        cards.publish(&card("ada", "hi")).await?;
        let mut theirs = coded_by(&alice, "test", "ada", 1, 5)?;
        let mine = held(&node, &theirs.key).ok_or("it was published")?;
        set_payload(&mut theirs, 1, Envelope::parse(&mine)?.payload);
        sign_again(&mut theirs, "test", &alice)?;
        assert_eq!(node.store().put_from(&theirs, Source::UNKNOWN)?, PutOutcome::Stored);

        cards.publish(&card("ada", "hi")).await?;

        assert_eq!(cards.local().get("ada")?, Some(card("ada", "hi")));
        node.shutdown().await;
        Ok(())
    })
    .await
}
