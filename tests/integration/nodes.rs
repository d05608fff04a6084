//! Nodes on real sockets on loopback. Everything is awaited, nothing slept for.

pub(crate) mod waiting;

mod bring_up;

mod identities;

mod ports;

mod sharing;

mod generic;

mod crowd;

mod sizes;

mod faults;

mod silent;

mod survivors;

mod recovery;

mod offers;

mod spreading;

mod cuts;

mod adversary;

mod refused;

mod taken_in;

mod refused_aloud;

mod ageing;

mod strangers;

mod stuffing;

mod answers;

mod panics;

mod versions;

mod codecs;

mod outdated;

mod limited;

mod relaying;

mod oversized;

mod flood;

use std::error::Error;

use libp2p::Multiaddr;
use netabase::{Netabase, NetabaseBuilder, NodeError};

pub(crate) use crate::waiting::in_time;

pub(crate) type Outcome = Result<(), Box<dyn Error>>;

/// A node that listens on loopback, and nowhere else.
pub(crate) fn on_loopback() -> NetabaseBuilder {
    let tcp: Multiaddr = "/ip4/127.0.0.1/tcp/0".parse().expect("it is an address");
    Netabase::builder("test").listen(tcp)
}

/// A node, and others that know nothing but its address.
pub(crate) async fn network_of(count: usize) -> Result<Vec<Netabase>, NodeError> {
    let first = on_loopback().start().await?;
    let mut nodes = vec![first.clone()];
    for _ in 1..count {
        nodes.push(on_loopback().bootstrap(first.addresses()).start().await?);
    }
    Ok(nodes)
}

pub(crate) async fn shut_down(nodes: Vec<Netabase>) {
    futures::future::join_all(nodes.into_iter().map(Netabase::shutdown)).await;
}
