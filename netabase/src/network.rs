//! A node: the store inside a libp2p swarm, and typed records over a Kademlia DHT.
//!
//! A handle and a task. The task alone owns the swarm; handles send it commands and wait for one
//! answer. What peers send reaches the store through a gate that knows who sent it.

mod error;

mod addresses;

mod settings;

mod events;

mod counters;

mod identity;

mod rates;

mod inbound_store;

mod keep_alive;

mod prefix;

mod connections;

mod kad_behaviour;

mod probes;

mod contact;

mod transport;

mod behaviour;

mod query;

mod command;

mod offers;

mod status;

mod upkeep;

mod task;

mod ports;

mod node;

mod builder;

mod remote;

mod typed;

#[cfg(feature = "testkit")]
pub mod testkit;

pub use self::{
    builder::NetabaseBuilder,
    counters::{NodeCounters, Refusals},
    error::{BootstrapError, NetworkError, NodeError},
    events::{NodeEvent, NodeEvents},
    node::Netabase,
    query::{FetchMode, PublishReport},
    remote::NetworkDatabase,
    settings::{NodeLimits, Rate},
};
