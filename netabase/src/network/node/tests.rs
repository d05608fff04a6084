//! Tells why a node has not joined its network.

use super::*;
use crate::network::{builder::NetabaseBuilder, error::NodeError};

fn on_loopback(network: &str) -> NetabaseBuilder {
    Netabase::builder(network).listen("/ip4/127.0.0.1/tcp/0".parse().unwrap())
}

/// Starts a node that bootstraps from this one, and waits until anything but silence is in its way. Returns both
/// sooner than callers would be told.
async fn with_obstacle(
    newcomer: NetabaseBuilder,
    first: &Netabase,
) -> Result<(Netabase, BootstrapError), NodeError> {
    with_obstacle_at(newcomer, first.addresses()).await
}

async fn with_obstacle_at(
    newcomer: NetabaseBuilder,
    addresses: Vec<Multiaddr>,
) -> Result<(Netabase, BootstrapError), NodeError> {
    let newcomer = newcomer.bootstrap(addresses).start().await?;
    let mut status = newcomer.shared.status.clone();
    let is_told = |status: &Status| {
        !matches!(status.obstacle, Some(BootstrapError::NobodyAnswered { source: None, .. }))
    };
    status.wait_for(is_told).await.expect("the node runs");
    let told = newcomer.bootstrapped_by(Instant::now()).await;
    Ok((newcomer, told.expect_err("it has not met anybody")))
}

#[tokio::test]
async fn a_node_says_that_the_peer_that_answered_is_of_another_network() -> Result<(), NodeError> {
    let first = on_loopback("one").start().await?;

    let (newcomer, told) = with_obstacle(on_loopback("two"), &first).await?;

    let BootstrapError::OtherNetwork { peer, found, expected } = &told else { panic!("{told}") };
    assert_eq!(*peer, first.peer_id());
    assert_eq!((&**found, &**expected), ("/netabase/one/1.0.0", "/netabase/two/1.0.0"));
    first.shutdown().await;
    newcomer.shutdown().await;
    Ok(())
}

#[tokio::test]
async fn a_node_says_that_another_peer_answered() -> Result<(), NodeError> {
    let first = on_loopback("one").start().await?;
    let mut address = first.addresses().remove(0);
    address.pop();
    let address = address.with_p2p(PeerId::random()).expect("it names nobody");

    let (newcomer, told) = with_obstacle_at(on_loopback("one"), vec![address.clone()]).await?;

    let BootstrapError::OtherPeer { found, address: at } = &told else { panic!("{told}") };
    assert_eq!((*found, at), (first.peer_id(), &address));
    first.shutdown().await;
    newcomer.shutdown().await;
    Ok(())
}

#[tokio::test]
async fn a_node_says_that_the_peer_that_answered_serves_nobody() -> Result<(), NodeError> {
    let first = on_loopback("one").client().start().await?;

    let (newcomer, told) = with_obstacle(on_loopback("one"), &first).await?;

    let is_so = matches!(told, BootstrapError::NotServing { peer } if peer == first.peer_id());
    assert!(is_so, "{told}");
    first.shutdown().await;
    newcomer.shutdown().await;
    Ok(())
}

#[tokio::test]
async fn a_node_says_why_nobody_answered() -> Result<(), NodeError> {
    let first = on_loopback("one").start().await?;
    let nobody_there = first.addresses();
    first.shutdown().await;

    let (newcomer, told) = with_obstacle_at(on_loopback("one"), nobody_there).await?;

    assert!(matches!(told, BootstrapError::NobodyAnswered { source: Some(_), .. }), "{told}");
    let cause = std::error::Error::source(&told).expect("an attempt has failed").to_string();
    assert!(cause.contains("/ip4/127.0.0.1/tcp/"), "{cause}");
    assert!(told.to_string().contains("1 of them"), "{told}");
    newcomer.shutdown().await;
    Ok(())
}
