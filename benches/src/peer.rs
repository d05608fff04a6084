use netabase_benches::workload::User;

/// A store of users, used as its documentation says.
pub(crate) trait Peer {
    fn new() -> Self;
    fn put(&mut self, user: &User);
    fn get(&self, id: u64) -> Option<User>;
    fn remove(&mut self, id: u64);
    /// The first users from an id on, in the order of their ids.
    fn range(&self, from: u64, rows: usize) -> Vec<User>;
    /// How many ranges are asked for when they are timed.
    const RANGES: usize;
}
