//! Walks that give keys alone, and counts.

use std::iter::FusedIterator;

use super::{cursor::Cursor, entries::Entries, error::QueryError};
use crate::{
    record::RecordError,
    schema::{NetabaseSchema, NetabaseSchemaKey},
};

/// The keys of a walk, without their values; see [`Entries::keys`].
#[derive(Debug)]
#[must_use = "iterators are lazy"]
pub struct Keys<V: NetabaseSchema> {
    entries: Entries<V>,
}

impl<V: NetabaseSchema> Entries<V> {
    /// Walks the keys alone. Values are not decoded, unless there is a filter.
    pub fn keys(mut self) -> Keys<V> {
        self.values = false;
        Keys { entries: self }
    }

    /// Counts the values. They are not decoded, unless there is a filter.
    #[must_use]
    pub fn count(self) -> usize {
        self.keys().fold(0, |count, _| count + 1)
    }
}

impl<V: NetabaseSchema> Keys<V> {
    /// Returns where to go on behind the last key taken, as [`Entries::cursor`] does.
    #[must_use]
    pub fn cursor(&self) -> Option<Cursor> {
        self.entries.cursor()
    }

    /// Returns whether keys are left behind the last one taken, as [`Entries::has_more`] does.
    #[must_use]
    pub fn has_more(&mut self) -> bool {
        self.entries.has_more()
    }
}

impl<V: NetabaseSchema> Iterator for Keys<V> {
    type Item = Result<V::Key, QueryError>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.entries.next_row()?;
        Some(row.and_then(|(page, row)| {
            let key = V::Key::from_key_bytes(page.own_key(row));
            Ok(key.map_err(RecordError::from)?)
        }))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }
}

impl<V: NetabaseSchema> FusedIterator for Keys<V> {}
