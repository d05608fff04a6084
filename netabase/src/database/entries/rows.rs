//! How a walk reads rows: page by page, each copied out of the store under its lock and filtered without it.

use std::ops::Bound;

use super::Entries;
use crate::{
    database::error::QueryError,
    record::{self, write_entries},
    schema::{NetabaseSchema, index_entries},
    store::{Direction, Page, PageRequest},
};

/// The first page is small, so that looking at one row is cheap; later ones are larger.
const FIRST_PAGE: usize = 32;
const MAX_PAGE: usize = 256;

impl<V: NetabaseSchema> Entries<V> {
    /// Takes the next row that is kept, after turning pages as far as needed. `None` at the end.
    pub(in crate::database) fn next_row(&mut self) -> Option<Result<(&Page, usize), QueryError>> {
        if self.limit.is_some_and(|limit| self.returned >= limit) {
            return None;
        }
        // Without a filter, the next row of the page is the one.
        let is_next = self.page.as_ref().is_some_and(|page| self.next < page.len());
        let found = if is_next && !self.is_kept && !self.is_filtered() {
            self.looked_at += 1;
            Ok(true)
        } else {
            self.seek()
        };
        if matches!(found, Ok(false)) {
            return None;
        }
        let row = self.next;
        self.next += 1;
        self.is_kept = false;
        self.returned += 1;
        self.taken_row = Some(row);
        match found {
            Ok(_) => Some(Ok((self.page.as_ref()?, row))),
            Err(error) => {
                self.looked_at += 1;
                Some(Err(error))
            }
        }
    }

    /// Goes on to the next row that is kept, and stays before it. False at the end; an error if that row cannot be
    /// looked at.
    pub(super) fn seek(&mut self) -> Result<bool, QueryError> {
        while !self.is_kept {
            match &self.page {
                Some(page) if self.next < page.len() => {}
                Some(page) if page.is_complete() => return Ok(false),
                _ => {
                    self.turn_page();
                    continue;
                }
            }
            // A filter sees each row once: it may count them.
            self.is_kept = self.keeps(self.next)?;
            self.looked_at += 1;
            if !self.is_kept {
                self.next += 1;
            }
        }
        Ok(true)
    }

    /// Forgets what [`has_more`](Self::has_more) saw before another option was set.
    pub(super) fn look_again(&mut self) {
        if self.taken_row.is_none() {
            (self.page, self.next, self.is_kept) = (None, 0, false);
            self.position.clone_from(&self.taken);
        }
    }

    pub(super) fn is_filtered(&self) -> bool {
        self.filter.is_some() || self.without.is_some()
    }

    fn keeps(&mut self, row: usize) -> Result<bool, QueryError> {
        let Some(page) = &self.page else { return Ok(true) };
        if let Some(index) = self.without
            && has_entry::<V>(page.value(row), index)?
        {
            return Ok(false);
        }
        let Some(filter) = &mut self.filter else { return Ok(true) };
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
                // Beyond the limit only `has_more` looks, at one row.
                Some(left) if !self.is_filtered() => left.clamp(1, MAX_PAGE),
                _ => page_rows,
            },
            view: self.view,
            values: self.values || self.is_filtered(),
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

/// Returns whether a stored value has an entry in the index at this place.
fn has_entry<V: NetabaseSchema>(value: &[u8], index: usize) -> Result<bool, QueryError> {
    let mut entries = Vec::new();
    write_entries(&record::read::<V>(value)?, &mut entries)?;
    Ok(index_entries(&entries).any(|(at, _)| at == index))
}
