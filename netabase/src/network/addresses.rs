//! Judges addresses: how far they reach, and which of those that a peer claims are kept.

use std::net::{Ipv4Addr, Ipv6Addr};

use libp2p::{
    Multiaddr, PeerId,
    kad::{self, Addresses, KBucketKey, store::RecordStore},
    multiaddr::Protocol,
};

/// The most addresses of one peer that are kept: each goes into every answer that names the peer.
pub(super) const MAX_ADDRESSES: usize = 8;

/// The longest address that is kept, in bytes, without the peer's id: one of 64 bytes, and the relay behind it.
pub(super) const MAX_ADDRESS_BYTES: usize = 64 + 43;

/// The distance from which an address can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scope {
    /// Within this process.
    Memory,
    /// From this machine.
    Loopback,
    /// From its neighbourhood.
    Private,
    /// From anywhere.
    Public,
}

impl Scope {
    /// Returns the scope of an address, or `None` if no node could be reached at it.
    pub(super) fn of(address: &Multiaddr) -> Option<Self> {
        Some(match address.iter().next()? {
            Protocol::Memory(_) => Self::Memory,
            Protocol::Ip4(ip) if ip.is_unspecified() || ip.is_multicast() => return None,
            Protocol::Ip4(ip) if ip.is_loopback() => Self::Loopback,
            Protocol::Ip4(ip) if !is_global(ip) => Self::Private,
            Protocol::Ip6(ip) if ip.is_unspecified() || ip.is_multicast() => return None,
            Protocol::Ip6(ip) if ip.is_loopback() => Self::Loopback,
            Protocol::Ip6(ip) if !is_global_v6(ip) => Self::Private,
            Protocol::Ip4(_)
            | Protocol::Ip6(_)
            | Protocol::Dns(_)
            | Protocol::Dns4(_)
            | Protocol::Dns6(_) => Self::Public,
            _ => return None,
        })
    }

    /// Returns the scope of a connection to or from this address. Nothing is near by that comes over a relay.
    pub(super) fn of_connection(address: &Multiaddr) -> Option<Self> {
        if is_relayed(address) { Some(Self::Public) } else { Self::of(address) }
    }

    /// Returns whether a peer at the other end of a connection of this scope may claim such an address: a
    /// stranger from afar must not send us to our own machine, or around our neighbourhood.
    fn may_come_from(self, connection: Self) -> bool {
        (self == Self::Memory) == (connection == Self::Memory) && self >= connection
    }
}

/// Returns whether the internet routes to an address: not to those of the IANA's registry of special ones.
fn is_global(ip: Ipv4Addr) -> bool {
    let [a, b, ..] = ip.octets();
    let is_carrier_grade = a == 100 && b & 0b1100_0000 == 64;
    let is_benchmarking = a == 198 && b & 0b1111_1110 == 18;
    let is_special = ip.is_private()
        || ip.is_link_local()
        || ip.is_documentation()
        || ip.is_broadcast()
        || is_carrier_grade
        || is_benchmarking;
    !is_special && a != 0 && a < 240
}

/// Returns the same as [`is_global`]: all allocated addresses lie in `2000::/3`, but for documentation.
fn is_global_v6(ip: Ipv6Addr) -> bool {
    let [a, b, ..] = ip.segments();
    let is_documentation = (a, b) == (0x2001, 0x0db8) || a == 0x3fff;
    a & 0xe000 == 0x2000 && !is_documentation
}

/// Returns the addresses that are kept of those which a peer claims over a connection, without the peer's id.
pub(super) fn acceptable<'a>(
    claimed: impl IntoIterator<Item = &'a Multiaddr>,
    peer: &PeerId,
    connection: &Multiaddr,
) -> Vec<Multiaddr> {
    let Some(connection) = Scope::of_connection(connection) else { return Vec::new() };
    let mut kept = Vec::new();
    for address in claimed {
        let Some(address) = without_peer(address, peer) else { continue };
        let is_good = address.len() <= MAX_ADDRESS_BYTES
            && is_dialable(&address)
            && Scope::of(&address).is_some_and(|scope| scope.may_come_from(connection));
        if is_good && !kept.contains(&address) {
            kept.push(address);
        }
        if kept.len() == MAX_ADDRESSES {
            break;
        }
    }
    kept
}

/// Removes the id of this peer from the end of an address. Returns `None` if the address is another's.
fn without_peer(address: &Multiaddr, peer: &PeerId) -> Option<Multiaddr> {
    let mut address = address.clone();
    match address.iter().last() {
        Some(Protocol::P2p(found)) if found != *peer => return None,
        Some(Protocol::P2p(_)) => drop(address.pop()),
        _ => {}
    }
    Some(address)
}

/// Returns whether our transports understand an address: TCP, QUIC, or memory; behind it a relay at most.
fn is_dialable(address: &Multiaddr) -> bool {
    let mut parts = address.iter().skip(1).peekable();
    let is_place = match (address.iter().next(), parts.next()) {
        (Some(Protocol::Memory(port)), None) => return port != 0,
        (_, Some(Protocol::Tcp(port))) => port != 0,
        (_, Some(Protocol::Udp(port))) => port != 0 && parts.next() == Some(Protocol::QuicV1),
        _ => false,
    };
    let relay = (parts.next(), parts.next(), parts.next());
    is_place
        && matches!(relay, (None, ..) | (Some(Protocol::P2p(_)), Some(Protocol::P2pCircuit), None))
}

/// Returns whether a node can be dialled at an address, as far as its form tells.
pub(super) fn is_node_address(address: &Multiaddr) -> bool {
    address.len() <= MAX_ADDRESS_BYTES && is_dialable(address)
}

/// Returns whether an address is good on one cable only, and for those who name their end of it.
pub(super) fn is_link_local(address: &Multiaddr) -> bool {
    matches!(address.iter().next(), Some(Protocol::Ip6(ip)) if ip.is_unicast_link_local())
}

/// Returns whether an address leads over a relay.
pub(super) fn is_relayed(address: &Multiaddr) -> bool {
    address.iter().any(|part| part == Protocol::P2pCircuit)
}

/// Returns the peer at the end of an address, if it names one.
pub(super) fn peer_of(address: &Multiaddr) -> Option<PeerId> {
    match address.iter().last() {
        Some(Protocol::P2p(peer)) => Some(peer),
        _ => None,
    }
}

/// Returns the addresses of a peer in the routing table, the oldest first.
pub(super) fn known_addresses(
    kad: &mut kad::Behaviour<impl RecordStore + Send + 'static>,
    peer: &PeerId,
) -> Vec<Multiaddr> {
    let key = KBucketKey::from(*peer);
    let bucket = kad.kbucket(*peer);
    let of_peer = bucket.and_then(|bucket| {
        bucket.iter().find(|entry| *entry.node.key == key).map(|entry| entry.node.value.clone())
    });
    of_peer.map(Addresses::into_vec).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(claimed: &[&str], connection: &str) -> Vec<String> {
        let peer = PeerId::random();
        let claimed: Vec<Multiaddr> = claimed.iter().map(|text| text.parse().unwrap()).collect();
        let kept = acceptable(&claimed, &peer, &connection.parse().unwrap());
        kept.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn loopback_and_private_addresses_come_from_near_by_only() {
        let claimed =
            ["/ip4/127.0.0.1/tcp/1", "/ip4/192.168.1.2/tcp/1", "/ip4/9.9.9.9/udp/1/quic-v1"];

        assert_eq!(kept(&claimed, "/ip4/127.0.0.1/tcp/9"), claimed);
        assert_eq!(kept(&claimed, "/ip4/10.0.0.1/tcp/9"), claimed[1..]);
        assert_eq!(kept(&claimed, "/ip4/9.9.9.10/tcp/9"), claimed[2..]);
        assert_eq!(kept(&claimed, "/memory/7"), [""; 0]);
        assert_eq!(kept(&["/memory/3", claimed[2]], "/memory/7"), ["/memory/3"]);
        assert_eq!(kept(&["/memory/3"], "/ip4/127.0.0.1/tcp/9"), [""; 0]);
    }

    #[test]
    fn no_more_than_eight_addresses_are_kept_and_none_that_is_long_or_unknown() {
        let many: Vec<String> =
            (1..=350).map(|port| format!("/ip4/192.0.2.1/tcp/{port}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(kept(&many, "/ip4/192.0.2.1/tcp/9").len(), MAX_ADDRESSES);

        let long = format!("/dns4/{}.example/tcp/1", "a".repeat(100));
        for refused in [
            long.as_str(),
            "/ip4/0.0.0.0/tcp/1",
            "/ip4/224.0.0.1/udp/1/quic-v1",
            "/ip4/192.0.2.1/tcp/0",
            "/ip4/192.0.2.1/udp/1",
            "/ip4/192.0.2.1/tcp/1/ws",
            "/unix/tmp",
            "/p2p/12D3KooWGEYVEHxZ3u8nDHYTDHHDXLCgmM6sE3LDmhHQ1YKiSbHx/p2p-circuit",
            "/ip4/192.0.2.1/tcp/1/p2p-circuit",
            "/ip4/192.0.2.1/tcp/1/p2p/12D3KooWGEYVEHxZ3u8nDHYTDHHDXLCgmM6sE3LDmhHQ1YKiSbHx/p2p-circuit/p2p-circuit",
        ] {
            assert_eq!(kept(&[refused], "/ip4/127.0.0.1/tcp/9"), [""; 0], "{refused}");
        }
    }

    #[test]
    fn an_address_over_a_relay_is_kept_and_nothing_private_comes_over_one() {
        let relay = "12D3KooWGEYVEHxZ3u8nDHYTDHHDXLCgmM6sE3LDmhHQ1YKiSbHx";
        let over = |place: &str| format!("{place}/p2p/{relay}/p2p-circuit");
        let longest = over(&format!("/dns4/{}.example/udp/1/quic-v1", "a".repeat(48)));
        for relayed in [over("/ip4/9.9.9.9/tcp/1"), over("/ip6/2620:fe::1/udp/1/quic-v1"), longest]
        {
            assert_eq!(kept(&[&relayed], "/ip4/9.9.9.8/tcp/9"), [relayed.as_str()]);
        }

        let near = over("/ip4/192.168.1.2/tcp/1");
        assert_eq!(kept(&["/ip4/192.168.1.3/tcp/1"], &near), [""; 0]);
    }

    #[test]
    fn an_address_that_the_internet_does_not_route_is_private() {
        let scope = |text: &str| Scope::of(&text.parse().unwrap());
        for private in [
            "/ip4/10.1.2.3",
            "/ip4/100.64.0.1",
            "/ip4/169.254.1.1",
            "/ip4/172.31.0.1",
            "/ip4/192.0.2.2",
            "/ip4/198.19.0.1",
            "/ip4/240.0.0.1",
            "/ip6/fc00::1",
            "/ip6/fe80::1",
            "/ip6/2001:db8::1",
        ] {
            assert_eq!(scope(private), Some(Scope::Private), "{private}");
        }
        for public in ["/ip4/9.9.9.9", "/ip4/100.128.0.1", "/ip6/2620:fe::fe", "/dns4/example.com"]
        {
            assert_eq!(scope(public), Some(Scope::Public), "{public}");
        }
        assert_eq!((scope("/ip4/0.0.0.0"), scope("/ip6/ff02::1")), (None, None));
    }

    #[test]
    fn an_address_of_another_peer_is_not_kept() {
        let (peer, other) = (PeerId::random(), PeerId::random());
        let address: Multiaddr = "/ip4/192.0.2.1/tcp/1".parse().unwrap();
        let of = |peer| address.clone().with_p2p(peer).unwrap();

        let kept = acceptable([&of(other), &of(peer)], &peer, &address);

        assert_eq!(kept, [address]);
    }
}
