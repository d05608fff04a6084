//! A node's directory: what it has of it when it is started again, and what it does without.

use libp2p::kad::Quorum;
use netabase::{NetabaseStore, NodeError};

use crate::authors::identity;
use crate::nodes::{Outcome, in_time, on_loopback};
use crate::schemas::{Profile, ProfileKey, profile};

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

#[tokio::test]
async fn an_author_whose_disk_is_lost_takes_back_what_peers_agree_on() -> Outcome {
    in_time(async {
        let holder = on_loopback().server().start().await?;
        let author =
            on_loopback().identity(identity(1)).bootstrap(holder.addresses()).start().await?;
        author.bootstrapped().await?;
        let profiles = author.network::<Profile>()?.with_quorum(Quorum::One);
        for handle in ["ada", "grace"] {
            profiles.publish(&profile(handle)).await?;
        }
        assert!(profiles.remove("grace").await?);
        drop(profiles);
        author.shutdown().await;

        let author =
            on_loopback().identity(identity(1)).bootstrap(holder.addresses()).start().await?;
        author.bootstrapped().await?;
        let profiles = author.network::<Profile>()?;
        let report = profiles.recover(&["ada", "grace", "nobody"]).await?;
        let handles =
            |keys: &[ProfileKey]| keys.iter().map(|key| key.0.clone()).collect::<Vec<_>>();
        assert_eq!(handles(&report.recovered), ["ada"]);
        assert_eq!(handles(&report.removed), ["grace"]);
        assert_eq!(handles(&report.missing), ["nobody"]);
        let local = author.database::<Profile>()?;
        assert_eq!(local.get_local_records().count(), 1, "it is own again");
        assert!(!local.contains("grace")?);
        drop((profiles, local));
        author.shutdown().await;
        holder.shutdown().await;
        Ok(())
    })
    .await
}

#[cfg(unix)]
#[test]
fn neither_a_store_nor_its_backup_can_be_read_by_others() -> Result<(), Box<dyn std::error::Error>>
{
    use std::os::unix::fs::PermissionsExt;

    let parent = tempfile::tempdir()?;
    let [own, copy] = ["own", "copy"].map(|name| parent.path().join(name));
    let store = NetabaseStore::open(&own)?;
    store.backup(&copy)?;
    for directory in [own, copy] {
        let mode = directory.metadata()?.permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} is {mode:o}", directory.display());
    }
    Ok(())
}

#[tokio::test]
async fn a_store_and_a_directory_in_which_it_is_not_kept_are_refused() -> Outcome {
    in_time(async {
        let directory = tempfile::tempdir()?;
        let store = NetabaseStore::builder().network("test").build()?;
        let refused = on_loopback().store(store).data_dir(directory.path()).start().await;
        assert!(matches!(refused, Err(NodeError::StoreElsewhere { .. })), "{refused:?}");
        assert_eq!(directory.path().read_dir()?.count(), 0, "nothing was made there");
        Ok(())
    })
    .await
}
