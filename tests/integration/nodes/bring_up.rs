//! How nodes start, meet, and end.

use std::{fs, net::TcpListener, path::PathBuf};

use libp2p::{Multiaddr, identity::Keypair, multiaddr::Protocol};
use netabase::{
    BootstrapError, BuildError, Netabase, NetabaseStore, NetworkError, NodeError, NodeEvent,
    WriteError, testkit::TestNetwork,
};

use super::{
    Outcome, in_time, network_of, on_loopback, shut_down,
    waiting::{know, until, wait_for},
};
use crate::{
    schemas::{Note, Profile, note, profile},
    waiting::{Patience, until_seen},
};

/// A directory that goes with the test.
pub(super) struct Directory(pub(super) PathBuf);

impl Directory {
    pub(super) fn new(name: &str) -> std::io::Result<Self> {
        let path = std::env::temp_dir().join(format!("netabase-{name}-{}", std::process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_are_told_nothing_but_an_address_meet() -> Outcome {
    in_time(async {
        // As a user would: TCP and QUIC, on every address of the machine.
        let alice = Netabase::builder("my-app").start().await?;
        let transports = |is: fn(&Protocol<'_>) -> bool| {
            alice.addresses().iter().any(|address| address.iter().any(|part| is(&part)))
        };
        assert!(transports(|part| matches!(part, Protocol::Tcp(_))), "TCP");
        assert!(transports(|part| matches!(part, Protocol::QuicV1)), "QUIC");
        let bob = Netabase::builder("my-app").bootstrap(alice.addresses()).start().await?;

        alice.publish(&profile("ada")).await?;
        let found = bob.network::<Profile>()?.of(alice.peer_id()).get("ada").await?;

        assert_eq!(found, Some(profile("ada")));
        until(&alice, |counters| counters.known_peers == 1).await?;
        assert!(alice.is_server() && bob.is_server(), "all are near by");
        shut_down(vec![alice, bob]).await;
        Ok(())
    })
    .await
}

#[tokio::test(start_paused = true)]
async fn who_meets_nobody_in_time_is_told_so_and_still_does_later() -> Outcome {
    let network = TestNetwork::new(25);
    network.faults().refuse(network.peer_id(0), network.peer_id(1));
    let alice = network.node(0).start().await?;
    alice.bootstrapped().await?;
    let bob = network.node(1).bootstrap(alice.addresses()).start().await?;

    let told = bob.bootstrapped().await;

    let Err(BootstrapError::NobodyAnswered { addresses: 1, source: Some(cause) }) = told else {
        return Err(format!("{told:?}").into());
    };
    assert!(cause.to_string().contains("/memory/"), "{cause}");
    let mut events = bob.events();
    network.faults().heal_all();
    bob.dial(alice.addresses()).await?;
    wait_for(&mut events, |event| *event == NodeEvent::Bootstrapped).await?;
    bob.bootstrapped().await?;
    shut_down(vec![alice, bob]).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_meet_over_quic_alone() -> Outcome {
    in_time(async {
        let quic: Multiaddr = "/ip4/127.0.0.1/udp/0/quic-v1".parse()?;
        let alice = Netabase::builder("test").listen(quic.clone()).start().await?;
        let bob = Netabase::builder("test");
        let bob = bob.listen(quic).bootstrap(alice.addresses()).start().await?;
        bob.publish(&profile("ben")).await?;

        let found = alice.network::<Profile>()?.of(bob.peer_id()).get("ben").await?;

        assert_eq!(found, Some(profile("ben")));
        shut_down(vec![alice, bob]).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_of_other_networks_have_nothing_to_do_with_each_other() -> Outcome {
    in_time(async {
        let alice = on_loopback().start().await?;
        let tcp: Multiaddr = "/ip4/127.0.0.1/tcp/0".parse()?;
        let stranger = Netabase::builder("another").listen(tcp);
        let stranger = stranger.bootstrap(alice.addresses()).start().await?;
        until(&stranger, |counters| counters.connected_peers == 1).await?;
        // A third that is of ours shows that time has passed for both.
        let bob = on_loopback().bootstrap(alice.addresses()).start().await?;
        know(&bob, 1).await?;

        assert_eq!(stranger.counters().known_peers, 0);
        let report = stranger.publish(&profile("eve")).await?;
        assert_eq!(report.found, 0);
        shut_down(vec![alice, bob, stranger]).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_shut_down_leaves_no_task_and_no_port() -> Outcome {
    in_time(async {
        let tasks = tokio::runtime::Handle::current().metrics();
        let before = tasks.num_alive_tasks();
        let nodes = network_of(3).await?;
        for node in &nodes {
            know(node, 2).await?;
        }
        let port = nodes[0].addresses()[0].iter().find_map(|part| match part {
            Protocol::Tcp(port) => Some(port),
            _ => None,
        });
        let port = port.ok_or("it listens on TCP")?;
        let handles = nodes.clone();
        let mut events = nodes[1].events();

        shut_down(nodes).await;

        // The very task that said so is about to end.
        until_seen(|| tasks.num_alive_tasks(), |count| *count == before).await?;
        TcpListener::bind(("127.0.0.1", port))?;
        while events.next().await.is_some() {}
        for handle in handles {
            let stopped = handle.publish(&profile("ada")).await;
            assert!(matches!(stopped, Err(NetworkError::Stopped)), "{stopped:?}");
            let local = handle.database::<Profile>()?.get("ada")?;
            assert_eq!(local, Some(profile("ada")), "it was stored here");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_ends_with_its_last_handle() -> Outcome {
    in_time(async {
        let alice = on_loopback().start().await?;
        let mut events = alice.events();
        let notes = alice.network::<Note>()?;
        drop(alice);
        notes.publish(&note("still", "here")).await?;
        drop(notes);
        while events.next().await.is_some() {}
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_identity_file_is_made_once_and_is_private() -> Outcome {
    in_time(async {
        let directory = Directory::new("identity")?;
        let file = directory.0.join("key");
        let first = on_loopback().identity_file(&file).start().await?;
        let peer_id = first.peer_id();
        first.shutdown().await;
        let second = on_loopback().identity_file(&file).start().await?;
        assert_eq!(second.peer_id(), peer_id);
        second.shutdown().await;
        assert_eq!(fs::read_dir(&directory.0)?.count(), 1, "nothing else is left");

        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&file)?.permissions().mode() & 0o777, 0o600);
            fs::set_permissions(&file, fs::Permissions::from_mode(0o644))?;
            let public = on_loopback().identity_file(&file).start().await;
            assert!(matches!(public, Err(NodeError::IdentityFileIsPublic { .. })), "{public:?}");
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?;
        }
        fs::write(&file, b"no key")?;
        let garbage = on_loopback().identity_file(&file).start().await;
        assert!(matches!(garbage, Err(NodeError::NoIdentity { .. })), "{garbage:?}");
        let nowhere = directory.0.join("missing").join("key");
        let missing = on_loopback().identity_file(&nowhere).start().await;
        assert!(matches!(missing, Err(NodeError::IdentityFile { .. })), "{missing:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_cannot_be_says_why() -> Outcome {
    in_time(async {
        let named = Netabase::builder("No Name").start().await;
        assert!(
            matches!(named, Err(NodeError::Build(BuildError::InvalidNetwork { .. }))),
            "{named:?}"
        );

        let store = NetabaseStore::builder().network("other").build()?;
        let other = on_loopback().store(store).start().await;
        assert!(matches!(other, Err(NodeError::OtherStore { what: "network", .. })), "{other:?}");
        let store = NetabaseStore::builder().network("test").build()?;
        let mine = on_loopback().store(store.clone()).identity(Keypair::generate_ed25519());
        let mine = mine.start().await;
        assert!(matches!(mine, Err(NodeError::OtherStore { what: "peer", .. })), "{mine:?}");

        let node = on_loopback().store(store.clone()).start().await?;
        let twice = on_loopback().store(store.clone()).start().await;
        assert!(matches!(twice, Err(NodeError::StoreInUse)), "{twice:?}");
        node.shutdown().await;
        on_loopback().store(store).start().await?.shutdown().await;

        for address in ["/ip4/192.0.2.1/tcp/0", "/ip4/127.0.0.1/tcp/0/ws"] {
            let refused = Netabase::builder("test").listen(address.parse()?).start().await;
            assert!(matches!(refused, Err(NodeError::Listen { .. })), "{refused:?}");
        }
        Ok(())
    })
    .await
}

#[test]
fn a_node_needs_a_runtime() {
    let started = futures::executor::block_on(on_loopback().start());
    assert!(matches!(started, Err(NodeError::NoRuntime)), "{started:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn providers_are_found() -> Outcome {
    in_time(async {
        let nodes = network_of(3).await?;
        for node in &nodes {
            know(node, 2).await?;
            node.database::<Note>()?;
        }
        nodes[0].provide::<Note>().await?;
        nodes[1].provide::<Note>().await?;

        // The announcement is not acknowledged: it is asked until it is there.
        let mut found = Vec::new();
        let mut patience = Patience::new();
        while found.len() < 2 {
            patience.look_again(&found).await?;
            found = nodes[2].find_providers::<Note>().await?;
        }

        found.sort();
        let mut expected = vec![nodes[0].peer_id(), nodes[1].peer_id()];
        expected.sort();
        assert_eq!(found, expected);
        shut_down(nodes).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_travel_is_refused_before_it_is_stored() -> Outcome {
    in_time(async {
        let nodes = network_of(2).await?;
        know(&nodes[0], 1).await?;
        let large = Profile { handle: "large".into(), about: "x".repeat(40_000) };
        let refused = nodes[0].publish(&large).await;
        assert!(
            matches!(refused, Err(NetworkError::Write(WriteError::TooLarge(_)))),
            "{refused:?}"
        );
        assert_eq!(nodes[0].store().record_count(), 0);

        let others = nodes[0].network::<Profile>()?.of(nodes[1].peer_id());
        for refused in
            [others.publish(&profile("ada")).await.map(drop), others.remove("ada").await.map(drop)]
        {
            let is_not_ours =
                matches!(refused, Err(NetworkError::Write(WriteError::NotOwner { .. })));
            assert!(is_not_ours, "{refused:?}");
        }
        shut_down(nodes).await;
        Ok(())
    })
    .await
}
