use std::{
    collections::HashMap,
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use libp2p::{Multiaddr, swarm::ConnectionId};

use super::addresses::Scope;
use crate::store::ip_of;

/// How many connections others have opened from each network that is to be had as one.
///
/// A connection counts where it was made from, also if QUIC moves it: whoever can answer at another address could
/// have come from there.
pub(super) struct Prefixes {
    max: u32,
    connections: HashMap<ConnectionId, Prefix>,
    counts: HashMap<Prefix, u32>,
}

/// A network of public addresses that is given out as one: 24 bits of IPv4, 48 of IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Prefix(IpAddr);

/// Why a connection was not taken.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{max} connections from {prefix} are open already; if these peers belong there, raise `NodeLimits::max_incoming_connections_per_prefix`"
)]
pub(super) struct PrefixFull {
    prefix: Prefix,
    max: u32,
}

impl Prefixes {
    pub(super) fn new(max: u32) -> Self {
        Self { max, connections: HashMap::new(), counts: HashMap::new() }
    }

    /// Whether one more connection may come from this address.
    ///
    /// # Errors
    ///
    /// [`PrefixFull`] if as many as may are open.
    pub(super) fn check(&self, remote: &Multiaddr) -> Result<(), PrefixFull> {
        match Prefix::of_address(remote) {
            Some(prefix) if self.count(&prefix) >= self.max => {
                Err(PrefixFull { prefix, max: self.max })
            }
            _ => Ok(()),
        }
    }

    /// Somebody has opened a connection from this address.
    pub(super) fn opened(&mut self, connection: ConnectionId, remote: &Multiaddr) {
        if let Some(prefix) = Prefix::of_address(remote) {
            self.connections.insert(connection, prefix);
            *self.counts.entry(prefix).or_default() += 1;
        }
    }

    /// A connection is gone, whoever opened it.
    pub(super) fn closed(&mut self, connection: ConnectionId) {
        let Some(prefix) = self.connections.remove(&connection) else { return };
        let count = self.count(&prefix);
        if count > 1 {
            self.counts.insert(prefix, count - 1);
        } else {
            self.counts.remove(&prefix);
        }
    }

    fn count(&self, prefix: &Prefix) -> u32 {
        self.counts.get(prefix).copied().unwrap_or_default()
    }
}

impl Prefix {
    /// `None` if it is near by, or no IP address: many nodes share a machine, or a gateway.
    fn of_address(remote: &Multiaddr) -> Option<Self> {
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

/// The network as it is written: `192.0.2.0/24`, `2001:db8::/48`.
impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = if self.0.is_ipv4() { 24 } else { 48 };
        write!(f, "{}/{bits}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(ip: &str) -> Multiaddr {
        Multiaddr::from(ip.parse::<IpAddr>().unwrap())
    }

    /// Of connections from these addresses, one after another, how many are taken.
    fn taken(prefixes: &mut Prefixes, ips: &[&str]) -> usize {
        let first = prefixes.connections.len();
        let mut take = |(index, ip): (usize, &&str)| {
            let is_taken = prefixes.check(&address(ip)).is_ok();
            if is_taken {
                prefixes.opened(ConnectionId::new_unchecked(first + index), &address(ip));
            }
            is_taken
        };
        ips.iter().enumerate().filter(|it| take(*it)).count()
    }

    #[test]
    fn a_network_has_so_many_connections_and_others_have_theirs() {
        let mut prefixes = Prefixes::new(2);

        assert_eq!(taken(&mut prefixes, &["9.9.9.1", "9.9.9.1", "9.9.9.255"]), 2);
        assert_eq!(taken(&mut prefixes, &["9.9.8.1", "9.9.10.1"]), 2);
        assert_eq!(taken(&mut prefixes, &["2620:fe::1", "2620:fe:0:ffff::1", "2620:fe::fe"]), 2);
        assert_eq!(taken(&mut prefixes, &["2620:fe:1::1"]), 1);
        assert_eq!(taken(&mut prefixes, &["::ffff:9.9.9.7"]), 0, "IPv4, however it is written");
    }

    #[test]
    fn who_leaves_makes_room_and_nothing_of_it_is_left() {
        let mut prefixes = Prefixes::new(2);
        assert_eq!(taken(&mut prefixes, &["9.9.9.1", "9.9.9.2"]), 2);

        // One that this node has opened was never counted.
        prefixes.closed(ConnectionId::new_unchecked(7));
        assert!(prefixes.check(&address("9.9.9.3")).is_err());
        prefixes.closed(ConnectionId::new_unchecked(0));
        assert!(prefixes.check(&address("9.9.9.3")).is_ok());
        prefixes.closed(ConnectionId::new_unchecked(1));

        assert!(prefixes.connections.is_empty() && prefixes.counts.is_empty());
    }

    #[test]
    fn what_is_near_by_is_not_counted() {
        let prefixes = Prefixes::new(0);
        let near =
            ["127.0.0.1", "::1", "10.0.0.1", "192.168.7.7", "100.64.0.1", "fe80::1", "fd00::1"];
        assert!(near.iter().all(|ip| prefixes.check(&address(ip)).is_ok()));
        assert!(prefixes.check(&"/memory/7".parse().unwrap()).is_ok());
        assert!(prefixes.check(&address("9.9.9.9")).is_err());
    }

    #[test]
    fn a_refusal_says_who_and_what_to_do() {
        let refused = |ip| Prefixes::new(0).check(&address(ip)).unwrap_err().to_string();
        assert_eq!(
            refused("9.9.9.7"),
            "0 connections from 9.9.9.0/24 are open already; if these peers belong there, raise \
             `NodeLimits::max_incoming_connections_per_prefix`"
        );
        assert!(refused("2620:fe:0:7::7").contains("from 2620:fe::/48"));
    }
}
