//! Runs peers in one process, over a network that can be slow, stalled or cut. For tests.
//!
//! [`Faults`] is the network: it gives out the transports and says what becomes of the bytes. A peer
//! made from a seed ([`identity`]) has the same name in every run, and so the links can be named
//! before anybody has connected.
//!
//! ```
//! use std::{error::Error, time::Duration};
//!
//! use libp2p::{Multiaddr, Swarm, futures::StreamExt, ping, swarm::{self, SwarmEvent}};
//! use netabase::{libp2p, testkit::{Faults, identity}};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn Error>> {
//! let faults = Faults::new(1);
//! let [mut alice, mut bob] = [0, 1].map(|index| {
//!     let keypair = identity(1, index);
//!     Swarm::new(
//!         faults.transport(&keypair),
//!         ping::Behaviour::default(),
//!         keypair.public().to_peer_id(),
//!         swarm::Config::with_tokio_executor(),
//!     )
//! });
//! faults.delay(*alice.local_peer_id(), *bob.local_peer_id(), Duration::from_millis(20));
//!
//! bob.listen_on("/memory/0".parse()?)?;
//! let address: Multiaddr = loop {
//!     if let SwarmEvent::NewListenAddr { address, .. } = bob.select_next_some().await {
//!         break address;
//!     }
//! };
//! alice.dial(address)?;
//!
//! let round_trip = loop {
//!     tokio::select! {
//!         event = alice.select_next_some() => if let SwarmEvent::Behaviour(ping) = event {
//!             break ping.result?;
//!         },
//!         _ = bob.select_next_some() => {}
//!     }
//! };
//! assert!(round_trip >= Duration::from_millis(40), "20 ms there and 20 ms back");
//! # Ok(())
//! # }
//! ```
//!
//! [`TestNetwork`] starts whole nodes over it:
//!
//! ```
//! use netabase::{NetabaseSchema, testkit::TestNetwork};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
//! #[netabase(access = "owned")]
//! struct Airport { #[netabase(key)] icao: String }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let network = TestNetwork::new(1);
//! let nodes = network.start(3).await?;
//! nodes[0].publish(&Airport { icao: "BIKF".into() }).await?;
//!
//! network.faults().isolate(nodes[0].peer_id());
//! let found = nodes[2].network::<Airport>()?.of(nodes[0].peer_id()).get("BIKF").await?;
//! assert!(found.is_some(), "the others hold it");
//! # Ok(())
//! # }
//! ```
//!
//! # What a seed fixes
//!
//! Identities, topology and the jitter drawn for the n-th piece of bytes on a link: not how the
//! runtime interleaves the peers, and so not which bytes make up the n-th piece.
//!
//! # What is not simulated
//!
//! Nothing is lost, doubled or reordered within a connection: below a reliable stream those show as
//! delay, and above it they would be no fault of the network's but a broken protocol. There is no
//! encryption, and a connection is set up in one round trip instead of TCP's and noise's several.

mod draw;

mod identity;

mod link;

mod simulation;

mod faults;

mod stream;

mod transport;

mod network;

pub use self::{
    faults::Faults,
    identity::{identity, topology},
    link::MAX_DELAY,
    network::{TestNetwork, discover},
    transport::CONNECTION_TIMEOUT,
};
