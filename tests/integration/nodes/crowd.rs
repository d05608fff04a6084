//! Many nodes on the test kit's network.

use std::error::Error;

use futures::{StreamExt, stream};
use netabase::{NetworkError, libp2p::kad::Quorum, testkit::TestNetwork};

use super::{Outcome, in_time, shut_down, waiting::know};
use crate::{
    schemas::{Profile, profile},
    waiting::{Patience, until_seen},
};

const NODES: usize = 50;

const RECORDS: usize = 100;

const AT_A_TIME: usize = 8;

fn handle(number: usize) -> String {
    format!("person {number}")
}

/// How many of the records can be fetched from another node than their owner.
async fn fetched(nodes: &[netabase::Netabase], owners: &[libp2p::PeerId]) -> usize {
    let fetches = (0..RECORDS).map(|number| async move {
        let owner = owners[number % NODES];
        let asking = (0..nodes.len())
            .map(|step| &nodes[(number * 7 + 3 + step) % nodes.len()])
            .find(|node| node.peer_id() != owner);
        let network = asking?.network::<Profile>().ok()?.of(owner);
        let mut patience = Patience::new();
        loop {
            match network.get(handle(number).as_str()).await {
                Ok(found) => return found,
                // A walk that took too long says nothing about the record.
                Err(error) => patience.look_again(error).await.ok()?,
            }
        }
    });
    let found: Vec<_> = stream::iter(fetches).buffered(AT_A_TIME).collect().await;
    found
        .iter()
        .zip(0..)
        .filter(|(found, number)| **found == Some(profile(&handle(*number))))
        .count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_nodes_fifteen_die_and_every_record_is_found() -> Outcome {
    in_time(async {
        let network = TestNetwork::new(50);
        let mut nodes = network.start(NODES).await?;
        let owners = super::waiting::ids(&nodes);
        for node in &nodes {
            know(node, 20).await?;
        }

        let publishes = (0..RECORDS).map(|number| {
            let node = nodes[number % NODES].clone();
            async move {
                let profiles = node.network::<Profile>()?.with_quorum(Quorum::Majority);
                let mut patience = Patience::new();
                loop {
                    match profiles.publish(&profile(&handle(number))).await {
                        // Peers that are slow to answer missed it; those that have it count the next time.
                        Err(NetworkError::QuorumMissed { report }) => {
                            patience.look_again(report).await?;
                        }
                        published => return Ok::<_, Box<dyn Error>>(published?),
                    }
                }
            }
        });
        let reports: Vec<_> = stream::iter(publishes).buffered(AT_A_TIME).collect().await;
        for report in reports {
            let report = report?;
            assert!(report.holders() >= 11, "most of the 20 closest have it: {report:?}");
        }
        assert_eq!(fetched(&nodes, &owners).await, RECORDS);

        // Owners die, too.
        let dead = nodes.split_off(NODES - NODES * 3 / 10);
        for node in &dead {
            network.faults().kill_peer(node.peer_id());
        }
        shut_down(dead).await;
        let found = fetched(&nodes, &owners).await;
        assert!(found * 100 >= RECORDS * 99, "{found} of {RECORDS}");
        shut_down(nodes).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quorum_is_of_those_who_are_there() -> Outcome {
    in_time(async {
        for (count, wanted) in [(1, 0), (2, 1), (3, 2)] {
            let nodes = TestNetwork::new(count as u64).start(count).await?;
            for node in &nodes {
                know(node, count - 1).await?;
            }
            let report = nodes[0].publish(&profile("ada")).await?;
            assert_eq!((report.found, report.wanted), (count - 1, wanted), "majority of {count}");
            let all = nodes[0].network::<Profile>()?.with_quorum(Quorum::All);
            let report = all.publish(&profile("ben")).await?;
            assert_eq!((report.acknowledged, report.wanted), (count - 1, count - 1));
            // What they have they need not be sent again.
            let again = all.publish(&profile("ben")).await?;
            assert_eq!((again.acknowledged, again.verified), (0, count - 1));
            shut_down(nodes).await;
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newcomer_is_handed_what_it_is_close_to() -> Outcome {
    in_time(async {
        let network = TestNetwork::new(7);
        let nodes = network.start(3).await?;
        let profiles = nodes[0].network::<Profile>()?;
        for number in 0..20 {
            profiles.publish(&profile(&handle(number))).await?;
        }

        let newcomer = network.node(3).bootstrap(nodes[1].addresses()).start().await?;
        until_seen(|| newcomer.store().record_count(), |count| *count == 20).await?;

        let handed: u64 = nodes.iter().map(|node| node.counters().handovers_sent).sum();
        assert!(handed <= 20, "once each, by the nearest holder: {handed}");
        shut_down(nodes).await;
        newcomer.shutdown().await;
        Ok(())
    })
    .await
}
