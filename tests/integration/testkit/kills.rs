use libp2p::{PeerId, swarm::SwarmEvent};

use super::peers::{Peers, TestResult};

/// Waits until each of the `ends` (where, to whom) has closed with an error.
async fn broken(peers: &mut Peers, mut ends: Vec<(usize, PeerId)>) -> TestResult {
    peers
        .until(|index, event| {
            if let SwarmEvent::ConnectionClosed { peer_id, cause: Some(_), .. } = event {
                ends.retain(|end| *end != (index, *peer_id));
            }
            ends.is_empty().then_some(())
        })
        .await
}

#[tokio::test]
async fn a_killed_link_closes_both_ends_with_an_error() -> TestResult {
    let mut peers = Peers::connected(2).await?;
    let (one, other) = peers.link(0, 1);

    peers.faults.kill(one, other);
    broken(&mut peers, vec![(0, other), (1, one)]).await?;

    peers.connect(0, 1).await?;
    peers.round_trip(0, 1).await?;
    Ok(())
}

#[tokio::test]
async fn a_stalled_link_can_be_killed() -> TestResult {
    let mut peers = Peers::connected(3).await?;
    let (one, other) = peers.link(0, 1);
    peers.faults.stall(one, other);
    peers.silent((0, 1), (0, 2)).await?;
    assert_eq!(peers.closed, 0);

    peers.faults.kill(one, other);

    broken(&mut peers, vec![(0, other), (1, one)]).await
}

#[tokio::test]
async fn a_killed_peer_loses_all_its_connections_and_the_others_none() -> TestResult {
    let mut peers = Peers::connected(3).await?;
    let ids = [0, 1, 2].map(|index| peers.id(index));

    peers.faults.kill_peer(ids[1]);

    broken(&mut peers, vec![(0, ids[1]), (1, ids[0]), (1, ids[2]), (2, ids[1])]).await?;
    peers.round_trip(0, 2).await?;
    assert_eq!(peers.closed, 4);
    Ok(())
}
