//! Values that a later program has written, in the way of one that cannot read them.

use libp2p::kad::store::RecordStore;
use netabase::{ManualClock, NetabaseDatabase, NetworkError, NodeEvent, RecordError};

use super::{Outcome, adversary::Adversary, in_time, on_loopback, waiting::wait_for};
use crate::{
    authors::{HOUR, NOW_MS, store_of},
    opaque::{ALICE, Card, NewCard, card, new_card},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_value_of_another_version_wins_is_kept_and_is_passed_on() -> Outcome {
    in_time(async {
        let clock = ManualClock::at_unix_ms(NOW_MS);
        let author = store_of(ALICE, &clock, HOUR);
        let old = author.database::<Card>()?.to_record(&card("ada", "old"))?;
        let later = ManualClock::at_unix_ms(NOW_MS + 1000);
        let new = store_of(ALICE, &later, HOUR).database::<NewCard>()?;
        let new = new.to_record(&new_card("ada"))?;
        let node = on_loopback().clock(later).max_lifetime(HOUR).start().await?;
        let (behind, ahead) = (Adversary::start().await?, Adversary::start().await?);
        for (adversary, record) in [(&behind, &old), (&ahead, &new)] {
            adversary.claim(old.key.clone(), record.clone()).await;
            adversary.meet(&node).await?;
        }
        let mut events = node.events();

        let cards = node.network::<Card>()?.of(author.peer_id());
        let found = cards.get("ada").await;

        let version = RecordError::Version { schema: "card", expected: 1, found: 2 };
        let Err(NetworkError::Record(error)) = found else {
            return Err(format!("{found:?}").into());
        };
        assert_eq!(error, version);
        assert_eq!(node.counters().invalid_answers, 0);
        let repaired = |event: &NodeEvent| matches!(event, NodeEvent::Repaired { .. });
        let event = wait_for(&mut events, repaired).await?;
        assert_eq!(event, NodeEvent::Repaired { key: old.key.clone(), peers: 1 });
        let held = behind.holds(&old.key).await.ok_or("it claims one")?;
        assert_eq!(held.value, new.value, "who was behind has it now");
        let served = RecordStore::get(node.store(), &old.key).map(|it| it.value.clone());
        assert_eq!(served, Some(new.value.clone()), "it is held as one that was sent");
        assert!(NetabaseDatabase::contains(&cards, "ada").await?);
        let raw = NetabaseDatabase::get_record(&cards, "ada").await?;
        assert_eq!(raw.map(|it| it.value), Some(new.value));
        node.shutdown().await;
        Ok(())
    })
    .await
}
