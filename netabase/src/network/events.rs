//! Tells listeners what happens to a node.

use libp2p::{Multiaddr, PeerId, kad::RecordKey};
use tokio::sync::broadcast::{self, error::RecvError};

use super::{reachability::Reachability, settings::MAX_EVENTS};
use crate::store::{ArrivalError, PutOutcome};

/// An event in the life of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NodeEvent {
    /// The node can be reached at another address.
    Listening {
        /// The address, with the node's peer id.
        address: Multiaddr,
    },
    /// A first connection with a peer.
    Connected {
        /// The peer.
        peer: PeerId,
    },
    /// The last connection with a peer is closed.
    Disconnected {
        /// The peer.
        peer: PeerId,
    },
    /// A peer came into the routing table: it is asked, and given records, from now on.
    PeerKnown {
        /// The peer.
        peer: PeerId,
    },
    /// The node has looked for its place in the network for the first time.
    Bootstrapped,
    /// Other nodes may, or may no longer, count on this one to hold records.
    ServerMode {
        /// `true` if they may.
        is_server: bool,
    },
    /// Others reach the node in another way than before, or not at all.
    Reachability {
        /// The way.
        reachability: Reachability,
    },
    /// A server of the network relays for the node: others reach it there.
    RelayReserved {
        /// The server.
        relay: PeerId,
    },
    /// A server relays for the node no longer. Another one is looked for.
    RelayLost {
        /// The server.
        relay: PeerId,
    },
    /// A peer that was connected over a relay has a direct connection now; or none came about, and it stays as it is.
    HolePunched {
        /// The peer.
        peer: PeerId,
        /// `true` if there is a direct connection.
        is_direct: bool,
    },
    /// A record that a peer sent was taken in, and the peer is told so. As often as
    /// [`records_accepted`](super::NodeCounters::records_accepted) counts: of all events the most frequent.
    Accepted {
        /// The peer that sent it, which is not always its owner.
        peer: PeerId,
        /// Its key.
        key: RecordKey,
        /// The outcome: stored, merged, or equal to what was here.
        outcome: PutOutcome,
    },
    /// A record, or a provider, that a peer sent was refused.
    Refused {
        /// The peer that sent it.
        peer: PeerId,
        /// Its key.
        key: RecordKey,
        /// The reason.
        reason: ArrivalError,
    },
    /// A peer answered a fetch with a record that is not valid.
    InvalidAnswer {
        /// The peer that answered.
        peer: PeerId,
        /// The key that was asked for.
        key: RecordKey,
        /// The fault.
        reason: ArrivalError,
    },
    /// Peers that answered a fetch with an older value, or with none, were sent the newest.
    Repaired {
        /// The key.
        key: RecordKey,
        /// The number of peers that took it.
        peers: usize,
    },
    /// An own record that was written, renewed or removed was sent to peers.
    Offered {
        /// Its key.
        key: RecordKey,
        /// The number of peers that have it now. With none it is offered again; those of the closest that lack it
        /// are sent it later, each time with an event of its own.
        peers: usize,
    },
    /// A peer has a newer value of an own record that was to be sent. That is stored here now, if there is room.
    OfferOutdated {
        /// Its key.
        key: RecordKey,
    },
    /// Own records wait to be sent to peers: told each second while some do, and once none does any more.
    Spreading {
        /// The number that waits, as [`offers_waiting`](super::NodeCounters::offers_waiting) counts. With 0, all peers
        /// that are to hold them, that could be reached and that do not refuse them have them.
        waiting: usize,
    },
    /// Peers take own records too slowly for all leases to be renewed in time: at peers, so many will end. Told once a
    /// minute at most. Publish less, use a network with a longer lease, or have peers raise their
    /// [rates](super::NodeLimits).
    LeasesAtRisk {
        /// How many of the records that wait come too late.
        records: usize,
    },
    /// A held record was passed on to a peer that came closer to it.
    HandedOver {
        /// Its key.
        key: RecordKey,
        /// The peer that has it now.
        peer: PeerId,
    },
}

/// The events of a node from some moment on; see [`Netabase::events`](super::Netabase::events).
#[derive(Debug)]
pub struct NodeEvents {
    receiver: broadcast::Receiver<NodeEvent>,
}

impl NodeEvents {
    /// Waits for the next event. `None` when the node has ended.
    ///
    /// A listener that falls 1,024 events behind misses the oldest of them; counters do not.
    pub async fn next(&mut self) -> Option<NodeEvent> {
        loop {
            match self.receiver.recv().await {
                Ok(event) => return Some(event),
                Err(RecvError::Lagged(missed)) => {
                    tracing::debug!(missed, "a listener to a node's events was too slow");
                }
                Err(RecvError::Closed) => return None,
            }
        }
    }
}

/// Sends events to all listeners. The task and its swarm hold it, so that listeners notice their end.
#[derive(Clone, Debug)]
pub(super) struct EventSender(broadcast::Sender<NodeEvent>);

/// Lets others listen while the task runs.
#[derive(Clone, Debug)]
pub(super) struct EventSource(broadcast::WeakSender<NodeEvent>);

impl EventSender {
    pub(super) fn new() -> Self {
        Self(broadcast::channel(MAX_EVENTS).0)
    }

    pub(super) fn send(&self, event: NodeEvent) {
        // There need not be a listener.
        let _ = self.0.send(event);
    }

    pub(super) fn source(&self) -> EventSource {
        EventSource(self.0.downgrade())
    }
}

impl EventSource {
    pub(super) fn subscribe(&self) -> NodeEvents {
        // Of a task that has ended there is nothing to hear.
        let receiver = match self.0.upgrade() {
            Some(sender) => sender.subscribe(),
            None => broadcast::channel(1).1,
        };
        NodeEvents { receiver }
    }
}
