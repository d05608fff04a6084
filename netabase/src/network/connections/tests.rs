//! Connections are counted, bounded and forgotten.

use libp2p::core::{Endpoint, transport::PortUse};
use proptest::prelude::*;

use super::*;

fn limits() -> NodeLimits {
    NodeLimits {
        max_connections: 8,
        max_incoming_connections: 6,
        max_incoming_connections_per_prefix: 3,
        max_connections_per_peer: 2,
        ..NodeLimits::default()
    }
}

fn id(number: usize) -> ConnectionId {
    ConnectionId::new_unchecked(number)
}

fn address(ip: &str) -> Multiaddr {
    format!("/ip4/{ip}/tcp/1").parse().unwrap()
}

fn from(remote: &Multiaddr) -> ConnectedPoint {
    ConnectedPoint::Listener { local_addr: address("192.0.2.1"), send_back_addr: remote.clone() }
}

fn to(remote: &Multiaddr) -> ConnectedPoint {
    let (role_override, port_use) = (Endpoint::Dialer, PortUse::Reuse);
    ConnectedPoint::Dialer { address: remote.clone(), role_override, port_use }
}

/// Lets a peer connect, from its first packet on.
fn accept(
    connections: &mut Connections,
    number: usize,
    peer: PeerId,
    ip: &str,
) -> Result<(), ConnectionLimit> {
    let remote = address(ip);
    connections.start_incoming(id(number), &remote)?;
    connections.check_incoming(id(number), peer, &remote)?;
    connections.established(id(number), peer, &from(&remote));
    Ok(())
}

fn is_empty(connections: &Connections) -> bool {
    let Connections { pending, open, incoming, of_peers, of_prefixes, .. } = connections;
    pending.is_empty()
        && open.is_empty()
        && *incoming == 0
        && of_peers.is_empty()
        && of_prefixes.is_empty()
}

#[test]
fn a_network_has_its_limit_and_others_have_theirs() {
    let mut connections = Connections::new(limits());
    for (number, ip) in ["9.9.9.1", "9.9.9.1", "9.9.9.2", "9.9.8.1"].into_iter().enumerate() {
        assert_eq!(accept(&mut connections, number, PeerId::random(), ip), Ok(()));
    }
    let refused = accept(&mut connections, 9, PeerId::random(), "9.9.9.3").unwrap_err();
    assert_eq!(
        refused.to_string(),
        "3 connections from 9.9.9.0/24 are open or begun already; if these peers belong there, raise \
         `NodeLimits::max_incoming_connections_per_prefix`"
    );
    connections.closed(id(0));
    assert_eq!(accept(&mut connections, 10, PeerId::random(), "9.9.9.3"), Ok(()));
}

#[test]
fn unfinished_handshakes_take_the_place_of_their_own_network_alone() {
    let mut connections = Connections::new(limits());
    for number in 0..3 {
        assert_eq!(connections.start_incoming(id(number), &address("9.9.9.1")), Ok(()));
    }
    assert!(connections.start_incoming(id(3), &address("9.9.9.2")).is_err());
    assert_eq!(accept(&mut connections, 4, PeerId::random(), "9.9.8.1"), Ok(()));
    for number in 0..3 {
        connections.closed(id(number));
    }
    connections.closed(id(4));
    assert!(is_empty(&connections));
}

#[test]
fn datagrams_keep_no_network_out_before_their_sender_is_proven() {
    let mut connections = Connections::new(limits());
    let quic: Multiaddr = "/ip4/9.9.9.1/udp/1/quic-v1".parse().unwrap();
    for number in 0..4 {
        assert_eq!(
            connections.start_incoming(id(number), &quic),
            Ok(()),
            "anybody could have sent it"
        );
    }
    assert_eq!(accept(&mut connections, 4, PeerId::random(), "9.9.9.1"), Ok(()));
    for number in 0..2 {
        let peer = PeerId::random();
        assert_eq!(connections.check_incoming(id(number), peer, &quic), Ok(()));
        connections.established(id(number), peer, &from(&quic));
    }
    let refused = connections.check_incoming(id(2), PeerId::random(), &quic);
    assert!(matches!(refused, Err(ConnectionLimit::PerPrefix { max: 3, .. })), "{refused:?}");
}

#[test]
fn connections_that_arrive_together_are_counted_again_when_they_are_let_in() {
    let mut connections = Connections::new(NodeLimits { max_incoming_connections: 2, ..limits() });
    let remotes = [address("9.9.1.1"), address("9.9.2.1")];
    for (number, remote) in remotes.iter().enumerate() {
        assert_eq!(connections.start_incoming(id(number), remote), Ok(()));
    }
    for number in 2..4 {
        connections.established(id(number), PeerId::random(), &from(&address("9.9.3.1")));
    }
    let refused = connections.check_incoming(id(0), PeerId::random(), &remotes[0]);
    assert_eq!(refused, Err(ConnectionLimit::Incoming { max: 2 }));
}

#[test]
fn a_peer_and_a_node_have_their_limits() {
    let mut connections = Connections::new(limits());
    let peer = PeerId::random();
    connections.established(id(0), peer, &to(&address("9.9.9.1")));
    assert_eq!(accept(&mut connections, 1, peer, "9.9.9.1"), Ok(()));

    assert_eq!(connections.check_peer(peer), Err(ConnectionLimit::PerPeer { peer, max: 2 }));
    assert_eq!(
        accept(&mut connections, 2, peer, "9.9.9.1"),
        Err(ConnectionLimit::PerPeer { peer, max: 2 })
    );
    for number in 3..9 {
        let other = PeerId::random();
        assert_eq!(connections.check_peer(other), Ok(()));
        connections.established(id(number), other, &to(&address("9.9.9.1")));
    }
    assert_eq!(connections.check_peer(PeerId::random()), Err(ConnectionLimit::Total { max: 8 }));
    let from_there = connections.of_prefixes.values().sum::<u32>();
    assert_eq!((connections.incoming, from_there), (1, 1), "those the node opens are its own");
}

#[test]
fn a_connection_that_moves_counts_where_it_was_made_from() {
    let mut connections = Connections::new(limits());
    assert_eq!(accept(&mut connections, 0, PeerId::random(), "9.9.9.1"), Ok(()));
    connections.address_changed(id(0), &address("9.9.8.1"));
    assert_eq!(connections.address_of(id(0)), Some(&address("9.9.8.1")));
    connections.closed(id(0));
    assert_eq!(connections.address_of(id(0)), None);
    assert!(is_empty(&connections));
}

/// An event of one of these connections.
#[derive(Clone, Debug)]
enum Step {
    Arrives(u8),
    ComesIn,
    IsDialled(u8),
    Goes,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..4_u8).prop_map(Step::Arrives),
        Just(Step::ComesIn),
        (0..4_u8).prop_map(Step::IsDialled),
        Just(Step::Goes),
    ]
}

/// Returns an address; half of them come by datagrams, which do not show their origin.
fn remote(network: u8) -> Multiaddr {
    let way = if network.is_multiple_of(2) { "tcp/1" } else { "udp/1/quic-v1" };
    format!("/ip4/9.9.{network}.1/{way}").parse().unwrap()
}

proptest! {
    /// Checks that in any order of events the bounds hold, and nothing is left of closed connections.
    #[test]
    fn bounds_hold_and_nothing_is_left(
        steps in prop::collection::vec((0..24_usize, step()), 0..300),
    ) {
        let peers: Vec<_> = (0..4).map(|_| PeerId::random()).collect();
        let mut connections = Connections::new(limits());
        let mut arrived = HashMap::new();
        for (number, step) in steps {
            let (id, peer) = (id(number), peers[number % peers.len()]);
            let is_new = !arrived.contains_key(&id) && connections.address_of(id).is_none();
            match step {
                Step::Arrives(network)
                    if is_new && connections.start_incoming(id, &remote(network)).is_ok() =>
                {
                    arrived.insert(id, remote(network));
                }
                Step::ComesIn => {
                    if let Some(remote) = arrived.remove(&id)
                        && connections.check_incoming(id, peer, &remote).is_ok()
                    {
                        connections.established(id, peer, &from(&remote));
                    }
                }
                Step::IsDialled(network) if is_new && connections.check_peer(peer).is_ok() => {
                    connections.established(id, peer, &to(&remote(network)));
                }
                Step::Goes => {
                    connections.closed(id);
                    arrived.remove(&id);
                }
                _ => {}
            }
            let Connections { pending, open, incoming, of_peers, of_prefixes, .. } = &connections;
            let number = |count: usize| u32::try_from(count).unwrap();
            prop_assert_eq!(pending.len(), arrived.len());
            let by_others = open.values().filter(|open| open.is_incoming).count();
            prop_assert_eq!(*incoming, number(by_others));
            prop_assert!(open.len() <= 8 && *incoming <= 6 && pending.len() <= 6);
            prop_assert!(of_peers.values().all(|count| (1..=2).contains(count)));
            prop_assert_eq!(of_peers.values().sum::<u32>(), number(open.len()));
            prop_assert!(of_prefixes.values().all(|count| (1..=3).contains(count)));
            let shown = pending.values().flatten().count() + by_others;
            prop_assert_eq!(of_prefixes.values().sum::<u32>(), number(shown));
        }
        for number in 0..24 {
            connections.closed(id(number));
        }
        prop_assert!(is_empty(&connections));
    }
}
