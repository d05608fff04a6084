//! Fixes what a server does for nodes that cannot be reached: defaults, and what its operator sets.

use std::time::Duration;

/// Limits what a [server](super::NetabaseBuilder::server) does for nodes of its network that cannot be reached.
///
/// A node reserves a place, and others reach it over circuits that end there. Only peers of the network get a
/// reservation, and circuits lead to those alone. Identities are free, and so is the claim to be of a network: what
/// bounds the traffic are the limits by network, 24 bits of IPv4 or 48 of IPv6. With the defaults one such network moves
/// at most 480 MiB an hour. Loopback and private addresses are not counted by network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayLimits {
    /// Nodes that have a reservation. 0: it relays nothing. Default: 128.
    pub max_reservations: u32,
    /// Nodes of one network that have a reservation. Default: 32, for those that share the address of a gateway.
    pub max_reservations_per_prefix: u32,
    /// The time for which a reservation is given. Nodes renew it when three quarters are over. Default: one hour.
    pub reservation_duration: Duration,
    /// Circuits at a time. Default: 256.
    pub max_circuits: u32,
    /// Circuits at a time that one peer has opened. Default: 8.
    pub max_circuits_per_peer: u32,
    /// Circuits that one peer opens in an hour. Default: 60.
    pub circuits_per_peer_and_hour: u32,
    /// Circuits that peers of one network open in an hour. Default: 120.
    pub circuits_per_prefix_and_hour: u32,
    /// The bytes of a circuit, both ways; then it is closed. 0: any number. Default: 4 MiB, which is 60 of the largest
    /// messages and more.
    pub max_circuit_bytes: u64,
    /// The time for which a circuit is open. At most 136 years. Default: 30 minutes.
    pub max_circuit_duration: Duration,
    /// Addresses that peers of one network may have dialled in an hour, to learn whether they can be reached. 0: none.
    /// Default: 240.
    pub probes_per_prefix_and_hour: u32,
}

impl Default for RelayLimits {
    fn default() -> Self {
        Self {
            max_reservations: 128,
            max_reservations_per_prefix: 32,
            reservation_duration: Duration::from_secs(60 * 60),
            max_circuits: 256,
            max_circuits_per_peer: 8,
            circuits_per_peer_and_hour: 60,
            circuits_per_prefix_and_hour: 120,
            max_circuit_bytes: 4 << 20,
            max_circuit_duration: Duration::from_secs(30 * 60),
            probes_per_prefix_and_hour: 240,
        }
    }
}
