//! What a journal needs of a file.

use std::path::Path;

use super::{
    batch::Batch,
    error::DiskError,
    meta::{About, Clocks, KnownSchema},
};

/// A file that holds rows by their keys, and changes in steps that are whole on disk or not there.
///
/// After an error of [`append`](Self::append) nothing is known of the file but what was there before.
pub(in crate::store) trait Backend: Send {
    /// Writes a batch and the clocks in one step, and returns once it is on disk.
    fn append(&mut self, batch: &Batch, clocks: &Clocks) -> Result<(), DiskError>;

    /// Looks at some rows behind a key, removes those in one step that `is_over` says are past keeping, and returns the
    /// key to go on behind, if there are more.
    fn purge(
        &mut self,
        after: Option<&[u8]>,
        is_over: &dyn Fn(&[u8]) -> bool,
    ) -> Result<Option<Vec<u8>>, DiskError>;

    /// Gives the room back to the file system that nothing takes any more.
    fn compact(&mut self) -> Result<(), DiskError>;

    /// Returns what is on disk now, whatever is written from now on.
    fn snapshot(&self) -> Result<Box<dyn Snapshot>, DiskError>;
}

/// Takes the name of a schema, and what is known of it.
pub(in crate::store) type ShowSchema<'a> =
    dyn FnMut(&str, KnownSchema) -> Result<(), DiskError> + 'a;

/// Takes the key and the bytes of a row.
pub(in crate::store) type ShowRow<'a> = dyn FnMut(&[u8], &[u8]) -> Result<(), DiskError> + 'a;

/// One moment's state of a file.
pub(in crate::store) trait Snapshot: Send {
    fn about(&self) -> &About;

    fn clocks(&self) -> &Clocks;

    /// Shows each schema that was known, and its name.
    fn schemas(&self, show: &mut ShowSchema<'_>) -> Result<(), DiskError>;

    /// Shows key and bytes of each row, in the order of the keys.
    fn rows(&self, show: &mut ShowRow<'_>) -> Result<(), DiskError>;

    /// Returns how many rows there are.
    fn len(&self) -> u64;

    /// Writes all of it to a new file.
    fn copy_to(&self, path: &Path) -> Result<(), DiskError>;

    /// Returns the file.
    fn path(&self) -> &Path;
}
