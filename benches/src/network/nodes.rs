use libp2p::{PeerId, kad::Quorum};
use netabase::{FetchMode, Netabase, NetworkDatabase, SharedSchema, testkit::TestNetwork};

use super::{
    peer::{Network, Reach},
    plan::{Item, Public, Signed, Value, copies},
};

/// Nodes of the test kit.
pub(super) struct Nodes {
    nodes: Vec<Netabase>,
    peers: Vec<PeerId>,
}

impl Nodes {
    fn database<V: SharedSchema>(&self, node: usize) -> NetworkDatabase<V> {
        self.nodes[node].network().expect("the schemas have other names")
    }
}

impl Network for Nodes {
    const NAME: &'static str = "netabase";

    async fn start(seed: u64, peers: &[PeerId]) -> Self {
        let network = TestNetwork::new(seed);
        let nodes = network.start(peers.len()).await.expect("nodes start in memory");
        for node in &nodes {
            node.database::<Signed>().expect("no other schema is called so");
            node.database::<Public>().expect("no other schema is called so");
        }
        Self { nodes, peers: peers.to_vec() }
    }

    async fn connections(&self) -> usize {
        self.nodes.iter().map(|node| node.counters().connected_peers).sum()
    }

    async fn publish<V: Value>(&self, item: &Item<V>) {
        let database = self.database(item.writer).with_quorum(Quorum::All);
        let report = database.publish(&item.value).await.expect("all take it");
        let copies = copies(self.peers.len()).get();
        assert_eq!(report.acknowledged, copies, "all that are closest have taken the record");
    }

    async fn fetch<V: Value>(&self, item: &Item<V>, reader: usize, reach: Reach) {
        let mode = match reach {
            Reach::First => FetchMode::First,
            Reach::Usual => FetchMode::default(),
        };
        let database = self.database(reader).with_mode(mode);
        let database = V::of(database, self.peers[item.writer]);
        let found = database.get(&item.value.key()).await.expect("there are holders");
        assert_eq!(found.as_ref(), Some(&item.value), "it is found as it was put");
    }
}
