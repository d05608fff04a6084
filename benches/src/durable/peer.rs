//! What every store on disk can do.

use std::path::Path;

use super::person::Person;

/// A store in a directory. It is closed when it is dropped.
pub(super) trait Peer: Sized + Sync {
    const NAME: &'static str;

    /// Opens the store in a directory, or makes one; then it can answer.
    fn open(directory: &Path) -> Self;

    /// Stores each in a commit of its own, as fast as it is done when the disk may lag a little behind.
    fn put_each(&self, people: impl Iterator<Item = Person>);

    /// Stores one, on disk when it returns.
    fn put_synced(&self, person: Person);

    /// Stores many, as fast as it is done, in commits of any size, on disk when it returns.
    fn load(&self, people: impl Iterator<Item = Person>);

    /// Removes many, on disk when it returns.
    fn remove(&self, ids: &[u64]);

    /// Returns once all is on disk.
    fn sync(&self);

    fn len(&self) -> usize;

    /// Makes the files as small as they can be, if there is a way.
    fn compact(self) -> bool {
        false
    }
}
