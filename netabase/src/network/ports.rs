//! Waits for ports that transports give back late.

use std::{
    io,
    net::{SocketAddr, UdpSocket},
    time::Duration,
};

use libp2p::{Multiaddr, multiaddr::Protocol};
use tokio::time::{sleep, timeout};

/// The longest time that ports may be in use once all else has ended.
const MAX_WAIT: Duration = Duration::from_secs(5);

const PAUSE: Duration = Duration::from_millis(20);

/// Waits until the UDP ports of these listeners are free.
///
/// QUIC connections that were closed drain for three times their probe timeout, in tasks of quinn's that hold the
/// socket. libp2p gives no handle on them, so that a socket of our own has to find out.
pub(super) async fn wait_until_free(listeners: &[Multiaddr]) {
    let mut sockets: Vec<SocketAddr> = listeners.iter().filter_map(udp_of).collect();
    // A listener on all interfaces has one socket, and an address for each.
    sockets.sort_unstable_by_key(|socket| (socket.is_ipv6(), socket.port()));
    sockets.dedup_by_key(|socket| (socket.is_ipv6(), socket.port()));
    let are_free = async {
        for &socket in &sockets {
            while is_in_use(socket) {
                sleep(PAUSE).await;
            }
        }
    };
    if timeout(MAX_WAIT, are_free).await.is_err() {
        tracing::warn!(?sockets, "not all ports were given back in time");
    }
}

fn is_in_use(socket: SocketAddr) -> bool {
    UdpSocket::bind(socket).is_err_and(|error| error.kind() == io::ErrorKind::AddrInUse)
}

fn udp_of(address: &Multiaddr) -> Option<SocketAddr> {
    let mut parts = address.iter();
    match (parts.next()?, parts.next()?) {
        (Protocol::Ip4(ip), Protocol::Udp(port)) => Some((ip, port).into()),
        (Protocol::Ip6(ip), Protocol::Udp(port)) => Some((ip, port).into()),
        _ => None,
    }
}
