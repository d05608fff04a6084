use libp2p::swarm::SwarmEvent;

use super::peers::{Event, Peers, TestResult, bytes};

#[tokio::test]
async fn a_stalled_link_passes_nothing_and_loses_nothing() -> TestResult {
    let mut peers = Peers::connected(3).await?;
    peers.round_trip(0, 1).await?;
    let (one, other) = peers.link(0, 1);

    peers.faults.stall(one, other);
    let value = bytes(12_000);
    peers.ask_for(0, 1, &value)?;
    peers.silent((0, 1), (0, 2)).await?;

    peers.faults.heal(other, one);
    assert_eq!(peers.value().await?, value);
    peers.round_trip(0, 1).await?;
    peers.round_trip(1, 0).await?;
    assert_eq!(peers.closed, 0, "it is the same connection");
    Ok(())
}

#[tokio::test]
async fn a_stall_leaves_other_links_alone() -> TestResult {
    let mut peers = Peers::connected(3).await?;
    let (one, other) = peers.link(0, 1);

    peers.faults.stall(one, other);

    peers.silent((0, 1), (0, 2)).await?;
    peers.silent((0, 1), (1, 2)).await?;
    assert_eq!(peers.closed, 0);
    Ok(())
}

#[tokio::test]
async fn that_a_peer_is_gone_is_not_heard_over_a_stalled_link() -> TestResult {
    let mut peers = Peers::connected(3).await?;
    let (gone, left) = peers.link(2, 0);
    peers.round_trip(0, 2).await?;

    peers.faults.stall(gone, left);
    peers.drop_last();
    let closed_to = |expected: usize| {
        move |index: usize, event: &Event| match event {
            SwarmEvent::ConnectionClosed { peer_id, .. } if *peer_id == gone => {
                (index == expected).then_some(())
            }
            _ => None,
        }
    };
    peers.until(closed_to(1)).await?;
    // What it writes now is lost, without its knowing.
    peers.ask(0, 2);
    for _ in 0..8 {
        peers.round_trip(0, 1).await?;
    }
    assert_eq!(peers.closed, 1, "the other link is not stalled");
    assert!(peers.has_connection_to(0, gone));

    peers.faults.heal(gone, left);
    peers.until(closed_to(0)).await?;
    Ok(())
}

#[tokio::test]
async fn a_dial_over_a_stalled_link_waits_until_it_is_healed() -> TestResult {
    let mut peers = Peers::new(3).await?;
    let (one, other) = peers.link(0, 1);
    peers.faults.stall(one, other);

    peers.dial(0, 1)?;
    peers.connect(0, 2).await?;
    peers.round_trip(0, 2).await?;
    assert!(!peers.is_connected(0, 1));
    assert_eq!(peers.faults.passed(one, other), 0);

    peers.faults.heal(one, other);
    peers.established(0, 1).await
}
