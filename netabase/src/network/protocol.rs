//! Names the protocols of a network: applications of other names speak others.

use libp2p::StreamProtocol;

/// Returns the name of Kademlia's protocol in a network.
pub(super) fn kad_protocol(network: &str) -> StreamProtocol {
    StreamProtocol::try_from_owned(format!("/netabase/{network}/kad/1.0.0"))
        .expect("it starts with a slash")
}

/// Returns the protocol version that a network's peers report through identify.
pub(super) fn identify_protocol(network: &str) -> String {
    format!("/netabase/{network}/1.0.0")
}
