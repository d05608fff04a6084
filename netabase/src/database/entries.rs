//! Walks over values: what is asked for, and the values one by one. How rows are read is in `rows`.

mod rows;

use std::{fmt, iter::FusedIterator, ops::Bound};

use super::{
    cursor::Cursor,
    error::QueryError,
    explain::{Explain, Extent},
    local::MemoryStoreDatabase,
};
use crate::{
    record,
    schema::NetabaseSchema,
    store::{Direction, Page, PageSource, View},
};

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
    /// The index, by its place, in which a value must have no entry.
    pub(super) without: Option<usize>,
    pub(super) view: View,
    /// `true` if values are needed, not keys alone.
    pub(super) values: bool,
    limit: Option<usize>,
    /// How far the store was read: a record key or an index entry, of any record.
    position: Option<Vec<u8>>,
    /// The position of the last value taken from an earlier page, or of the cursor to resume from.
    taken: Option<Vec<u8>>,
    page: Option<Page>,
    /// The next row of the page.
    next: usize,
    /// `true` if that row was looked at, and is to be shown.
    is_kept: bool,
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
            without: None,
            values: true,
            view: database.view,
            limit: None,
            position: None,
            taken: None,
            page: None,
            next: 0,
            is_kept: false,
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
        self.look_again();
        self
    }

    /// From the last to the first.
    pub fn reversed(mut self) -> Self {
        self.direction = Direction::Reverse;
        self.look_again();
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
    /// [`QueryError::ForeignCursor`] if the cursor was made by another schema's database, or on a
    /// walk by another index.
    pub fn after(mut self, cursor: &Cursor) -> Result<Self, QueryError> {
        let position = cursor.position(V::SCHEMA_NAME, self.source_name())?;
        // Nobody else's cursor leads out of this database's records.
        if self.source == PageSource::Keys && !position.starts_with(&self.database.prefix) {
            return Err(QueryError::ForeignCursor { schema: V::SCHEMA_NAME });
        }
        self.position = Some(position.to_vec());
        self.taken = Some(position.to_vec());
        self.look_again();
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

    /// Returns whether values are left behind the last one taken, whatever [`limit`](Self::limit) says: whether there
    /// is a next page.
    ///
    /// A walk with a [limit](Self::limit) of 0 asks for nothing, and has no more.
    ///
    /// It says so as of the last look at the store, and looks at one more row if it has to; with a
    /// [`filter`](Self::filter), at all up to the next that is kept. Nothing is taken: [`cursor`](Self::cursor) stays
    /// where it is.
    ///
    /// # Examples
    ///
    /// ```
    /// # use netabase::{NetabaseSchema, NetabaseStore};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// # struct User { #[netabase(key)] id: u64 }
    /// # let users = NetabaseStore::new().database::<User>()?;
    /// users.load((0..5).map(|id| User { id }))?;
    ///
    /// let (mut pages, mut after) = (Vec::new(), None);
    /// loop {
    ///     let mut page = users.iter().limit(2);
    ///     if let Some(cursor) = &after {
    ///         page = page.after(cursor)?;
    ///     }
    ///     pages.push(page.by_ref().collect::<Result<Vec<_>, _>>()?.len());
    ///     if !page.has_more() {
    ///         break; // no "Next" button
    ///     }
    ///     after = page.cursor();
    /// }
    /// assert_eq!(pages, [2, 2, 1]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn has_more(&mut self) -> bool {
        if self.limit == Some(0) {
            return false;
        }
        // A row that cannot be read is one more, which `next` reports.
        self.seek().unwrap_or(true)
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
    pub fn each_with(mut self, mut look: impl FnMut(V::Ref<'_>)) -> Result<(), QueryError> {
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
            filtered: self.is_filtered(),
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
}

impl<V: NetabaseSchema> Iterator for Entries<V> {
    type Item = Result<V, QueryError>;

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
