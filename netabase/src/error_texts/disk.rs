//! The errors of stores on disk.

use std::io;

use libp2p::PeerId;

use super::{BUSY, IN_MEMORY, check};
use crate::store::{DiskError, IoCause};

/// The peer of 32 zeros.
const PEER: &str = "12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN";

fn peer() -> PeerId {
    PEER.parse().expect("it is a peer id")
}

fn disk(last: Option<&DiskError>) -> Option<(DiskError, &'static str)> {
    let path = || "notes".into();
    let refused = || IoCause::from(&io::Error::from(io::ErrorKind::PermissionDenied));
    let cause = || Box::new(DiskError::Full { path: "notes".into() });
    Some(match last {
        None => (
            DiskError::InUse { path: path() },
            "`notes` is in use by another store; close that one first, or open another directory",
        ),
        Some(DiskError::InUse { .. }) => (
            DiskError::Io { action: "create", path: path(), cause: refused() },
            "cannot create `notes`; see that the directory exists, that this user may read and write it, and that the disk works",
        ),
        Some(DiskError::Io { .. }) => (
            DiskError::Full { path: path() },
            "no room on the disk for `notes`; free some and open the store again",
        ),
        Some(DiskError::Full { .. }) => (
            DiskError::Missing { path: path() },
            "`notes` is missing though the directory held a store; restore it from a backup, or remove `lock` beside it to begin an empty store",
        ),
        Some(DiskError::Missing { .. }) => (
            DiskError::Foreign { path: path() },
            "`notes` is no netabase store; move it elsewhere, or open another directory",
        ),
        Some(DiskError::Foreign { .. }) => (
            DiskError::Corrupt { path: path(), place: "row `a`".into(), what: "cut short".into() },
            "`notes` is damaged (row `a`: cut short); restore a backup",
        ),
        Some(DiskError::Corrupt { .. }) => (
            DiskError::NewerFormat { path: path(), found: 2, supported: 1 },
            "`notes` has format 2, and this program reads up to 1; use a newer netabase",
        ),
        Some(DiskError::NewerFormat { .. }) => (
            DiskError::OtherNetwork { path: path(), found: "a".into(), expected: "b".into() },
            "`notes` is of network `a`, not `b`; open another directory",
        ),
        Some(DiskError::OtherNetwork { .. }) => (
            DiskError::OtherPeer {
                path: path(),
                found: Box::new(peer()),
                expected: Box::new(peer()),
            },
            "`notes` belongs to peer 12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN, not 12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN; give the identity it was made with, or open another directory",
        ),
        Some(DiskError::OtherPeer { .. }) => (
            DiskError::NoIdentity { path: path(), peer: Box::new(peer()) },
            "the identity of peer 12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN is missing: there is no `notes`; restore it, or give the identity to the builder",
        ),
        Some(DiskError::NoIdentity { .. }) => (
            DiskError::InvalidIdentity { path: path() },
            "`notes` holds no identity; restore it, or move it elsewhere",
        ),
        Some(DiskError::InvalidIdentity { .. }) => (
            DiskError::PublicIdentity { path: path() },
            "`notes` can be read by other users; make it readable for its owner alone (chmod 600)",
        ),
        Some(DiskError::PublicIdentity { .. }) => (
            DiskError::Exists { path: path() },
            "`notes` exists already; name a directory that does not exist yet",
        ),
        Some(DiskError::Exists { .. }) => (
            DiskError::BackingUp { path: path() },
            "a backup of `notes` is being written; compact the store once it is done",
        ),
        Some(DiskError::BackingUp { .. }) => (DiskError::Busy { waiting_bytes: 9 }, BUSY),
        Some(DiskError::Busy { .. }) => (
            DiskError::ReadOnly { cause: cause() },
            "the store is read-only since a write to disk failed; open it again once the disk works",
        ),
        Some(DiskError::ReadOnly { .. }) => (
            DiskError::NotDurable { applied: true, cause: cause() },
            "the commit is in memory and could not be written to disk; open the store again once the disk works",
        ),
        Some(DiskError::NotDurable { .. }) => {
            (DiskError::Closed { path: path() }, "`notes` is closed; open the store again")
        }
        Some(DiskError::Closed { .. }) => (DiskError::InMemory, IN_MEMORY),
        Some(DiskError::InMemory) => return None,
    })
}

#[test]
fn every_error_of_a_store_on_disk_says_what_happened_and_what_to_do() {
    check(disk);
}
