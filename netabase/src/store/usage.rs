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
}
