//! What a store's lock guards.

use super::{
    author::Author,
    engine::{Engine, RowChange},
    kad::Providers,
    limits::Limits,
    marks::Marks,
    schemas::{Schemas, unknown_layout},
    served::Served,
};

/// What the lock guards. Rows, indexes and counts are the engine's alone.
pub(super) struct Inner {
    pub(super) engine: Engine,
    pub(super) schemas: Schemas,
    pub(super) limits: Limits,
    pub(super) providers: Providers,
    pub(super) marks: Marks,
    pub(super) served: Served,
    /// An empty list for the changes of the next commit, so that few commits allocate one.
    pub(super) room: Vec<RowChange>,
    /// How many commits watchers were told of.
    pub(super) commits: u64,
}

/// The longest list of changes that is kept: some 10 KiB.
const MAX_ROOM: usize = 64;

impl Inner {
    pub(super) fn new(author: &Author, limits: Limits) -> Self {
        Self {
            engine: Engine::new(author.peer_id, unknown_layout(), &limits),
            schemas: Schemas::default(),
            limits,
            providers: Providers::new(author.peer_id),
            marks: Marks::default(),
            served: Served::default(),
            room: Vec::new(),
            commits: 0,
        }
    }

    /// Keeps the list of a commit's changes for the next one, unless it is large.
    pub(super) fn keep_room(&mut self, mut changes: Vec<RowChange>) {
        changes.clear();
        if changes.capacity() <= MAX_ROOM {
            self.room = changes;
        }
    }
}
