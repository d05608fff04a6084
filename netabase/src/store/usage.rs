//! What records take.

/// What some records take: how many there are, and the bytes of their keys, values and index entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// How many there are, tombstones included.
    pub records: usize,
    /// Their bytes. The allocator's and the collections' own overhead is not counted.
    pub bytes: usize,
}

impl Usage {
    /// One record of so many bytes.
    pub(super) const fn one(bytes: usize) -> Self {
        Self { records: 1, bytes }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.records += other.records;
        self.bytes += other.bytes;
    }

    pub(super) fn subtract(&mut self, other: Self) {
        self.records -= other.records;
        self.bytes -= other.bytes;
    }

    /// Returns how much of the records, or of the bytes, is used: the larger part, in percent.
    pub(super) fn percentage_of(self, max: Self) -> f64 {
        ratio(self.records, max.records).max(ratio(self.bytes, max.bytes)) * 100.0
    }
}

#[allow(clippy::cast_precision_loss, reason = "a percentage of counts that large is exact enough")]
fn ratio(used: usize, max: usize) -> f64 {
    // Nothing of nothing is not full.
    if used == 0 { 0.0 } else { used as f64 / max as f64 }
}
