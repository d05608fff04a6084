use super::peers::{Peers, TestResult};

#[tokio::test]
async fn a_refused_dial_fails_and_works_once_healed() -> TestResult {
    let mut peers = Peers::new(2).await?;
    let (one, other) = peers.link(0, 1);

    peers.faults.refuse(one, other);
    for (from, to) in [(0, 1), (1, 0)] {
        let error = peers.failed_dial(from, to).await?;
        assert!(error.contains("refused by a fault"), "{error}");
    }
    assert_eq!(peers.faults.passed(one, other), 0);

    peers.faults.heal(one, other);
    peers.connect(0, 1).await
}

#[tokio::test]
async fn a_refusal_leaves_connections_alone() -> TestResult {
    let mut peers = Peers::connected(2).await?;
    let (one, other) = peers.link(0, 1);

    peers.faults.refuse(one, other);

    peers.failed_dial(0, 1).await?;
    peers.round_trip(0, 1).await?;
    assert_eq!(peers.closed, 0);
    Ok(())
}

#[tokio::test]
async fn a_dial_that_waits_for_a_stalled_link_is_refused_at_once() -> TestResult {
    let mut peers = Peers::new(3).await?;
    let (one, other) = peers.link(0, 1);
    peers.faults.stall(one, other);
    peers.dial(0, 1)?;
    peers.connect(0, 2).await?;

    peers.faults.refuse(one, other);

    let error = peers.dial_error(0).await?;
    assert!(error.contains("refused by a fault"), "{error}");
    Ok(())
}

#[tokio::test]
async fn nobody_answers_at_the_address_of_a_peer_that_is_gone() -> TestResult {
    let mut peers = Peers::new(2).await?;
    peers.drop_last();

    assert!(peers.dial(0, 1).is_ok());

    peers.dial_error(0).await?;
    Ok(())
}
