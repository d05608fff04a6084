//! One suite for whatever implements `NetabaseDatabase`: the local database, and the network.

use std::error::Error;

use libp2p::kad::Record;
use netabase::{
    NetabaseDatabase, NetabaseSchema, NetabaseStore, PutOutcome, RecordError, SharedSchema,
};

use super::{Outcome, in_time, network_of, shut_down, waiting::know};
use crate::schemas::{NoteKey, Profile, ProfileKey, note, profile};

/// What every place of records promises. `values` are two values of different keys, `other` is another value of
/// the first key, and `record` was made elsewhere.
async fn suite<V, D>(
    database: &D,
    values: [V; 2],
    other: V,
    record: &Record,
) -> Result<(), Box<dyn Error>>
where
    V: NetabaseSchema + Clone + PartialEq + std::fmt::Debug,
    V: for<'a> TryFrom<&'a Record, Error = RecordError>,
    V::Key: Clone,
    D: NetabaseDatabase<V>,
{
    let keys = [values[0].key(), values[1].key()];
    assert_eq!(database.get(&keys[0]).await?, None);
    assert!(!database.contains(&keys[0]).await?);
    assert!(!database.remove(&keys[0]).await?, "there is nothing");
    assert_eq!(database.get_record(&keys[0]).await?, None);

    database.put(&values[0]).await?;
    assert_eq!(database.get(&keys[0]).await?, Some(values[0].clone()));
    assert!(database.contains(&keys[0]).await?);
    database.put(&other).await?;
    assert_eq!(database.get(&keys[0]).await?, Some(other.clone()), "replaced");

    for put in database.put_each(&values).await {
        put?;
    }
    for (found, value) in database.get_each(&keys).await.into_iter().zip(&values) {
        assert_eq!(found?.as_ref(), Some(value));
    }
    let stored = database.get_record(&keys[1]).await?.ok_or("it was put")?;
    assert_eq!(V::try_from(&stored)?, values[1]);
    assert_eq!(database.put_record(record).await?, PutOutcome::Stored);
    assert_eq!(database.put_record(record).await?, PutOutcome::Equal);

    assert!(database.remove(&keys[0]).await?);
    assert_eq!(database.get(&keys[0]).await?, None);
    for (removed, was_there) in database.remove_each(&keys).await.into_iter().zip([false, true]) {
        assert_eq!(removed?, was_there);
    }
    assert!(!database.contains(&keys[1]).await?);

    // What was removed can be written again.
    database.put(&values[0]).await?;
    assert_eq!(database.get(&keys[0]).await?, Some(values[0].clone()));
    Ok(())
}

async fn on_both<V>(values: [V; 2], other: V, elsewhere: V) -> Outcome
where
    V: SharedSchema + Clone + PartialEq + std::fmt::Debug,
    V: for<'a> TryFrom<&'a Record, Error = RecordError>,
    V::Key: Clone,
{
    let store = |network: &str| NetabaseStore::builder().network(network).build();
    let record = store("test")?.database::<V>()?.to_record(&elsewhere)?;
    let local = store("test")?.database::<V>()?;
    suite(&local, values.clone(), other.clone(), &record).await?;

    let nodes = network_of(3).await?;
    for node in &nodes {
        node.database::<V>()?;
        know(node, 2).await?;
    }
    suite(&nodes[1].network::<V>()?, values, other, &record).await?;
    shut_down(nodes).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn owned_values_are_the_same_here_and_on_the_network() -> Outcome {
    let other = Profile { about: "changed".into(), ..profile("ada") };
    assert_eq!(other.key(), ProfileKey("ada".into()));
    in_time(on_both([profile("ada"), profile("ben")], other, profile("eve"))).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn open_values_are_the_same_here_and_on_the_network() -> Outcome {
    assert_eq!(note("a", "1").key(), NoteKey("a".into()));
    in_time(on_both([note("a", "1"), note("b", "2")], note("a", "3"), note("c", "4"))).await
}
