//! A bare libp2p swarm around a store: TCP, noise, yamux, Kademlia, identify, ping.

use std::{collections::HashSet, error::Error, time::Duration};

use futures::StreamExt;
use libp2p::{
    Multiaddr, PeerId, StreamProtocol, Swarm, SwarmBuilder, identify,
    kad::{self, QueryId, QueryResult, Quorum, Record, RecordKey},
    noise, ping,
    swarm::{NetworkBehaviour, SwarmEvent},
    tcp, yamux,
};
use netabase::NetabaseStore;

pub(crate) type NodeError = Box<dyn Error + Send + Sync>;

#[derive(NetworkBehaviour)]
struct Behaviour {
    kad: kad::Behaviour<NetabaseStore>,
    identify: identify::Behaviour,
    /// js-libp2p takes nobody into its routing table who does not answer it.
    ping: ping::Behaviour,
}

/// A peer of one network. It only makes progress inside its methods: `idle` while nothing is asked.
pub(crate) struct Node {
    swarm: Swarm<Behaviour>,
    store: NetabaseStore,
    kad_protocol: StreamProtocol,
    address: Multiaddr,
    met: HashSet<PeerId>,
}

impl Node {
    /// Listens on a free port of the loopback interface.
    pub(crate) async fn start(network: &str) -> Result<Self, NodeError> {
        let store = NetabaseStore::builder().network(network).build()?;
        let kad_protocol =
            StreamProtocol::try_from_owned(format!("/netabase/{network}/kad/1.0.0"))?;
        let mut node = Self {
            swarm: swarm(&store, &kad_protocol)?,
            store,
            kad_protocol,
            address: Multiaddr::empty(),
            met: HashSet::new(),
        };
        node.swarm.listen_on("/ip4/127.0.0.1/tcp/0".parse()?)?;
        while node.address.is_empty() {
            node.step().await;
        }
        Ok(node)
    }

    /// Where others reach it, with its peer id.
    pub(crate) fn address(&self) -> Multiaddr {
        self.address.clone().with_p2p(self.store.peer_id()).unwrap_or_else(|address| address)
    }

    pub(crate) fn store(&self) -> &NetabaseStore {
        &self.store
    }

    /// Serves other peers, for ever.
    pub(crate) async fn idle(&mut self) {
        loop {
            self.step().await;
        }
    }

    /// Waits until a peer has connected, and queries would ask it.
    pub(crate) async fn meet(&mut self, peer: PeerId) {
        while !self.met.contains(&peer) {
            self.step().await;
        }
    }

    /// Stores a record here and with the closest peers, one of which has to confirm it.
    pub(crate) async fn publish(&mut self, record: Record) -> Result<(), NodeError> {
        let query = self.swarm.behaviour_mut().kad.put_record(record, Quorum::One)?;
        for result in self.results(query).await {
            if let QueryResult::PutRecord(put) = result {
                put?;
            }
        }
        Ok(())
    }

    /// What peers hold under a key, checked by nobody.
    pub(crate) async fn fetch(&mut self, key: RecordKey) -> Vec<Record> {
        let query = self.swarm.behaviour_mut().kad.get_record(key);
        let found = |result| match result {
            QueryResult::GetRecord(Ok(kad::GetRecordOk::FoundRecord(found))) => Some(found.record),
            _ => None,
        };
        self.results(query).await.into_iter().filter_map(found).collect()
    }

    async fn results(&mut self, query: QueryId) -> Vec<QueryResult> {
        let mut results = Vec::new();
        loop {
            if let Some(kad::Event::OutboundQueryProgressed { id, result, step, .. }) =
                self.step().await
                && id == query
            {
                results.push(result);
                if step.last {
                    return results;
                }
            }
        }
    }

    async fn step(&mut self) -> Option<kad::Event> {
        match self.swarm.select_next_some().await {
            SwarmEvent::NewListenAddr { address, .. } => self.address = address,
            SwarmEvent::Behaviour(BehaviourEvent::Kad(event)) => return Some(event),
            SwarmEvent::Behaviour(BehaviourEvent::Identify(identify::Event::Received {
                peer_id,
                info,
                ..
            })) if info.protocols.contains(&self.kad_protocol) => {
                self.met.insert(peer_id);
                for address in info.listen_addrs {
                    self.swarm.behaviour_mut().kad.add_address(&peer_id, address);
                }
            }
            _ => {}
        }
        None
    }
}

fn swarm(
    store: &NetabaseStore,
    kad_protocol: &StreamProtocol,
) -> Result<Swarm<Behaviour>, NodeError> {
    let mut swarm = SwarmBuilder::with_existing_identity(store.identity().clone())
        .with_tokio()
        .with_tcp(tcp::Config::default(), noise::Config::new, yamux::Config::default)?
        .with_behaviour(|keypair| Behaviour {
            kad: kad::Behaviour::with_config(
                store.peer_id(),
                store.clone(),
                kad_config(kad_protocol.clone()),
            ),
            identify: identify::Behaviour::new(identify::Config::new(
                format!("/netabase/{}/1.0.0", store.network()),
                keypair.public(),
            )),
            ping: ping::Behaviour::default(),
        })?
        .build();
    // No external address will ever be confirmed on loopback.
    swarm.behaviour_mut().kad.set_mode(Some(kad::Mode::Server));
    Ok(swarm)
}

fn kad_config(protocol: StreamProtocol) -> kad::Config {
    let mut config = kad::Config::new(protocol);
    config.set_replication_interval(None).set_publication_interval(None);
    config.set_max_packet_size(64 * 1024);
    // A peer whose record was refused may wait that long until it learns of it.
    config.set_substreams_timeout(Duration::from_secs(3));
    config
}
