//! Opens the store in a directory, or makes one there.

use std::path::Path;

use libp2p::{PeerId, identity::Keypair};

use super::{
    directory::Directory,
    load::{MAX_REMOVED, load},
};
use crate::store::{
    NetabaseStore, Shared,
    author::Author,
    builder::Asked,
    clock::{Moment, Origin},
    error::BuildError,
    identity,
    inner::Inner,
    journal::{About, Backend, Clocks, DiskError, Journal, RedbFile, contain},
    lock::Lock,
    outbox::Outbox,
};

/// Opens the store in a directory, or makes one if the directory is empty or not there.
pub(in crate::store) fn open(path: &Path, mut asked: Asked) -> Result<NetabaseStore, BuildError> {
    let mut directory = Directory::open(path)?;
    let (author, file) = if directory.has_records()? {
        open_file(&directory, &mut asked)?
    } else {
        create_file(&mut directory, &mut asked)?
    };
    directory.mark()?;
    start(author, Box::new(file), Some(directory), asked)
}

/// Opens the store in a storage that is no file, or makes one there.
#[cfg(feature = "testkit")]
pub(in crate::store) fn open_storage(
    storage: Box<dyn redb::StorageBackend>,
    mut asked: Asked,
) -> Result<NetabaseStore, BuildError> {
    let path = Path::new("storage");
    let identity = asked.identity.take().unwrap_or_else(Keypair::generate_ed25519);
    let author = Author::of(identity, asked.network.clone(), asked.max_lifetime)?;
    let about = About { network: author.network.clone(), peer: author.peer_id };
    let clocks = Clocks { unix_ms: asked.clock.now().unix_ms, ..Clocks::default() };
    let file = contain(path, || RedbFile::with_storage(path, storage, &about, &clocks))?;
    let about = contain(path, || Ok(file.snapshot()?.about().clone()))?;
    check_network(path, &about, &asked.network)?;
    check_peer(path, &about, author.peer_id)?;
    start(author, Box::new(file), None, asked)
}

/// Makes a store of a file that was opened.
fn start(
    author: Author,
    file: Box<dyn Backend>,
    directory: Option<Directory>,
    asked: Asked,
) -> Result<NetabaseStore, BuildError> {
    let Asked { clock, limits, durability, .. } = asked;
    let snapshot = file.snapshot()?;
    let (clocks, path) = (*snapshot.clocks(), snapshot.path().to_owned());
    let reading = clock.now();
    let origin = Origin { opened: reading.monotonic, ms: clocks.store_ms_at(reading.unix_ms) };
    let now = Moment::new(reading, origin);
    let mut inner = Inner::new(&author, limits);
    let over = contain(&path, || load(&mut inner, &author, &*snapshot, &now))?;
    drop(snapshot);
    let journal = Journal::start(file, &path, clocks.watermark, &now, durability)?;
    journal.push_removals(&now, &over)?;
    if over.len() == MAX_REMOVED {
        journal.purge_now(&now);
    }
    Ok(NetabaseStore::from_shared(Shared {
        author,
        clock,
        origin,
        inner: Lock::new(inner),
        outbox: Outbox::default(),
        journal: Some(journal),
        directory,
    }))
}

fn open_file(directory: &Directory, asked: &mut Asked) -> Result<(Author, RedbFile), BuildError> {
    let path = directory.records();
    let file = contain(&path, || RedbFile::open(&path))?;
    let about = contain(&path, || Ok(file.snapshot()?.about().clone()))?;
    check_network(&path, &about, &asked.network)?;
    let identity = match asked.identity.take() {
        Some(identity) => identity,
        None => stored_identity(directory, about.peer)?,
    };
    let author = Author::of(identity, asked.network.clone(), asked.max_lifetime)?;
    check_peer(&path, &about, author.peer_id)?;
    Ok((author, file))
}

fn create_file(
    directory: &mut Directory,
    asked: &mut Asked,
) -> Result<(Author, RedbFile), BuildError> {
    let identity = match asked.identity.take() {
        Some(identity) => identity,
        None => identity::load_or_save(&directory.identity(), Keypair::generate_ed25519)?,
    };
    let author = Author::of(identity, asked.network.clone(), asked.max_lifetime)?;
    let about = About { network: author.network.clone(), peer: author.peer_id };
    // It appears under its name once it is whole: what has that name and is not whole is damaged.
    let unfinished = directory.unfinished()?;
    let clocks = Clocks { unix_ms: asked.clock.now().unix_ms, ..Clocks::default() };
    contain(&unfinished, || RedbFile::create(&unfinished, &about, &clocks).map(drop))?;
    directory.finish()?;
    let path = directory.records();
    let file = contain(&path, || RedbFile::open(&path))?;
    Ok((author, file))
}

fn stored_identity(directory: &Directory, peer: PeerId) -> Result<Keypair, DiskError> {
    let path = directory.identity();
    match identity::load(&path)? {
        Some(identity) => Ok(identity),
        None => Err(DiskError::NoIdentity { path, peer: Box::new(peer) }),
    }
}

fn check_network(path: &Path, about: &About, expected: &str) -> Result<(), DiskError> {
    if about.network == expected {
        return Ok(());
    }
    let (path, found) = (path.to_owned(), about.network.clone());
    Err(DiskError::OtherNetwork { path, found, expected: expected.to_owned() })
}

fn check_peer(path: &Path, about: &About, expected: PeerId) -> Result<(), DiskError> {
    if about.peer == expected {
        return Ok(());
    }
    let (found, expected) = (Box::new(about.peer), Box::new(expected));
    Err(DiskError::OtherPeer { path: path.to_owned(), found, expected })
}
