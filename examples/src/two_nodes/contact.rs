use std::str::FromStr;

use netabase::libp2p::{Multiaddr, PeerId, multiaddr::Protocol};

use super::error::TwoNodesError;

/// Another node: where it is, and who.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Where it listens, its id at the end.
    pub address: Multiaddr,
    /// Its id, and so the owner of what it publishes.
    pub peer: PeerId,
}

impl FromStr for Contact {
    type Err = TwoNodesError;

    fn from_str(text: &str) -> Result<Self, TwoNodesError> {
        let address = parse(text)?;
        match address.iter().last() {
            Some(Protocol::P2p(peer)) => Ok(Self { address, peer }),
            _ => Err(TwoNodesError::NoPeer { address }),
        }
    }
}

pub(super) fn parse(text: &str) -> Result<Multiaddr, TwoNodesError> {
    text.parse().map_err(|source| TwoNodesError::NotAnAddress { argument: text.to_owned(), source })
}
