//! What the example `cluster` shows, with few nodes.

use indicatif::ProgressBar;
use netabase_examples::{
    airports::{bundled_csv, sample},
    cluster::{Cluster, ClusterError, Plan, tables},
};

use crate::nodes::{Outcome, in_time};

fn plan(arguments: &str) -> Result<Plan, ClusterError> {
    Plan::from_arguments(arguments.split_whitespace().map(str::to_owned))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_airport_is_found_by_one_who_held_none_after_a_node_died() -> Outcome {
    in_time(async {
        let hidden = ProgressBar::hidden();
        let plan = plan("--nodes 4 --records 12 --kill 1")?;
        let mut cluster = Cluster::start(plan, &hidden).await?;

        let airports = sample(&bundled_csv(), plan.records, &hidden)?;
        let published = cluster.publish(airports, &hidden).await?;
        published.all_succeeded("published")?;
        let before = cluster.fetch(&hidden).await?;
        before.all_succeeded("fetched")?;
        cluster.kill().await;
        let after = cluster.fetch(&hidden).await?;
        after.all_succeeded("fetched after the kill")?;

        assert_eq!((published.asked(), before.asked(), after.asked()), (12, 12, 12));
        assert_eq!(cluster.orphans(), 3, "each node owned as many");
        let holdings = cluster.holdings();
        assert!(holdings.iter().all(|holding| holding.own == 3), "{holdings:?}");
        let ring = cluster.ring()?.ok_or("airports were published")?;
        assert!(ring.holders() >= 1, "{ring:?}");
        assert!(ring.places.is_sorted_by_key(|place| place.distance));
        assert_eq!(tables::ring(&ring).lines().count(), 2);
        cluster.shutdown().await;
        Ok(())
    })
    .await
}

#[test]
fn the_command_line_says_which_argument_is_wrong() -> Result<(), ClusterError> {
    assert_eq!(plan("")?, Plan { nodes: 10, records: 300, kill: 3 });
    assert_eq!(plan("--kill 0 --nodes 2 --records 5")?, Plan { nodes: 2, records: 5, kill: 0 });
    assert!(matches!(plan("--node 2"), Err(ClusterError::UnknownOption { .. })));
    assert!(matches!(plan("--nodes"), Err(ClusterError::NoNumber { .. })));
    assert!(matches!(plan("--nodes two"), Err(ClusterError::NotANumber { .. })));
    assert!(matches!(plan("--records 0"), Err(ClusterError::Nothing)));
    let nobody = plan("--nodes 3");
    assert!(matches!(nobody, Err(ClusterError::NobodyLeft { kill: 3, nodes: 3 })), "{nobody:?}");
    Ok(())
}
