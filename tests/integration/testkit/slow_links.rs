use std::time::{Duration, Instant};

use super::peers::{Peers, TestResult, bytes};

#[tokio::test]
async fn a_record_arrives_as_it_was_sent() -> TestResult {
    let mut peers = Peers::connected(2).await?;
    let value = bytes(12_000);

    peers.ask_for(0, 1, &value)?;

    assert_eq!(peers.value().await?, value);
    let (reader, holder) = peers.link(0, 1);
    assert!(peers.faults.passed(holder, reader) >= 12_000);
    Ok(())
}

#[tokio::test]
async fn bytes_take_the_delay_there_and_back() -> TestResult {
    let mut peers = Peers::new(2).await?;
    let (one, other) = peers.link(0, 1);
    peers.faults.delay(one, other, Duration::from_millis(100));
    peers.connect(0, 1).await?;

    let round_trip = peers.round_trip(0, 1).await?;

    assert!(round_trip >= Duration::from_millis(200), "{round_trip:?}");
    Ok(())
}

#[tokio::test]
async fn a_delay_can_change_while_connected() -> TestResult {
    let mut peers = Peers::connected(2).await?;
    peers.round_trip(0, 1).await?;
    let (one, other) = peers.link(0, 1);

    peers.faults.delay(other, one, Duration::from_millis(100));

    // The first may have been under way already.
    peers.round_trip(0, 1).await?;
    let round_trip = peers.round_trip(0, 1).await?;
    assert!(round_trip >= Duration::from_millis(200), "{round_trip:?}");
    Ok(())
}

#[tokio::test]
async fn a_link_without_a_delay_of_its_own_has_the_default() -> TestResult {
    let mut peers = Peers::new(3).await?;
    let (one, other) = peers.link(0, 1);
    peers.faults.delay(one, other, Duration::from_millis(150));
    peers.faults.default_delay(Duration::from_millis(50));
    peers.connect(0, 1).await?;
    peers.connect(0, 2).await?;

    let own = peers.round_trip(0, 1).await?;
    let usual = peers.round_trip(0, 2).await?;

    assert!(own >= Duration::from_millis(300), "{own:?}");
    assert!(usual >= Duration::from_millis(100), "{usual:?}");
    Ok(())
}

#[tokio::test]
async fn bytes_stay_in_order_whatever_the_jitter() -> TestResult {
    let mut peers = Peers::new(2).await?;
    let (one, other) = peers.link(0, 1);
    peers.faults.jitter(one, other, Duration::from_millis(30));
    peers.connect(0, 1).await?;
    let value = bytes(12_000);

    peers.ask_for(0, 1, &value)?;

    assert_eq!(peers.value().await?, value);
    Ok(())
}

#[tokio::test]
async fn a_narrow_link_takes_its_time() -> TestResult {
    let mut peers = Peers::connected(2).await?;
    let (one, other) = peers.link(0, 1);
    peers.faults.bandwidth(one, other, 40_000);
    let value = bytes(12_000);

    let start = Instant::now();
    peers.ask_for(0, 1, &value)?;
    let arrived = peers.value().await?;
    let took = start.elapsed();

    assert_eq!(arrived, value);
    assert!(took >= Duration::from_millis(300), "12,000 bytes at 40,000 a second in {took:?}");
    Ok(())
}

#[tokio::test]
async fn the_default_bandwidth_is_that_of_each_link() -> TestResult {
    let mut peers = Peers::connected(2).await?;
    peers.faults.default_bandwidth(40_000);

    let start = Instant::now();
    peers.ask_for(0, 1, &bytes(12_000))?;
    peers.value().await?;

    let took = start.elapsed();
    assert!(took >= Duration::from_millis(300), "12,000 bytes at 40,000 a second in {took:?}");
    Ok(())
}

#[tokio::test]
async fn the_largest_and_the_least_figures_are_only_slow() -> TestResult {
    let mut peers = Peers::new(3).await?;
    let (one, other) = peers.link(0, 1);
    peers.faults.delay(one, other, Duration::MAX);
    peers.faults.jitter(one, other, Duration::MAX);
    peers.faults.bandwidth(one, other, 0);

    peers.dial(0, 1)?;
    peers.connect(0, 2).await?;
    peers.round_trip(0, 2).await?;
    assert!(!peers.is_connected(0, 1), "nothing can have come through");

    peers.faults.kill(one, other);
    let error = peers.dial_error(0).await?;
    assert!(error.contains("killed"), "{error}");
    Ok(())
}
