//! Lists what the node's decisions ask of kad, of the swarm and of the handles.

use libp2p::{
    Multiaddr, PeerId,
    kad::{self, QueryId, Quorum, Record, RecordKey},
    swarm::ConnectionId,
};

use super::queries::Query;
use crate::network::{
    command::Reply,
    error::{BootstrapError, NetworkError},
    events::NodeEvent,
    query::Fetched,
    reachability::Reachability,
    report::PublishReport,
};

/// A decision that the task carries out.
pub(in crate::network) enum Action {
    /// Dials addresses that were found or given.
    Dial(Vec<Multiaddr>),
    /// Dials bootstrap addresses, and reports the attempts back to the state.
    DialBootstrap(Vec<Multiaddr>),
    /// Replaces the addresses of a peer in the routing table; adds the peer if it is new there.
    SetAddresses { peer: PeerId, addresses: Vec<Multiaddr> },
    /// Removes some addresses of a peer from the routing table.
    RemoveAddresses { peer: PeerId, addresses: Vec<Multiaddr> },
    /// Removes a peer from the routing table.
    RemovePeer(PeerId),
    /// Says whether all known peers were met near by, which decides what is dialled.
    SetNear(bool),
    /// Sets kad's mode; `None` lets kad find out.
    SetMode(Option<kad::Mode>),
    /// Starts kad's walk to the node's own neighbourhood.
    Bootstrap,
    /// Announces the local peer as a provider. A caller may wait for that.
    Provide { key: RecordKey, reply: Option<Reply<()>> },
    /// Stops announcing the local peer.
    StopProviding(RecordKey),
    /// Starts a query of kad's. Its id is reported back to the state.
    Start(Request, Box<Query>),
    /// Reports the next sign of life of a peer back to the state.
    ListenFor(PeerId),
    /// Ends a query early: it has found enough.
    Finish(QueryId),
    /// Gives a caller the one answer.
    Answer(Answer),
    /// Counts an event, and tells listeners.
    Emit(NodeEvent),
    /// Shows handles what keeps the node from the network; `None`: nothing does.
    ShowObstacle(Option<BootstrapError>),
    /// Counts addresses that a peer claimed and that are not kept.
    CountRefusedAddresses(usize),
    /// Has a server dial an address of this node, and reports the result back to the state.
    Probe { address: Multiaddr, server: PeerId },
    /// Counts an address among those at which others reach this node.
    ConfirmAddress(Multiaddr),
    /// Does so no longer.
    RetractAddress(Multiaddr),
    /// Dials a server at these addresses, also if it is connected.
    DialAlso { peer: PeerId, addresses: Vec<Multiaddr> },
    /// Reserves a place at a server that is connected at this address, and reports the listener back to the state.
    Reserve { relay: PeerId, address: Multiaddr },
    /// Asks a peer for a record, and reports the answer back to the state.
    Ask { id: u64, peer: PeerId, addresses: Vec<Multiaddr>, key: RecordKey },
    /// Closes a connection.
    Close(ConnectionId),
    /// Tells the node's own relay which protocol a peer speaks.
    Identified { peer: PeerId, is_of_network: bool },
    /// Shows handles how others reach this node.
    ShowReachability(Reachability),
}

/// A query of kad's that is to be started.
pub(in crate::network) enum Request {
    /// Walks to the peers closest to a key and collects their records of it.
    Get(RecordKey),
    /// Sends a record to these peers.
    Put { record: Record, peers: Vec<PeerId>, quorum: Quorum },
    /// Looks for the providers of a key.
    FindProviders(RecordKey),
}

/// An answer, and the caller that waits for it.
pub(in crate::network) enum Answer {
    Published(Reply<PublishReport>, Result<PublishReport, NetworkError>),
    Fetched(Reply<Fetched>, Result<Fetched, NetworkError>),
    Provided(Reply<()>, Result<(), NetworkError>),
    Providers(Reply<Vec<PeerId>>, Result<Vec<PeerId>, NetworkError>),
}

impl Answer {
    /// Sends the answer, and returns whether it is a success. A caller that has left does not mind.
    pub(in crate::network) fn send(self) -> bool {
        fn send<T>(reply: Reply<T>, result: Result<T, NetworkError>) -> bool {
            let is_ok = result.is_ok();
            let _: Result<(), _> = reply.send(result);
            is_ok
        }
        match self {
            Self::Published(reply, result) => send(reply, result),
            Self::Fetched(reply, result) => send(reply, result),
            Self::Provided(reply, result) => send(reply, result),
            Self::Providers(reply, result) => send(reply, result),
        }
    }
}
