use super::{
    NetabaseStore,
    changes::ChangeOrigin,
    error::StoreError,
    inbound::{Arrival, PutOutcome},
    judge::contained,
    schemas::Merge,
};

impl NetabaseStore {
    /// Merges a record of a schema that merges values itself into what is stored under its key.
    ///
    /// The function runs outside the lock: if the stored value was changed meanwhile, it runs again.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the record, or what was merged, is not valid, or there is no room. The stored
    /// value is as it was then.
    pub(super) fn merge_in(
        &self,
        arrival: &Arrival<'_>,
        merge: Merge,
    ) -> Result<PutOutcome, StoreError> {
        let arrived = self.check(arrival)?;
        loop {
            let stored = self.live_value(arrival);
            let (mut value, mut entries) = (arrival.value().to_vec(), arrived.clone());
            if let Some(stored) = &stored {
                contained(arrival.name, || {
                    merge(stored, arrival.value(), &mut value, &mut entries)
                })?;
            }
            let mut inner = self.write(ChangeOrigin::Remote);
            let old = inner.replaced(arrival.key(), &arrival.now);
            let now_stored = inner.table.get(arrival.key()).map(|stored| stored.value);
            if now_stored != stored.as_deref() {
                continue;
            }
            if stored.as_deref() == Some(&value) {
                inner.confirm(arrival, &self.shared.author)?;
                let same = value == arrival.value();
                return Ok(if same { PutOutcome::Equal } else { PutOutcome::Outdated });
            }
            inner.admit(arrival, &value, &entries, old.as_ref(), &self.shared.author)?;
            let taken_as_it_is = value == arrival.value();
            return Ok(if taken_as_it_is { PutOutcome::Stored } else { PutOutcome::Merged });
        }
    }

    fn live_value(&self, arrival: &Arrival<'_>) -> Option<Vec<u8>> {
        let inner = self.shared.inner.read();
        let stored = inner.table.get(arrival.key())?;
        (!stored.is_expired(&arrival.now)).then(|| stored.value.to_vec())
    }
}
