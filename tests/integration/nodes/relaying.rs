//! A server relays for its own network alone, and no more than its operator allows.

use std::time::Duration;

use futures::StreamExt;
use libp2p::{
    Multiaddr, PeerId, Swarm, SwarmBuilder, identify,
    multiaddr::Protocol,
    noise, ping, relay,
    swarm::{NetworkBehaviour, SwarmEvent},
    tcp, yamux,
};
use netabase::{Netabase, RelayLimits};
use tokio::task::JoinHandle;

use super::{Outcome, in_time, on_loopback, waiting::until};

/// A peer that speaks no Kademlia, asks for relays, and pings without a pause.
#[derive(NetworkBehaviour)]
#[behaviour(prelude = "libp2p::swarm::derive_prelude")]
struct Plain {
    relay: relay::client::Behaviour,
    identify: identify::Behaviour,
    ping: ping::Behaviour,
}

/// Starts such a peer, which says that it is of this network, and connects with a node.
async fn meet(network: &str, node: &Netabase) -> Result<Swarm<Plain>, Box<dyn std::error::Error>> {
    let version = format!("/netabase/{network}/1.0.0");
    let mut swarm = SwarmBuilder::with_new_identity()
        .with_tokio()
        .with_tcp(tcp::Config::default(), noise::Config::new, yamux::Config::default)?
        .with_relay_client(noise::Config::new, yamux::Config::default)?
        .with_behaviour(|identity, relay| Plain {
            relay,
            identify: identify::Behaviour::new(identify::Config::new(version, identity.public())),
            ping: ping::Behaviour::new(ping::Config::new().with_interval(Duration::from_millis(1))),
        })?
        .with_swarm_config(|config| config.with_idle_connection_timeout(Duration::from_secs(30)))
        .build();
    swarm.dial(node.addresses().swap_remove(0))?;
    let (mut is_sent, mut is_received) = (false, false);
    while !(is_sent && is_received) {
        if let SwarmEvent::Behaviour(PlainEvent::Identify(event)) = swarm.select_next_some().await {
            is_sent |= matches!(event, identify::Event::Sent { .. });
            is_received |= matches!(event, identify::Event::Received { .. });
        }
    }
    Ok(swarm)
}

/// Asks for a place, and returns whether it was given.
async fn reserve(swarm: &mut Swarm<Plain>, node: &Netabase) -> Result<bool, std::io::Error> {
    let over = node.addresses().swap_remove(0).with(Protocol::P2pCircuit);
    swarm.listen_on(over).map_err(std::io::Error::other)?;
    loop {
        match swarm.select_next_some().await {
            SwarmEvent::Behaviour(PlainEvent::Relay(
                relay::client::Event::ReservationReqAccepted { .. },
            )) => return Ok(true),
            SwarmEvent::ListenerClosed { .. } => return Ok(false),
            _ => {}
        }
    }
}

/// Goes on, in the background, with what its protocols ask for.
fn go_on(mut swarm: Swarm<Plain>) -> JoinHandle<()> {
    tokio::spawn(async move {
        loop {
            swarm.select_next_some().await;
        }
    })
}

fn circuit(node: &Netabase, to: PeerId) -> Multiaddr {
    let over = node.addresses().swap_remove(0).with(Protocol::P2pCircuit);
    over.with(Protocol::P2p(to))
}

/// Opens a circuit, and returns whether there is a connection.
async fn opens(swarm: &mut Swarm<Plain>, to: &Multiaddr) -> Result<bool, std::io::Error> {
    swarm.dial(to.clone()).map_err(std::io::Error::other)?;
    loop {
        match swarm.select_next_some().await {
            SwarmEvent::ConnectionEstablished { endpoint, .. } if endpoint.is_relayed() => {
                return Ok(true);
            }
            SwarmEvent::OutgoingConnectionError { .. } => return Ok(false),
            _ => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn peers_of_other_networks_get_no_place_and_a_full_relay_gives_none() -> Outcome {
    in_time(async {
        let limits = RelayLimits { max_reservations: 1, ..RelayLimits::default() };
        let node = on_loopback().server().relay_limits(limits).start().await?;
        let network = node.store().network().to_owned();

        let mut stranger = meet("another", &node).await?;
        assert!(!reserve(&mut stranger, &node).await?);
        let mut first = meet(&network, &node).await?;
        assert!(reserve(&mut first, &node).await?);
        let mut second = meet(&network, &node).await?;
        assert!(!reserve(&mut second, &node).await?);

        let counters = node.counters();
        assert_eq!((counters.reservations_held, counters.reservations_refused), (1, 2));
        // A peer that leaves makes room.
        drop(first);
        until(&node, |counters| counters.connected_peers == 2).await;
        let mut third = meet(&network, &node).await?;
        assert!(reserve(&mut third, &node).await?);
        node.shutdown().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_opens_so_many_circuits_and_no_more() -> Outcome {
    in_time(async {
        let limits = RelayLimits { circuits_per_peer_and_hour: 2, ..RelayLimits::default() };
        let node = on_loopback().server().relay_limits(limits).start().await?;
        let network = node.store().network().to_owned();
        let mut home = meet(&network, &node).await?;
        assert!(reserve(&mut home, &node).await?);
        let to = circuit(&node, *home.local_peer_id());
        let home = go_on(home);
        let mut hostile = meet(&network, &node).await?;

        assert!(opens(&mut hostile, &to).await? && opens(&mut hostile, &to).await?);
        assert!(!opens(&mut hostile, &to).await?);

        let counters = node.counters();
        assert_eq!((counters.circuits_opened, counters.circuits_refused), (2, 1));
        // To a peer that has no place there is no way, of whatever network it is.
        assert!(!opens(&mut hostile, &circuit(&node, PeerId::random())).await?);
        home.abort();
        node.shutdown().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_circuit_ends_once_it_has_carried_its_bytes() -> Outcome {
    in_time(async {
        let limits = RelayLimits { max_circuit_bytes: 16 * 1024, ..RelayLimits::default() };
        let node = on_loopback().server().relay_limits(limits).start().await?;
        let network = node.store().network().to_owned();
        let mut home = meet(&network, &node).await?;
        assert!(reserve(&mut home, &node).await?);
        let to = circuit(&node, *home.local_peer_id());
        let home = go_on(home);
        let mut hostile = meet(&network, &node).await?;
        assert!(opens(&mut hostile, &to).await?);

        // Pings fill it.
        loop {
            let event = hostile.select_next_some().await;
            if let SwarmEvent::ConnectionClosed { endpoint, .. } = event {
                assert!(endpoint.is_relayed(), "the node keeps the connection: {endpoint:?}");
                break;
            }
        }

        until(&node, |counters| counters.circuits_open == 0).await;
        home.abort();
        node.shutdown().await;
        Ok(())
    })
    .await
}
