//! Why a directory cannot be opened, or a commit cannot be written to disk.

use std::{
    error::Error,
    fmt, io,
    path::{Path, PathBuf},
};

use libp2p::PeerId;

/// Why the store on disk refused something. Each says what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DiskError {
    /// Another process, or another store of this one, has the directory open.
    #[error("`{}` is in use by another store; close that one first, or open another directory", .path.display())]
    InUse {
        /// The directory.
        path: PathBuf,
    },
    /// The operating system refused to read or write: a missing directory, missing rights, a broken disk.
    #[error(
        "cannot {action} `{}`; see that the directory exists, that this user may read and write it, and that the disk works",
        .path.display()
    )]
    Io {
        /// The action that failed.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's error.
        #[source]
        cause: IoCause,
    },
    /// There is no room left on the disk.
    #[error("no room on the disk for `{}`; free some and open the store again", .path.display())]
    Full {
        /// The file that could not grow.
        path: PathBuf,
    },
    /// The directory held a store, and its records are gone.
    #[error(
        "`{}` is missing though the directory held a store; restore it from a backup, or remove `lock` beside it to begin an empty store",
        .path.display()
    )]
    Missing {
        /// The file that is not there.
        path: PathBuf,
    },
    /// The file is no store of netabase.
    #[error("`{}` is no netabase store; move it elsewhere, or open another directory", .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The file's content is not what was written there.
    #[error(
        "`{}` is damaged ({place}: {what}); restore a backup",
        .path.display()
    )]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// The table and key where it showed.
        place: String,
        /// The fault that was found there.
        what: String,
    },
    /// The store was written by a later version of this crate.
    #[error(
        "`{}` has format {found}, and this program reads up to {supported}; use a newer netabase",
        .path.display()
    )]
    NewerFormat {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The latest this program reads.
        supported: u32,
    },
    /// The store is of another network.
    #[error("`{}` is of network `{found}`, not `{expected}`; open another directory", .path.display())]
    OtherNetwork {
        /// The file.
        path: PathBuf,
        /// Its network.
        found: String,
        /// The one that was asked for.
        expected: String,
    },
    /// The store is another peer's: its records are signed with another key.
    #[error(
        "`{}` belongs to peer {found}, not {expected}; give the identity it was made with, or open another directory",
        .path.display()
    )]
    OtherPeer {
        /// The file.
        path: PathBuf,
        /// Its peer.
        found: Box<PeerId>,
        /// The one that was asked for.
        expected: Box<PeerId>,
    },
    /// The store's records are there, and the file that holds its identity is not.
    #[error(
        "the identity of peer {peer} is missing: there is no `{}`; restore it, or give the identity to the builder",
        .path.display()
    )]
    NoIdentity {
        /// Where it was looked for.
        path: PathBuf,
        /// The peer whose store it is.
        peer: Box<PeerId>,
    },
    /// The file holds no identity.
    #[error("`{}` holds no identity; restore it, or move it elsewhere", .path.display())]
    InvalidIdentity {
        /// The file.
        path: PathBuf,
    },
    /// Others may read the file that holds the identity.
    #[error("`{}` can be read by other users; make it readable for its owner alone (chmod 600)", .path.display())]
    PublicIdentity {
        /// The file.
        path: PathBuf,
    },
    /// A backup would replace something.
    #[error("`{}` exists already; name a directory that does not exist yet", .path.display())]
    Exists {
        /// The content that was found.
        path: PathBuf,
    },
    /// A backup is being read from the file, which therefore cannot be compacted.
    #[error("a backup of `{}` is being written; compact the store once it is done", .path.display())]
    BackingUp {
        /// The file.
        path: PathBuf,
    },
    /// More is waiting to be written than the store keeps in memory for that. Try again.
    #[error("the disk is busy: {waiting_bytes} bytes wait to be written; try again")]
    Busy {
        /// The bytes that wait.
        waiting_bytes: usize,
    },
    /// An earlier write to disk failed. What is there can be read; nothing is written until the store is opened again.
    #[error(
        "the store is read-only since a write to disk failed; open it again once the disk works"
    )]
    ReadOnly {
        /// The failure.
        #[source]
        cause: Box<DiskError>,
    },
    /// The commit was made, and could not be written to disk: readers and watchers have seen it, and it may be gone
    /// after a restart. The store is read-only from then on.
    #[error(
        "the commit is in memory and could not be written to disk; open the store again once the disk works"
    )]
    NotDurable {
        /// `true`: it is there in memory.
        applied: bool,
        /// The failure.
        #[source]
        cause: Box<DiskError>,
    },
    /// The file is closed: the store ends.
    #[error("`{}` is closed; open the store again", .path.display())]
    Closed {
        /// The file.
        path: PathBuf,
    },
    /// The store is not on disk.
    #[error("the store is in memory alone; give its builder a `path`")]
    InMemory,
}

/// An error of the operating system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IoCause {
    /// The kind of error.
    pub kind: io::ErrorKind,
    message: String,
}

impl fmt::Display for IoCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for IoCause {}

impl From<&io::Error> for IoCause {
    fn from(error: &io::Error) -> Self {
        Self { kind: error.kind(), message: error.to_string() }
    }
}

impl DiskError {
    /// Says what the system refused, and on what.
    pub(crate) fn io(action: &'static str, path: &Path, error: &io::Error) -> Self {
        let path = path.to_owned();
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { path },
            _ => Self::Io { action, path, cause: error.into() },
        }
    }

    pub(in crate::store) fn corrupt(
        path: &Path,
        place: impl Into<String>,
        what: impl Into<String>,
    ) -> Self {
        Self::Corrupt { path: path.to_owned(), place: place.into(), what: what.into() }
    }
}
