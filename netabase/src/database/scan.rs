//! Walks over all values of a moment, in no order.

use std::{iter::FusedIterator, marker::PhantomData};

use super::{error::QueryError, local::MemoryStoreDatabase};
use crate::{record, schema::NetabaseSchema, store::Page};

impl<V: NetabaseSchema> MemoryStoreDatabase<V> {
    /// All values as they are at this moment, in no order: the fastest way to see them all.
    ///
    /// Their bytes are copied at once and decoded one by one. The copy takes as much memory as
    /// the schema's records, and writers wait for it, in large stores noticeably;
    /// [`iter`](Self::iter) has neither cost.
    ///
    /// # Examples
    ///
    /// ```
    /// # use netabase::{NetabaseSchema, NetabaseStore};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// # struct User { #[netabase(key)] id: u64, age: u8 }
    /// # let users = NetabaseStore::new().database::<User>()?;
    /// users.load((0..5).map(|id| User { id, age: 30 }))?;
    /// let ages = users.scan().map(|user| Ok(u32::from(user?.age)));
    /// assert_eq!(ages.sum::<Result<u32, netabase::DatabaseError>>()?, 150);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn scan(&self) -> Scan<V> {
        let mut page = Page::default();
        self.store.fill_unordered(self.schema, &self.prefix, self.view, &mut page);
        Scan { page, next: 0, _values: PhantomData }
    }
}

/// A snapshot of all values, in no order; see [`MemoryStoreDatabase::scan`].
#[derive(Debug)]
#[must_use = "iterators are lazy"]
pub struct Scan<V> {
    page: Page,
    next: usize,
    _values: PhantomData<fn() -> V>,
}

impl<V: NetabaseSchema> Iterator for Scan<V> {
    type Item = Result<V, QueryError>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = (self.next < self.page.len()).then_some(self.next)?;
        self.next += 1;
        Some(record::read::<V>(self.page.value(row)).map_err(QueryError::from))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.page.len() - self.next;
        (left, Some(left))
    }
}

impl<V: NetabaseSchema> ExactSizeIterator for Scan<V> {}
impl<V: NetabaseSchema> FusedIterator for Scan<V> {}
