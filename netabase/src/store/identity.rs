//! Loads an identity from a file, or saves a new one.

use std::{
    fs::{File, OpenOptions},
    hash::{BuildHasher, Hasher, RandomState},
    io::{self, Read, Write},
    path::Path,
};

use libp2p::identity::Keypair;

use super::journal::DiskError;

/// No identity of any kind is longer, in bytes.
const MAX_FILE_BYTES: u64 = 4096;

/// Loads the identity in a file, in libp2p's protobuf encoding. If there is no file, one is written with an identity
/// that is made for it, or read after all, if another process was faster.
pub(crate) fn load_or_save(
    path: &Path,
    make: impl FnOnce() -> Keypair,
) -> Result<Keypair, DiskError> {
    if let Some(identity) = load(path)? {
        return Ok(identity);
    }
    let identity = make();
    match save(path, &identity) {
        Err(DiskError::Io { cause, .. }) if cause.kind == io::ErrorKind::AlreadyExists => {
            read(path, open(path)?)
        }
        saved => saved.map(|()| identity),
    }
}

/// Loads the identity in a file, if there is one.
pub(super) fn load(path: &Path) -> Result<Option<Keypair>, DiskError> {
    match open(path) {
        Ok(file) => read(path, file).map(Some),
        Err(DiskError::Io { cause, .. }) if cause.kind == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn open(path: &Path) -> Result<File, DiskError> {
    File::open(path).map_err(|error| DiskError::io("open", path, &error))
}

/// Saves an identity to a new file, readable for its owner alone. An existing file is never touched.
fn save(path: &Path, identity: &Keypair) -> Result<(), DiskError> {
    let failed = |error| DiskError::io("use", path, &error);
    let bytes = identity.to_protobuf_encoding().map_err(io::Error::other).map_err(failed)?;
    // Unlike a rename, a link replaces nothing.
    let file = create(path, &bytes, |from, to| std::fs::hard_link(from, to)).map_err(failed)?;
    if is_public(&file).map_err(failed)? {
        // Not every file system can keep others out, and then it is not left lying there.
        std::fs::remove_file(path).map_err(failed)?;
        return Err(DiskError::PublicIdentity { path: path.to_owned() });
    }
    Ok(())
}

fn read(path: &Path, file: File) -> Result<Keypair, DiskError> {
    let failed = |error| DiskError::io("use", path, &error);
    if is_public(&file).map_err(failed)? {
        return Err(DiskError::PublicIdentity { path: path.to_owned() });
    }
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES).read_to_end(&mut bytes).map_err(failed)?;
    Keypair::from_protobuf_encoding(&bytes)
        .map_err(|_| DiskError::InvalidIdentity { path: path.to_owned() })
}

/// Creates a file that appears under its name when it is whole, so that half of it is never read; where nothing can
/// be linked (some network and container mounts) it is written in its place.
fn create(
    path: &Path,
    bytes: &[u8],
    link: impl FnOnce(&Path, &Path) -> io::Result<()>,
) -> io::Result<File> {
    let mut name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
    // No other writer has this name, not even in this process.
    name.push(format!(".{:016x}.new", RandomState::new().build_hasher().finish()));
    let unfinished = path.with_file_name(name);
    let file = write_new(&unfinished, bytes)?;
    let linked = link(&unfinished, path);
    if let Err(error) = std::fs::remove_file(&unfinished) {
        tracing::warn!(%error, path = %unfinished.display(), "cannot remove a second name of an identity file");
    }
    match linked {
        Ok(()) => Ok(file),
        Err(error) if has_no_links(&error) => write_new(path, bytes),
        Err(error) => Err(error),
    }
}

/// Returns whether a file system said that it cannot link at all.
fn has_no_links(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied)
}

/// Writes a file that must not be there yet; nothing is left of one that could not be written.
fn write_new(path: &Path, bytes: &[u8]) -> io::Result<File> {
    let mut file = private_file(path)?;
    match file.write_all(bytes).and_then(|()| file.sync_all()) {
        Ok(()) => Ok(file),
        Err(error) => {
            let _ = std::fs::remove_file(path);
            Err(error)
        }
    }
}

fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(unix)]
fn is_public(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(file.metadata()?.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_public(_: &File) -> io::Result<bool> {
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn no_links(_: &Path, _: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    #[test]
    fn where_nothing_can_be_linked_a_file_is_made_all_the_same_and_none_is_replaced() {
        let directory = std::env::temp_dir().join(format!("netabase-links-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let path = directory.join("key");

        let file = create(&path, b"secret", no_links).unwrap();
        assert!(!is_public(&file).unwrap());
        let again = create(&path, b"another", no_links).unwrap_err();

        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read(&path).unwrap(), b"secret");
        assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 1, "nothing else is left");
        std::fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn threads_that_make_one_file_at_once_all_get_the_same_identity() {
        let directory = std::env::temp_dir().join(format!("netabase-race-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let path = directory.join("key");
        let start = std::sync::Barrier::new(8);

        let peers: Vec<_> = std::thread::scope(|scope| {
            let load = || {
                start.wait();
                load_or_save(&path, Keypair::generate_ed25519).unwrap().public().to_peer_id()
            };
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(load)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });

        assert!(peers.iter().all(|peer| *peer == peers[0]), "{peers:?}");
        assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 1, "nothing else is left");
        std::fs::remove_dir_all(directory).unwrap();
    }
}
