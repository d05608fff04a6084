use netabase_benches::timing::median_of;

/// What is measured of each peer, in the order it is measured and shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Figure {
    /// Of values that exist already: what building them costs is the same for all.
    Put,
    HeapAtRest,
    /// Looks at a field of a value.
    GetBorrowed,
    /// Gives the value away.
    GetOwned,
    Range,
    /// Netabase publishes the records by that.
    SyncFirst,
    /// What of it stays in the peer.
    GrownFirst,
    /// The same again.
    SyncEach,
    PeakEach,
    SyncCollected,
    PeakCollected,
    /// The heap once kad has stored all records as its `put_record` does.
    HeapPublished,
}

impl Figure {
    pub(crate) const ALL: [Self; 12] = [
        Self::Put,
        Self::HeapAtRest,
        Self::GetBorrowed,
        Self::GetOwned,
        Self::Range,
        Self::SyncFirst,
        Self::GrownFirst,
        Self::SyncEach,
        Self::PeakEach,
        Self::SyncCollected,
        Self::PeakCollected,
        Self::HeapPublished,
    ];

    /// As it goes from process to process.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Put => "put",
            Self::HeapAtRest => "heap_at_rest",
            Self::GetBorrowed => "get_borrowed",
            Self::GetOwned => "get_owned",
            Self::Range => "range",
            Self::SyncFirst => "sync_first",
            Self::GrownFirst => "grown_first",
            Self::SyncEach => "sync_each",
            Self::PeakEach => "peak_each",
            Self::SyncCollected => "sync_collected",
            Self::PeakCollected => "peak_collected",
            Self::HeapPublished => "heap_published",
        }
    }

    /// What the report calls it, and its unit.
    pub(crate) fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Put => ("put, new keys", "ns"),
            Self::HeapAtRest => ("heap at rest, a record", "B"),
            Self::GetBorrowed => ("get, borrowed", "ns"),
            Self::GetOwned => ("get, owned", "ns"),
            Self::Range => ("range of 100 rows", "ns"),
            Self::SyncFirst => ("first sync, a record", "ns"),
            Self::GrownFirst => ("  heap that stays, a record", "B"),
            Self::SyncEach => ("again, one by one, a record", "ns"),
            Self::PeakEach => ("  heap on the way, in all", "B"),
            Self::SyncCollected => ("again, all at once, a record", "ns"),
            Self::PeakCollected => ("  heap on the way, a record", "B"),
            Self::HeapPublished => ("heap, all published, a record", "B"),
        }
    }
}

/// One of each.
#[derive(Clone, Debug)]
pub(crate) struct Figures([f64; Figure::ALL.len()]);

impl Figures {
    /// `None` if one is missing.
    pub(crate) fn from_lines(lines: &[(String, f64)]) -> Option<Self> {
        let mut figures = [0.0; Figure::ALL.len()];
        for (value, figure) in figures.iter_mut().zip(Figure::ALL) {
            *value = lines.iter().find(|(name, _)| name == figure.name())?.1;
        }
        Some(Self(figures))
    }

    pub(crate) fn get(&self, figure: Figure) -> f64 {
        self.0[figure as usize]
    }

    /// The median of each over the rounds.
    pub(crate) fn median(rounds: &[Self]) -> Self {
        Self(Figure::ALL.map(|figure| median_of(rounds, |figures| figures.get(figure))))
    }
}
