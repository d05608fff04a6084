//! Transactions: an overlay of writes, committed at once if what was read still holds.

use std::{collections::HashMap, fmt};

use libp2p::kad::RecordKey;

use super::{error::TransactionError, local::MemoryStoreDatabase};
use crate::{
    record::{self, RecordError, RecordKey as RecordName, Scratch},
    schema::{Envelope, KeyOf, NetabaseSchema, NetabaseSchemaKey},
    store::{Durability, LocalWrite, NetabaseStore, View},
};

/// How often a transaction runs before it gives up.
const MAX_RUNS: usize = 8;

impl NetabaseStore {
    /// Changes values of several schemas in one step, or not at all.
    ///
    /// `work` collects its writes in an overlay that its own reads see; nobody else sees them. When it
    /// returns `Ok`, they are checked (limits, unique indexes) and applied at once: no reader ever sees
    /// half of them. If a key that it read was changed meanwhile, it runs again, so it may run several
    /// times. It runs outside the store's lock, and may call the store; such calls are no part of the
    /// transaction.
    ///
    /// Reads by key are checked; walks over databases inside `work` are not. They are made one by one: if
    /// others write in between, `work` may see values that were never there together, and must not panic
    /// or loop for that. Whatever it then returns, it runs again.
    ///
    /// # Errors
    ///
    /// - What `work` returns.
    /// - [`TransactionError::Conflict`] if it ran eight times, and each time something it had read was
    ///   changed by others.
    /// - As [`put`](MemoryStoreDatabase::put) and [`get`](MemoryStoreDatabase::get).
    ///
    /// After an error, or a panic of `work`, nothing is changed.
    ///
    /// # Examples
    ///
    /// ```
    /// use netabase::{DatabaseError, NetabaseSchema, NetabaseStore};
    /// use serde::{Deserialize, Serialize};
    ///
    /// #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// struct Account { #[netabase(key)] name: String, cents: u64 }
    /// #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// struct Transfer { #[netabase(key)] id: u64, cents: u64 }
    ///
    /// let store = NetabaseStore::new();
    /// let (accounts, transfers) = (store.database::<Account>()?, store.database::<Transfer>()?);
    /// accounts.put(&Account { name: "ada".into(), cents: 500 })?;
    ///
    /// let paid = store.transaction(|tx| {
    ///     let Some(mut ada) = tx.get(&accounts, "ada")? else { return Ok(false) };
    ///     let Some(left) = ada.cents.checked_sub(200) else { return Ok(false) };
    ///     ada.cents = left;
    ///     tx.put(&accounts, &ada)?;
    ///     tx.put(&transfers, &Transfer { id: 1, cents: 200 })?;
    ///     Ok::<_, DatabaseError>(true)
    /// })?;
    ///
    /// assert!(paid);
    /// assert_eq!(accounts.get("ada")?.map(|account| account.cents), Some(300));
    /// # Ok::<(), DatabaseError>(())
    /// ```
    pub fn transaction<R, E: From<TransactionError>>(
        &self,
        work: impl FnMut(&mut Transaction<'_>) -> Result<R, E>,
    ) -> Result<R, E> {
        self.transaction_within(MAX_RUNS, work)
    }

    /// Runs a transaction at most `max_runs` times.
    pub(super) fn transaction_within<R, E: From<TransactionError>>(
        &self,
        max_runs: usize,
        mut work: impl FnMut(&mut Transaction<'_>) -> Result<R, E>,
    ) -> Result<R, E> {
        for _ in 0..max_runs {
            let mut transaction = Transaction::new(self);
            let result = work(&mut transaction);
            let Transaction { reads, writes, durability, .. } = transaction;
            // An error may come of reads that were never true together: then it runs again.
            let writes = if result.is_ok() { writes } else { Vec::new() };
            if self
                .commit_if_unchanged(&reads, writes, durability)
                .map_err(TransactionError::from)?
            {
                return result;
            }
        }
        Err(TransactionError::Conflict { runs: max_runs }.into())
    }
}

/// What a transaction has read and is about to write; see [`NetabaseStore::transaction`].
pub struct Transaction<'a> {
    store: &'a NetabaseStore,
    /// The keys it read from the store, and the values it saw.
    reads: HashMap<RecordKey, Option<Vec<u8>>>,
    writes: Vec<LocalWrite>,
    /// The last write of each key.
    written: HashMap<RecordKey, usize>,
    durability: Option<Durability>,
}

impl<'a> Transaction<'a> {
    fn new(store: &'a NetabaseStore) -> Self {
        let (reads, written) = (HashMap::new(), HashMap::new());
        Self { store, reads, writes: Vec::new(), written, durability: None }
    }

    /// Sets when this transaction counts as done, if the store is on disk. Default: as the store was
    /// [built](crate::NetabaseStoreBuilder::durability).
    pub fn set_durability(&mut self, durability: Durability) {
        self.durability = Some(durability);
    }

    /// The value of a key, as this transaction has left it.
    ///
    /// # Errors
    ///
    /// - As [`MemoryStoreDatabase::get`].
    /// - [`TransactionError::ForeignDatabase`] if the database is one of another store.
    pub fn get<V, Q>(
        &mut self,
        database: &MemoryStoreDatabase<V>,
        key: &Q,
    ) -> Result<Option<V>, TransactionError>
    where
        V: NetabaseSchema,
        Q: KeyOf<V::Key> + ?Sized,
    {
        self.read(database, key, record::read::<V>)
    }

    /// Returns whether there is a value of a key, as this transaction has left it.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn contains<V, Q>(
        &mut self,
        database: &MemoryStoreDatabase<V>,
        key: &Q,
    ) -> Result<bool, TransactionError>
    where
        V: NetabaseSchema,
        Q: KeyOf<V::Key> + ?Sized,
    {
        Ok(self.read(database, key, |_| Ok(()))?.is_some())
    }

    /// Will store a value under its key.
    ///
    /// # Errors
    ///
    /// - As [`MemoryStoreDatabase::put`], but for the limits of the store and its unique indexes, which
    ///   are checked at the end.
    /// - [`TransactionError::ForeignDatabase`] if the database is one of another store.
    pub fn put<V: NetabaseSchema>(
        &mut self,
        database: &MemoryStoreDatabase<V>,
        value: &V,
    ) -> Result<(), TransactionError> {
        self.check_store(database)?;
        let write = Scratch::with(|scratch| database.encode(value, scratch))?;
        self.write(write);
        Ok(())
    }

    /// Will store the value of a key as `change` leaves it, and returns what `change` does. `None` if there is no
    /// value, as this transaction has left it.
    ///
    /// A value that `change` leaves as it was is not written.
    ///
    /// # Errors
    ///
    /// - As [`get`](Self::get) and [`put`](Self::put).
    /// - [`TransactionError::KeyChanged`] if `change` gave the value another key. Nothing is written then.
    pub fn update<V, Q, R>(
        &mut self,
        database: &MemoryStoreDatabase<V>,
        key: &Q,
        change: impl FnOnce(&mut V) -> R,
    ) -> Result<Option<R>, TransactionError>
    where
        V: NetabaseSchema,
        Q: KeyOf<V::Key> + ?Sized,
    {
        let Some((mut value, before)) =
            self.read(database, key, |bytes| Ok((record::read::<V>(bytes)?, bytes.to_vec())))?
        else {
            return Ok(None);
        };
        let result = change(&mut value);
        let write = Scratch::with(|scratch| database.encode(&value, scratch))?;
        check_same_key::<V>(&database.record_key(key)?, &value, &write)?;
        if !write.value().is_some_and(|after| has_same_payload(&before, after)) {
            self.write(write);
        }
        Ok(Some(result))
    }

    /// Will remove the value of a key. False if there is none, as this transaction has left it.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn remove<V, Q>(
        &mut self,
        database: &MemoryStoreDatabase<V>,
        key: &Q,
    ) -> Result<bool, TransactionError>
    where
        V: NetabaseSchema,
        Q: KeyOf<V::Key> + ?Sized,
    {
        if !self.contains(database, key)? {
            return Ok(false);
        }
        self.write(LocalWrite::remove(database.schema, database.record_key(key)?));
        Ok(true)
    }

    fn write(&mut self, write: LocalWrite) {
        self.written.insert(write.key().clone(), self.writes.len());
        self.writes.push(write);
    }

    fn read<V, Q, R>(
        &mut self,
        database: &MemoryStoreDatabase<V>,
        key: &Q,
        look: impl FnOnce(&[u8]) -> Result<R, RecordError>,
    ) -> Result<Option<R>, TransactionError>
    where
        V: NetabaseSchema,
        Q: KeyOf<V::Key> + ?Sized,
    {
        self.check_store(database)?;
        let key = database.record_key(key)?;
        if let Some(&write) = self.written.get(&key) {
            return Ok(self.writes[write].value().map(look).transpose()?);
        }
        Scratch::with(|scratch| {
            let found = self.store.read(&key, View::Databases, &mut scratch.value);
            // What it saw first counts: if it sees another value now, it has to run again.
            self.reads.entry(key).or_insert_with(|| found.then(|| scratch.value.clone()));
            Ok(found.then(|| look(&scratch.value)).transpose()?)
        })
    }

    fn check_store<V: NetabaseSchema>(
        &self,
        database: &MemoryStoreDatabase<V>,
    ) -> Result<(), TransactionError> {
        if database.store.is_same(self.store) {
            return Ok(());
        }
        Err(TransactionError::ForeignDatabase { schema: V::SCHEMA_NAME })
    }
}

fn check_same_key<V: NetabaseSchema>(
    key: &RecordKey,
    value: &V,
    write: &LocalWrite,
) -> Result<(), TransactionError> {
    if write.key() == key {
        return Ok(());
    }
    let from = V::Key::from_key_bytes(RecordName::own_key(key.as_ref()));
    let from = format!("{:?}", from.map_err(RecordError::from)?);
    Err(TransactionError::KeyChanged {
        schema: V::SCHEMA_NAME,
        from,
        to: format!("{:?}", value.key()),
    })
}

fn has_same_payload(a: &[u8], b: &[u8]) -> bool {
    let payload = |value| Envelope::parse(value).ok().map(|envelope| envelope.payload);
    payload(a).is_some() && payload(a) == payload(b)
}

impl fmt::Debug for Transaction<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction")
            .field("reads", &self.reads.len())
            .field("writes", &self.written.len())
            .finish_non_exhaustive()
    }
}
