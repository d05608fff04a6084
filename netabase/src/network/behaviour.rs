//! Combines what a node does in a swarm: kad, identify, ping, discovery and relays, with their settings.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    num::NonZeroUsize,
    sync::Arc,
};

#[cfg(feature = "upnp")]
use libp2p::upnp;
use libp2p::{
    PeerId, dcutr, identify, kad, mdns, ping, relay,
    swarm::{NetworkBehaviour, behaviour::toggle::Toggle},
};

use super::{
    ask::{self, Ask},
    autonat_client::AutonatClient,
    autonat_server::AutonatServer,
    connections::Connections,
    counters::SharedCounters,
    events::EventSender,
    inbound_store::InboundStore,
    kad_behaviour::KadBehaviour,
    protocol::{ask_protocol, identify_protocol, kad_protocol},
    relay_server::RelayServer,
    settings::{
        MAX_PACKET_BYTES, NodeLimits, PEER_TIMEOUT, PING_INTERVAL, QUERY_TIMEOUT, REPLICATION,
    },
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

/// Finds neighbours, the node's own reachability, and ways to peers behind gateways. It is one member of the behaviour,
/// since each member costs every connection, even if it does nothing.
#[derive(NetworkBehaviour)]
#[behaviour(prelude = "libp2p::swarm::derive_prelude")]
pub(super) struct Discovery {
    pub(super) autonat_client: Toggle<AutonatClient>,
    autonat_server: Toggle<AutonatServer>,
    relay_client: Toggle<relay::client::Behaviour>,
    relay_server: Toggle<RelayServer>,
    hole_punching: Toggle<dcutr::Behaviour>,
    pub(super) ask: Toggle<Ask>,
    mdns: Toggle<mdns::tokio::Behaviour>,
    #[cfg(feature = "upnp")]
    upnp: Toggle<upnp::tokio::Behaviour>,
}

/// The parts of [`Discovery`], as far as they are wanted.
#[derive(Default)]
pub(super) struct DiscoveryParts {
    /// The node's own relay, if it is one.
    pub(super) server: Option<RelayServer>,
    /// What is at the end of the circuits that the transport opens.
    pub(super) relay_client: Option<relay::client::Behaviour>,
    pub(super) mdns: Option<mdns::tokio::Behaviour>,
    pub(super) uses_upnp: bool,
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
            ping: ping::Behaviour::new(ping_config(discovery.as_ref())),
            discovery: discovery.into(),
        }
    }
}

impl Discovery {
    /// Combines what is wanted. Returns `None` if that is nothing.
    pub(super) fn new(peer: PeerId, network: &str, parts: DiscoveryParts) -> Option<Self> {
        let DiscoveryParts { server, relay_client, mdns, uses_upnp } = parts;
        let has_circuits = relay_client.is_some();
        if server.is_none() && !has_circuits && mdns.is_none() && !uses_upnp {
            return None;
        }
        // A server is told where it can be reached, and has no need to find out.
        let probes = has_circuits && server.is_none();
        let autonat_server = server.as_ref().map(|server| AutonatServer::new(server.ledger()));
        Some(Self {
            autonat_client: probes.then(AutonatClient::new).into(),
            autonat_server: autonat_server.into(),
            relay_client: relay_client.into(),
            relay_server: server.into(),
            ask: has_circuits.then(|| ask::behaviour(ask_protocol(network))).into(),
            hole_punching: has_circuits.then(|| dcutr::Behaviour::new(peer)).into(),
            mdns: mdns.into(),
            #[cfg(feature = "upnp")]
            upnp: uses_upnp.then(upnp::tokio::Behaviour::default).into(),
        })
    }

    /// Tells the node's own relay, if it is one, which protocol a peer speaks.
    pub(super) fn identified(&mut self, peer: PeerId, is_of_network: bool) {
        if let Some(server) = self.relay_server.as_mut() {
            server.ledger().lock().identified(peer, is_of_network);
        }
    }
}

/// Returns how often a peer is asked for a sign of life. A node that is reached over relays has to notice soon if one
/// stops: of a frozen one nothing else tells.
fn ping_config(discovery: Option<&Discovery>) -> ping::Config {
    let config = ping::Config::new();
    if discovery.is_some_and(|discovery| discovery.autonat_client.is_enabled()) {
        config.with_interval(PING_INTERVAL)
    } else {
        config
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
        Multiaddr, Swarm,
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
        let (transport, _) = transport::system(store.identity()).unwrap();
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
