//! Puts, removals and batches, as databases ask for them.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use libp2p::kad::RecordKey;

use super::{
    pending::{LocalWrite, Pending, last_of_each_key},
    refused::Refused,
};
use crate::store::{
    NetabaseStore,
    clock::Moment,
    commit::{CommitError, Pace},
    engine::{ChangeOrigin, RecordMeta, SchemaId},
    error::WriteError,
    journal::Durability,
    limits::Budget,
    plan::{MAX_EXPIRED, Plan},
    state::RecordState,
};

/// How many expired rows one write takes out beside its own work, so that none of them waits for
/// ever, and no write for long.
const EXPIRED_WITH_A_WRITE: usize = 16;

/// The values of some keys, as they were read.
type Reads = HashMap<RecordKey, Option<Vec<u8>>>;

impl NetabaseStore {
    /// Commits a write of the application, and takes out a few expired rows.
    pub(super) fn change_locally<R, E: From<CommitError>>(
        &self,
        plan: impl FnOnce(&mut Plan<'_>) -> Result<R, E>,
    ) -> Result<R, E> {
        self.change_locally_at(Pace::Default, plan)
    }

    /// Does as [`change_locally`](Self::change_locally), at a writer's own pace.
    fn change_locally_at<R, E: From<CommitError>>(
        &self,
        pace: Pace,
        plan: impl FnOnce(&mut Plan<'_>) -> Result<R, E>,
    ) -> Result<R, E> {
        let now = self.now();
        let result = self.change_at(pace, ChangeOrigin::Local, &now, |planned| {
            planned.expire(EXPIRED_WITH_A_WRITE, None);
            plan(planned)
        });
        if result.is_err() {
            self.expire_after_refusal(&now);
        }
        result
    }

    /// Takes out what a write has found expired before it was refused: more own rows than go beside one, since
    /// it may have needed their room.
    fn expire_after_refusal(&self, now: &Moment) {
        if !self.shared.inner.read().engine.has_expired(now, None) {
            return;
        }
        let expired: Result<(), CommitError> = self.change(ChangeOrigin::Expired, now, |plan| {
            plan.expire(MAX_EXPIRED, Some(Budget::Own));
            plan.expire(EXPIRED_WITH_A_WRITE, None);
            Ok(())
        });
        // A damaged store keeps what it has.
        let _ = expired;
    }

    /// Returns when a value of this lifetime that is written now ends.
    pub(crate) fn end_of(&self, lifetime: Duration) -> u64 {
        self.now().end_of(lifetime)
    }

    /// Stores a value, copying the one it replaces into `replaced`. False if there was none.
    pub(crate) fn put_local(
        &self,
        write: LocalWrite,
        replaced: &mut Vec<u8>,
    ) -> Result<bool, WriteError> {
        let mut pending = Pending { write, old: None };
        let put = self.change_locally(|plan| {
            pending.old = plan.previous_with(&pending.write.key, |row| {
                replaced.clear();
                replaced.extend_from_slice(row.value);
            });
            plan.check(std::slice::from_ref(&pending))?;
            let had = pending.old.as_ref().is_some_and(|old| old.visible);
            plan.write(&mut pending);
            Ok::<_, Refused>(had)
        });
        Ok(put?)
    }

    /// Commits all of these writes, or none. The last of one key counts.
    pub(crate) fn commit(&self, writes: Vec<LocalWrite>) -> Result<(), WriteError> {
        self.commit_if_unchanged(&HashMap::new(), writes, None).map(drop)
    }

    /// Commits these writes if what was read before is still so. False, and nothing done, if not.
    pub(crate) fn commit_if_unchanged(
        &self,
        reads: &Reads,
        writes: Vec<LocalWrite>,
        durability: Option<Durability>,
    ) -> Result<bool, WriteError> {
        let writes = last_of_each_key(writes);
        let pace = durability.map_or(Pace::Default, Pace::As);
        let committed = self.change_locally_at(pace, |plan| {
            if !plan.shows(reads) {
                return Ok(false);
            }
            let pending = writes.into_iter().map(|write| Pending::new(write, plan));
            let mut pending: Vec<_> = pending.collect();
            plan.check(&pending)?;
            for pending in &mut pending {
                plan.write(pending);
            }
            Ok::<_, Refused>(true)
        });
        Ok(committed?)
    }

    /// Removes a row that databases show. False if there is none.
    pub(crate) fn remove_one(&self, schema: SchemaId, key: &RecordKey) -> Result<bool, WriteError> {
        self.change_locally(|plan| {
            let Some(old) = plan.previous(key) else { return Ok(false) };
            let is_shown = old.visible;
            if is_shown {
                plan.remove_shown(schema, key, old);
            }
            Ok(is_shown)
        })
    }

    /// Removes rows that databases show; says how many there were.
    pub(crate) fn remove_each(
        &self,
        schema: SchemaId,
        keys: &[RecordKey],
    ) -> Result<usize, WriteError> {
        self.change_locally(|plan| {
            let mut removed = 0;
            for key in once_each(keys) {
                if let Some(old) = plan.previous(key).filter(|old| old.visible) {
                    plan.remove_shown(schema, key, old);
                    removed += 1;
                }
            }
            Ok(removed)
        })
    }

    /// Sets, or lifts, the end of life of a value that the application wrote. False if there is none.
    pub(crate) fn set_end(
        &self,
        schema: SchemaId,
        key: &RecordKey,
        ttl: Option<Duration>,
    ) -> Result<bool, WriteError> {
        self.change_locally(|plan| {
            let row = plan.live(key).filter(|row| row.is_visible() && row.state().own);
            let Some(row) = row else { return Ok(false) };
            let ends = ttl.map(|ttl| plan.now.end_of(ttl));
            let meta = RecordMeta { ends, ..row.meta };
            let renewable = meta.is_renewable(row.header().not_after, plan.now);
            plan.set_meta(schema, row, RecordMeta { renewable, ..meta });
            Ok(true)
        })
    }

    /// Ends that Kademlia serves a record. False if databases do not show it: then it is not touched,
    /// or, if `hidden` ones are meant, too, dropped. What the application wrote stays, also while no type here has
    /// read it yet.
    pub(crate) fn stop_serving(&self, key: &RecordKey, hidden: bool) -> Result<bool, WriteError> {
        // Kademlia asks for hidden ones, and is kept waiting for no disk.
        let pace = if hidden { Pace::Never } else { Pace::Default };
        self.change_locally_at(pace, |plan| {
            let Some(row) = plan.live(key) else { return Ok(false) };
            let schema = plan.inner.schemas.of_key(key.as_ref());
            let is_unread = row.meta.opaque && row.state().own && !row.header().tombstone;
            if row.is_visible() || (hidden && is_unread) {
                let state = RecordState { served: false, ..row.state() };
                plan.set_meta(schema, row, RecordMeta { state, renewable: false, ..row.meta });
                return Ok(true);
            }
            if hidden {
                plan.remove(schema, row.previous());
            }
            Ok(false)
        })
    }
}

/// Drops keys that came before: a plan looks at each once.
fn once_each(keys: &[RecordKey]) -> impl Iterator<Item = &RecordKey> {
    let mut seen = HashSet::with_capacity(keys.len());
    keys.iter().filter(move |key| seen.insert(*key))
}

impl Plan<'_> {
    /// Returns whether databases show exactly these values.
    fn shows(&self, values: &Reads) -> bool {
        values.iter().all(|(key, value)| {
            let row = self.live(key).filter(|row| row.is_visible());
            row.map(|row| row.value) == value.as_deref()
        })
    }
}
