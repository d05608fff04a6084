//! What a store's lock guards.

use super::{
    author::Author,
    engine::Engine,
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
    /// How many commits watchers were told of.
    pub(super) commits: u64,
}

impl Inner {
    pub(super) fn new(author: &Author, limits: Limits) -> Self {
        Self {
            engine: Engine::new(author.peer_id, unknown_layout(), &limits),
            schemas: Schemas::default(),
            limits,
            providers: Providers::new(author.peer_id),
            marks: Marks::default(),
            served: Served::default(),
            commits: 0,
        }
    }
}
