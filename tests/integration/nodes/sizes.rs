//! The largest record travels where answers are largest.

use libp2p::{Multiaddr, multiaddr::Protocol};
use netabase::{FetchMode, NetworkError, TooLarge, WriteError, testkit::TestNetwork};

use super::{Outcome, in_time, shut_down, waiting::know};
use crate::schemas::Profile;

/// What key and value of a record may have together, in bytes.
const MAX_RECORD_BYTES: usize = 32_768;

/// More than the 20 closest peers of any key.
const NODES: usize = 30;

/// As many addresses as are kept of a peer.
const ADDRESSES: usize = 8;

/// A profile whose record has so many bytes.
fn profile_of(bytes: usize) -> Profile {
    // Prefix and access, owner, key; envelope, both texts with their lengths (of 1 and 3 bytes), signature.
    let beside = ("/netabase/profile/o".len() + 38 + 4) + (14 + 1 + 3 + 3 + 96);
    Profile { handle: "ada".into(), about: "x".repeat(bytes - beside) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_largest_record_is_fetched_where_everybody_has_many_addresses() -> Outcome {
    in_time(async {
        let more = |node: netabase::NetabaseBuilder| {
            let memory = Multiaddr::from(Protocol::Memory(0));
            (1..ADDRESSES).fold(node, |node, _| node.listen(memory.clone()))
        };
        let nodes = TestNetwork::new(30).start_with(NODES, |_, node| more(node)).await?;
        for node in &nodes {
            know(node, 20).await?;
        }
        let alice = nodes[0].network::<Profile>()?;

        let one_more = alice.publish(&profile_of(MAX_RECORD_BYTES + 1)).await;
        let is_too_large = matches!(
            one_more,
            Err(NetworkError::Write(WriteError::TooLarge(TooLarge::Record {
                len: 32_769,
                max_bytes: MAX_RECORD_BYTES,
            })))
        );
        assert!(is_too_large, "{one_more:?}");
        assert_eq!(nodes[0].store().record_count(), 0, "nothing was stored");

        let largest = profile_of(MAX_RECORD_BYTES);
        let report = alice.publish(&largest).await?;
        assert!(report.acknowledged >= report.wanted, "{report:?}");
        for node in nodes.iter().rev().take(5) {
            let network = node.network::<Profile>()?.of(nodes[0].peer_id());
            let held = network.local().with_held().get("ada")?.is_some();
            let found = network.with_mode(FetchMode::Several).get("ada").await?;
            assert!(found.as_ref() == Some(&largest), "found: {}, held: {held}", found.is_some());
        }
        shut_down(nodes).await;
        Ok(())
    })
    .await
}
