use std::iter::FusedIterator;

use super::{entries::Entries, error::DatabaseError};
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
    /// The keys alone. Values are not decoded, unless there is a filter.
    pub fn keys(mut self) -> Keys<V> {
        self.values = false;
        Keys { entries: self }
    }

    /// How many values there are. They are not decoded, unless there is a filter.
    #[must_use]
    pub fn count(self) -> usize {
        self.keys().fold(0, |count, _| count + 1)
    }
}

impl<V: NetabaseSchema> Iterator for Keys<V> {
    type Item = Result<V::Key, DatabaseError>;

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
