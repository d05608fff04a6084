//! Remembers which schemas may have leases that are due, and how far each was looked through.

use std::collections::VecDeque;

use crate::store::{RenewalCursor, SchemaId};

/// The schemas that are looked through, in turn.
#[derive(Default)]
pub(super) struct Renewals {
    schemas: VecDeque<(SchemaId, RenewalCursor)>,
    /// Those that were looked through, until the next time.
    done: Vec<(SchemaId, RenewalCursor)>,
}

impl Renewals {
    /// Begins to look through all of these schemas, each where it was left.
    pub(super) fn begin(&mut self, schemas: Vec<SchemaId>) {
        let mut known: Vec<_> = self.schemas.drain(..).chain(self.done.drain(..)).collect();
        self.schemas.extend(schemas.into_iter().map(|schema| {
            let place = known.iter().position(|(known, _)| *known == schema);
            place.map_or((schema, RenewalCursor::default()), |place| known.swap_remove(place))
        }));
    }

    pub(super) fn has_more(&self) -> bool {
        !self.schemas.is_empty()
    }

    /// Returns the next schema.
    pub(super) fn next(&mut self) -> Option<(SchemaId, &mut RenewalCursor)> {
        self.schemas.rotate_left(usize::from(!self.schemas.is_empty()));
        self.schemas.back_mut().map(|(schema, cursor)| (*schema, cursor))
    }

    /// Notes that nothing more is due of a schema now.
    pub(super) fn end(&mut self, schema: SchemaId) {
        if let Some(place) = self.schemas.iter().position(|(known, _)| *known == schema) {
            self.done.extend(self.schemas.remove(place));
        }
    }
}
