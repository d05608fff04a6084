//! Where foreign records come from, as far as charging them goes.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use libp2p::{Multiaddr, multiaddr::Protocol};

/// Where a foreign record came from, as far as its share of the foreign budget goes: an IPv4 address,
/// an IPv6 network of 64 bits, the application itself, or nobody knows.
///
/// Not a peer: identities are free, addresses are not.
///
/// # Examples
///
/// ```
/// use netabase::Source;
///
/// let address = "/ip6/2001:db8::1/tcp/4001".parse()?;
/// let neighbour = "/ip6/2001:db8::ffff/udp/4001/quic-v1".parse()?;
/// assert_eq!(Source::of_address(&address), Source::of_address(&neighbour));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Source(Prefix);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
enum Prefix {
    #[default]
    Unknown,
    Application,
    V4(Ipv4Addr),
    V6(u64),
}

impl Source {
    /// Nobody knows where from: one source like any other.
    pub const UNKNOWN: Self = Self(Prefix::Unknown);

    /// The application, which took the record in.
    pub(super) const APPLICATION: Self = Self(Prefix::Application);

    /// The network of an IP address. An IPv4 address written as IPv6 counts as IPv4.
    #[must_use]
    pub fn of_ip(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => Prefix::V4(address),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Prefix::V6(
                    u64::from(a) << 48 | u64::from(b) << 32 | u64::from(c) << 16 | u64::from(d),
                )
            }
        })
    }

    /// The network of the first IP address in a connection's remote address; unknown if it has none.
    #[must_use]
    pub fn of_address(address: &Multiaddr) -> Self {
        ip_of(address).map_or(Self::UNKNOWN, Self::of_ip)
    }
}

// As the store on disk keeps it: a byte for the kind, and then what that kind has.
impl Source {
    /// Appends the source's bytes.
    pub(super) fn write(self, out: &mut Vec<u8>) {
        match self.0 {
            Prefix::Unknown => out.push(UNKNOWN),
            Prefix::Application => out.push(APPLICATION),
            Prefix::V4(address) => {
                out.push(V4);
                out.extend_from_slice(&address.octets());
            }
            Prefix::V6(network) => {
                out.push(V6);
                out.extend_from_slice(&network.to_be_bytes());
            }
        }
    }

    /// Returns how many bytes stand behind a kind's.
    pub(super) fn len_of(kind: u8) -> Option<usize> {
        match kind {
            UNKNOWN | APPLICATION => Some(0),
            V4 => Some(4),
            V6 => Some(8),
            _ => None,
        }
    }

    /// Reads the source of a kind from the bytes behind it.
    pub(super) fn read(kind: u8, bytes: &[u8]) -> Option<Self> {
        Some(Self(match kind {
            UNKNOWN => Prefix::Unknown,
            APPLICATION => Prefix::Application,
            V4 => Prefix::V4(<[u8; 4]>::try_from(bytes).ok()?.into()),
            V6 => Prefix::V6(u64::from_be_bytes(bytes.try_into().ok()?)),
            _ => return None,
        }))
    }
}

const UNKNOWN: u8 = 0;
const APPLICATION: u8 = 1;
const V4: u8 = 4;
const V6: u8 = 6;

/// The first IP address in a connection's remote address. An IPv4 address written as IPv6 is IPv4.
pub(crate) fn ip_of(address: &Multiaddr) -> Option<IpAddr> {
    address.iter().find_map(|part| match part {
        Protocol::Ip4(address) => Some(IpAddr::V4(address)),
        Protocol::Ip6(address) => Some(address.to_canonical()),
        _ => None,
    })
}

/// The network as it is written: `192.0.2.7`, `2001:db8::/64`, `the application`, `unknown`.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Prefix::Unknown => f.pad("unknown"),
            Prefix::Application => f.pad("the application"),
            Prefix::V4(address) => f.pad(&address.to_string()),
            Prefix::V6(network) => {
                f.pad(&format!("{}/64", Ipv6Addr::from(u128::from(network) << 64)))
            }
        }
    }
}
