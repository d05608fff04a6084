//! Stores on disk: what comes back, what may be lost, and what is refused.

mod directories;

mod exchange;

mod lives;

mod reopened;

mod data_dir;

mod workload;

mod sim_disk;

mod power_loss;

mod failing_calls;

mod waiting_writers;

mod kills;

mod restarts;

mod golden;

mod hostile;

use std::{path::Path, time::Duration};

use netabase::{BuildError, ManualClock, NetabaseStore, NetabaseStoreBuilder};
use tempfile::TempDir;

use crate::authors::{HOUR, NETWORK, NOW_MS, identity};

/// A store in a directory that is removed with it, and can be closed and opened again.
pub(crate) struct Disk {
    directory: TempDir,
    pub(crate) clock: ManualClock,
}

impl Disk {
    pub(crate) fn new() -> std::io::Result<Self> {
        Ok(Self { directory: tempfile::tempdir()?, clock: ManualClock::at_unix_ms(NOW_MS) })
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn builder(&self) -> NetabaseStoreBuilder {
        let builder = NetabaseStore::builder().identity(identity(1)).network(NETWORK);
        builder.path(self.path()).clock(self.clock.clone()).max_lifetime(HOUR)
    }

    pub(crate) fn open(&self) -> Result<NetabaseStore, BuildError> {
        self.builder().build()
    }

    /// Lets time pass.
    pub(crate) fn wait(&self, time: Duration) {
        self.clock.advance(time);
    }
}
