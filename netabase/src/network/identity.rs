use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    path::Path,
};

use libp2p::identity::Keypair;

use super::error::NodeError;

/// No identity of any kind is longer, in bytes.
const MAX_FILE_BYTES: u64 = 4096;

/// The identity in a file, in libp2p's protobuf encoding. If there is no file, a fresh identity is written to
/// it, for its owner's eyes alone.
pub(super) fn load_or_create(path: &Path) -> Result<Keypair, NodeError> {
    let failed = |source| NodeError::IdentityFile { path: path.to_owned(), source };
    match File::open(path) {
        Ok(file) => load(path, file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => match create(path) {
            // Another process was faster.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                load(path, File::open(path).map_err(failed)?)
            }
            created => created.map_err(failed),
        },
        Err(error) => Err(failed(error)),
    }
}

fn load(path: &Path, file: File) -> Result<Keypair, NodeError> {
    let failed = |source| NodeError::IdentityFile { path: path.to_owned(), source };
    if is_public(&file).map_err(failed)? {
        return Err(NodeError::IdentityFileIsPublic { path: path.to_owned() });
    }
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES).read_to_end(&mut bytes).map_err(failed)?;
    Keypair::from_protobuf_encoding(&bytes)
        .map_err(|_| NodeError::NoIdentity { path: path.to_owned() })
}

/// The file appears under its name when it is whole, so that nobody ever reads half of it.
fn create(path: &Path) -> io::Result<Keypair> {
    let keypair = Keypair::generate_ed25519();
    let bytes = keypair.to_protobuf_encoding().map_err(io::Error::other)?;
    let mut name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let unfinished = path.with_file_name(name);
    // What a process of the same number left behind.
    let _ = std::fs::remove_file(&unfinished);
    let written = private_file(&unfinished).and_then(|mut file| {
        file.write_all(&bytes)?;
        file.sync_all()?;
        // Unlike a rename it replaces nothing.
        std::fs::hard_link(&unfinished, path)
    });
    let removed = std::fs::remove_file(&unfinished);
    written.and(removed)?;
    Ok(keypair)
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
