use std::collections::HashSet;

use indicatif::ProgressBar;
use netabase::{
    Netabase, NodeEvent, NodeEvents,
    libp2p::{Multiaddr, PeerId, kad::RecordKey},
};

use super::{CODES, error::TwoNodesError, node, short};
use crate::airports::{Airport, bundled_csv, by_codes};

/// The node that is there first, and publishes.
#[derive(Debug)]
pub struct First {
    node: Netabase,
    /// Who has been seen to own which airports.
    seen: HashSet<(PeerId, String)>,
}

impl First {
    /// Starts a node and publishes the airports of [`CODES`], which are offered to the first that comes; gives
    /// them, too.
    ///
    /// # Errors
    ///
    /// [`TwoNodesError::Load`], [`TwoNodesError::Start`], [`TwoNodesError::Network`].
    pub async fn start(listen: &Multiaddr) -> Result<(Self, Vec<Airport>), TwoNodesError> {
        let airports = by_codes(&bundled_csv(), &CODES, &ProgressBar::hidden())?;
        let node = node(listen).start().await?;
        for airport in &airports {
            node.publish(airport).await?;
        }
        Ok((Self { node, seen: HashSet::new() }, airports))
    }

    /// Who it is.
    #[must_use]
    pub fn peer_id(&self) -> PeerId {
        self.node.peer_id()
    }

    /// Where it can be reached: what a second node is told.
    #[must_use]
    pub fn addresses(&self) -> Vec<Multiaddr> {
        self.node.addresses()
    }

    /// What happens to it from now on.
    #[must_use]
    pub fn events(&self) -> NodeEvents {
        self.node.events()
    }

    /// An event in words, if it has to do with others.
    #[must_use]
    pub fn tell(&self, event: &NodeEvent) -> Option<String> {
        Some(match event {
            NodeEvent::Connected { peer } => format!("{} is connected", short(peer)),
            NodeEvent::Disconnected { peer } => format!("{} is gone", short(peer)),
            NodeEvent::PeerKnown { peer } => format!("{} holds records from now on", short(peer)),
            NodeEvent::Offered { key, peers } => {
                format!("{} sent: {} it now", self.name(key), counted(*peers))
            }
            NodeEvent::HandedOver { key, peer } => {
                format!("{} passed on to {}", self.name(key), short(peer))
            }
            NodeEvent::Refused { peer, key, reason } => {
                format!("{} from {} refused: {reason}", self.name(key), short(peer))
            }
            NodeEvent::Listening { address } => format!("can be reached at {address}"),
            _ => return None,
        })
    }

    /// The airports of others that it has come to hold since the last call, and their owners.
    ///
    /// # Errors
    ///
    /// [`TwoNodesError::Open`] or [`TwoNodesError::Query`] if the database cannot be read.
    pub fn arrivals(&mut self) -> Result<Vec<(PeerId, Airport)>, TwoNodesError> {
        let airports = self.node.database::<Airport>()?.with_held();
        let mut arrived = Vec::new();
        for owner in airports.owners() {
            if owner == self.node.peer_id() {
                continue;
            }
            for airport in &airports.of(owner) {
                let airport = airport?;
                if self.seen.insert((owner, airport.icao.clone())) {
                    arrived.push((owner, airport));
                }
            }
        }
        Ok(arrived)
    }

    /// Ends it.
    pub async fn shutdown(self) {
        self.node.shutdown().await;
    }

    /// What a record is about.
    fn name(&self, key: &RecordKey) -> String {
        let mut records = self.node.store().raw_records_with_prefix(key.as_ref());
        let found = records.find(|raw| raw.record.key == *key);
        let airport = found.and_then(|raw| Airport::try_from(&raw.record).ok());
        airport.map_or_else(|| "a record".to_owned(), |airport| airport.icao)
    }
}

/// An airport that came, in words.
#[must_use]
pub fn arrival(owner: &PeerId, airport: &Airport) -> String {
    format!("holds for {}: {}, {}", short(owner), airport.icao, airport.name)
}

fn counted(peers: usize) -> String {
    match peers {
        0 => "nobody has".to_owned(),
        1 => "1 peer has".to_owned(),
        _ => format!("{peers} peers have"),
    }
}
