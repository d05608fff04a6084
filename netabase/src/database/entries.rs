use std::{
    iter::FusedIterator,
    ops::{Bound, RangeBounds},
};

use super::{error::DatabaseError, local::MemoryStoreDatabase};
use crate::{
    record::{self, RecordError, write_key, write_key_with},
    schema::{KeyOf, NetabaseSchema, PrefixOf},
    store::{Direction, Page, PageRequest, View, end_of_prefix},
};

/// The first page is small, so that looking at one row is cheap; later ones are larger.
const FIRST_PAGE: usize = 32;
const MAX_PAGE: usize = 256;

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
        Entries::new(self, Bound::Included(self.prefix.to_vec()), end_of_prefix(&self.prefix))
    }

    /// The values whose keys lie in a range, in the order of their keys.
    ///
    /// A range that ends before it begins is empty.
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
    pub fn range<Q>(&self, range: impl RangeBounds<Q>) -> Result<Entries<V>, DatabaseError>
    where
        Q: KeyOf<V::Key>,
    {
        let lower = match range.start_bound() {
            Bound::Unbounded => Bound::Included(self.prefix.to_vec()),
            bound => self.bound(bound)?,
        };
        let upper = match range.end_bound() {
            Bound::Unbounded => end_of_prefix(&self.prefix),
            bound => self.bound(bound)?,
        };
        Ok(Entries::new(self, lower, upper))
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
    pub fn prefix<P>(&self, prefix: &P) -> Result<Entries<V>, DatabaseError>
    where
        P: PrefixOf<V::Key> + ?Sized,
    {
        let mut start = Vec::new();
        write_key_with(&self.prefix, &mut start, |out| prefix.encode_prefix_of(out))?;
        let end = end_of_prefix(&start);
        Ok(Entries::new(self, Bound::Included(start), end))
    }

    fn bound<Q: KeyOf<V::Key>>(&self, bound: Bound<&Q>) -> Result<Bound<Vec<u8>>, RecordError> {
        let encode = |key: &Q| {
            let mut bytes = Vec::new();
            write_key::<V::Key, Q>(&self.prefix, key, &mut bytes).map(|()| bytes)
        };
        Ok(match bound {
            Bound::Included(key) => Bound::Included(encode(key)?),
            Bound::Excluded(key) => Bound::Excluded(encode(key)?),
            Bound::Unbounded => Bound::Unbounded,
        })
    }
}

/// Where a walk can be resumed: behind the last value that was taken.
///
/// It stays good whatever is written meanwhile, also when that value is removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    record_key: Vec<u8>,
}

/// Values in the order of their keys; see [`MemoryStoreDatabase::iter`].
///
/// Set [`reversed`](Self::reversed), [`limit`](Self::limit) and [`after`](Self::after), in any
/// order, before the first value is taken. Values are read page by page: a value written meanwhile
/// is met if its key lies ahead, one that stays is met exactly once.
#[derive(Debug)]
#[must_use = "iterators are lazy"]
pub struct Entries<V: NetabaseSchema> {
    database: MemoryStoreDatabase<V>,
    lower: Bound<Vec<u8>>,
    upper: Bound<Vec<u8>>,
    direction: Direction,
    /// The record key the walk has come to.
    position: Option<Vec<u8>>,
    /// How many values may still be taken.
    left: usize,
    page: Option<Page>,
    /// The next row of the page.
    next: usize,
}

impl<V: NetabaseSchema> Entries<V> {
    fn new(
        database: &MemoryStoreDatabase<V>,
        lower: Bound<Vec<u8>>,
        upper: Bound<Vec<u8>>,
    ) -> Self {
        Self {
            database: database.clone(),
            lower,
            upper,
            direction: Direction::Forward,
            position: None,
            left: usize::MAX,
            page: None,
            next: 0,
        }
    }

    /// From the last key to the first.
    pub fn reversed(mut self) -> Self {
        self.direction = Direction::Reverse;
        self
    }

    /// At most so many values.
    pub fn limit(mut self, limit: usize) -> Self {
        self.left = limit;
        self
    }

    /// Only what lies behind a cursor, in the direction of this walk.
    ///
    /// # Errors
    ///
    /// [`DatabaseError::ForeignCursor`] if the cursor was made by another schema's database.
    pub fn after(mut self, cursor: &Cursor) -> Result<Self, DatabaseError> {
        if !cursor.record_key.starts_with(&self.database.prefix) {
            return Err(DatabaseError::ForeignCursor { schema: V::SCHEMA_NAME });
        }
        self.position = Some(cursor.record_key.clone());
        Ok(self)
    }

    /// Where to go on behind the last value taken.
    ///
    /// Before the first one it is the cursor the walk was resumed from, if any.
    #[must_use]
    pub fn cursor(&self) -> Option<Cursor> {
        let taken = self.next.checked_sub(1).zip(self.page.as_ref());
        let record_key = match taken {
            Some((row, page)) => page.key(row).to_vec(),
            None => self.position.clone()?,
        };
        Some(Cursor { record_key })
    }

    /// The next row of the page, after turning pages as far as needed. `None` at the end.
    fn next_row(&mut self) -> Option<usize> {
        loop {
            match &self.page {
                Some(page) if self.next < page.len() => {
                    self.next += 1;
                    return Some(self.next - 1);
                }
                Some(page) if page.is_complete() => return None,
                _ => self.turn_page(),
            }
        }
    }

    fn turn_page(&mut self) {
        let (mut page, max_rows) = match self.page.take() {
            Some(page) => {
                self.position = Some(page.last_visited().to_vec());
                (page, MAX_PAGE)
            }
            None => (Page::default(), FIRST_PAGE.max(self.left.min(MAX_PAGE))),
        };
        let (lower, upper) = self.bounds_ahead();
        let request = PageRequest {
            bounds: (lower, upper),
            direction: self.direction,
            max_rows: max_rows.min(self.left),
            view: View::Databases,
        };
        self.database.store.fill_page(&request, &mut page);
        self.page = Some(page);
        self.next = 0;
    }

    /// What is left of the range ahead of the position.
    fn bounds_ahead(&self) -> (Bound<&[u8]>, Bound<&[u8]>) {
        let lower = self.lower.as_ref().map(Vec::as_slice);
        let upper = self.upper.as_ref().map(Vec::as_slice);
        let Some(position) = self.position.as_deref() else { return (lower, upper) };
        match self.direction {
            Direction::Forward => match lower {
                Bound::Included(low) | Bound::Excluded(low) if low > position => (lower, upper),
                _ => (Bound::Excluded(position), upper),
            },
            Direction::Reverse => match upper {
                Bound::Included(high) | Bound::Excluded(high) if high <= position => (lower, upper),
                _ => (lower, Bound::Excluded(position)),
            },
        }
    }
}

impl<V: NetabaseSchema> Iterator for Entries<V> {
    type Item = Result<V, DatabaseError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.left == 0 {
            return None;
        }
        let row = self.next_row()?;
        self.left -= 1;
        let value = self.page.as_ref()?.value(row);
        Some(record::read::<V>(value).map_err(DatabaseError::from))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.left))
    }
}

impl<V: NetabaseSchema> FusedIterator for Entries<V> {}

impl<V: NetabaseSchema> IntoIterator for &MemoryStoreDatabase<V> {
    type Item = Result<V, DatabaseError>;
    type IntoIter = Entries<V>;

    fn into_iter(self) -> Entries<V> {
        self.iter()
    }
}
