//! Groups public addresses by the networks that are given out as one.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use libp2p::Multiaddr;

use super::addresses::Scope;
use crate::store::ip_of;

/// A network of public addresses that is given out as one: 24 bits of IPv4, 48 of IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Prefix(IpAddr);

impl Prefix {
    /// Returns the network of an address. `None` if it is near by, or no IP address: many nodes share a machine, or a
    /// gateway.
    pub(super) fn of_address(remote: &Multiaddr) -> Option<Self> {
        let ip = ip_of(remote)?;
        if Scope::of(&Multiaddr::from(ip)) != Some(Scope::Public) {
            return None;
        }
        Some(Self(match ip {
            IpAddr::V4(ip) => Ipv4Addr::from_bits(ip.to_bits() & !0 << 8).into(),
            IpAddr::V6(ip) => Ipv6Addr::from_bits(ip.to_bits() & !0 << 80).into(),
        }))
    }
}

/// Writes the network: `192.0.2.0/24`, `2001:db8::/48`.
impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = if self.0.is_ipv4() { 24 } else { 48 };
        write!(f, "{}/{bits}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefix(ip: &str) -> Option<String> {
        let address = Multiaddr::from(ip.parse::<IpAddr>().unwrap());
        Prefix::of_address(&address).map(|prefix| prefix.to_string())
    }

    #[test]
    fn a_public_address_lies_in_the_network_that_is_given_out_as_one() {
        for ip in ["9.9.9.1", "9.9.9.255", "::ffff:9.9.9.7"] {
            assert_eq!(prefix(ip).as_deref(), Some("9.9.9.0/24"), "{ip}");
        }
        assert_eq!(prefix("9.9.10.1").as_deref(), Some("9.9.10.0/24"));
        for ip in ["2620:fe::1", "2620:fe:0:ffff::1"] {
            assert_eq!(prefix(ip).as_deref(), Some("2620:fe::/48"), "{ip}");
        }
        assert_eq!(prefix("2620:fe:1::1").as_deref(), Some("2620:fe:1::/48"));
    }

    #[test]
    fn an_address_near_by_lies_in_no_network() {
        for ip in
            ["127.0.0.1", "::1", "10.0.0.1", "192.168.7.7", "100.64.0.1", "fe80::1", "fd00::1"]
        {
            assert_eq!(prefix(ip), None, "{ip}");
        }
        assert_eq!(Prefix::of_address(&"/memory/7".parse().unwrap()), None);
    }
}
