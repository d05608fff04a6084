//! A bare Kademlia peer: what an application writes that puts kad, identify and ping into a swarm.

use std::{collections::HashMap, num::NonZeroUsize, time::Duration};

use libp2p::{
    Multiaddr, StreamProtocol, Swarm,
    futures::StreamExt,
    identify,
    identity::Keypair,
    kad::{
        self, GetRecordOk, K_VALUE, QueryId, QueryResult, Quorum, Record, RecordKey,
        store::{MemoryStore, MemoryStoreConfig},
    },
    multiaddr::Protocol,
    ping,
    swarm::{self, NetworkBehaviour, SwarmEvent},
};
use netabase::testkit::Faults;
use tokio::sync::{mpsc, oneshot};

use super::peer::Reach;

const KAD: StreamProtocol = StreamProtocol::new("/netabase/testkit/kad/1.0.0");

/// As a node has it.
const WAITING_COMMANDS: usize = 64;

#[derive(NetworkBehaviour)]
struct Behaviour {
    kad: kad::Behaviour<MemoryStore>,
    identify: identify::Behaviour,
    ping: ping::Behaviour,
}

/// What is asked of a peer, and where the answer goes.
pub(super) enum Command {
    /// So many peers are to take it.
    Put(Record, NonZeroUsize, oneshot::Sender<bool>),
    /// The answer is a record that another peer had.
    Get(RecordKey, Reach, oneshot::Sender<Option<Record>>),
    Connections(oneshot::Sender<usize>),
}

enum Query {
    Put(oneshot::Sender<bool>),
    Get { reach: Reach, found: Option<Record>, reply: oneshot::Sender<Option<Record>> },
}

/// The task that owns a swarm.
pub(super) struct Peer {
    swarm: Swarm<Behaviour>,
    commands: mpsc::Receiver<Command>,
    queries: HashMap<QueryId, Query>,
    /// Told when the first bootstrap is over.
    has_met: Option<oneshot::Sender<()>>,
}

/// What can be said to a peer.
pub(super) struct Handle {
    pub(super) address: Multiaddr,
    pub(super) commands: mpsc::Sender<Command>,
    pub(super) has_met: oneshot::Receiver<()>,
}

/// Starts a peer that knows others by their addresses.
pub(super) async fn start(faults: &Faults, keypair: &Keypair, known: Vec<Multiaddr>) -> Handle {
    let mut swarm = swarm_of(faults, keypair);
    swarm.listen_on(Protocol::Memory(0).into()).expect("there is a free port");
    let address = loop {
        if let SwarmEvent::NewListenAddr { address, .. } = swarm.select_next_some().await {
            break address;
        }
    };
    let address = address.with_p2p(*swarm.local_peer_id()).expect("it names nobody");
    for address in known {
        swarm.dial(address).expect("it can be dialled");
    }
    let (commands, inbox) = mpsc::channel(WAITING_COMMANDS);
    let (met, has_met) = oneshot::channel();
    let peer = Peer { swarm, commands: inbox, queries: HashMap::new(), has_met: Some(met) };
    tokio::spawn(Box::new(peer).run());
    Handle { address, commands, has_met }
}

/// Set up as a node's swarm, where that has a say in how fast or large it is.
fn swarm_of(faults: &Faults, keypair: &Keypair) -> Swarm<Behaviour> {
    let peer = keypair.public().to_peer_id();
    let store = MemoryStoreConfig { max_records: 1_000_000, ..MemoryStoreConfig::default() };
    let store = MemoryStore::with_config(peer, store);
    let mut config = kad::Config::new(KAD);
    let candidates = u16::try_from(K_VALUE.get()).expect("it is small");
    config
        .set_replication_factor(NonZeroUsize::new(20).expect("it is not 0"))
        .set_replication_interval(None)
        .set_publication_interval(None)
        .set_max_packet_size(64 * 1024)
        .set_query_timeout(Duration::from_secs(30))
        .set_substreams_timeout(Duration::from_secs(5))
        .set_caching(kad::Caching::Enabled { max_peers: candidates })
        .set_kbucket_inserts(kad::BucketInserts::Manual);
    let mut kad = kad::Behaviour::with_config(peer, store, config);
    kad.set_mode(Some(kad::Mode::Server));
    let identify = identify::Config::new("/netabase/testkit/1.0.0".to_owned(), keypair.public())
        .with_push_listen_addr_updates(true)
        .with_cache_size(0);
    let behaviour = Behaviour {
        kad,
        identify: identify::Behaviour::new(identify),
        ping: ping::Behaviour::new(ping::Config::new()),
    };
    let config =
        swarm::Config::with_tokio_executor().with_idle_connection_timeout(Duration::from_secs(60));
    Swarm::new(faults.transport(keypair), behaviour, peer, config)
}

impl Peer {
    async fn run(mut self: Box<Self>) {
        loop {
            tokio::select! {
                event = self.swarm.select_next_some() => self.on_event(event),
                command = self.commands.recv() => match command {
                    Some(command) => self.on_command(command),
                    None => return,
                },
            }
        }
    }

    fn on_command(&mut self, command: Command) {
        let kad = &mut self.swarm.behaviour_mut().kad;
        match command {
            Command::Put(record, copies, reply) => {
                let id = kad.put_record(record, Quorum::N(copies)).expect("there is room");
                self.queries.insert(id, Query::Put(reply));
            }
            Command::Get(key, reach, reply) => {
                let id = kad.get_record(key);
                self.queries.insert(id, Query::Get { reach, found: None, reply });
            }
            Command::Connections(reply) => {
                let peers = self.swarm.connected_peers().count();
                reply.send(peers).expect("somebody waits for it");
            }
        }
    }

    fn on_event(&mut self, event: SwarmEvent<BehaviourEvent>) {
        match event {
            SwarmEvent::Behaviour(BehaviourEvent::Identify(identify::Event::Received {
                peer_id,
                info,
                ..
            })) if info.protocols.contains(&KAD) => {
                let kad = &mut self.swarm.behaviour_mut().kad;
                let is_first = kad.kbuckets().all(|bucket| bucket.num_entries() == 0);
                for address in info.listen_addrs {
                    kad.add_address(&peer_id, address);
                }
                if is_first {
                    kad.bootstrap().expect("somebody is known");
                }
            }
            SwarmEvent::Behaviour(BehaviourEvent::Kad(kad::Event::OutboundQueryProgressed {
                id,
                result,
                step,
                ..
            })) => self.on_progress(id, &result, step.last),
            _ => {}
        }
    }

    fn on_progress(&mut self, id: QueryId, result: &QueryResult, is_last: bool) {
        if is_last
            && matches!(result, QueryResult::Bootstrap(_))
            && let Some(met) = self.has_met.take()
        {
            met.send(()).expect("it is waited for");
        }
        if let QueryResult::GetRecord(Ok(GetRecordOk::FoundRecord(answer))) = result
            && let Some(Query::Get { reach, found, .. }) = self.queries.get_mut(&id)
            && answer.peer.is_some()
        {
            found.get_or_insert_with(|| answer.record.clone());
            if *reach == Reach::First {
                if let Some(mut running) = self.swarm.behaviour_mut().kad.query_mut(&id) {
                    running.finish();
                }
                self.end(id, true);
            }
            return;
        }
        if is_last {
            self.end(id, matches!(result, QueryResult::PutRecord(Ok(_))));
        }
    }

    fn end(&mut self, id: QueryId, is_put: bool) {
        match self.queries.remove(&id) {
            Some(Query::Put(reply)) => reply.send(is_put).expect("it is waited for"),
            Some(Query::Get { found, reply, .. }) => reply.send(found).expect("it is waited for"),
            None => {}
        }
    }
}
