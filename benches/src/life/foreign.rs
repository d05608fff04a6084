//! Records of others, put as kad puts them: with all their checks.

use libp2p::kad::{Record, store::RecordStore};
use netabase::{NetabaseStore, PutOutcome};
use netabase_benches::workload::User;

use super::{
    figure::{Figure, Notes},
    fill::{Filled, fill},
    lives::{Lives, limits},
};

pub(super) fn fill_without_publisher(lives: &Lives, notes: &mut Notes) {
    let mut store = empty();
    let filled = put_all(&mut store, lives, |id| lives.record(id));
    assert!(store.publishers().is_empty(), "nobody published them");
    notes.note(Figure::ForeignPut, filled.put);
}

pub(super) fn fill_with_publisher(lives: &Lives, notes: &mut Notes) -> NetabaseStore {
    let mut store = empty();
    let filled = put_all(&mut store, lives, |id| lives.published_record(id));
    notes.note(Figure::ForeignPutOfPublisher, filled.put);
    notes.note(Figure::HeapOfPublisher, filled.heap);
    store
}

pub(super) fn fill_with_source(lives: &Lives, notes: &mut Notes) -> NetabaseStore {
    let store = empty();
    let make = |id| (lives.published_record(id), lives.source_of(id));
    let filled = fill(&lives.ids, make, |made| {
        for (record, source) in made.drain(..) {
            assert_eq!(store.put_from(&record, source), Ok(PutOutcome::Stored));
        }
    });
    check(&store, lives);
    notes.note(Figure::ForeignPutFrom, filled.put);
    store
}

/// A store that knows the schema: else it refuses the records.
fn empty() -> NetabaseStore {
    let store = NetabaseStore::builder().limits(limits()).build().expect("the limits are valid");
    store.database::<User>().expect("the schema is the only one");
    store
}

fn put_all(store: &mut NetabaseStore, lives: &Lives, make: impl Fn(u64) -> Record) -> Filled {
    let filled = fill(&lives.ids, make, |made| {
        for record in made.drain(..) {
            store.put(record).expect("the record is valid, and there is room");
        }
    });
    check(store, lives);
    filled
}

fn check(store: &NetabaseStore, lives: &Lives) {
    assert_eq!(store.record_count(), lives.ids.len(), "every record is there");
    let users = store.database::<User>().expect("it was opened before");
    assert!(users.is_empty(), "databases do not show them");
    for &id in lives.ids.iter().take(1000) {
        let found = users.with_held().get(&id);
        assert_eq!(found, Ok(Some(User::new(id, 0))), "every user is held as it was put");
    }
}
