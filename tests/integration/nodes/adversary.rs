//! A peer that keeps to no rule of ours: libp2p's own Kademlia around a store that takes and says anything.

mod behaviour;

mod lies;

use std::{collections::HashMap, error::Error, time::Duration};

use futures::StreamExt;
use libp2p::{
    Multiaddr, PeerId, Swarm, SwarmBuilder,
    identity::Keypair,
    kad::{
        self, GetRecordOk, PeerInfo, PeerRecord, QueryId, QueryResult, Quorum, Record, RecordKey,
    },
    noise,
    swarm::{DialError, SwarmEvent, dial_opts::DialOpts},
    tcp, yamux,
};
use netabase::{Netabase, NodeEvent};
use tokio::sync::{mpsc, oneshot};

use self::behaviour::{Behaviour, BehaviourEvent};
use super::waiting::wait_for;

/// Orders that wait until the swarm takes them.
const MAX_ORDERS: usize = 64;

/// A handle on the adversary's swarm, which runs until it is dropped.
pub(super) struct Adversary {
    pub(super) peer_id: PeerId,
    address: Multiaddr,
    orders: mpsc::Sender<Order>,
}

type Order = Box<dyn FnOnce(&mut Driver) + Send>;

type Answer = oneshot::Sender<Vec<QueryResult>>;

struct Driver {
    swarm: Swarm<Behaviour>,
    queries: HashMap<QueryId, (Vec<QueryResult>, Answer)>,
    /// Where it was last sent to in vain.
    tried: HashMap<PeerId, Vec<Multiaddr>>,
}

impl Adversary {
    pub(super) async fn start() -> Result<Self, Box<dyn Error>> {
        Self::start_as(Keypair::generate_ed25519()).await
    }

    pub(super) async fn start_as(identity: Keypair) -> Result<Self, Box<dyn Error>> {
        let peer_id = identity.public().to_peer_id();
        let mut swarm = SwarmBuilder::with_existing_identity(identity)
            .with_tokio()
            .with_tcp(tcp::Config::default(), noise::Config::new, yamux::Config::default)?
            .with_behaviour(Behaviour::new)?
            .with_swarm_config(|config| {
                config.with_idle_connection_timeout(Duration::from_secs(60))
            })
            .build();
        swarm.listen_on("/ip4/127.0.0.1/tcp/0".parse()?)?;
        let address = loop {
            if let SwarmEvent::NewListenAddr { address, .. } = swarm.select_next_some().await {
                break address;
            }
        };
        let (orders, inbox) = mpsc::channel(MAX_ORDERS);
        let driver = Driver { swarm, queries: HashMap::new(), tried: HashMap::new() };
        tokio::spawn(driver.run(inbox));
        Ok(Self { peer_id, address, orders })
    }

    /// Connects to a node, asks it from now on, and waits until it takes this one for a peer.
    pub(super) async fn meet(&self, node: &Netabase) -> Result<(), Box<dyn Error>> {
        let (id, addresses) = (node.peer_id(), node.addresses());
        self.with(move |swarm| {
            for address in addresses {
                swarm.behaviour_mut().kad.add_address(&id, address);
            }
        })
        .await;
        self.visit(node).await
    }

    /// Connects to a node, and waits until it takes this one for a peer; asks it nothing.
    pub(super) async fn visit(&self, node: &Netabase) -> Result<(), Box<dyn Error>> {
        let (mut events, peer) = (node.events(), self.peer_id);
        let dialled = DialOpts::peer_id(node.peer_id()).addresses(node.addresses()).build();
        self.with(move |swarm| swarm.dial(dialled)).await?;
        let known = |event: &NodeEvent| *event == NodeEvent::PeerKnown { peer };
        wait_for(&mut events, known).await?;
        Ok(())
    }

    /// Does something with the swarm.
    pub(super) async fn with<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Swarm<Behaviour>) -> T + Send + 'static,
    ) -> T {
        let (reply, result) = oneshot::channel();
        self.order(move |driver| drop(reply.send(act(&mut driver.swarm)))).await;
        result.await.expect("the swarm runs")
    }

    /// Answers to whoever asks for this key with this record, whatever its own key is.
    pub(super) async fn claim(&self, key: RecordKey, record: Record) {
        self.with(move |swarm| swarm.behaviour_mut().kad.store_mut().claim(key, record)).await;
    }

    /// What it was given under a key, or claims.
    pub(super) async fn holds(&self, key: &RecordKey) -> Option<Record> {
        let key = key.clone();
        self.with(move |swarm| swarm.behaviour_mut().kad.store_mut().claimed(&key)).await
    }

    /// Sends a record to a node; whether that acknowledged it.
    pub(super) async fn put(&self, record: Record, to: PeerId) -> bool {
        let results = self.query(move |behaviour| {
            behaviour.kad.put_record_to(record, [to].into_iter(), Quorum::One)
        });
        matches!(results.await[..], [QueryResult::PutRecord(Ok(_))])
    }

    /// What others answer to whom is asked for this key.
    pub(super) async fn get(&self, key: &RecordKey) -> Vec<PeerRecord> {
        let key = key.clone();
        let results = self.query(move |behaviour| behaviour.kad.get_record(key)).await;
        let found = results.into_iter().filter_map(|result| match result {
            QueryResult::GetRecord(Ok(GetRecordOk::FoundRecord(found))) => Some(found),
            _ => None,
        });
        found.filter(|found| found.peer.is_some()).collect()
    }

    /// Who, and where, others say is closest to a peer.
    pub(super) async fn find(&self, peer: PeerId) -> Vec<PeerInfo> {
        let results = self.query(move |behaviour| behaviour.kad.get_closest_peers(peer)).await;
        let found = results.into_iter().filter_map(|result| match result {
            QueryResult::GetClosestPeers(Ok(found)) => Some(found.peers),
            _ => None,
        });
        found.flatten().collect()
    }

    /// Starts a query, and waits for all of its results.
    pub(super) async fn query(
        &self,
        start: impl FnOnce(&mut Behaviour) -> QueryId + Send + 'static,
    ) -> Vec<QueryResult> {
        let (answer, results) = oneshot::channel();
        self.order(move |driver| {
            let id = start(driver.swarm.behaviour_mut());
            driver.queries.insert(id, (Vec::new(), answer));
        })
        .await;
        results.await.expect("the swarm runs")
    }

    /// The addresses that others name of a peer that is at none of them.
    pub(super) async fn find_in_vain(&self, peer: PeerId) -> Vec<Multiaddr> {
        self.find(peer).await;
        let (reply, tried) = oneshot::channel();
        self.order(move |driver| {
            drop(reply.send(driver.tried.remove(&peer).unwrap_or_default()));
        })
        .await;
        tried.await.expect("the swarm runs")
    }

    /// Where it really listens.
    pub(super) fn address(&self) -> Multiaddr {
        self.address.clone().with_p2p(self.peer_id).expect("it names no peer")
    }

    async fn order(&self, order: impl FnOnce(&mut Driver) + Send + 'static) {
        let sent = self.orders.send(Box::new(order)).await;
        assert!(sent.is_ok(), "the swarm runs");
    }
}

impl Driver {
    async fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        loop {
            tokio::select! {
                event = self.swarm.select_next_some() => self.on_event(event),
                order = orders.recv() => match order {
                    Some(order) => order(&mut self),
                    None => return,
                },
            }
        }
    }

    fn on_event(&mut self, event: SwarmEvent<BehaviourEvent>) {
        match event {
            SwarmEvent::Behaviour(BehaviourEvent::Kad(event)) => self.on_kad(event),
            SwarmEvent::OutgoingConnectionError {
                peer_id: Some(peer),
                error: DialError::Transport(failed),
                ..
            } => {
                let addresses = failed.into_iter().map(|(address, _)| address);
                self.tried.insert(peer, addresses.collect());
            }
            _ => {}
        }
    }

    fn on_kad(&mut self, event: kad::Event) {
        let kad::Event::OutboundQueryProgressed { id, result, step, .. } = event else { return };
        let Some((results, _)) = self.queries.get_mut(&id) else { return };
        results.push(result);
        if step.last
            && let Some((results, answer)) = self.queries.remove(&id)
        {
            // Whoever asked may have left.
            let _ = answer.send(results);
        }
    }
}
