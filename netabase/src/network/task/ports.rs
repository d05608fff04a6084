use std::{
    io,
    net::{SocketAddr, UdpSocket},
    time::Duration,
};

use libp2p::{Multiaddr, multiaddr::Protocol};
use tokio::time::sleep;

/// How long ports may be in use once all else has ended: this often, with this pause.
const TRIES: usize = 250;

const PAUSE: Duration = Duration::from_millis(20);

/// Waits until the UDP ports of these listeners are free.
///
/// QUIC connections that were closed drain for three times their probe timeout, in tasks of quinn's that hold the
/// socket. libp2p gives no handle on them, so that a socket of our own has to find out.
pub(super) async fn freed(listeners: Vec<Multiaddr>) {
    for socket in listeners.iter().filter_map(udp_of) {
        let mut tries = 0..TRIES;
        while is_in_use(socket) {
            if tries.next().is_none() {
                tracing::warn!(%socket, "a port was not given back in time");
                break;
            }
            sleep(PAUSE).await;
        }
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
