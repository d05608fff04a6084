use libp2p::kad::{Record, store::RecordStore};
use netabase::{Limits, NetabaseStore, PutOutcome};

use super::{
    figure::{Figure, Notes},
    fill::fill,
    lives::{Lives, limits},
};

/// Of so many records there is one newcomer that finds room, and one that has another evicted.
const SHARE: usize = 100;

/// Puts newcomers as kad does: nobody knows where from, so that all count as one source's.
pub(super) fn measure(store: &mut NetabaseStore, lives: &Lives, notes: &mut Notes) {
    let newcomers = Newcomers::of(store, lives);
    let put = |store: &mut NetabaseStore, ids: &[u64]| {
        let filled = fill(
            ids,
            |id| lives.published_record(id),
            |made| {
                for record in made.drain(..) {
                    store.put(record).expect("it is near enough to stay");
                }
            },
        );
        filled.put
    };
    notes.note(Figure::PutWithRoom, put(store, &newcomers.with_room));
    let records = close(store);
    notes.note(Figure::PutEvicting, put(store, &newcomers.evicting));
    newcomers.check(store, records, lives);
}

/// Puts newcomers from as many sources as there are publishers.
pub(super) fn measure_with_sources(store: &NetabaseStore, lives: &Lives, notes: &mut Notes) {
    let newcomers = Newcomers::of(store, lives);
    let put = |ids: &[u64]| {
        let make = |id| (lives.published_record(id), lives.source_of(id));
        let filled = fill(ids, make, |made| {
            for (record, source) in made.drain(..) {
                assert_eq!(store.put_from(&record, source), Ok(PutOutcome::Stored));
            }
        });
        filled.put
    };
    notes.note(Figure::PutFromWithRoom, put(&newcomers.with_room));
    let records = close(store);
    notes.note(Figure::PutFromEvicting, put(&newcomers.evicting));
    newcomers.check(store, records, lives);
}

/// Leaves no room for one more foreign record, and says how many there are.
fn close(store: &NetabaseStore) -> usize {
    let records = store.record_count();
    store.set_limits(Limits { max_foreign_records: records, ..limits() });
    records
}

struct Newcomers {
    with_room: Vec<u64>,
    evicting: Vec<u64>,
}

impl Newcomers {
    /// All lie in the nearer half, so that none of them is the next to go itself.
    fn of(store: &NetabaseStore, lives: &Lives) -> Self {
        let is_near = |id: &u64| {
            let Record { key, .. } = lives.record(*id);
            store.distance(&key).ilog2() < Some(255)
        };
        let count = (lives.ids.len() / SHARE).max(1);
        let mut ids = lives.newcomers().filter(is_near);
        let with_room: Vec<u64> = ids.by_ref().take(count).collect();
        let evicting: Vec<u64> = ids.take(count).collect();
        assert_eq!((with_room.len(), evicting.len()), (count, count), "half of them are near");
        Self { with_room, evicting }
    }

    /// All were stored and there are no more records than before: each had one evicted.
    fn check(&self, store: &NetabaseStore, records: usize, lives: &Lives) {
        assert_eq!(store.record_count(), records, "the store is as full as before");
        for &id in self.with_room.iter().chain(&self.evicting) {
            let Record { key, .. } = lives.record(id);
            assert!(RecordStore::get(store, &key).is_some(), "every newcomer is served");
        }
    }
}
