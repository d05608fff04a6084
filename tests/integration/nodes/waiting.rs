//! Waiting for what a node says.

use std::{collections::VecDeque, future::Future, panic::Location};

use libp2p::PeerId;
use netabase::{Netabase, NodeCounters, NodeEvent, NodeEvents};

use crate::waiting::{InVain, Patience};

/// How many events are told of a wait in vain.
const TOLD: usize = 8;

/// Returns the next event that is meant.
#[track_caller]
pub(crate) fn wait_for(
    events: &mut NodeEvents,
    is_meant: impl Fn(&NodeEvent) -> bool,
) -> impl Future<Output = Result<NodeEvent, InVain>> {
    let mut patience = Patience::at(Location::caller());
    async move {
        let (mut count, mut last) = (0, VecDeque::new());
        loop {
            let event = patience.wait(events.next()).await?;
            match event {
                Some(event) if is_meant(&event) => return Ok(event),
                Some(event) => last.push_back(event),
                None => panic!("the node has ended while {patience:?} waited"),
            }
            count += 1;
            last.drain(..last.len().saturating_sub(TOLD));
            patience.see(format_args!("{count} events, the last of them {last:?}"));
        }
    }
}

/// Waits until a node's counters show something: looked at with each event, and each tenth of a second.
#[track_caller]
pub(crate) fn until(
    node: &Netabase,
    is_so: impl Fn(&NodeCounters) -> bool,
) -> impl Future<Output = Result<(), InVain>> {
    let mut patience = Patience::at(Location::caller());
    async move {
        let mut events = node.events();
        let mut ticks = tokio::time::interval(std::time::Duration::from_millis(100));
        loop {
            let counters = node.counters();
            if is_so(&counters) {
                return Ok(());
            }
            patience.see(counters);
            let change = async {
                tokio::select! {
                    event = events.next() => assert!(event.is_some(), "the node runs"),
                    _ = ticks.tick() => {}
                }
            };
            patience.wait(change).await?;
        }
    }
}

/// Waits until a node knows so many peers.
#[track_caller]
pub(crate) fn know(node: &Netabase, peers: usize) -> impl Future<Output = Result<(), InVain>> {
    until(node, move |counters| counters.known_peers >= peers)
}

pub(crate) fn ids(nodes: &[Netabase]) -> Vec<PeerId> {
    nodes.iter().map(Netabase::peer_id).collect()
}
