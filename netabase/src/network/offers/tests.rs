//! Attaching to a store that is in use misses nothing.

use std::{collections::BTreeSet, sync::Arc, thread};

use serde::{Deserialize, Serialize};

use super::*;
use crate::{NetabaseSchema, database::DatabaseError};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "open", crate = "crate")]
struct Note {
    #[netabase(key)]
    id: u32,
}

const NOTES: u32 = 400;

fn waiting(offers: &Offers, store: &NetabaseStore) -> BTreeSet<Vec<u8>> {
    while offers.has_earlier() {
        offers.add_earlier();
    }
    let taken = std::iter::from_fn(|| offers.take(&offers.peek(None)?));
    taken.filter_map(|key| store.offered(&key)).map(|record| record.key.to_vec()).collect()
}

#[test]
fn attaching_to_a_running_store_misses_nothing() -> Result<(), DatabaseError> {
    for round in 0..20 {
        let store = NetabaseStore::new();
        let notes = store.database::<Note>()?;
        notes.load((0..NOTES).map(|id| Note { id })).map_err(|failed| failed.source)?;
        let offers = Arc::new(Offers::default());
        // Some were published before, in chunks.
        let before = notes.sync_to_network().take(round * 20).count();

        let attached = thread::scope(|scope| {
            let publishing = scope.spawn(|| notes.sync_to_network().count());
            let attached = Attached::to(&store, &offers);
            publishing.join().expect("it does not panic");
            attached
        });

        assert!(attached.is_ok());
        let found = waiting(&offers, &store).len();
        assert_eq!(found, NOTES as usize, "{before} were published before");
    }
    Ok(())
}

#[test]
fn a_store_has_one_listener_at_a_time() {
    let store = NetabaseStore::new();
    let (first, second) = (Arc::new(Offers::default()), Arc::new(Offers::default()));
    let attached = Attached::to(&store, &first);
    assert!(attached.is_ok());
    assert!(matches!(Attached::to(&store, &second), Err(NodeError::StoreInUse)));

    drop(attached);

    assert!(Attached::to(&store, &second).is_ok());
}

#[test]
fn a_record_that_has_changed_since_it_was_sent_still_waits() -> Result<(), DatabaseError> {
    let store = NetabaseStore::new();
    let notes = store.database::<Note>()?;
    let offers = Arc::new(Offers::default());
    let attached = Attached::to(&store, &offers);
    assert!(attached.is_ok());
    notes.put(&Note { id: 7 })?;
    let sent = notes.publish_record(&notes.record_key(&7)?)?.expect("it was just put");
    assert_eq!(offers.len(), 0, "the publisher sends it");
    notes.put(&Note { id: 7 })?;

    offers.settle(&store, &sent);
    assert_eq!(offers.len(), 1, "it was written again");

    let now = store.offered(&sent.key).expect("peers are served it");
    offers.settle(&store, &now);
    assert_eq!(offers.len(), 0);
    assert!(offers.put_back(&store, &sent.key));
    assert_eq!(offers.len(), 1);
    drop(attached);
    assert!(!offers.put_back(&store, &sent.key), "no node runs");
    Ok(())
}
