//! Peers that claim ever so many addresses.

use std::ops::RangeInclusive;

use libp2p::{Multiaddr, kad::store::RecordStore};
use netabase::RefusalReason;

use super::{
    Outcome,
    adversary::Adversary,
    in_time, on_loopback,
    refused::{author, honest_and_adversary},
    shut_down,
    waiting::{know, until},
};
use crate::{
    schemas::{Note, Profile, profile},
    waiting::until_seen,
};

/// What a node keeps of one peer's addresses.
const MAX_ADDRESSES: usize = 8;

/// Addresses of this machine at which nobody is.
fn nowhere(ports: RangeInclusive<u16>) -> Vec<Multiaddr> {
    let address = |port| format!("/ip4/127.77.0.1/tcp/{port}").parse();
    ports.map(|port| address(port).expect("it is an address")).collect()
}

/// Claims other addresses than before.
async fn move_to(adversary: &Adversary, old: Vec<Multiaddr>, new: Vec<Multiaddr>) {
    let own = adversary.address().iter().take(2).collect();
    adversary
        .with(move |swarm| {
            let behaviour = swarm.behaviour_mut();
            behaviour.deny_listening_on(&old);
            behaviour.deny_listening_on(&[own]);
            behaviour.pretend_to_listen_on(&new);
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_350_addresses_eight_are_kept_and_passed_on() -> Outcome {
    in_time(async {
        let node = on_loopback().start().await?;
        let (stuffer, watcher) = (Adversary::start().await?, Adversary::start().await?);
        move_to(&stuffer, Vec::new(), nowhere(1..=350)).await;
        stuffer.visit(&node).await?;
        watcher.meet(&node).await?;

        let named = watcher.find_in_vain(stuffer.peer_id).await;

        assert_eq!(named.len(), MAX_ADDRESSES, "{named:?}");
        assert!(node.counters().addresses_refused >= 350 - MAX_ADDRESSES as u64);

        // Others find what they look for through the node all the same.
        let other = on_loopback().bootstrap(node.addresses()).start().await?;
        know(&other, 1).await?;
        node.publish(&profile("ada")).await?;
        let of_node = other.network::<Profile>()?.of(node.peer_id());
        assert_eq!(of_node.get("ada").await?, Some(profile("ada")));
        let key = node.database::<Profile>()?.to_record(&profile("ada"))?.key;
        assert!(!watcher.get(&key).await.is_empty());
        shut_down(vec![node, other]).await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_names_ever_new_addresses_has_the_last_eight_of_them() -> Outcome {
    in_time(async {
        let node = on_loopback().start().await?;
        let (stuffer, watcher) = (Adversary::start().await?, Adversary::start().await?);
        stuffer.visit(&node).await?;

        let (to, mut old) = (node.peer_id(), Vec::new());
        for round in 0..20 {
            let before = node.counters().addresses_refused;
            let new = nowhere(1000 + 100 * round..=1099 + 100 * round);
            move_to(&stuffer, std::mem::replace(&mut old, new.clone()), new).await;
            stuffer.with(move |swarm| swarm.behaviour_mut().push_to(to)).await;
            until(&node, |counters| counters.addresses_refused >= before + 92).await?;
        }

        watcher.meet(&node).await?;
        let named = watcher.find_in_vain(stuffer.peer_id).await;
        assert_eq!(named.len(), MAX_ADDRESSES, "{named:?}");
        let of_last = |address: &Multiaddr| {
            let address: Multiaddr = address.iter().take(2).collect();
            old.contains(&address)
        };
        assert!(named.iter().all(of_last), "{named:?}");
        node.shutdown().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_loopback_a_peer_is_found_at_its_loopback_address() -> Outcome {
    in_time(async {
        let (node, adversary) = honest_and_adversary().await?;
        let watcher = Adversary::start().await?;
        watcher.meet(&node).await?;

        let found = watcher.find(adversary.peer_id).await;

        let found = found.into_iter().find(|found| found.peer_id == adversary.peer_id);
        let addresses = found.ok_or("it was asked itself")?.addrs;
        assert!(addresses.contains(&adversary.address()), "{addresses:?}");
        node.shutdown().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_claims_to_be_far_away_does_not_stop_a_node_near_by_from_serving() -> Outcome {
    in_time(async {
        let node = on_loopback().start().await?;
        let stuffer = Adversary::start().await?;
        let claimed = vec!["/ip4/9.9.9.9/tcp/1".parse()?];
        stuffer.with(move |swarm| swarm.behaviour_mut().pretend_to_listen_on(&claimed)).await;
        stuffer.meet(&node).await?;

        assert!(node.is_server());
        let record = author(1)?.database::<Profile>()?.to_record(&profile("ada"))?;
        assert!(stuffer.put(record, node.peer_id()).await);
        node.shutdown().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_provider_few_and_short_addresses_are_kept() -> Outcome {
    in_time(async {
        let (node, adversary) = honest_and_adversary().await?;
        node.database::<Note>()?;
        let key = libp2p::kad::RecordKey::new(b"/netabase/note/p");
        let long = format!("/dns4/{}.example/tcp/1", "a".repeat(60)).parse::<Multiaddr>()?;
        let mut claimed = vec![long.clone()];
        claimed.extend(nowhere(1..=19));

        let provided = key.clone();
        adversary
            .query(move |behaviour| {
                behaviour.pretend_to_provide_from(&claimed);
                behaviour.kad.start_providing(provided).expect("it takes everything")
            })
            .await;
        let providers = || RecordStore::providers(node.store(), &key);
        until_seen(providers, |found| !found.is_empty()).await?;

        let providers = RecordStore::providers(node.store(), &key);
        let [only] = &providers[..] else { return Err("there is one".into()) };
        assert_eq!(only.provider, adversary.peer_id);
        assert_eq!(only.addresses.len(), MAX_ADDRESSES);
        assert!(!only.addresses.contains(&long));
        assert_eq!(node.find_providers::<Note>().await?, [adversary.peer_id]);
        node.shutdown().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_of_what_no_type_here_reads_is_refused_and_counted() -> Outcome {
    in_time(async {
        let (node, adversary) = honest_and_adversary().await?;
        for (key, reason) in [
            ("/netabase/rumour/p", RefusalReason::UnknownSchema),
            ("/elsewhere/p", RefusalReason::ForeignKey),
        ] {
            let key = libp2p::kad::RecordKey::new(&key);
            let provided = key.clone();
            adversary
                .query(move |behaviour| {
                    behaviour.kad.start_providing(provided).expect("it takes everything")
                })
                .await;
            until(&node, |counters| counters.refused[reason] == 1).await?;
            assert!(RecordStore::providers(node.store(), &key).is_empty());
        }
        assert_eq!(node.counters().refused.total(), 2);
        node.shutdown().await;
        Ok(())
    })
    .await
}
