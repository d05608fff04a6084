//! Says why a node does not start, does not join its network, or fails a call.

use std::{io, path::PathBuf, sync::Arc, time::Duration};

use libp2p::{Multiaddr, PeerId, kad::Record, swarm::DialError};

use super::report::PublishReport;
use crate::{
    record::RecordError,
    store::{ArrivalError, BuildError, OpenError, WriteError},
};

/// The reason why a node could not be started. Nothing of it is left, but for a new identity file, if its store was
/// fine and something else was not.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NodeError {
    /// The store could not be made: the network's name, or the identity, cannot be one.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// A store was given, and it belongs to another network, or to another identity, than was asked for.
    #[error(
        "the store is of {what} `{found}`, but the node was to be of `{expected}`; leave that to the store, or give it the same"
    )]
    OtherStore {
        /// The difference: the network, or the peer.
        what: &'static str,
        /// The store's.
        found: String,
        /// The one that was asked for.
        expected: String,
    },
    /// A store was given, and a directory, in which nothing of it would be kept.
    #[error(
        "the store that was given is not kept in {}; open it there with `NetabaseStore::open`, or leave one of the two out",
        directory.display()
    )]
    StoreElsewhere {
        /// The directory.
        directory: PathBuf,
    },
    /// Another node runs on the same store.
    #[error("a node runs on this store already; use it, or shut it down first")]
    StoreInUse,
    /// The file with the identity could not be read or written.
    #[error("cannot use the identity file {}", path.display())]
    IdentityFile {
        /// Its path.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The file is there, and holds no ed25519 identity.
    #[error(
        "{} holds no ed25519 identity; give another path, or remove the file to get a fresh one", path.display()
    )]
    NoIdentity {
        /// Its path.
        path: PathBuf,
    },
    /// Others may read, or write, the file.
    #[error("others can read the identity file {}: run `chmod 600` on it", path.display())]
    IdentityFileIsPublic {
        /// Its path.
        path: PathBuf,
    },
    /// The transports could not be set up.
    #[error("cannot set up the transports")]
    Transport(#[source] io::Error),
    /// The node cannot listen on an address.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: Multiaddr,
        /// The cause.
        source: io::Error,
    },
    /// There is no tokio runtime.
    #[error("a node needs a tokio runtime: start it from within one")]
    NoRuntime,
}

/// The reason why a node has not joined the network that it was given addresses of. It goes on trying until it is
/// shut down.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BootstrapError {
    /// No peer has answered yet.
    #[error(
        "nobody answered at the bootstrap addresses, {addresses} of them: see that a node runs there and listens for other machines, and that the addresses are whole"
    )]
    NobodyAnswered {
        /// The number of addresses that the node was given.
        addresses: usize,
        /// The reason why the last attempt failed, if one has.
        source: Option<Arc<DialError>>,
    },
    /// A peer answered, and not the one that the address names.
    #[error(
        "{found} answers at `{address}`, and is not the peer that this names: it has another identity now, or another node is there; take the address as that node gives it, or leave the peer out"
    )]
    OtherPeer {
        /// The peer that answered.
        found: PeerId,
        /// The address.
        address: Multiaddr,
    },
    /// A peer answered that is of another network, or speaks something else altogether.
    #[error(
        "peer {peer} speaks {found:?}, and this node `{expected}`: give both the same network name, or this one another address"
    )]
    OtherNetwork {
        /// The peer that answered.
        peer: PeerId,
        /// The protocol that it says it speaks.
        found: Box<str>,
        /// The protocol that this node speaks.
        expected: Box<str>,
    },
    /// A peer of the network answered, and cannot be asked.
    #[error(
        "peer {peer} is of this network, and either does not serve others or listens nowhere that can be reached from here: make it a `server()`, and let it listen for other machines"
    )]
    NotServing {
        /// The peer that answered.
        peer: PeerId,
    },
    /// A peer is known, and the node still looks for its place in the network. Calls can be made.
    #[error("peer {peer} is known, and the first walk through the network goes on: wait again")]
    Unfinished {
        /// The peer that came in last.
        peer: PeerId,
    },
    /// The node was shut down.
    #[error("the node was shut down")]
    Stopped,
}

/// The reason why a call on the network failed, and what was done here all the same.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NetworkError {
    /// The database of the schema could not be opened. Nothing was sent.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// No record could have the key, or the newest value cannot be read here.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The value cannot be stored here, or sent to peers. Nothing was stored, nothing sent.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The record cannot be taken in here. One that was to be put was not sent.
    #[error(transparent)]
    Arrival(#[from] ArrivalError),
    /// There is no value of the key here to be published.
    #[error("there is no value of the key here: put it first")]
    NothingToPublish,
    /// No peer is known.
    #[error("no peer is known to ask; give the node a bootstrap address")]
    NobodyToAsk,
    /// Peers are known, and none of those that were asked answered.
    #[error("none of {asked} peers answered")]
    Unreachable {
        /// The number of peers that were asked.
        asked: usize,
    },
    /// Peers had records of the key, and none of them is valid.
    #[error("{answers} peers answered with records, and none of them is valid")]
    OnlyInvalid {
        /// The number of such answers.
        answers: usize,
        /// The fault of the last of them.
        source: ArrivalError,
    },
    /// Time ran out before any peer had answered that has what was asked for: it may be at those that were not asked
    /// yet.
    #[error("not settled within {after:?}: some peers did not answer, or were not asked")]
    TimedOut {
        /// The time that was waited.
        after: Duration,
    },
    /// The network has a newer value, and nothing was sent. It is stored here now in place of the caller's, if there
    /// is room for it: what is published next is newer.
    #[error("the network has a newer value of the key")]
    Outdated {
        /// The newer one.
        winner: Box<Record>,
    },
    /// Fewer peers than wanted have the record. It is stored here, and is offered again.
    #[error(
        "{} of {} wanted peers have the record; it is offered again", report.holders(), report.wanted
    )]
    QuorumMissed {
        /// The peers that have it, by number.
        report: PublishReport,
    },
    /// The node was shut down.
    #[error("the node was shut down")]
    Stopped,
}
