//! The ports of a node that has ended.

use std::net::{SocketAddr, TcpListener, UdpSocket};

use libp2p::{Multiaddr, multiaddr::Protocol};
use netabase::Netabase;

use super::{Outcome, in_time, shut_down, waiting::know};
use crate::schemas::profile;

/// The sockets that a node listens on: of TCP, and of QUIC.
fn sockets(node: &Netabase) -> Option<(SocketAddr, SocketAddr)> {
    let (mut tcp, mut udp) = (None, None);
    for address in node.addresses() {
        let mut parts = address.iter();
        match (parts.next()?, parts.next()?) {
            (Protocol::Ip4(ip), Protocol::Tcp(port)) => tcp = Some((ip, port).into()),
            (Protocol::Ip4(ip), Protocol::Udp(port)) => udp = Some((ip, port).into()),
            _ => {}
        }
    }
    Some((tcp?, udp?))
}

fn is_quic(address: &Multiaddr) -> bool {
    address.iter().any(|part| part == Protocol::QuicV1)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_node_listened_on_is_free_once_it_is_shut_down() -> Outcome {
    in_time(async {
        let listening = || {
            let [tcp, quic] = ["/ip4/127.0.0.1/tcp/0", "/ip4/127.0.0.1/udp/0/quic-v1"]
                .map(|address| address.parse().expect("it is one"));
            Netabase::builder("test").listen(tcp).listen(quic)
        };
        let alice = listening().start().await?;
        let (quic, tcp): (Vec<_>, Vec<_>) = alice.addresses().into_iter().partition(is_quic);
        let bob = listening().bootstrap(quic).start().await?;
        let carol = listening().bootstrap(tcp).start().await?;
        know(&alice, 2).await?;
        know(&bob, 1).await?;
        alice.publish(&profile("ada")).await?;

        for node in [alice, bob] {
            let (tcp, udp) = sockets(&node).ok_or("it listens on both")?;
            node.shutdown().await;
            TcpListener::bind(tcp)?;
            UdpSocket::bind(udp)?;
        }
        shut_down(vec![carol]).await;
        Ok(())
    })
    .await
}
