use super::{
    NetabaseStore,
    inner::{Inner, Usages},
    limits::Limits,
    marks::Budget,
    schemas::SchemaId,
    usage::Usage,
};

/// What a store holds and may hold; see [`NetabaseStore::capacity_info`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct StoreCapacityInfo {
    /// All records, own and foreign, tombstones included.
    pub current_records: usize,
    /// How many there may be.
    pub max_records: usize,
    /// The bytes of their keys, values and index entries.
    pub current_size_bytes: usize,
    /// How many bytes they may take.
    pub max_size_bytes: usize,
    /// How full the store is, by records or by bytes, whichever is more: 0 to 100.
    pub utilization_percentage: f64,
    /// The records that the application wrote.
    pub own: BudgetInfo,
    /// The records that others wrote.
    pub foreign: BudgetInfo,
    /// The records of the database's schema; of a store, of all schemas.
    pub schema: SchemaInfo,
}

/// What one budget holds and may hold.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct BudgetInfo {
    /// Its records, tombstones included.
    pub current_records: usize,
    /// How many there may be.
    pub max_records: usize,
    /// The bytes of their keys, values and index entries.
    pub current_size_bytes: usize,
    /// How many bytes they may take.
    pub max_size_bytes: usize,
    /// How full it is, by records or by bytes, whichever is more: 0 to 100, and more only after its limits
    /// were lowered.
    pub utilization_percentage: f64,
}

/// What the records of one schema take. One that the schema's type here cannot read, being of another version,
/// is of none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SchemaInfo {
    /// Those that the application wrote.
    pub own: Usage,
    /// Those that others wrote.
    pub foreign: Usage,
}

impl NetabaseStore {
    /// What the store holds and may hold, in constant time once what has expired is taken out.
    ///
    /// # Examples
    ///
    /// ```
    /// # use netabase::{NetabaseSchema, NetabaseStore};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// # struct User { #[netabase(key)] id: u64 }
    /// let store = NetabaseStore::new();
    /// store.database::<User>()?.load((0..100).map(|id| User { id }))?;
    ///
    /// let capacity = store.capacity_info();
    /// assert_eq!((capacity.own.current_records, capacity.foreign.current_records), (100, 0));
    /// assert!(capacity.utilization_percentage < 1.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn capacity_info(&self) -> StoreCapacityInfo {
        self.sweep_all(&self.now());
        let inner = self.shared.inner.read();
        inner.capacity(inner.usages)
    }

    /// As [`capacity_info`](Self::capacity_info), with what the records of a schema take.
    pub(crate) fn capacity_of(&self, schema: SchemaId) -> StoreCapacityInfo {
        self.sweep_all(&self.now());
        let inner = self.shared.inner.read();
        inner.capacity(inner.schemas.get(schema).usages)
    }
}

impl Inner {
    fn capacity(&self, of_schema: Usages) -> StoreCapacityInfo {
        let (limits, usages) = (&self.limits, self.usages);
        let all = Usage { records: usages.records(), bytes: usages.bytes() };
        let max = Usage {
            records: limits.max_records.saturating_add(limits.max_foreign_records),
            bytes: limits.max_bytes.saturating_add(limits.max_foreign_bytes),
        };
        let info = |usage, budget| BudgetInfo::new(usage, limits.of(budget));
        StoreCapacityInfo {
            current_records: all.records,
            max_records: max.records,
            current_size_bytes: all.bytes,
            max_size_bytes: max.bytes,
            utilization_percentage: percentage(all, max),
            own: info(usages.own, Budget::Own),
            foreign: info(usages.foreign, Budget::Foreign),
            schema: SchemaInfo { own: of_schema.own, foreign: of_schema.foreign },
        }
    }
}

impl BudgetInfo {
    fn new(usage: Usage, max: Usage) -> Self {
        Self {
            current_records: usage.records,
            max_records: max.records,
            current_size_bytes: usage.bytes,
            max_size_bytes: max.bytes,
            utilization_percentage: percentage(usage, max),
        }
    }
}

impl Limits {
    /// What the records of a budget may take.
    pub(super) fn of(&self, budget: Budget) -> Usage {
        match budget {
            Budget::Own => Usage { records: self.max_records, bytes: self.max_bytes },
            Budget::Foreign => {
                Usage { records: self.max_foreign_records, bytes: self.max_foreign_bytes }
            }
        }
    }
}

/// How much of the records, or of the bytes, is used: the larger part, in percent.
pub(super) fn percentage(used: Usage, max: Usage) -> f64 {
    ratio(used.records, max.records).max(ratio(used.bytes, max.bytes)) * 100.0
}

#[allow(clippy::cast_precision_loss, reason = "a percentage of counts that large is exact enough")]
fn ratio(used: usize, max: usize) -> f64 {
    // Nothing of nothing is not full.
    if used == 0 { 0.0 } else { used as f64 / max as f64 }
}
