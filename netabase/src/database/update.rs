//! Writes that depend on what is there, in one step: nobody else's write is lost between the look and the write.

use super::{error::TransactionError, local::MemoryStoreDatabase};
use crate::schema::{KeyOf, NetabaseSchema};

/// How often a write of one value is tried anew. Each time another writer got ahead, so the value moves on; more than
/// a few times in a row happen only to a slow closure.
const MAX_RUNS: usize = 1000;

impl<V: NetabaseSchema> MemoryStoreDatabase<V> {
    /// Changes the value of a key in one step, and returns what `change` does. `None` if there is no value.
    ///
    /// `change` runs outside the store's lock, and may call the store. If another writer gets ahead, it runs again, on
    /// the value that is there then: no write is lost. A value that it leaves as it was is not written: not stamped
    /// anew, and not sent to peers. Otherwise it is stored as [`put`](Self::put) stores it, with the schema's `ttl`
    /// from now on.
    ///
    /// # Errors
    ///
    /// - [`TransactionError::KeyChanged`] if `change` gave the value another key.
    /// - [`TransactionError::Query`] as [`get`](Self::get).
    /// - [`TransactionError::Write`] as [`put`](Self::put), for the changed value.
    /// - [`TransactionError::Conflict`] if others got ahead a thousand times in a row.
    ///
    /// In all cases, and if `change` panics, the value is as others left it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use netabase::{NetabaseSchema, NetabaseStore};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// # struct Account { #[netabase(key)] name: String, cents: u64 }
    /// # let accounts = NetabaseStore::new().database::<Account>()?;
    /// accounts.put(&Account { name: "ada".into(), cents: 500 })?;
    ///
    /// let paid = accounts.update("ada", |account| match account.cents.checked_sub(200) {
    ///     Some(left) => {
    ///         account.cents = left;
    ///         true
    ///     }
    ///     None => false, // nothing is written
    /// })?;
    ///
    /// assert_eq!(paid, Some(true));
    /// assert_eq!(accounts.get("ada")?.map(|account| account.cents), Some(300));
    /// assert_eq!(accounts.update("bob", |account| account.cents = 0)?, None);
    /// # Ok::<(), netabase::DatabaseError>(())
    /// ```
    pub fn update<Q, R>(
        &self,
        key: &Q,
        mut change: impl FnMut(&mut V) -> R,
    ) -> Result<Option<R>, TransactionError>
    where
        Q: KeyOf<V::Key> + ?Sized,
    {
        self.check_owner()?;
        self.store.transaction_within(MAX_RUNS, |tx| tx.update(self, key, &mut change))
    }

    /// Stores `value` if its key has none, and returns the value that was in the way otherwise: `None` if `value` was
    /// stored.
    ///
    /// Of two that do so for one key at the same time, one stores its value and the other gets that back.
    ///
    /// # Errors
    ///
    /// As [`put`](Self::put) if the key has no value (`value` itself is looked at only then), and
    /// [`TransactionError::Conflict`] if the key was written and removed a thousand times
    /// meanwhile. Nothing is stored then.
    ///
    /// # Examples
    ///
    /// ```
    /// # use netabase::{NetabaseSchema, NetabaseStore};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// # struct User { #[netabase(key)] id: u64, name: String }
    /// # let users = NetabaseStore::new().database::<User>()?;
    /// assert!(users.put_if_absent(&User { id: 7, name: "Ada".into() })?.is_none());
    ///
    /// let there = users.put_if_absent(&User { id: 7, name: "Grace".into() })?;
    /// assert_eq!(there.map(|user| user.name), Some("Ada".into()));
    /// assert_eq!(users.get(&7)?.map(|user| user.name), Some("Ada".into()));
    /// # Ok::<(), netabase::DatabaseError>(())
    /// ```
    pub fn put_if_absent(&self, value: &V) -> Result<Option<V>, TransactionError> {
        self.check_owner()?;
        let key = value.key();
        self.store.transaction_within(MAX_RUNS, |tx| {
            let there = tx.get(self, &key)?;
            if there.is_none() {
                tx.put(self, value)?;
            }
            Ok(there)
        })
    }
}
