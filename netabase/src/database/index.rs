//! Lookups by a secondary index.

use std::{fmt, marker::PhantomData, ops::Bound};

use super::{entries::Entries, error::QueryError, explain::Extent, local::MemoryStoreDatabase};
use crate::{
    record::{self, RecordError, Scratch, split_schema},
    schema::{
        IndexKeyOf, IndexOf, IndexPrefixOf, IndexRange, KeyWriter, NetabaseSchema,
        NetabaseSchemaKey,
    },
    store::{PageSource, View, end_of_prefix},
};

impl<V: NetabaseSchema> MemoryStoreDatabase<V> {
    /// Looks values up by a secondary index: a constant of the schema, named after its field.
    ///
    /// # Examples
    ///
    /// ```
    /// use netabase::{NetabaseSchema, NetabaseStore};
    /// use serde::{Deserialize, Serialize};
    ///
    /// #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// #[netabase(index(name = "place", fields(country, city)))]
    /// struct Airport {
    ///     #[netabase(key)]
    ///     icao: String,
    ///     #[netabase(index(unique))]
    ///     iata: Option<String>,
    ///     #[netabase(index)]
    ///     elevation_ft: i32,
    ///     country: String,
    ///     city: String,
    /// }
    ///
    /// let airports = NetabaseStore::new().database::<Airport>()?;
    /// airports.put(&Airport {
    ///     icao: "BIKF".into(),
    ///     iata: Some("KEF".into()),
    ///     elevation_ft: 171,
    ///     country: "IS".into(),
    ///     city: "Reykjavik".into(),
    /// })?;
    ///
    /// assert_eq!(airports.index(Airport::IATA).get("KEF")?.count(), 1);
    /// assert_eq!(airports.index(Airport::ELEVATION_FT).range(100..200)?.count(), 1);
    /// assert_eq!(airports.index(Airport::PLACE).get(("IS", "Reykjavik"))?.count(), 1);
    /// assert_eq!(airports.index(Airport::PLACE).prefix(("IS",))?.count(), 1);
    /// # Ok::<(), netabase::DatabaseError>(())
    /// ```
    pub fn index<I: IndexOf<V>>(&self, index: I) -> IndexView<V, I::Key> {
        IndexView { database: self.clone(), index: index.id(), _keys: PhantomData }
    }
}

/// A secondary index of a database; see [`MemoryStoreDatabase::index`].
///
/// Values that are equal in the index are in the order of their keys.
#[must_use = "ask it for something"]
pub struct IndexView<V: NetabaseSchema, K> {
    database: MemoryStoreDatabase<V>,
    index: usize,
    _keys: PhantomData<fn() -> K>,
}

/// Keys whose values are equal in a unique index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UniqueConflict<K> {
    /// The value they share, as its type prints it for debugging.
    pub value: String,
    /// The keys, in order.
    pub keys: Vec<K>,
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "what is looked up is small: `get(7)`, `get((a, b))`"
)]
impl<V: NetabaseSchema, K> IndexView<V, K> {
    /// All values that have this one in the index.
    ///
    /// # Errors
    ///
    /// [`RecordError::IndexKey`] if no entry could have such bytes.
    pub fn get<Q: IndexKeyOf<K>>(&self, key: Q) -> Result<Entries<V>, QueryError> {
        let start = self.bytes(|out| key.encode_index_key(out))?;
        Ok(self.starting_with(Extent::Equal, start))
    }

    /// The first value, by its key, that has this one in the index: the only one if it is unique.
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
    /// # struct User { #[netabase(key)] id: u64, #[netabase(index(unique))] email: String }
    /// # let users = NetabaseStore::new().database::<User>()?;
    /// users.put(&User { id: 7, email: "ada@example.org".into() })?;
    /// let ada = users.index(User::EMAIL).get_one("ada@example.org")?;
    /// assert_eq!(ada.map(|user| user.id), Some(7));
    /// # Ok::<(), netabase::DatabaseError>(())
    /// ```
    pub fn get_one<Q: IndexKeyOf<K>>(&self, key: Q) -> Result<Option<V>, QueryError> {
        let MemoryStoreDatabase { store, schema, .. } = &self.database;
        Scratch::with(|scratch| {
            self.write_key(&mut scratch.key, |out| key.encode_index_key(out))?;
            let found = store.read_by_index(*schema, self.index, &scratch.key, &mut scratch.value);
            Ok(found.then(|| record::read::<V>(&scratch.value)).transpose()?)
        })
    }

    /// All values that the index holds, in its order.
    pub fn iter(&self) -> Entries<V> {
        self.starting_with(Extent::All, self.owner().to_vec())
    }

    /// The values in a range of the index, in its order. A range that ends before it begins is empty.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn range(&self, range: impl IndexRange<K>) -> Result<Entries<V>, QueryError> {
        let encode = |key: &dyn IndexKeyOf<K>| self.bytes(|out| key.encode_index_key(out));
        // An entry is longer than its key: the range ends, or begins, behind all with that key.
        let behind = |key: &dyn IndexKeyOf<K>| Ok::<_, QueryError>(end_of_prefix(&encode(key)?));
        let (start, end) = range.ends();
        let lower = match start {
            Bound::Included(key) => Bound::Included(encode(key)?),
            Bound::Excluded(key) => match behind(key)? {
                Bound::Included(end) | Bound::Excluded(end) => Bound::Included(end),
                Bound::Unbounded => return Ok(self.nothing()),
            },
            Bound::Unbounded => Bound::Included(self.owner().to_vec()),
        };
        let upper = match end {
            Bound::Included(key) => behind(key)?,
            Bound::Excluded(key) => Bound::Excluded(encode(key)?),
            Bound::Unbounded => end_of_prefix(self.owner()),
        };
        Ok(self.entries(Extent::Range, lower, upper))
    }

    /// The values that start with some text or bytes, or with leading fields of a composite index.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn prefix<P: IndexPrefixOf<K>>(&self, prefix: P) -> Result<Entries<V>, QueryError> {
        let start = self.bytes(|out| prefix.encode_index_prefix(out))?;
        Ok(self.starting_with(Extent::Prefix, start))
    }

    /// Walks the values that have no entry in the index, in the order of their keys: those with `None` in an `Option`,
    /// or with no element in a collection of a `multi` index.
    ///
    /// An index holds no entry for what is not there, so this looks at every value, as its
    /// [`explain`](Entries::explain) says. An index of several fields does hold `None`: one that begins with the
    /// field finds these values at once, by `prefix((None::<String>,))`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use netabase::{NetabaseSchema, NetabaseStore};
    /// # use serde::{Deserialize, Serialize};
    /// #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// #[netabase(index(name = "by_email", fields(email, id)))]
    /// struct User {
    ///     #[netabase(key)]
    ///     id: u64,
    ///     #[netabase(index(unique))]
    ///     email: Option<String>,
    /// }
    ///
    /// let users = NetabaseStore::new().database::<User>()?;
    /// users.put(&User { id: 7, email: Some("ada@example.org".into()) })?;
    /// users.put(&User { id: 8, email: None })?;
    ///
    /// let without = users.index(User::EMAIL).none().keys().collect::<Result<Vec<_>, _>>()?;
    /// assert_eq!(without, [UserKey(8)]);
    /// assert_eq!(users.index(User::BY_EMAIL).prefix((None::<String>,))?.count(), 1);
    /// # Ok::<(), netabase::DatabaseError>(())
    /// ```
    pub fn none(&self) -> Entries<V> {
        let mut entries = self.database.iter();
        // Indexes show what databases show.
        entries.view = View::Databases;
        entries.without = Some(self.index);
        entries
    }

    /// The values of this unique index that more than one key has: they came from other peers, at
    /// whom no local uniqueness can be enforced. Looks at the whole index.
    ///
    /// # Errors
    ///
    /// [`RecordError::Key`] if a key does not decode.
    pub fn conflicts(&self) -> Result<Vec<UniqueConflict<V::Key>>, QueryError> {
        let info = &V::INDEXES[self.index];
        if !info.unique {
            return Ok(Vec::new());
        }
        let mut conflicts: Vec<UniqueConflict<V::Key>> = Vec::new();
        let mut last: Option<(Vec<u8>, V::Key)> = None;
        let mut walk = self.iter();
        walk.values = false;
        while let Some(row) = walk.next_row() {
            let (page, row) = row?;
            let value = page.index_key(row).to_vec();
            let key = V::Key::from_key_bytes(page.own_key(row)).map_err(RecordError::from)?;
            if let Some((last_value, last_key)) = &last
                && *last_value == value
            {
                match conflicts.last_mut().filter(|conflict| conflict.keys.last() == Some(last_key))
                {
                    Some(conflict) => conflict.keys.push(key.clone()),
                    None => conflicts.push(UniqueConflict {
                        value: (info.describe)(&value),
                        keys: vec![last_key.clone(), key.clone()],
                    }),
                }
            }
            last = Some((value, key));
        }
        Ok(conflicts)
    }

    fn starting_with(&self, extent: Extent, start: Vec<u8>) -> Entries<V> {
        let end = end_of_prefix(&start);
        self.entries(extent, Bound::Included(start), end)
    }

    fn nothing(&self) -> Entries<V> {
        self.entries(Extent::Range, Bound::Unbounded, Bound::Excluded(Vec::new()))
    }

    fn entries(&self, extent: Extent, lower: Bound<Vec<u8>>, upper: Bound<Vec<u8>>) -> Entries<V> {
        let source = PageSource::Index(self.database.schema, self.index);
        Entries::new(&self.database, source, extent, (lower, upper))
    }

    /// What every entry of this database starts with: its owner, if the schema is owned.
    fn owner(&self) -> &[u8] {
        split_schema(&self.database.prefix).1
    }

    fn bytes(&self, write: impl FnOnce(&mut KeyWriter<'_>)) -> Result<Vec<u8>, QueryError> {
        let mut bytes = Vec::new();
        self.write_key(&mut bytes, write)?;
        Ok(bytes)
    }

    /// Writes the owner and an index key into `out`, which is cleared first.
    fn write_key(
        &self,
        out: &mut Vec<u8>,
        write: impl FnOnce(&mut KeyWriter<'_>),
    ) -> Result<(), RecordError> {
        out.clear();
        out.extend_from_slice(self.owner());
        let mut writer = KeyWriter::new(out);
        write(&mut writer);
        writer.finish().map_err(|source| RecordError::IndexKey {
            schema: V::SCHEMA_NAME,
            index: V::INDEXES[self.index].name,
            source,
        })
    }
}

impl<V: NetabaseSchema, K> IntoIterator for &IndexView<V, K> {
    type Item = Result<V, QueryError>;
    type IntoIter = Entries<V>;

    fn into_iter(self) -> Entries<V> {
        self.iter()
    }
}

impl<V: NetabaseSchema, K> fmt::Debug for IndexView<V, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IndexView({}.{})", V::SCHEMA_NAME, V::INDEXES[self.index].name)
    }
}
