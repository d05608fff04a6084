//! Runs a node: the store inside a libp2p swarm, and typed records over a Kademlia DHT.
//!
//! A node is a handle, a state and a task. Handles send commands and wait for one answer; the state decides; the task
//! alone owns the swarm. What peers send reaches the store through an [`InboundStore`](inbound_store::InboundStore), which
//! knows the sender.

mod report;

mod error;

mod addresses;

mod settings;

mod relay_limits;

mod reachability;

mod events;

mod counters;

mod identity;

mod rates;

mod place;

mod refusal;

mod written;

mod inbound_store;

mod keep_alive;

mod prefix;

mod connections;

mod kad_behaviour;

mod relay_ledger;

mod relay_server;

mod autonat_client;

mod autonat_server;

mod protocol;

mod ask;

mod transport;

mod behaviour;

mod query;

mod command;

mod offers;

mod upkeep;

mod status;

mod state;

mod task;

mod ports;

mod node;

mod remote;

mod builder;

#[cfg(feature = "testkit")]
pub mod testkit;

pub use self::{
    builder::NetabaseBuilder,
    counters::{NodeCounters, Refusals},
    error::{BootstrapError, NetworkError, NodeError},
    events::{NodeEvent, NodeEvents},
    node::Netabase,
    query::FetchMode,
    reachability::{Reachability, UnreachableReason},
    relay_limits::RelayLimits,
    remote::{NetworkDatabase, RecoverReport},
    report::PublishReport,
    settings::{NodeLimits, Rate},
};
