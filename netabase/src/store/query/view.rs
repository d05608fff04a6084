//! Which records a reader sees.

use crate::store::engine::{RowRef, Selection};

/// Which records a reader sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// Those that databases show.
    Databases,
    /// Those of them that the application wrote.
    Own,
    /// All that the application wrote, tombstones included.
    OwnEverything,
    /// What databases show, and what is held for other peers, if a type here can read it.
    Held,
    /// What peers are served, tombstones included.
    Served,
    /// Those that no type here has read, tombstones included.
    Opaque,
    /// All that the store holds, tombstones included.
    Everything,
}

impl View {
    /// Returns whether it shows a row, unless that has expired.
    #[inline]
    pub(in crate::store) fn shows(self, row: RowRef<'_>) -> bool {
        match self {
            Self::Databases => row.is_visible(),
            Self::Own => row.state().own && row.is_visible(),
            Self::OwnEverything => row.state().own,
            Self::Held => !row.meta.opaque && !row.header().tombstone,
            Self::Served => row.state().served,
            Self::Opaque => row.meta.opaque,
            Self::Everything => true,
        }
    }

    /// Returns the part of the order in which all that it shows is, and as little else as can be.
    pub(super) fn selection(self) -> Selection {
        match self {
            Self::Databases => Selection::Shown,
            Self::Own => Selection::ShownOwn,
            Self::OwnEverything => Selection::Own,
            Self::Held => Selection::Readable,
            Self::Opaque | Self::Served | Self::Everything => Selection::All,
        }
    }
}
