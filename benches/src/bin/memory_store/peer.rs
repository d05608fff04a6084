use libp2p::kad::Record;
use netabase_benches::workload::User;

/// A place where an application keeps its users, used as an application would.
pub(crate) trait Peer {
    /// How many ranges are asked for when they are timed.
    const RANGES: usize;

    fn new() -> Self;

    /// Stores users that are new. A peer that keeps them as they are takes them out.
    fn put_all(&mut self, users: &mut Vec<User>);

    /// A user's age, without making a user of one's own.
    fn age(&self, id: u64) -> Option<u8>;

    fn get(&self, id: u64) -> Option<User>;

    /// The first users from an id on, in the order of their ids.
    fn range(&self, from: u64, rows: usize) -> Vec<User>;

    /// Of each user a record to hand to `kad.put_record`, owned.
    fn records(&self) -> impl Iterator<Item = Record>;

    /// The user in one of these records.
    fn read(record: &Record) -> User;

    /// What kad's `put_record` does with a record in the store of its own, before it is sent.
    fn publish(&mut self, record: Record);

    /// How many records kad could serve.
    fn published(&self) -> usize;
}

/// The peers, in the order they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PeerName {
    HashMap,
    MemoryStore,
    Netabase,
}

impl PeerName {
    pub(crate) const ALL: [Self; 3] = [Self::HashMap, Self::MemoryStore, Self::Netabase];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::HashMap => "HashMap",
            Self::MemoryStore => "MemoryStore",
            Self::Netabase => "netabase",
        }
    }
}
