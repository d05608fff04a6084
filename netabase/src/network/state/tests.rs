//! Drives the state of a node with events, without a swarm: what it decides are the actions.

mod peers;

mod queries;

mod reach;
mod callers;

mod spreading;

mod handing;

use std::{
    error::Error,
    sync::Arc,
    time::{Duration, Instant},
};

use libp2p::{
    Multiaddr, PeerId, identify,
    identity::Keypair,
    kad::{self, Addresses, QueryId, Record, RecordKey, store::MemoryStore},
    swarm::{ConnectionId, DialError},
};
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use super::{Action, Effort, NodeState, Request, Routed};
use crate::{
    ManualClock, NetabaseSchema, NetabaseStore,
    database::MemoryStoreDatabase,
    network::{
        error::{BootstrapError, NetworkError},
        events::NodeEvent,
        offers::{Attached, Offers},
        protocol::{identify_protocol, kad_protocol},
        settings::Mode,
        written::Written,
    },
    store::Source,
};

type Outcome = Result<(), Box<dyn Error>>;

#[derive(Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "open", crate = "crate")]
struct Note {
    #[netabase(key)]
    id: u32,
}

/// The state of a node, and the time it lives in.
struct Driver {
    state: NodeState,
    clock: ManualClock,
    notes: MemoryStoreDatabase<Note>,
    /// Where records of others are noted that are taken in.
    written: Arc<Written>,
    /// Gives out query ids, which kad alone can make; it has no connections.
    kad: kad::Behaviour<MemoryStore>,
    /// Keeps the offers attached to the store.
    _attached: Attached,
}

impl Driver {
    fn new(bootstrap: &[&str], mode: Mode) -> Result<Self, Box<dyn Error>> {
        let clock = ManualClock::at_unix_ms(1_700_000_000_000);
        let store = NetabaseStore::builder().network("test").clock(clock.clone()).build()?;
        let bootstrap: Result<_, _> = bootstrap.iter().map(|text| text.parse()).collect();
        let offers = Arc::new(Offers::default());
        let attached = Attached::to(&store, &offers)?;
        let peer = store.peer_id();
        let kad = kad::Behaviour::new(peer, MemoryStore::new(peer));
        let notes = store.database()?;
        let written = Arc::default();
        let state = NodeState::new(store, offers, bootstrap?, mode).with_written(&written);
        Ok(Self { state, clock, notes, written, kad, _attached: attached })
    }

    /// Returns what was decided since the last call.
    fn actions(&mut self) -> Vec<Action> {
        std::iter::from_fn(|| self.state.next_action()).collect()
    }

    /// Starts the queries that were decided on, as a task does, and returns them.
    fn start_queries(&mut self) -> Vec<(QueryId, Request)> {
        let mut started = Vec::new();
        for action in self.actions() {
            if let Action::Start(request, query) = action {
                let id = self.kad.get_closest_peers(PeerId::random());
                self.state.on_started(id, *query);
                started.push((id, request));
            }
        }
        started
    }

    fn connect(&mut self) -> PeerId {
        let peer = PeerId::random();
        self.state.on_connected(peer);
        peer
    }

    /// Lets a peer identify itself over a connection from this address.
    fn identify(&mut self, peer: PeerId, from: &str, info: &identify::Info) -> Outcome {
        self.identify_over(ConnectionId::new_unchecked(1), peer, from, info)
    }

    fn identify_over(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        from: &str,
        info: &identify::Info,
    ) -> Outcome {
        let from: Multiaddr = from.parse()?;
        self.state.on_identified(peer, connection, Some(&from), info);
        Ok(())
    }

    /// Lets a peer into the routing table, as one of so many.
    fn know(&mut self, peer: PeerId, known: usize) -> Outcome {
        let addresses = Addresses::new("/ip4/9.9.9.9/tcp/1".parse()?);
        let routed = Routed { peer, is_new: true, addresses: &addresses, old: None };
        self.state.on_routing_updated(routed, known, |_| true);
        Ok(())
    }

    /// Stores a note of another peer's, and returns its record.
    fn foreign_note(&self, id: u32) -> Result<Record, Box<dyn Error>> {
        let other = NetabaseStore::builder().network("test").clock(self.clock.clone()).build()?;
        let record = other.database::<Note>()?.to_record(&Note { id })?;
        self.state.store().put_from(&record, Source::UNKNOWN)?;
        Ok(record)
    }

    fn note(&self, id: u32) -> Result<Record, Box<dyn Error>> {
        Ok(self.notes.to_record(&Note { id })?)
    }
}

/// Returns how a peer of a network identifies itself that listens at these addresses.
fn info(network: &str, addresses: &[&str]) -> Result<identify::Info, Box<dyn Error>> {
    let listen_addrs: Result<_, _> = addresses.iter().map(|text| text.parse()).collect();
    Ok(identify::Info {
        public_key: Keypair::generate_ed25519().public(),
        protocol_version: identify_protocol(network),
        agent_version: "netabase/0 1".to_owned(),
        listen_addrs: listen_addrs?,
        protocols: vec![kad_protocol(network)],
        observed_addr: Multiaddr::empty(),
        signed_peer_record: None,
    })
}
