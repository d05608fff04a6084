//! Decides on peers as they connect, identify themselves and fall silent.

use super::*;

const FAR: &str = "/ip4/9.9.9.9/tcp/1";

const NEAR: &str = "/ip4/127.0.0.1/tcp/1";

#[test]
fn a_peer_of_the_network_is_known_at_the_addresses_that_are_its_to_name() -> Outcome {
    let mut node = Driver::new(&[], Mode::Auto)?;
    let peer = PeerId::random();

    node.identify(peer, FAR, &info("test", &[FAR, NEAR])?)?;

    let actions = node.actions();
    let [
        Action::Identified { is_of_network: true, .. },
        Action::CountRefusedAddresses(1),
        Action::SetAddresses { peer: known, addresses },
    ] = &actions[..]
    else {
        panic!("one address is kept, and one is not")
    };
    assert_eq!((*known, &addresses[..]), (peer, &[FAR.parse()?][..]));
    Ok(())
}

#[test]
fn a_peer_of_another_network_is_removed_and_is_an_obstacle_only_at_a_bootstrap_address() -> Outcome
{
    let mut node = Driver::new(&[FAR], Mode::Auto)?;
    let (peer, [other, dialled]) = (PeerId::random(), [1, 2].map(ConnectionId::new_unchecked));
    node.state.on_bootstrap_dialled(dialled);

    node.identify_over(other, peer, FAR, &info("another", &[FAR])?)?;
    let actions = node.actions();
    assert!(matches!(
        &actions[..],
        [Action::Identified { is_of_network: false, .. }, Action::RemovePeer(removed)]
            if *removed == peer
    ));

    node.identify_over(dialled, peer, FAR, &info("another", &[FAR])?)?;
    let actions = node.actions();
    assert!(matches!(
        &actions[..],
        [
            Action::Identified { is_of_network: false, .. },
            Action::RemovePeer(_),
            Action::ShowObstacle(Some(BootstrapError::OtherNetwork { .. })),
        ]
    ));
    Ok(())
}

#[test]
fn a_known_peer_that_was_started_again_is_handed_records() -> Outcome {
    let mut node = Driver::new(&[], Mode::Auto)?;
    let (peer, mut info) = (PeerId::random(), info("test", &[FAR])?);
    node.identify(peer, FAR, &info)?;
    node.identify(peer, FAR, &info)?;
    assert_eq!(node.state.handovers_waiting(), 0);

    info.agent_version = "netabase/0 2".to_owned();
    node.identify(peer, FAR, &info)?;
    assert_eq!(node.state.handovers_waiting(), 0, "it says so, and was connected all the time");
    node.identify_over(ConnectionId::new_unchecked(2), peer, FAR, &info)?;

    assert_eq!(node.state.handovers_waiting(), 1);
    Ok(())
}

/// Reports that a peer was at none of these addresses, and returns whether it is removed.
fn misses(node: &mut Driver, peer: PeerId, tried: &[Multiaddr], known: &[Multiaddr]) -> bool {
    node.state.on_unreachable(&peer, &tried.iter().collect::<Vec<_>>(), known);
    node.actions().iter().any(|action| matches!(action, Action::RemovePeer(_)))
}

#[test]
fn a_peer_is_removed_after_three_failures_over_ten_minutes_at_all_its_addresses() -> Outcome {
    let mut node = Driver::new(&[], Mode::Auto)?;
    let peer = PeerId::random();
    node.identify(peer, FAR, &info("test", &[FAR])?)?;
    node.connect();
    let (own, other): (Multiaddr, Multiaddr) = (FAR.parse()?, "/ip4/9.9.9.8/tcp/1".parse()?);
    let known = [own.clone()];

    for _ in 0..10 {
        node.clock.advance(Duration::from_secs(300));
        assert!(
            !misses(&mut node, peer, std::slice::from_ref(&other), &known),
            "its own was not tried"
        );
    }
    let tried = [other, own];
    assert!(!misses(&mut node, peer, &tried, &known));
    assert!(!misses(&mut node, peer, &tried, &known));
    assert!(!misses(&mut node, peer, &tried, &known), "it was not missed for long");
    node.clock.advance(Duration::from_secs(600));
    assert!(misses(&mut node, peer, &tried, &known));
    Ok(())
}

#[test]
fn a_node_without_connections_blames_no_peer() -> Outcome {
    let mut node = Driver::new(&[], Mode::Auto)?;
    let (peer, known) = (PeerId::random(), [FAR.parse()?]);
    node.identify(peer, FAR, &info("test", &[FAR])?)?;

    for _ in 0..10 {
        node.clock.advance(Duration::from_secs(600));
        assert!(!misses(&mut node, peer, &known, &known), "this machine may be cut off");
    }
    Ok(())
}

#[test]
fn the_first_known_peer_is_a_way_into_the_network_and_others_are_not() -> Outcome {
    let mut node = Driver::new(&[FAR], Mode::Server)?;
    let key = RecordKey::new(b"/netabase/note/p");
    let (reply, _answer) = oneshot::channel();
    node.state.provide(key.clone(), reply);
    node.actions();

    node.know(PeerId::random(), 1)?;
    let actions = node.actions();
    assert!(matches!(
        &actions[..],
        [
            Action::ShowObstacle(Some(BootstrapError::Unfinished { .. })),
            Action::SetNear(true),
            Action::SetMode(Some(kad::Mode::Server)),
            Action::Emit(NodeEvent::PeerKnown { .. }),
            Action::Bootstrap,
            Action::Provide { key: again, reply: None },
        ] if *again == key
    ));

    node.know(PeerId::random(), 2)?;
    assert!(!node.actions().iter().any(|action| matches!(action, Action::Bootstrap)));
    Ok(())
}

#[test]
fn surplus_addresses_of_a_peer_are_removed_the_oldest_first() -> Outcome {
    let mut node = Driver::new(&[], Mode::Auto)?;
    let at = |port| format!("/ip4/9.9.9.9/tcp/{port}").parse::<Multiaddr>();
    let mut addresses = Addresses::new(at(1)?);
    for port in 2..=10 {
        addresses.insert(at(port)?);
    }
    let oldest: Vec<Multiaddr> = addresses.iter().take(2).cloned().collect();
    let peer = PeerId::random();
    let routed = Routed { peer, is_new: false, addresses: &addresses, old: None };

    node.state.on_routing_updated(routed, 1, |_| true);

    let actions = node.actions();
    let [Action::RemoveAddresses { addresses, .. }] = &actions[..] else {
        panic!("nothing else follows")
    };
    assert_eq!(*addresses, oldest);
    Ok(())
}

#[test]
fn bootstrap_addresses_are_dialled_at_intervals_while_no_peer_is_connected() -> Outcome {
    let mut node = Driver::new(&[FAR], Mode::Auto)?;
    let start = Instant::now();
    let dials = |node: &mut Driver, after| {
        node.state.dial_bootstrap(start + Duration::from_secs(after));
        node.actions().iter().any(|action| matches!(action, Action::DialBootstrap(_)))
    };
    assert!(dials(&mut node, 0));
    assert!(!dials(&mut node, 0), "it is too soon");
    assert!(dials(&mut node, 1));

    let peer = node.connect();
    assert!(!dials(&mut node, 1000));
    node.state.on_disconnected(peer);
    node.actions();
    assert!(dials(&mut node, 1000));
    Ok(())
}

#[test]
fn only_a_failed_dial_of_a_bootstrap_address_is_an_obstacle() -> Outcome {
    let mut node = Driver::new(&[FAR], Mode::Auto)?;
    let [other, dialled] = [1, 2].map(ConnectionId::new_unchecked);
    node.state.on_bootstrap_dialled(dialled);

    node.state.on_connection_failed(other, DialError::NoAddresses);
    assert!(node.actions().is_empty());
    node.state.on_connection_failed(dialled, DialError::NoAddresses);

    let actions = node.actions();
    assert!(matches!(
        &actions[..],
        [Action::ShowObstacle(Some(BootstrapError::NobodyAnswered { source: Some(_), .. }))]
    ));
    Ok(())
}

#[test]
fn a_node_is_bootstrapped_once_and_then_nothing_is_in_its_way() -> Outcome {
    let mut node = Driver::new(&[FAR], Mode::Auto)?;

    node.state.on_bootstrapped();
    let actions = node.actions();
    assert!(matches!(
        &actions[..],
        [Action::ShowObstacle(None), Action::Emit(NodeEvent::Bootstrapped)]
    ));

    node.state.on_bootstrapped();
    let actions = node.actions();
    assert!(matches!(&actions[..], [Action::ShowObstacle(None)]));
    Ok(())
}

#[test]
fn neighbours_that_are_discovered_are_dialled_unless_they_are_connected() -> Outcome {
    let mut node = Driver::new(&[], Mode::Auto)?;
    let (connected, other) = (node.connect(), PeerId::random());
    let local = node.state.store().peer_id();
    node.actions();
    let at: Multiaddr = NEAR.parse()?;

    node.state.on_discovered([connected, local, other].map(|peer| (peer, at.clone())).to_vec());

    let actions = node.actions();
    let [Action::Dial(addresses)] = &actions[..] else { panic!("one is dialled") };
    assert_eq!(*addresses, [at.with_p2p(other).expect("it names nobody")]);
    Ok(())
}
