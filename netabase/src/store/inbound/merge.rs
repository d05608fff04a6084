//! Records of schemas that merge values themselves.

use super::{
    PutOutcome,
    arrival::{Arrival, Sender},
};
use crate::store::{
    NetabaseStore, catch_panic::catch_panic, engine::ChangeOrigin, error::ArrivalError,
    schemas::Merge,
};

impl NetabaseStore {
    /// Merges a record of a schema that merges values itself into what is stored under its key.
    ///
    /// The function runs outside the lock: if the stored value was changed meanwhile, it runs again.
    ///
    /// # Errors
    ///
    /// [`ArrivalError`] if the record, or what was merged, is not valid, or there is no room. The stored
    /// value is as it was then.
    pub(super) fn merge_in(
        &self,
        arrival: &Arrival<'_>,
        merge: Merge,
        sender: &mut Sender<'_>,
    ) -> Result<PutOutcome, ArrivalError> {
        let arrived = self.check(arrival, sender)?;
        let mut has_relieved = false;
        loop {
            let stored = self.live_value(arrival);
            let (mut value, mut entries) = (arrival.value().to_vec(), arrived.entries.clone());
            if let Some(stored) = &stored {
                catch_panic(arrival.name, || {
                    merge(stored, arrival.value(), &mut value, &mut entries)
                })?;
            }
            let merged =
                self.change_at(sender.pace(), ChangeOrigin::Remote, &arrival.now, |plan| {
                    let row = plan.live(arrival.key());
                    if row.map(|row| row.value) != stored.as_deref() {
                        return Ok(None);
                    }
                    let is_arrival = value == arrival.value();
                    if stored.as_deref() == Some(&value) {
                        plan.confirm(arrival)?;
                        return Ok(Some(if is_arrival {
                            PutOutcome::Equal
                        } else {
                            PutOutcome::Outdated
                        }));
                    }
                    let old = plan.previous(arrival.key());
                    plan.take_in(arrival, &value, &entries, old)?;
                    Ok::<_, ArrivalError>(Some(if is_arrival {
                        PutOutcome::Stored
                    } else {
                        PutOutcome::Merged
                    }))
                });
            match merged {
                Ok(Some(outcome)) => return Ok(outcome),
                Ok(None) => {}
                Err(ArrivalError::ForeignFull { .. })
                    if !has_relieved && self.relieve(&arrival.now)? =>
                {
                    has_relieved = true;
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn live_value(&self, arrival: &Arrival<'_>) -> Option<Vec<u8>> {
        let inner = self.shared.inner.read();
        let row = inner.engine.get(arrival.key())?;
        (!row.is_expired(&arrival.now)).then(|| row.value.to_vec())
    }
}
