//! Names the protocols of a network: applications of other names speak others.

use libp2p::{StreamProtocol, relay};

/// Returns the name of Kademlia's protocol in a network.
pub(super) fn kad_protocol(network: &str) -> StreamProtocol {
    StreamProtocol::try_from_owned(format!("/netabase/{network}/kad/1.0.0"))
        .expect("it starts with a slash")
}

/// Returns the protocol version that a network's peers report through identify.
pub(super) fn identify_protocol(network: &str) -> String {
    format!("/netabase/{network}/1.0.0")
}

/// Returns the name of the protocol by which a peer is asked for a record.
pub(super) fn ask_protocol(network: &str) -> StreamProtocol {
    StreamProtocol::try_from_owned(format!("/netabase/{network}/ask/1.0.0"))
        .expect("it starts with a slash")
}

/// The protocol by which a relay takes reservations: who speaks it relays.
pub(super) const RELAY_PROTOCOL: StreamProtocol = relay::HOP_PROTOCOL_NAME;
