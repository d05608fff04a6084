use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    path::Path,
};

use libp2p::identity::Keypair;

use super::error::NodeError;

/// No identity of any kind is longer, in bytes.
const MAX_FILE_BYTES: u64 = 4096;

/// The identity in a file, in libp2p's protobuf encoding; none if there is no file.
pub(super) fn load(path: &Path) -> Result<Option<Keypair>, NodeError> {
    match File::open(path) {
        Ok(file) => read(path, file).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(NodeError::IdentityFile { path: path.to_owned(), source }),
    }
}

/// Writes an identity to a new file, for its owner's eyes alone. One that is there is never touched.
pub(super) fn save(path: &Path, identity: &Keypair) -> Result<(), NodeError> {
    let failed = |source| NodeError::IdentityFile { path: path.to_owned(), source };
    let bytes = identity.to_protobuf_encoding().map_err(io::Error::other).map_err(failed)?;
    // Unlike a rename, a link replaces nothing.
    let file = create(path, &bytes, |from, to| std::fs::hard_link(from, to)).map_err(failed)?;
    if is_public(&file).map_err(failed)? {
        // Not every file system can keep others out, and then it is not left lying there.
        std::fs::remove_file(path).map_err(failed)?;
        return Err(NodeError::IdentityFileIsPublic { path: path.to_owned() });
    }
    Ok(())
}

fn read(path: &Path, file: File) -> Result<Keypair, NodeError> {
    let failed = |source| NodeError::IdentityFile { path: path.to_owned(), source };
    if is_public(&file).map_err(failed)? {
        return Err(NodeError::IdentityFileIsPublic { path: path.to_owned() });
    }
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES).read_to_end(&mut bytes).map_err(failed)?;
    Keypair::from_protobuf_encoding(&bytes)
        .map_err(|_| NodeError::NoIdentity { path: path.to_owned() })
}

/// The file appears under its name when it is whole, so that nobody ever reads half of it; where nothing can be
/// linked (FAT, some network mounts) it is written in its place.
fn create(
    path: &Path,
    bytes: &[u8],
    link: impl FnOnce(&Path, &Path) -> io::Result<()>,
) -> io::Result<File> {
    let mut name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let unfinished = path.with_file_name(name);
    // What a process of the same number left behind.
    let _ = std::fs::remove_file(&unfinished);
    let file = write_new(&unfinished, bytes)?;
    let linked = link(&unfinished, path);
    std::fs::remove_file(&unfinished)?;
    match linked {
        Ok(()) => Ok(file),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        Err(error) => {
            tracing::debug!(%error, "no links here: writes the identity file in its place");
            write_new(path, bytes)
        }
    }
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
}
