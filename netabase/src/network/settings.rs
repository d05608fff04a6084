//! Fixes the limits and timeouts of a node. Applications set those of [`NodeLimits`].

use std::time::Duration;

use super::addresses::{MAX_ADDRESS_BYTES, MAX_ADDRESSES};
pub(super) use crate::record::MAX_RECORD_BYTES;

/// The largest Kademlia message, in bytes.
pub(super) const MAX_PACKET_BYTES: usize = 64 * 1024;

/// The bytes of an answer beside its record: of 20 peers, their id and addresses with the id at the end of
/// each, all with some bytes of protobuf around them; the record's own fields, and the message's.
const BESIDE_RECORD: usize = REPLICATION * (ID_BYTES + MAX_ADDRESSES * ADDRESS_BYTES) + 512;

const ID_BYTES: usize = 38 + 16;

const ADDRESS_BYTES: usize = MAX_ADDRESS_BYTES + 3 + 38 + 4;

const _: () = assert!(MAX_RECORD_BYTES + BESIDE_RECORD <= MAX_PACKET_BYTES);

/// Kademlia's replication factor, and the size of its buckets.
pub(super) const REPLICATION: usize = libp2p::kad::K_VALUE.get();

/// The longest time that a call waits for the node to join its network.
pub(super) const BOOTSTRAP_TIMEOUT: Duration = Duration::from_secs(10);

/// The longest time of a query in kad.
pub(super) const QUERY_TIMEOUT: Duration = Duration::from_secs(30);

/// The longest time of a walk for a record; then the answers so far are all there are.
pub(super) const WALK_TIMEOUT: Duration = Duration::from_secs(15);

/// The longest time that one peer may take to answer.
pub(super) const PEER_TIMEOUT: Duration = Duration::from_secs(5);

/// The longest time that an owner may take to give a record of its own.
pub(super) const ASK_TIMEOUT: Duration = Duration::from_secs(5);

/// The pause between pings of a node that is reached over relays.
pub(super) const PING_INTERVAL: Duration = Duration::from_secs(4);

/// The time that an idle connection is kept: a walk that comes soon after finds it open.
pub(super) const IDLE_CONNECTION_TIMEOUT: Duration = Duration::from_secs(60);

/// Commands that wait until the task takes them.
pub(super) const MAX_WAITING_COMMANDS: usize = 64;

/// Queries of callers that run at a time; further commands wait.
pub(super) const MAX_QUERIES: usize = 128;

/// Records of a batch that are under way at a time.
pub(super) const BATCH_PARALLELISM: usize = 32;

/// Events that a slow listener may fall behind before it misses some.
pub(super) const MAX_EVENTS: usize = 1024;

/// Limits what a node takes from peers.
///
/// A node on loopback, behind a gateway, or in a test shares its address with others: the rates of an
/// address are meant for that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeLimits {
    /// Connections at a time, from and to others. Default: 1,024.
    pub max_connections: u32,
    /// Connections that others opened. Default: 768.
    pub max_incoming_connections: u32,
    /// Incoming connections from one network that is given out as one: 24 bits of IPv4, 48 of IPv6. Identities are
    /// free, networks are not: with less than twelve of them no stranger takes up all connections. Default: 64, for
    /// peers that share the address of a gateway.
    ///
    /// Loopback, private and memory addresses are not counted by network. 0: none from afar.
    pub max_incoming_connections_per_prefix: u32,
    /// Connections with one peer. Default: 4.
    pub max_connections_per_peer: u32,
    /// Records of one peer that are verified. Default: 200 a second, 4,000 at once.
    pub peer_rate: Rate,
    /// Records from one IPv4 address, or IPv6 network of 64 bits. Default: 800 a second, 16,000 at once.
    pub source_rate: Rate,
    /// Records from everybody. Default: 4,000 a second, 40,000 at once: verifying them takes some 15 % of one
    /// core.
    pub overall_rate: Rate,
}

impl Default for NodeLimits {
    fn default() -> Self {
        Self {
            max_connections: 1024,
            max_incoming_connections: 768,
            max_incoming_connections_per_prefix: 64,
            max_connections_per_peer: 4,
            peer_rate: Rate { per_second: 200, burst: 4_000 },
            source_rate: Rate { per_second: 800, burst: 16_000 },
            overall_rate: Rate { per_second: 4_000, burst: 40_000 },
        }
    }
}

/// Says whether other nodes may count on a node to hold records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// The node finds out itself whether others can reach it.
    Auto,
    Server,
    Client,
}

/// Limits how often something may happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// In the long run, times a second. 0: never.
    pub per_second: u32,
    /// Without a pause before it. 0: never.
    pub burst: u32,
}
