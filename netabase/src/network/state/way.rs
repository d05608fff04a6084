//! Names the kinds of transport that tell a gateway's mappings apart.

use libp2p::{Multiaddr, multiaddr::Protocol};

use crate::network::addresses::is_relayed;

/// A transport, over one of the IP versions: each has an address of its own at a gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::network) enum Way {
    Tcp4,
    Tcp6,
    Quic4,
    Quic6,
}

impl Way {
    /// Returns the kind of an address, unless it leads over a relay or has a name that is yet to be resolved.
    pub(in crate::network) fn of(address: &Multiaddr) -> Option<Self> {
        if is_relayed(address) {
            return None;
        }
        let mut parts = address.iter();
        match (parts.next()?, parts.next()?) {
            (Protocol::Ip4(_), Protocol::Tcp(_)) => Some(Self::Tcp4),
            (Protocol::Ip6(_), Protocol::Tcp(_)) => Some(Self::Tcp6),
            (Protocol::Ip4(_), Protocol::Udp(_)) => Some(Self::Quic4),
            (Protocol::Ip6(_), Protocol::Udp(_)) => Some(Self::Quic6),
            _ => None,
        }
    }
}
