//! Two bare libp2p swarms, each with our store in its `kad::Behaviour`.

use std::{error::Error, time::Duration};

use futures::StreamExt;
use libp2p::{
    Multiaddr, StreamProtocol, Swarm, SwarmBuilder, kad, noise, swarm::SwarmEvent, tcp, yamux,
};
use netabase::NetabaseStore;

use crate::schemas::{Note, note};

type Node = Swarm<kad::Behaviour<NetabaseStore>>;

const TIMEOUT: Duration = Duration::from_secs(60);

fn node(store: &NetabaseStore) -> Result<Node, Box<dyn Error>> {
    let store = store.clone();
    let mut swarm = SwarmBuilder::with_existing_identity(store.identity().clone())
        .with_tokio()
        .with_tcp(tcp::Config::default(), noise::Config::new, yamux::Config::default)?
        .with_behaviour(|keypair| {
            let mut config = kad::Config::new(StreamProtocol::new("/netabase/test/kad/1.0.0"));
            config.set_replication_interval(None).set_publication_interval(None);
            kad::Behaviour::with_config(keypair.public().to_peer_id(), store, config)
        })?
        .build();
    swarm.behaviour_mut().set_mode(Some(kad::Mode::Server));
    swarm.listen_on("/ip4/127.0.0.1/tcp/0".parse()?)?;
    Ok(swarm)
}

async fn address(swarm: &mut Node) -> Multiaddr {
    loop {
        if let SwarmEvent::NewListenAddr { address, .. } = swarm.select_next_some().await {
            return address;
        }
    }
}

/// Drives both until the first one's query has its last answer.
async fn result(asking: &mut Node, other: &mut Node) -> Vec<kad::QueryResult> {
    let mut results = Vec::new();
    loop {
        tokio::select! {
            event = asking.select_next_some() => {
                if let SwarmEvent::Behaviour(kad::Event::OutboundQueryProgressed { result, step, .. }) = event {
                    results.push(result);
                    if step.last {
                        return results;
                    }
                }
            }
            _ = other.select_next_some() => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_typed_record_goes_from_one_swarm_to_another() -> Result<(), Box<dyn Error>> {
    tokio::time::timeout(TIMEOUT, exchange()).await?
}

async fn exchange() -> Result<(), Box<dyn Error>> {
    let (alice, bob) = (NetabaseStore::new(), NetabaseStore::new());
    let (alice_notes, bob_notes) = (alice.database::<Note>()?, bob.database::<Note>()?);
    let (mut alice_node, mut bob_node) = (node(&alice)?, node(&bob)?);
    let bob_address = address(&mut bob_node).await;
    alice_node.behaviour_mut().add_address(&bob.peer_id(), bob_address);

    // Published by one, it is served by the other, whose store took it before it answered.
    let record = alice_notes.to_record(&note("hi", "from alice"))?;
    let key = record.key.clone();
    alice_node.behaviour_mut().put_record(record.clone(), kad::Quorum::One)?;
    let put = result(&mut alice_node, &mut bob_node).await;
    assert!(matches!(put[..], [kad::QueryResult::PutRecord(Ok(_))]), "{put:?}");
    let held = bob.raw_records().next().ok_or("bob holds it")?;
    assert!(held.state.served && !held.state.wanted);
    assert_eq!(held.record.value, record.value);
    assert_eq!(alice_notes.get("hi")?, Some(note("hi", "from alice")), "own, wanted and served");

    // Bob reads it as a value.
    bob_notes.put_record(&held.record)?;
    assert_eq!(bob_notes.get("hi")?, Some(note("hi", "from alice")));

    // Bob published nothing: what is his alone, Alice does not find.
    bob_notes.put(&note("secret", "from bob"))?;
    let secret = bob_notes.get_record("secret")?.ok_or("it was stored")?;
    alice_node.behaviour_mut().get_record(secret.key);
    let found = result(&mut alice_node, &mut bob_node).await;
    assert!(matches!(found[..], [kad::QueryResult::GetRecord(Err(_))]), "{found:?}");

    // What Alice forgets she finds again at Bob's.
    kad::store::RecordStore::remove(&mut alice.clone(), &key);
    alice_node.behaviour_mut().get_record(key);
    let found = result(&mut alice_node, &mut bob_node).await;
    let from_bob = found.iter().find_map(|result| match result {
        kad::QueryResult::GetRecord(Ok(kad::GetRecordOk::FoundRecord(found))) => {
            Some(&found.record)
        }
        _ => None,
    });
    assert_eq!(Note::try_from(from_bob.ok_or("bob has it")?)?, note("hi", "from alice"));
    Ok(())
}
