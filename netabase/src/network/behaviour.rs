//! Combines what a node does in a swarm: kad, identify, ping and discovery, with their settings.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    num::NonZeroUsize,
    sync::Arc,
};

use libp2p::{
    autonat, identify, kad, mdns, ping,
    swarm::{NetworkBehaviour, behaviour::toggle::Toggle},
};

use super::{
    autonat_server::AutonatServer,
    connections::Connections,
    counters::SharedCounters,
    events::EventSender,
    inbound_store::InboundStore,
    kad_behaviour::KadBehaviour,
    protocol::{identify_protocol, kad_protocol},
    settings::{MAX_PACKET_BYTES, NodeLimits, PEER_TIMEOUT, QUERY_TIMEOUT, REPLICATION},
};
use crate::store::NetabaseStore;

/// Everything a node does in a swarm.
#[derive(NetworkBehaviour)]
#[behaviour(prelude = "libp2p::swarm::derive_prelude")]
pub(super) struct Behaviour {
    pub(super) kad: KadBehaviour,
    pub(super) identify: identify::Behaviour,
    pub(super) ping: ping::Behaviour,
    pub(super) discovery: Toggle<Discovery>,
}

/// Finds neighbours and the node's own reachability. It is one member of the behaviour, since each member costs
/// every connection, even if it does nothing.
#[derive(NetworkBehaviour)]
#[behaviour(prelude = "libp2p::swarm::derive_prelude")]
pub(super) struct Discovery {
    autonat_client: Toggle<autonat::v2::client::Behaviour>,
    autonat_server: Toggle<AutonatServer>,
    mdns: Toggle<mdns::tokio::Behaviour>,
}

/// Returns the node's version and a nonce of this start: a peer that comes back may have forgotten what it held.
fn agent_version() -> String {
    let start = RandomState::new().build_hasher().finish();
    format!("netabase/{} {start:016x}", env!("CARGO_PKG_VERSION"))
}

impl Behaviour {
    pub(super) fn new(
        store: &NetabaseStore,
        limits: &NodeLimits,
        counters: Arc<SharedCounters>,
        events: EventSender,
        discovery: Option<Discovery>,
    ) -> Self {
        let gate = InboundStore::new(store.clone(), limits, counters, events);
        let kad = kad::Behaviour::with_config(store.peer_id(), gate, kad_config(store));
        let identify =
            identify::Config::new(identify_protocol(store.network()), store.identity().public())
                .with_agent_version(agent_version())
                .with_push_listen_addr_updates(true)
                // It would keep any number of addresses of a peer. The routing table keeps those that count.
                .with_cache_size(0);
        Self {
            kad: KadBehaviour::new(kad, Connections::new(limits.clone())),
            identify: identify::Behaviour::new(identify),
            ping: ping::Behaviour::new(ping::Config::new()),
            discovery: discovery.into(),
        }
    }
}

impl Discovery {
    /// Combines autonat, if the node probes reachability, and mDNS. Returns `None` if it does neither.
    pub(super) fn new(
        probes_reachability: bool,
        mdns: Option<mdns::tokio::Behaviour>,
    ) -> Option<Self> {
        let autonat_client =
            probes_reachability.then(autonat::v2::client::Behaviour::default).into();
        let autonat_server = probes_reachability.then(AutonatServer::default).into();
        let is_needed = probes_reachability || mdns.is_some();
        is_needed.then(|| Self { autonat_client, autonat_server, mdns: mdns.into() })
    }
}

fn kad_config(store: &NetabaseStore) -> kad::Config {
    let mut config = kad::Config::new(kad_protocol(store.network()));
    let candidates = u16::try_from(REPLICATION).expect("it is small");
    config
        .set_replication_factor(NonZeroUsize::new(REPLICATION).expect("it is not 0"))
        // kad's own jobs copy the whole store in one poll; upkeep does their work in small steps.
        .set_replication_interval(None)
        .set_publication_interval(None)
        // How long a record lives follows from the lease in its value. kad takes the shorter of the sender's word
        // and this, which it halves for each peer beyond the 20 closest that is nearer to the key, and acknowledges
        // what it thinks has expired without storing it. With none it takes neither: `None` is the smaller.
        .set_record_ttl(None)
        .set_max_packet_size(MAX_PACKET_BYTES)
        .set_query_timeout(QUERY_TIMEOUT)
        .set_substreams_timeout(PEER_TIMEOUT)
        // All of the closest peers that lack a record are told of, not one.
        .set_caching(kad::Caching::Enabled { max_peers: candidates })
        // A peer comes in when identify has shown that it is one of ours, and where it is.
        .set_kbucket_inserts(kad::BucketInserts::Manual);
    config
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use libp2p::{
        Multiaddr, PeerId, Swarm,
        futures::StreamExt,
        identity::Keypair,
        kad::{KBucketKey, QueryResult, Quorum, Record, RecordKey, store::RecordStore},
        swarm::{self, SwarmEvent},
    };
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::network::{kad_behaviour::KadEvent, transport};

    #[derive(Serialize, Deserialize, netabase_derive::NetabaseSchema)]
    #[netabase(access = "open", crate = "crate")]
    struct Item {
        #[netabase(key)]
        number: u32,
    }

    fn identity(number: u32) -> Keypair {
        let mut secret = [7; 32];
        secret[..4].copy_from_slice(&number.to_be_bytes());
        Keypair::ed25519_from_bytes(secret).unwrap()
    }

    fn swarm(number: u32) -> (Swarm<Behaviour>, NetabaseStore) {
        let store = NetabaseStore::builder().identity(identity(number)).build().unwrap();
        let limits = NodeLimits::default();
        let behaviour = Behaviour::new(&store, &limits, Arc::default(), EventSender::new(), None);
        let transport = transport::system(store.identity()).unwrap();
        let config = swarm::Config::with_tokio_executor();
        (Swarm::new(transport, behaviour, store.peer_id(), config), store)
    }

    /// Returns a record that so many of these peers should rather hold than the local one.
    fn record_far_from(store: &NetabaseStore, known: &[PeerId], nearer: usize) -> Record {
        let items = store.database::<Item>().unwrap();
        let is_far = |key: &RecordKey| {
            let target = KBucketKey::new(key.as_ref());
            let distance = |peer: PeerId| target.distance(&KBucketKey::from(peer));
            let own = distance(store.peer_id());
            known.iter().filter(|peer| distance(**peer) < own).count() >= nearer
        };
        let mut records = (0..).map(|number| items.to_record(&Item { number }).unwrap());
        records.find(|record| is_far(&record.key)).unwrap()
    }

    #[tokio::test]
    async fn what_is_acknowledged_is_stored_however_many_peers_are_nearer() {
        let ((mut near, store), (mut far, other)) = (swarm(0), swarm(1));
        other.database::<Item>().unwrap();
        let kad = &mut near.behaviour_mut().kad.inner;
        kad.set_mode(Some(kad::Mode::Server));
        for number in 2..1000 {
            let address: Multiaddr = "/ip4/192.0.2.1/tcp/1".parse().unwrap();
            kad.add_address(&identity(number).public().to_peer_id(), address);
        }
        let known: Vec<PeerId> = kad
            .kbuckets()
            .flat_map(|bucket| bucket.iter().map(|it| *it.node.key.preimage()).collect::<Vec<_>>())
            .collect();
        let mut record = record_far_from(&store, &known, 80);
        // The sender's word does not count, either.
        record.expires = Some(Instant::now());
        near.listen_on("/ip4/127.0.0.1/tcp/0".parse().unwrap()).unwrap();
        let address = loop {
            if let SwarmEvent::NewListenAddr { address, .. } = near.select_next_some().await {
                break address;
            }
        };
        far.behaviour_mut().kad.inner.add_address(&store.peer_id(), address);
        let to = [store.peer_id()].into_iter();
        far.behaviour_mut().kad.inner.put_record_to(record.clone(), to, Quorum::One);

        let result = loop {
            tokio::select! {
                _ = near.select_next_some() => {}
                event = far.select_next_some() => {
                    if let SwarmEvent::Behaviour(BehaviourEvent::Kad(KadEvent::Kad(
                        kad::Event::OutboundQueryProgressed { result, .. },
                    ))) = event
                    {
                        break result;
                    }
                }
            }
        };

        assert!(matches!(result, QueryResult::PutRecord(Ok(_))), "{result:?}");
        let held = RecordStore::get(&store, &record.key).expect("it was acknowledged");
        assert_eq!(held.value, record.value);
    }
}
