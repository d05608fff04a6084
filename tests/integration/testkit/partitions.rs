use super::peers::{Peers, TestResult};

#[tokio::test]
async fn a_partition_parts_the_groups_and_not_their_members() -> TestResult {
    let mut peers = Peers::connected(4).await?;
    let [one, two, three, four] = [0, 1, 2, 3].map(|index| peers.id(index));

    peers.faults.partition(&[one, two], &[three, four]);
    for (from, to) in [(0, 2), (0, 3), (2, 1)] {
        peers.silent((from, to), (0, 1)).await?;
        peers.silent((from, to), (2, 3)).await?;
        peers.failed_dial(from, to).await?;
    }

    peers.faults.heal_all();
    for (from, to) in [(0, 2), (0, 3), (2, 1)] {
        peers.round_trip(from, to).await?;
        peers.connect(from, to).await?;
    }
    assert_eq!(peers.closed, 0);
    Ok(())
}

#[tokio::test]
async fn a_peer_in_both_groups_is_not_parted_from_itself() -> TestResult {
    let mut peers = Peers::connected(3).await?;
    let (one, other) = peers.link(0, 1);

    peers.faults.partition(&[one, other], &[other]);

    peers.silent((0, 1), (1, 2)).await?;
    peers.faults.heal(one, other);
    peers.round_trip(0, 1).await?;
    Ok(())
}

#[tokio::test]
async fn an_isolated_peer_reaches_nobody_until_it_rejoins() -> TestResult {
    let mut peers = Peers::new(3).await?;
    peers.connect(0, 1).await?;
    peers.connect(1, 2).await?;
    let (isolated, other) = peers.link(0, 1);

    peers.faults.isolate(isolated);
    peers.silent((0, 1), (1, 2)).await?;
    let error = peers.failed_dial(2, 0).await?;
    assert!(error.contains("refused by a fault"), "{error}");

    peers.faults.heal(isolated, other);
    peers.silent((0, 1), (1, 2)).await?;

    peers.faults.rejoin(isolated);
    peers.round_trip(0, 1).await?;
    peers.connect(2, 0).await?;
    assert_eq!(peers.closed, 0);
    Ok(())
}
