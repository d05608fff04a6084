//! The database of one schema: single values by key.

mod rows;

use std::{fmt, marker::PhantomData, sync::Arc, time::Duration};

use libp2p::{PeerId, kad::RecordKey};

use super::error::QueryError;
#[cfg(doc)]
use crate::record::RecordError;
use crate::{
    record::{self, Scratch, record_prefix},
    schema::{KeyOf, NetabaseSchema, SharedSchema},
    store::{NetabaseStore, OpenError, SchemaId, View, WriteError},
};

/// The typed database of one schema in a [`NetabaseStore`].
///
/// A cheap, cloneable handle: every clone, and every other handle of the same schema and store,
/// sees the same records. Calls are synchronous, local and immediate. Nothing runs under the
/// store's lock but the store's own code, so any call may be made from inside any closure.
///
/// # Examples
///
/// ```
/// use netabase::{NetabaseSchema, NetabaseStore};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
/// struct Airport {
///     #[netabase(key)]
///     icao: String,
///     name: String,
/// }
///
/// let airports = NetabaseStore::new().database::<Airport>()?;
/// airports.put(&Airport { icao: "EGLL".into(), name: "Heathrow".into() })?;
/// airports.put(&Airport { icao: "EGSS".into(), name: "Stansted".into() })?;
/// airports.put(&Airport { icao: "BIKF".into(), name: "Keflavik".into() })?;
///
/// assert!(airports.contains("BIKF")?);
/// let british = airports.prefix("EG")?.collect::<Result<Vec<_>, _>>()?;
/// assert_eq!(british.len(), 2);
/// # Ok::<(), netabase::DatabaseError>(())
/// ```
pub struct MemoryStoreDatabase<V: NetabaseSchema> {
    pub(super) store: NetabaseStore,
    pub(super) schema: SchemaId,
    /// Whose records it shows, if the schema is owned.
    pub(super) owner: PeerId,
    /// What the keys of all records it shows start with.
    pub(super) prefix: Arc<[u8]>,
    pub(super) view: View,
    pub(super) _values: PhantomData<fn() -> V>,
}

impl NetabaseStore {
    /// The typed database of `V` in this store. The first call registers the schema; others
    /// find it again.
    ///
    /// Owned records that peers sent before, the first call reads and checks; it takes time with their number. Those
    /// that `V` refuses go; the others are [held](MemoryStoreDatabase::with_held) as if they came now.
    ///
    /// # Errors
    ///
    /// [`OpenError::SchemaConflict`] if another type of the same schema name was registered.
    pub fn database<V: NetabaseSchema>(&self) -> Result<MemoryStoreDatabase<V>, OpenError> {
        let (schema, owner) = (self.register::<V>()?, self.peer_id());
        Ok(MemoryStoreDatabase {
            store: self.clone(),
            schema,
            owner,
            prefix: record_prefix::<V>(Some(&owner)).into(),
            view: View::Databases,
            _values: PhantomData,
        })
    }
}

impl<V: NetabaseSchema> MemoryStoreDatabase<V> {
    /// The store whose records these are.
    #[must_use]
    pub fn store(&self) -> &NetabaseStore {
        &self.store
    }

    /// Stores `value` under its key and returns the value it replaced.
    ///
    /// The write is local and immediate. A record that peers are served changes for them, too: if its schema
    /// is owned, it is signed at once, which takes some 25 µs. The value lives as long as the schema's `ttl`
    /// says, from now on. A replaced value that this program cannot read counts as none.
    ///
    /// # Errors
    ///
    /// - [`RecordError::Invalid`] if the schema's `validate` refuses the value.
    /// - [`RecordError::Key`], [`RecordError::RoundTrip`], [`RecordError::TooLarge`] if its key or
    ///   the value cannot be stored at all.
    /// - [`RecordError::IndexKey`], [`RecordError::TooManyEntries`] if an indexed field has no key bytes (text
    ///   of more than 1,023 bytes, say, of which `00` and `01` count twice), or a `multi` one has too many elements.
    /// - [`WriteError::TooLarge`], [`WriteError::OutOfRoom`] if it is beyond the store's limits.
    /// - [`WriteError::NotUnique`] if another key has its value in a unique index.
    /// - [`WriteError::NotOwner`] if the database shows [another owner's](Self::of) records.
    ///
    /// The [`RecordError`] is in [`WriteError::Record`]. In all cases the old value, if any, is still there.
    ///
    /// # Examples
    ///
    /// ```
    /// # use netabase::{NetabaseSchema, NetabaseStore};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// # struct User { #[netabase(key)] id: u64, name: String }
    /// # let users = NetabaseStore::new().database::<User>()?;
    /// users.put(&User { id: 7, name: "Ada".into() })?;
    /// let replaced = users.put(&User { id: 7, name: "Grace".into() })?;
    /// assert_eq!(replaced.map(|user| user.name), Some("Ada".into()));
    /// # Ok::<(), netabase::DatabaseError>(())
    /// ```
    pub fn put(&self, value: &V) -> Result<Option<V>, WriteError> {
        self.put_to_live(value, V::TTL)
    }

    /// As [`put`](Self::put), for a value whose life ends after `ttl`.
    pub(super) fn put_to_live(
        &self,
        value: &V,
        ttl: Option<Duration>,
    ) -> Result<Option<V>, WriteError> {
        Scratch::with(|scratch| {
            let write = self.encode_to_live(value, ttl, scratch)?;
            if !self.store.put_local(write, &mut scratch.value)? {
                return Ok(None);
            }
            let replaced = record::read::<V>(&scratch.value);
            if let Err(error) = &replaced {
                let error: &(dyn std::error::Error + 'static) = error;
                tracing::warn!(schema = V::SCHEMA_NAME, error, "replaced an unreadable value");
            }
            Ok(replaced.ok())
        })
    }

    /// The value of a key, if there is one.
    ///
    /// The key may be given as itself, as the value of the key field, or as a tuple of its parts.
    ///
    /// # Errors
    ///
    /// [`QueryError::Record`]: [`RecordError::Key`], [`RecordError::KeyTooLong`] if no record could have such a key, and
    /// the cause if the stored value cannot be read.
    ///
    /// # Examples
    ///
    /// ```
    /// # use netabase::{NetabaseSchema, NetabaseStore};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// # struct User { #[netabase(key)] id: u64, name: String }
    /// # let users = NetabaseStore::new().database::<User>()?;
    /// users.put(&User { id: 7, name: "Ada".into() })?;
    /// assert_eq!(users.get(&7)?.map(|user| user.name), Some("Ada".into()));
    /// assert!(users.get(&UserKey(8))?.is_none());
    /// # Ok::<(), netabase::DatabaseError>(())
    /// ```
    pub fn get<Q>(&self, key: &Q) -> Result<Option<V>, QueryError>
    where
        Q: KeyOf<V::Key> + ?Sized,
    {
        Ok(self.read(key, record::read::<V>)?)
    }

    /// Shows the value of a key to `look` without copying its text and bytes into a value.
    ///
    /// `look` runs outside the store's lock and may call the store.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    ///
    /// # Examples
    ///
    /// ```
    /// # use netabase::{NetabaseSchema, NetabaseStore};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// # struct User { #[netabase(key)] id: u64, name: String }
    /// # let users = NetabaseStore::new().database::<User>()?;
    /// users.put(&User { id: 7, name: "Ada".into() })?;
    /// let length = users.get_with(&7, |user| user.name.len())?;
    /// assert_eq!(length, Some(3));
    /// # Ok::<(), netabase::DatabaseError>(())
    /// ```
    pub fn get_with<Q, R>(
        &self,
        key: &Q,
        look: impl FnOnce(V::Ref<'_>) -> R,
    ) -> Result<Option<R>, QueryError>
    where
        Q: KeyOf<V::Key> + ?Sized,
    {
        Ok(self.read(key, |value| Ok(look(record::read_ref::<V>(value)?)))?)
    }

    /// Returns whether there is a value of this key.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn contains<Q>(&self, key: &Q) -> Result<bool, QueryError>
    where
        Q: KeyOf<V::Key> + ?Sized,
    {
        Ok(self.store.contains(&self.record_key(key)?, self.view))
    }

    /// Removes the value of a key. False if there was none.
    ///
    /// A record that was never served to peers leaves no trace. One that this application published, also if it
    /// is private again, becomes a tombstone, which this store serves to whoever asks, and which wins over every
    /// copy that meets it; to push it, give the record that `RecordStore::get` of the store returns to
    /// `kad::Behaviour::put_record`. Of somebody else's record only the local view goes.
    ///
    /// # Errors
    ///
    /// - [`WriteError::Record`] if no record could have such a key.
    /// - [`WriteError::Damaged`] if nothing can be written any more.
    pub fn remove<Q>(&self, key: &Q) -> Result<bool, WriteError>
    where
        Q: KeyOf<V::Key> + ?Sized,
    {
        self.store.remove_one(self.schema, &self.record_key(key)?)
    }

    /// How many values there are, in constant time; of [another owner's](Self::of) by a walk over their
    /// keys.
    #[must_use]
    pub fn len(&self) -> usize {
        if self.owner == self.store.peer_id() {
            self.store.visible_count(self.schema)
        } else {
            Self { view: View::Databases, ..self.clone() }.iter().count()
        }
    }

    /// Returns whether there is no value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The key under which peers that hold records of this schema announce themselves, for
    /// `kad::Behaviour::start_providing` and `get_providers`. All peers have the same.
    ///
    /// # Examples
    ///
    /// ```
    /// # use netabase::{NetabaseSchema, NetabaseStore};
    /// # use serde::{Deserialize, Serialize};
    /// #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// #[netabase(access = "open")]
    /// struct Note { #[netabase(key)] title: String }
    ///
    /// let notes = NetabaseStore::new().database::<Note>()?;
    /// assert_eq!(notes.provider_key().as_ref(), b"/netabase/note/p");
    /// # Ok::<(), netabase::DatabaseError>(())
    /// ```
    #[must_use]
    pub fn provider_key(&self) -> RecordKey
    where
        V: SharedSchema,
    {
        record::provider_key(V::SCHEMA_NAME)
    }
}

impl<V: NetabaseSchema> Clone for MemoryStoreDatabase<V> {
    fn clone(&self) -> Self {
        Self {
            store: self.store.clone(),
            schema: self.schema,
            owner: self.owner,
            prefix: Arc::clone(&self.prefix),
            view: self.view,
            _values: PhantomData,
        }
    }
}

impl<V: NetabaseSchema> fmt::Debug for MemoryStoreDatabase<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStoreDatabase")
            .field("schema", &V::SCHEMA_NAME)
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}
