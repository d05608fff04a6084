//! Says how others reach a node, and why not in a better way.

use std::fmt;

/// How other nodes reach this one; see [`Netabase::reachability`](super::Netabase::reachability).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reachability {
    /// Nothing is known yet: no peer was met from afar, or the node is still looking for a way.
    #[default]
    Unknown,
    /// All known peers are near by, and reach the node at its own addresses.
    Nearby,
    /// From anywhere, at an address of its own: it is a [server](super::NetabaseBuilder::server), or servers of the
    /// network have dialled the address.
    Direct,
    /// From anywhere, by a port that the gateway maps for it (`UPnP`).
    Mapped,
    /// Over a relay at first; then most peers get a direct connection, as the last one did.
    HolePunched,
    /// Over a relay alone: no peer has got a direct connection yet, or the last that tried did not. Its gateway, or
    /// theirs, gives each peer another port.
    Relayed,
    /// Not at all: it publishes and fetches, and is met by nobody.
    Unreachable(UnreachableReason),
}

/// The reason why nobody reaches a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnreachableReason {
    /// No server of the network that relays is known.
    NoRelay,
    /// All servers that are known refused a reservation, or could not be reached. They are asked again.
    RelaysRefuse,
}

impl Reachability {
    /// Returns whether any peer can reach the node at an address of its own, or of its gateway: only then others count on
    /// it to hold records.
    #[must_use]
    pub fn is_direct(self) -> bool {
        matches!(self, Self::Direct | Self::Mapped)
    }
}

impl fmt::Display for Reachability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "not known yet: no peer was met from afar, or none has shown a way",
            Self::Nearby => "near by: all known peers are in the neighbourhood",
            Self::Direct => "direct: the node has an address that others can dial",
            Self::Mapped => "by a mapped port: the gateway passes connections on",
            Self::HolePunched => {
                "by hole punching: peers come over a relay, and connect directly then"
            }
            Self::Relayed => "by relay: no direct connection has come about",
            Self::Unreachable(UnreachableReason::NoRelay) => {
                "not at all: no server of the network that relays is known; make one a `server()`"
            }
            Self::Unreachable(UnreachableReason::RelaysRefuse) => {
                "not at all: no server gave a reservation; they are full, or cannot be reached"
            }
        })
    }
}
