//! Who writes what, and who reads it. The same for both sides.

use std::num::NonZeroUsize;

use libp2p::{
    PeerId,
    kad::{K_VALUE, KBucketKey, Record},
};
use netabase::{NetabaseSchema, NetabaseStore, NetworkDatabase, SharedSchema, testkit::identity};
use netabase_benches::workload::{BIO, email};
use serde::{Deserialize, Serialize};

/// What the test kit's network is called: signatures hold for one network.
const NETWORK: &str = "testkit";

/// A value of 176 bytes, 249 with what goes around it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(name = "signed", access = "owned")]
pub(super) struct Signed {
    #[netabase(key)]
    id: u64,
    email: String,
    bio: String,
}

/// The same, that anybody may write: there are no signatures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(name = "public", access = "open")]
pub(super) struct Public {
    #[netabase(key)]
    id: u64,
    email: String,
    bio: String,
}

/// What both have in common.
pub(super) trait Value: SharedSchema + PartialEq + std::fmt::Debug {
    fn new(id: u64) -> Self;

    /// Where the values of a writer are found.
    fn of(database: NetworkDatabase<Self>, writer: PeerId) -> NetworkDatabase<Self>;
}

fn bio() -> String {
    BIO[..128].to_owned()
}

impl Value for Signed {
    fn new(id: u64) -> Self {
        Self { id, email: email(id), bio: bio() }
    }

    fn of(database: NetworkDatabase<Self>, writer: PeerId) -> NetworkDatabase<Self> {
        database.of(writer)
    }
}

impl Value for Public {
    fn new(id: u64) -> Self {
        Self { id, email: email(id), bio: bio() }
    }

    fn of(database: NetworkDatabase<Self>, _: PeerId) -> NetworkDatabase<Self> {
        database
    }
}

/// A value, and its record as its writer makes it: what the bare side sends.
pub(super) struct Item<V> {
    pub(super) value: V,
    pub(super) record: Record,
    pub(super) writer: usize,
    /// Peers that are too far from the key to hold the record, in an order of their own; in a network so small that
    /// all hold it, all.
    readers: Vec<usize>,
}

impl<V> Item<V> {
    /// The reader of a phase: in each another one, who never had to do with the record.
    pub(super) fn reader(&self, phase: usize) -> usize {
        self.readers[phase % self.readers.len()]
    }
}

/// How many peers take a record, in a network of so many.
pub(super) fn copies(nodes: usize) -> NonZeroUsize {
    let others =
        NonZeroUsize::new(nodes.saturating_sub(1)).expect("a network has two nodes at least");
    others.min(K_VALUE)
}

/// The peers of a round.
pub(super) struct Plan {
    pub(super) seed: u64,
    pub(super) peers: Vec<PeerId>,
    stores: Vec<NetabaseStore>,
}

impl Plan {
    pub(super) fn new(seed: u64, nodes: usize) -> Self {
        let store = |index| {
            let builder = NetabaseStore::builder().network(NETWORK);
            builder.identity(identity(seed, index)).build().expect("the identity is an ed25519 one")
        };
        let stores: Vec<NetabaseStore> = (0..nodes).map(store).collect();
        let peers = stores.iter().map(NetabaseStore::peer_id).collect();
        Self { seed, peers, stores }
    }

    /// So many values from an id on, all writers in turn.
    pub(super) fn items<V: Value>(&self, from: u64, count: usize) -> Vec<Item<V>> {
        let count = u64::try_from(count).expect("it is a number of records");
        (from..from + count).zip(0..).map(|(id, number)| self.item(id, number)).collect()
    }

    fn item<V: Value>(&self, id: u64, number: usize) -> Item<V> {
        let (value, writer) = (V::new(id), number % self.peers.len());
        let database = self.stores[writer].database::<V>().expect("the schemas have other names");
        let record = database.to_record(&value).expect("the value is valid");
        let mut order: Vec<usize> = (0..self.peers.len()).collect();
        let target = KBucketKey::new(record.key.as_ref());
        order.sort_by_cached_key(|&peer| target.distance(&KBucketKey::from(self.peers[peer])));
        // The writer counts with nobody: it takes no place among those that are sent the record.
        order.retain(|&peer| peer != writer);
        let copies = copies(self.peers.len()).get();
        let mut readers = if order.len() > copies { order.split_off(copies) } else { order };
        // Else the nearest of them would read in all first phases.
        let turn = number % readers.len();
        readers.rotate_left(turn);
        Item { value, record, writer, readers }
    }
}
