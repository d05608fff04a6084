//! What a store holds and may hold.

use crate::store::{
    NetabaseStore,
    engine::{SchemaId, Usages},
    inner::Inner,
    limits::Budget,
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
    /// Returns what the store holds and may hold, in constant time once what has expired is taken out.
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
        inner.capacity(inner.engine.usages())
    }

    /// As [`capacity_info`](Self::capacity_info), with what the records of a schema take.
    pub(crate) fn capacity_of(&self, schema: SchemaId) -> StoreCapacityInfo {
        self.sweep_all(&self.now());
        let inner = self.shared.inner.read();
        inner.capacity(inner.engine.usages_of(schema))
    }
}

impl Inner {
    fn capacity(&self, of_schema: Usages) -> StoreCapacityInfo {
        let (limits, usages) = (&self.limits, self.engine.usages());
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
            utilization_percentage: all.percentage_of(max),
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
            utilization_percentage: usage.percentage_of(max),
        }
    }
}
