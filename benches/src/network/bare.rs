use std::num::NonZeroUsize;

use libp2p::{Multiaddr, PeerId};
use netabase::testkit::{Faults, identity, topology};
use tokio::sync::{mpsc, oneshot};

use super::{
    peer::{Network, Reach},
    plan::{Item, Value, copies},
    swarm::{self, Command},
};

/// How many of the peers before it one knows at first: as in the test kit's network.
const KNOWN_AT_FIRST: usize = 3;

/// Bare swarms.
pub(super) struct Bare {
    peers: Vec<mpsc::Sender<Command>>,
    copies: NonZeroUsize,
}

impl Bare {
    async fn ask<T>(&self, peer: usize, command: impl FnOnce(oneshot::Sender<T>) -> Command) -> T {
        let (reply, answer) = oneshot::channel();
        let sent = self.peers[peer].send(command(reply)).await;
        assert!(sent.is_ok(), "the peer runs");
        answer.await.expect("every command is answered")
    }
}

impl Network for Bare {
    const NAME: &'static str = "bare";

    async fn start(seed: u64, peers: &[PeerId]) -> Self {
        let faults = Faults::new(seed);
        let mut addresses: Vec<Multiaddr> = Vec::new();
        let (mut commands, mut meetings) = (Vec::new(), Vec::new());
        for index in 0..peers.len() {
            let known = topology(seed, index + 1, KNOWN_AT_FIRST).pop().unwrap_or_default();
            let known = known.into_iter().filter_map(|before| addresses.get(before)).cloned();
            let handle = swarm::start(&faults, &identity(seed, index), known.collect()).await;
            addresses.push(handle.address);
            commands.push(handle.commands);
            meetings.push(handle.has_met);
        }
        for meeting in meetings {
            meeting.await.expect("the peer runs");
        }
        Self { peers: commands, copies: copies(peers.len()) }
    }

    async fn connections(&self) -> usize {
        let mut connections = 0;
        for peer in 0..self.peers.len() {
            connections += self.ask(peer, Command::Connections).await;
        }
        connections
    }

    async fn publish<V: Value>(&self, item: &Item<V>) {
        let record = item.record.clone();
        let is_put = self.ask(item.writer, |reply| Command::Put(record, self.copies, reply)).await;
        assert!(is_put, "all that are closest have taken the record");
    }

    async fn fetch<V: Value>(&self, item: &Item<V>, reader: usize, reach: Reach) {
        let key = item.record.key.clone();
        let found = self.ask(reader, |reply| Command::Get(key, reach, reply)).await;
        let found = found.expect("there are holders");
        assert_eq!(found.value, item.record.value, "it is found as it was put");
    }
}
