//! Waiting for what a node says.

use libp2p::PeerId;
use netabase::{Netabase, NodeCounters, NodeEvent, NodeEvents};

/// The next event that is meant.
pub(super) async fn wait_for(
    events: &mut NodeEvents,
    is_meant: impl Fn(&NodeEvent) -> bool,
) -> Result<NodeEvent, &'static str> {
    loop {
        let event = events.next().await.ok_or("the node runs")?;
        if is_meant(&event) {
            return Ok(event);
        }
    }
}

/// Waits until a node's counters show something: looked at with each event, and each second.
pub(crate) async fn until(node: &Netabase, is_so: impl Fn(&NodeCounters) -> bool) {
    let mut events = node.events();
    let mut ticks = tokio::time::interval(std::time::Duration::from_millis(100));
    while !is_so(&node.counters()) {
        tokio::select! {
            event = events.next() => assert!(event.is_some(), "the node runs"),
            _ = ticks.tick() => {}
        }
    }
}

/// Waits until a node knows so many peers.
pub(crate) async fn know(node: &Netabase, peers: usize) {
    until(node, |counters| counters.known_peers >= peers).await;
}

pub(super) fn ids(nodes: &[Netabase]) -> Vec<PeerId> {
    nodes.iter().map(Netabase::peer_id).collect()
}
