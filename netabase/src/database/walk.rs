//! Walks over the values of a database: all of them, a range, a prefix.

use std::ops::Bound;

use super::{entries::Entries, error::QueryError, explain::Extent, local::MemoryStoreDatabase};
use crate::{
    record::{RecordError, write_key, write_key_with},
    schema::{KeyOf, KeyRange, NetabaseSchema, PrefixOf},
    store::{PageSource, end_of_prefix},
};

impl<V: NetabaseSchema> MemoryStoreDatabase<V> {
    /// All values in the order of their keys.
    ///
    /// # Examples
    ///
    /// Page by page:
    ///
    /// ```
    /// # use netabase::{NetabaseSchema, NetabaseStore};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// # struct User { #[netabase(key)] id: u64, name: String }
    /// # let users = NetabaseStore::new().database::<User>()?;
    /// users.load((0..5).map(|id| User { id, name: format!("user {id}") }))?;
    ///
    /// let mut page = users.iter().limit(2);
    /// while let Some(user) = page.next() { println!("{}", user?.name); }
    /// let rest = match page.cursor() {
    ///     Some(cursor) => users.iter().after(&cursor)?.count(),
    ///     None => 0,
    /// };
    /// assert_eq!(rest, 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn iter(&self) -> Entries<V> {
        self.walk(Extent::All, Bound::Included(self.prefix.to_vec()), end_of_prefix(&self.prefix))
    }

    /// Walks the values whose keys lie in a range, in the order of their keys.
    ///
    /// The ends are anything that `get` takes: `range(..)`, `range(7..)`, `range("a"..="c")`, `range(&a..&b)`,
    /// `range(("IS", "A")..("IT", "A"))`. A range that ends before it begins is empty.
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
    /// users.load((0..100).map(|id| User { id, name: String::new() }))?;
    /// let last = users.range(10..=20)?.reversed().next().transpose()?;
    /// assert_eq!(last.map(|user| user.id), Some(20));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn range(&self, range: impl KeyRange<V::Key>) -> Result<Entries<V>, QueryError> {
        let (start, end) = range.ends();
        let lower = match start {
            Bound::Unbounded => Bound::Included(self.prefix.to_vec()),
            bound => self.bound(bound)?,
        };
        let upper = match end {
            Bound::Unbounded => end_of_prefix(&self.prefix),
            bound => self.bound(bound)?,
        };
        Ok(self.walk(Extent::Range, lower, upper))
    }

    /// The values whose keys start with some text, bytes, or leading parts of a composite key.
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
    /// #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// #[netabase(key(country, city))]
    /// struct Place { country: String, city: String, people: u32 }
    ///
    /// let places = NetabaseStore::new().database::<Place>()?;
    /// for (country, city) in [("IS", "Akureyri"), ("IS", "Reykjavik"), ("IT", "Roma")] {
    ///     places.put(&Place { country: country.into(), city: city.into(), people: 0 })?;
    /// }
    /// assert_eq!(places.prefix(&("IS",))?.count(), 2);
    /// # Ok::<(), netabase::DatabaseError>(())
    /// ```
    pub fn prefix<P>(&self, prefix: &P) -> Result<Entries<V>, QueryError>
    where
        P: PrefixOf<V::Key> + ?Sized,
    {
        let mut start = Vec::new();
        write_key_with(&self.prefix, &mut start, |out| prefix.encode_prefix_of(out))?;
        let end = end_of_prefix(&start);
        Ok(self.walk(Extent::Prefix, Bound::Included(start), end))
    }

    fn walk(&self, extent: Extent, lower: Bound<Vec<u8>>, upper: Bound<Vec<u8>>) -> Entries<V> {
        Entries::new(self, PageSource::Keys, extent, (lower, upper))
    }

    fn bound(&self, bound: Bound<&dyn KeyOf<V::Key>>) -> Result<Bound<Vec<u8>>, RecordError> {
        let encode = |key| {
            let mut bytes = Vec::new();
            write_key::<V::Key, dyn KeyOf<V::Key>>(&self.prefix, key, &mut bytes)?;
            Ok::<_, RecordError>(bytes)
        };
        Ok(match bound {
            Bound::Included(key) => Bound::Included(encode(key)?),
            Bound::Excluded(key) => Bound::Excluded(encode(key)?),
            Bound::Unbounded => Bound::Unbounded,
        })
    }
}

impl<V: NetabaseSchema> IntoIterator for &MemoryStoreDatabase<V> {
    type Item = Result<V, QueryError>;
    type IntoIter = Entries<V>;

    fn into_iter(self) -> Entries<V> {
        self.iter()
    }
}
