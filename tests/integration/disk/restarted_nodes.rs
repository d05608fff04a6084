//! Nodes that are shut down and started again.

use netabase::NetabaseStore;

use crate::nodes::{Outcome, in_time, on_loopback};
use crate::schemas::{Profile, profile};

#[tokio::test]
async fn a_node_keeps_its_identity_and_what_it_published() -> Outcome {
    in_time(async {
        let directory = tempfile::tempdir()?;
        let node = on_loopback().data_dir(directory.path()).start().await?;
        let peer = node.peer_id();
        node.publish(&profile("ada")).await?;
        node.shutdown().await;

        let node = on_loopback().data_dir(directory.path()).start().await?;
        assert_eq!(node.peer_id(), peer);
        // Another node asks, though no database of it was opened since.
        let reader = on_loopback().bootstrap(node.addresses()).start().await?;
        reader.bootstrapped().await?;
        let found = reader.network::<Profile>()?.of(peer).get("ada").await?;
        assert_eq!(found, Some(profile("ada")));
        node.shutdown().await;
        reader.shutdown().await;
        assert!(NetabaseStore::verify(directory.path())?.signed >= 1);
        Ok(())
    })
    .await
}
