//! Whose a record is, and who sees it.

/// What a record is to this store. Kept beside its value, never sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordState {
    /// The application wrote the key, and has not removed it; whoever's value is stored now.
    pub own: bool,
    /// Databases show the record, or would if its value were one: not a tombstone, nor of a version of its schema
    /// that is not known here.
    pub wanted: bool,
    /// Kademlia shows the record to other peers.
    pub served: bool,
}

impl RecordState {
    /// What an application wrote itself: its own, shown by databases, hidden from peers.
    pub(super) const LOCAL_WRITE: Self = Self { own: true, wanted: true, served: false };

    pub(super) fn union(self, other: Self) -> Self {
        Self {
            own: self.own || other.own,
            wanted: self.wanted || other.wanted,
            served: self.served || other.served,
        }
    }

    pub(super) fn to_byte(self) -> u8 {
        u8::from(self.own) | u8::from(self.wanted) << 1 | u8::from(self.served) << 2
    }

    pub(super) fn from_byte(byte: u8) -> Self {
        Self { own: byte & 1 != 0, wanted: byte & 2 != 0, served: byte & 4 != 0 }
    }
}
