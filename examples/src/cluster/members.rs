use std::{net::Ipv4Addr, time::Instant};

use indicatif::ProgressBar;
use netabase::{
    Netabase, NetabaseBuilder, NetabaseStore, PublishReport,
    libp2p::{Multiaddr, PeerId, futures::future::join_all, kad::RecordKey, multiaddr::Protocol},
};

use super::{error::ClusterError, plan::Plan, ring::Ring, timings::Timings};
use crate::airports::Airport;

/// Nodes of one network, and what they have published.
#[derive(Debug)]
pub struct Cluster {
    plan: Plan,
    pub(super) members: Vec<Member>,
    published: Vec<Published>,
    /// Copies at other nodes, as the reports of the publishes say.
    copies: usize,
}

/// A node, or what its store has when it is dead.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) store: NetabaseStore,
    pub(super) node: Option<Netabase>,
}

#[derive(Debug)]
struct Published {
    airport: Airport,
    owner: usize,
}

/// What one node has.
#[derive(Clone, Copy, Debug)]
pub struct Holding {
    /// Its number, from 0.
    pub number: usize,
    /// Who it is.
    pub peer: PeerId,
    /// `true` if it runs.
    pub is_alive: bool,
    /// Records that it published.
    pub own: usize,
    /// Records that it holds for others.
    pub held: usize,
    /// The bytes of both.
    pub bytes: usize,
}

impl Cluster {
    /// Starts the nodes one after the other, each with a TCP socket of its own on loopback. All but the first are
    /// given its address, and nothing else.
    ///
    /// # Errors
    ///
    /// [`ClusterError::Start`] if the machine does not let one listen, [`ClusterError::Alone`] if one does not meet
    /// the others.
    pub async fn start(plan: Plan, progress: &ProgressBar) -> Result<Self, ClusterError> {
        let first = on_loopback().start().await?;
        progress.inc(1);
        let mut nodes = vec![first.clone()];
        for _ in 1..plan.nodes {
            let node = on_loopback().bootstrap(first.addresses()).start().await?;
            meet(&node).await?;
            nodes.push(node);
            progress.inc(1);
        }
        let member = |node: Netabase| Member { store: node.store().clone(), node: Some(node) };
        let members = nodes.into_iter().map(member).collect();
        Ok(Self { plan, members, published: Vec::new(), copies: 0 })
    }

    /// Publishes these airports one after the other. The nodes own them in turn.
    ///
    /// # Errors
    ///
    /// [`ClusterError::Open`] if a database cannot be opened; a publish that fails is counted.
    pub async fn publish(
        &mut self,
        airports: Vec<Airport>,
        progress: &ProgressBar,
    ) -> Result<Timings, ClusterError> {
        let nodes: Vec<(usize, Netabase)> =
            self.alive().map(|(number, node)| (number, node.clone())).collect();
        let mut timings = Timings::default();
        for (airport, (owner, node)) in airports.into_iter().zip(nodes.into_iter().cycle()) {
            let network = node.network::<Airport>()?;
            let begun = Instant::now();
            let report = network.publish(&airport).await;
            let took = begun.elapsed();
            self.copies += report.as_ref().map_or(0, PublishReport::holders);
            let result = report.map(drop).map_err(|error| error.to_string());
            timings.count(&airport.icao, took, result);
            self.published.push(Published { airport, owner });
            progress.inc(1);
        }
        Ok(timings)
    }

    /// Fetches all that was published, one after the other, through a newcomer that holds nothing: what it finds
    /// comes from other nodes.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start); a fetch that does not find what was published is counted.
    pub async fn fetch(&self, progress: &ProgressBar) -> Result<Timings, ClusterError> {
        let known = self.alive().flat_map(|(_, node)| node.addresses());
        let newcomer = on_loopback().bootstrap(known).client().start().await?;
        meet(&newcomer).await?;
        let network = newcomer.network::<Airport>()?;
        let mut timings = Timings::default();
        for Published { airport, owner } in &self.published {
            let owner = self.members[*owner].store.peer_id();
            let begun = Instant::now();
            let result = match network.of(owner).get(&airport.icao).await {
                Ok(Some(found)) if found == *airport => Ok(()),
                Ok(Some(_)) => Err("another airport was found".to_owned()),
                Ok(None) => Err("no node that answered has it".to_owned()),
                Err(error) => Err(error.to_string()),
            };
            timings.count(&airport.icao, begun.elapsed(), result);
            progress.inc(1);
        }
        drop(network);
        newcomer.shutdown().await;
        Ok(timings)
    }

    /// Ends as many nodes as the plan says. They tell nobody, and pass on nothing.
    pub async fn kill(&mut self) {
        for victim in self.plan.victims() {
            if let Some(node) = self.members[victim].node.take() {
                node.shutdown().await;
            }
        }
    }

    /// Ends all that are left.
    pub async fn shutdown(self) {
        let nodes = self.members.into_iter().filter_map(|member| member.node);
        join_all(nodes.map(Netabase::shutdown)).await;
    }

    /// How many airports were to be published.
    #[must_use]
    pub fn published(&self) -> usize {
        self.published.len()
    }

    /// How many of the airports were published by nodes that are dead.
    #[must_use]
    pub fn orphans(&self) -> usize {
        let is_dead = |published: &&Published| self.members[published.owner].node.is_none();
        self.published.iter().filter(is_dead).count()
    }

    /// How many copies of all airports other nodes had when they were published.
    #[must_use]
    pub fn copies(&self) -> usize {
        self.copies
    }

    /// What each node has; of a dead one, what it had.
    #[must_use]
    pub fn holdings(&self) -> Vec<Holding> {
        let holding = |(number, member): (usize, &Member)| {
            let capacity = member.store.capacity_info();
            Holding {
                number,
                peer: member.store.peer_id(),
                is_alive: member.node.is_some(),
                own: capacity.own.current_records,
                held: capacity.foreign.current_records,
                bytes: capacity.current_size_bytes,
            }
        };
        self.members.iter().enumerate().map(holding).collect()
    }

    /// Who holds the first of the airports; its owner is the first that is to die.
    ///
    /// # Errors
    ///
    /// [`ClusterError::Open`] or [`ClusterError::Key`] if an owner's database has no such key.
    pub fn ring(&self) -> Result<Option<Ring>, ClusterError> {
        let Some(Published { airport, owner }) = self.published.first() else { return Ok(None) };
        let key: RecordKey =
            self.members[*owner].store.database::<Airport>()?.record_key(&airport.icao)?;
        Ok(Some(Ring::new(airport.clone(), *owner, &key, &self.members)))
    }

    fn alive(&self) -> impl Iterator<Item = (usize, &Netabase)> {
        let members = self.members.iter().enumerate();
        members.filter_map(|(number, member)| Some((number, member.node.as_ref()?)))
    }
}

/// Nodes that listen on loopback, and nowhere else.
fn on_loopback() -> NetabaseBuilder {
    let address = Multiaddr::from(Ipv4Addr::LOCALHOST).with(Protocol::Tcp(0));
    Netabase::builder("cluster").listen(address)
}

async fn meet(node: &Netabase) -> Result<(), ClusterError> {
    node.bootstrapped().await?;
    Ok(())
}
