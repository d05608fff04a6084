use std::{
    hash::{BuildHasher, Hasher, RandomState},
    num::NonZeroUsize,
    sync::Arc,
    time::Duration,
};

use libp2p::{
    StreamProtocol, autonat, connection_limits, identify, kad, mdns, ping,
    swarm::{NetworkBehaviour, behaviour::toggle::Toggle},
};

use super::{
    counters::Tally,
    courier::Courier,
    gate::Gate,
    probes::Probes,
    settings::{MAX_PACKET_BYTES, NodeLimits, PEER_TIMEOUT, QUERY_TIMEOUT, REPLICATION},
};
use crate::store::NetabaseStore;

/// kad takes the shorter of the sender's word and this for a record's time to live. Ours goes by the lease
/// in the value, so that neither may cut in: kad acknowledges what it thinks has expired without storing it.
const RECORD_TTL: Duration = Duration::from_secs(1 << 32);

/// All that a node does in a swarm.
#[derive(NetworkBehaviour)]
#[behaviour(prelude = "libp2p::swarm::derive_prelude")]
pub(super) struct Behaviour {
    pub(super) kad: Courier,
    pub(super) identify: identify::Behaviour,
    pub(super) ping: ping::Behaviour,
    pub(super) surroundings: Toggle<Surroundings>,
}

/// What a node does to find out about its surroundings, if it does: one member of the behaviour, since each of
/// those costs every connection, even if it does nothing.
#[derive(NetworkBehaviour)]
#[behaviour(prelude = "libp2p::swarm::derive_prelude")]
pub(super) struct Surroundings {
    autonat_client: Toggle<autonat::v2::client::Behaviour>,
    autonat_server: Toggle<Probes>,
    mdns: Toggle<mdns::tokio::Behaviour>,
}

/// Kademlia's protocol of a network: applications of other names speak another.
pub(super) fn kad_protocol(network: &str) -> StreamProtocol {
    StreamProtocol::try_from_owned(format!("/netabase/{network}/kad/1.0.0"))
        .expect("it starts with a slash")
}

/// What a network's peers call themselves through identify.
pub(super) fn identify_protocol(network: &str) -> String {
    format!("/netabase/{network}/1.0.0")
}

/// What a node is, and which start of it this is: one that comes back may have forgotten what it held.
fn agent_version() -> String {
    let start = RandomState::new().build_hasher().finish();
    format!("netabase/{} {start:016x}", env!("CARGO_PKG_VERSION"))
}

impl Behaviour {
    pub(super) fn new(
        store: &NetabaseStore,
        limits: &NodeLimits,
        tally: Arc<Tally>,
        surroundings: Option<Surroundings>,
    ) -> Self {
        let gate = Gate::new(store.clone(), limits, tally);
        let kad = kad::Behaviour::with_config(store.peer_id(), gate, kad_config(store));
        let identify =
            identify::Config::new(identify_protocol(store.network()), store.identity().public())
                .with_agent_version(agent_version())
                .with_push_listen_addr_updates(true)
                // It would keep any number of addresses of a peer. The routing table keeps those that count.
                .with_cache_size(0);
        Self {
            kad: Courier::new(kad, connection_limits(limits)),
            identify: identify::Behaviour::new(identify),
            ping: ping::Behaviour::new(ping::Config::new()),
            surroundings: surroundings.into(),
        }
    }
}

impl Surroundings {
    /// Of a node that finds out if it can be reached from afar, and helps others to, or has mDNS; none of others.
    pub(super) fn new(
        probes_reachability: bool,
        mdns: Option<mdns::tokio::Behaviour>,
    ) -> Option<Self> {
        let autonat_client =
            probes_reachability.then(autonat::v2::client::Behaviour::default).into();
        let autonat_server = probes_reachability.then(Probes::default).into();
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
        .set_record_ttl(Some(RECORD_TTL))
        .set_max_packet_size(MAX_PACKET_BYTES)
        .set_query_timeout(QUERY_TIMEOUT)
        .set_substreams_timeout(PEER_TIMEOUT)
        // All of the closest peers that lack a record are told of, not one.
        .set_caching(kad::Caching::Enabled { max_peers: candidates })
        // A peer comes in when identify has shown that it is one of ours, and where it is.
        .set_kbucket_inserts(kad::BucketInserts::Manual);
    config
}

fn connection_limits(limits: &NodeLimits) -> connection_limits::ConnectionLimits {
    connection_limits::ConnectionLimits::default()
        .with_max_established(Some(limits.max_connections))
        .with_max_established_incoming(Some(limits.max_incoming_connections))
        .with_max_established_per_peer(Some(limits.max_connections_per_peer))
        .with_max_pending_incoming(Some(limits.max_incoming_connections))
}
