//! Files with identities, and stores that have one already.

use std::fs;

use netabase::{BuildError, Netabase, NetabaseStore, NodeError};

use super::{Outcome, bring_up::Directory, in_time, on_loopback};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_cannot_be_leaves_no_identity_file() -> Outcome {
    in_time(async {
        let directory = Directory::new("no-identity")?;
        let file = directory.0.join("key");
        let other = NetabaseStore::builder().network("other").build()?;

        let started = on_loopback().store(other).identity_file(&file).start().await;
        assert!(
            matches!(started, Err(NodeError::OtherStore { what: "network", .. })),
            "{started:?}"
        );
        let named = Netabase::builder("No Name").identity_file(&file).start().await;
        let is_named = matches!(named, Err(NodeError::Build(BuildError::InvalidNetwork { .. })));
        assert!(is_named, "{named:?}");

        assert_eq!(fs::read_dir(&directory.0)?.count(), 0);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_identity_file_holds_the_identity_of_the_store_that_was_given() -> Outcome {
    in_time(async {
        let directory = Directory::new("store-identity")?;
        let file = directory.0.join("key");
        let store = NetabaseStore::builder().network("test").build()?;
        let peer_id = store.peer_id();
        on_loopback().store(store).identity_file(&file).start().await?.shutdown().await;

        let again = on_loopback().identity_file(&file).start().await?;
        assert_eq!(again.peer_id(), peer_id);
        again.shutdown().await;

        let before = fs::read(&file)?;
        let another = NetabaseStore::builder().network("test").build()?;
        let refused = on_loopback().store(another).identity_file(&file).start().await;
        assert!(matches!(refused, Err(NodeError::OtherStore { what: "peer", .. })), "{refused:?}");
        assert_eq!(fs::read(&file)?, before);
        Ok(())
    })
    .await
}
