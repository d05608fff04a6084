use std::{fmt, iter::FusedIterator, ops::Bound};

use super::{
    cursor::Cursor,
    error::DatabaseError,
    explain::{Explain, Extent},
    local::MemoryStoreDatabase,
};
use crate::{
    record,
    schema::NetabaseSchema,
    store::{Direction, Page, PageRequest, PageSource, View},
};

/// The first page is small, so that looking at one row is cheap; later ones are larger.
const FIRST_PAGE: usize = 32;
const MAX_PAGE: usize = 256;

/// Shows a value to a query's filter.
type Filter<V> = Box<dyn FnMut(&<V as NetabaseSchema>::Ref<'_>) -> bool + Send>;

/// Values in the order of their keys or of an index; see [`MemoryStoreDatabase::iter`] and
/// [`MemoryStoreDatabase::index`].
///
/// Set [`filter`](Self::filter), [`reversed`](Self::reversed), [`limit`](Self::limit) and
/// [`after`](Self::after), in any order, before the first value is taken. Values are read page by
/// page: one written meanwhile is met if it lies ahead, one that stays is met exactly once.
///
/// To change what a walk by an index finds, collect the keys first: a value that is put further ahead in
/// that index is met again, one that is put back is not.
#[must_use = "iterators are lazy"]
pub struct Entries<V: NetabaseSchema> {
    database: MemoryStoreDatabase<V>,
    source: PageSource,
    extent: Extent,
    bounds: (Bound<Vec<u8>>, Bound<Vec<u8>>),
    direction: Direction,
    filter: Option<Filter<V>>,
    pub(super) view: View,
    /// Whether values are needed, not keys alone.
    pub(super) values: bool,
    limit: Option<usize>,
    /// How far the store was read: a record key or an index entry, of any record.
    position: Option<Vec<u8>>,
    /// The position of the last value taken from an earlier page, or of the cursor to resume from.
    taken: Option<Vec<u8>>,
    page: Option<Page>,
    /// The next row of the page.
    next: usize,
    /// The last row of the page that was taken.
    taken_row: Option<usize>,
    looked_at: usize,
    returned: usize,
}

impl<V: NetabaseSchema> Entries<V> {
    pub(super) fn new(
        database: &MemoryStoreDatabase<V>,
        source: PageSource,
        extent: Extent,
        bounds: (Bound<Vec<u8>>, Bound<Vec<u8>>),
    ) -> Self {
        Self {
            database: database.clone(),
            source,
            extent,
            bounds,
            direction: Direction::Forward,
            filter: None,
            values: true,
            view: database.view,
            limit: None,
            position: None,
            taken: None,
            page: None,
            next: 0,
            taken_row: None,
            looked_at: 0,
            returned: 0,
        }
    }

    /// Only the values for which `keep` is true. It sees the borrowed view, outside the store's
    /// lock, and may call the store. The last filter counts.
    ///
    /// # Examples
    ///
    /// ```
    /// # use netabase::{NetabaseSchema, NetabaseStore};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// # struct User { #[netabase(key)] id: u64, name: String }
    /// # let users = NetabaseStore::new().database::<User>()?;
    /// users.load((0..100).map(|id| User { id, name: format!("user {id}") }))?;
    /// let with_seven = users.iter().filter(|user| user.name.ends_with('7')).limit(3);
    /// assert_eq!(with_seven.map(|user| Ok(user?.id)).collect::<Result<Vec<_>, netabase::DatabaseError>>()?, [7, 17, 27]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn filter(mut self, keep: impl FnMut(&V::Ref<'_>) -> bool + Send + 'static) -> Self {
        self.filter = Some(Box::new(keep));
        self
    }

    /// From the last to the first.
    pub fn reversed(mut self) -> Self {
        self.direction = Direction::Reverse;
        self
    }

    /// At most so many values.
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Only what lies behind a cursor, in the direction of this walk.
    ///
    /// # Errors
    ///
    /// [`DatabaseError::ForeignCursor`] if the cursor was made by another schema's database, or on a
    /// walk by another index.
    pub fn after(mut self, cursor: &Cursor) -> Result<Self, DatabaseError> {
        let position = cursor.position(V::SCHEMA_NAME, self.source_name())?;
        // Nobody else's cursor leads out of this database's records.
        if self.source == PageSource::Keys && !position.starts_with(&self.database.prefix) {
            return Err(DatabaseError::ForeignCursor { schema: V::SCHEMA_NAME });
        }
        self.position = Some(position.to_vec());
        self.taken = Some(position.to_vec());
        Ok(self)
    }

    /// Where to go on behind the last value taken.
    ///
    /// Before the first one it is the cursor the walk was resumed from, if any.
    #[must_use]
    pub fn cursor(&self) -> Option<Cursor> {
        let in_page = self.page.as_ref().zip(self.taken_row);
        let in_page = in_page.map(|(page, row)| page.position(row));
        let position = in_page.or(self.taken.as_deref())?;
        Some(Cursor::new(V::SCHEMA_NAME, self.source_name(), position))
    }

    /// Shows each value to `look` without copying its text and bytes into a value: the fastest way to see some of
    /// them in order. `look` runs outside the store's lock, and may call the store.
    ///
    /// # Errors
    ///
    /// That of the first value that does not decode; those before it were shown.
    ///
    /// # Examples
    ///
    /// ```
    /// # use netabase::{NetabaseSchema, NetabaseStore};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// # struct User { #[netabase(key)] id: u64, name: String }
    /// # let users = NetabaseStore::new().database::<User>()?;
    /// users.load((0..100).map(|id| User { id, name: format!("user {id}") }))?;
    /// let mut longest = 0;
    /// users.range(5..=50)?.each_with(|user| longest = longest.max(user.name.len()))?;
    /// assert_eq!(longest, 7);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn each_with(mut self, mut look: impl FnMut(V::Ref<'_>)) -> Result<(), DatabaseError> {
        while let Some(row) = self.next_row() {
            let (page, row) = row?;
            look(record::read_ref::<V>(page.value(row))?);
        }
        Ok(())
    }

    /// What serves this walk, and what it cost so far.
    ///
    /// # Examples
    ///
    /// ```
    /// # use netabase::{NetabaseSchema, NetabaseStore};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// # struct User { #[netabase(key)] id: u64, #[netabase(index)] age: u8 }
    /// # let users = NetabaseStore::new().database::<User>()?;
    /// users.load((0..100).map(|id| User { id, age: (id % 10) as u8 }))?;
    /// let mut of_age_7 = users.index(User::AGE).get(7)?;
    /// while let Some(user) = of_age_7.next() { user?; }
    /// let text = of_age_7.explain().to_string();
    /// assert_eq!(text, "`user` by index `age`, one value: looked at 10 records, returned 10");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn explain(&self) -> Explain {
        Explain {
            schema: V::SCHEMA_NAME,
            index: self.source_name(),
            extent: self.extent,
            filtered: self.filter.is_some(),
            looked_at: self.looked_at,
            returned: self.returned,
        }
    }

    fn source_name(&self) -> Option<&'static str> {
        match self.source {
            PageSource::Keys => None,
            PageSource::Index(_, index) => Some(V::INDEXES[index].name),
        }
    }

    /// The next row that the filter keeps, after turning pages as far as needed. `None` at the end.
    pub(super) fn next_row(&mut self) -> Option<Result<(&Page, usize), DatabaseError>> {
        if self.limit.is_some_and(|limit| self.returned >= limit) {
            return None;
        }
        loop {
            let row = self.next;
            match &self.page {
                Some(page) if row < page.len() => {}
                Some(page) if page.is_complete() => return None,
                _ => {
                    self.turn_page();
                    continue;
                }
            }
            self.next += 1;
            self.looked_at += 1;
            match self.keeps(row) {
                Ok(false) => continue,
                Ok(true) => {}
                Err(error) => {
                    self.returned += 1;
                    self.taken_row = Some(row);
                    return Some(Err(error));
                }
            }
            self.returned += 1;
            self.taken_row = Some(row);
            return Some(Ok((self.page.as_ref()?, row)));
        }
    }

    fn keeps(&mut self, row: usize) -> Result<bool, DatabaseError> {
        let (Some(filter), Some(page)) = (&mut self.filter, &self.page) else { return Ok(true) };
        Ok(filter(&record::read_ref::<V>(page.value(row))?))
    }

    fn turn_page(&mut self) {
        let (mut page, page_rows) = match self.page.take() {
            Some(page) => {
                if let Some(row) = self.taken_row.take() {
                    self.taken = Some(page.position(row).to_vec());
                }
                self.position = Some(page.last_visited().to_vec());
                (page, MAX_PAGE)
            }
            None => (Page::default(), FIRST_PAGE),
        };
        let left = self.limit.map(|limit| limit.saturating_sub(self.returned));
        let request = PageRequest {
            source: self.source,
            bounds: self.bounds_ahead(),
            direction: self.direction,
            // A filter may drop rows: then what is left says little.
            max_rows: match left {
                Some(left) if self.filter.is_none() => left.min(MAX_PAGE),
                _ => page_rows,
            },
            view: self.view,
            values: self.values || self.filter.is_some(),
        };
        self.database.store.fill_page(&request, &mut page);
        self.page = Some(page);
        self.next = 0;
    }

    /// What is left of the range ahead of the position.
    fn bounds_ahead(&self) -> (Bound<&[u8]>, Bound<&[u8]>) {
        let lower = self.bounds.0.as_ref().map(Vec::as_slice);
        let upper = self.bounds.1.as_ref().map(Vec::as_slice);
        let Some(position) = self.position.as_deref() else { return (lower, upper) };
        match self.direction {
            Direction::Forward => match lower {
                Bound::Included(low) | Bound::Excluded(low) if low > position => (lower, upper),
                _ => (Bound::Excluded(position), upper),
            },
            Direction::Reverse => match upper {
                Bound::Included(high) if high < position => (lower, upper),
                Bound::Excluded(high) if high <= position => (lower, upper),
                _ => (lower, Bound::Excluded(position)),
            },
        }
    }
}

impl<V: NetabaseSchema> Iterator for Entries<V> {
    type Item = Result<V, DatabaseError>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.next_row()?;
        Some(row.and_then(|(page, row)| Ok(record::read::<V>(page.value(row))?)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, self.limit.map(|limit| limit.saturating_sub(self.returned)))
    }
}

impl<V: NetabaseSchema> FusedIterator for Entries<V> {}

impl<V: NetabaseSchema> fmt::Debug for Entries<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entries")
            .field("walk", &self.explain().to_string())
            .field("direction", &self.direction)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}
