//! Counts how often a published value is encoded, and committed: as often as a stored one.

use std::{
    error::Error,
    mem,
    sync::atomic::{AtomicUsize, Ordering},
};

use serde::{Deserialize, Serialize, Serializer};

use crate::{Netabase, NetabaseSchema};

/// Counts encodings of [`Counted`]. Only one test of this process encodes any.
static ENCODINGS: AtomicUsize = AtomicUsize::new(0);

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
struct Counted(u32);

impl Serialize for Counted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ENCODINGS.fetch_add(1, Ordering::Relaxed);
        serializer.serialize_newtype_struct("Counted", &self.0)
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "owned", crate = "crate")]
struct Reading {
    #[netabase(key)]
    sensor: u32,
    #[netabase(owned)]
    value: Counted,
}

#[tokio::test]
async fn publishing_encodes_and_commits_a_value_as_often_as_a_put_does()
-> Result<(), Box<dyn Error>> {
    let node =
        Netabase::builder("readings").listen("/ip4/127.0.0.1/tcp/0".parse()?).start().await?;
    let reading = Reading { sensor: 7, value: Counted(1) };
    let changed = Reading { value: Counted(2), ..reading };
    let stored = Reading { sensor: 8, value: Counted(3) };
    let encodings = || ENCODINGS.swap(0, Ordering::Relaxed);
    let store = node.store().clone();
    let mut seen = store.commits();
    let mut commits = || store.commits() - mem::replace(&mut seen, store.commits());
    // The first put of a process tries the type besides.
    node.database::<Reading>()?.put(&stored)?;
    let _first = (encodings(), commits());
    node.database::<Reading>()?.put(&stored)?;
    // Once for the store, and once to see whether it is read back: the type's `Serialize` is written by hand.
    let of_a_put = (encodings(), commits());
    assert_eq!(of_a_put, (2, 1));

    let report = node.publish(&reading).await?;
    assert!(report.stored_locally);
    assert_eq!((encodings(), commits()), of_a_put, "the value is new");
    node.publish(&reading).await?;
    assert_eq!((encodings(), commits()), (of_a_put.0, 0), "the value is published already");
    node.publish(&changed).await?;
    assert_eq!((encodings(), commits()), of_a_put, "another value of the key is published already");
    node.publish(&stored).await?;
    assert_eq!((encodings(), commits()), of_a_put, "the value is stored already");

    assert_eq!(node.database::<Reading>()?.get(&7)?, Some(changed));
    node.shutdown().await;
    Ok(())
}
