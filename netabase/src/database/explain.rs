//! Tells what a walk was served from and what it cost.

use std::fmt;

/// Which rows of its source a walk was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    All,
    Equal,
    Prefix,
    Range,
}

/// What serves a walk, and what it cost; see [`Entries::explain`](super::Entries::explain).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explain {
    pub(super) schema: &'static str,
    pub(super) index: Option<&'static str>,
    pub(super) extent: Extent,
    pub(super) filtered: bool,
    pub(super) looked_at: usize,
    pub(super) returned: usize,
}

impl Explain {
    /// The index that serves the walk; `None` if it goes by key.
    #[must_use]
    pub fn index(&self) -> Option<&'static str> {
        self.index
    }

    /// Returns whether the walk looks at every record to find some: no index and no range of keys serves it.
    #[must_use]
    pub fn is_full_scan(&self) -> bool {
        self.filtered && self.extent == Extent::All
    }

    /// How many records the walk has looked at so far.
    #[must_use]
    pub fn looked_at(&self) -> usize {
        self.looked_at
    }

    /// How many of them it has returned.
    #[must_use]
    pub fn returned(&self) -> usize {
        self.returned
    }
}

impl fmt::Display for Explain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` by ", self.schema)?;
        match self.index {
            Some(index) => write!(f, "index `{index}`")?,
            None => f.write_str("key")?,
        }
        f.write_str(match self.extent {
            Extent::All => ", all",
            Extent::Equal => ", one value",
            Extent::Prefix => ", a prefix",
            Extent::Range => ", a range",
        })?;
        if self.filtered {
            f.write_str(", filtered")?;
        }
        if self.is_full_scan() {
            f.write_str(" (looks at every record: no index serves this)")?;
        }
        write!(f, ": looked at {} records, returned {}", self.looked_at, self.returned)
    }
}
