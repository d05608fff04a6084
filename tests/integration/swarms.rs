//! Two bare libp2p swarms, each with our store in its `kad::Behaviour`.

use std::error::Error;

use futures::StreamExt;
use libp2p::{
    Multiaddr, StreamProtocol, Swarm, SwarmBuilder,
    kad::{self, QueryId, QueryResult},
    noise,
    swarm::SwarmEvent,
    tcp, yamux,
};
use netabase::{NetabaseStore, PutOutcome, RecordState};

use crate::{
    schemas::{Note, Profile, note, profile},
    waiting::in_time,
};

type Node = Swarm<kad::Behaviour<NetabaseStore>>;

fn node(store: &NetabaseStore) -> Result<Node, Box<dyn Error>> {
    let store = store.clone();
    let mut swarm = SwarmBuilder::with_existing_identity(store.identity().clone())
        .with_tokio()
        .with_tcp(tcp::Config::default(), noise::Config::new, yamux::Config::default)?
        .with_behaviour(|keypair| {
            let mut config = kad::Config::new(StreamProtocol::new("/netabase/test/kad/1.0.0"));
            config.set_replication_interval(None).set_publication_interval(None);
            // A sender whose record was refused may wait that long until it learns of it.
            config.set_substreams_timeout(std::time::Duration::from_secs(3));
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

/// A node around each store, the first of which knows where the second is.
async fn connected(
    first: &NetabaseStore,
    second: &NetabaseStore,
) -> Result<(Node, Node), Box<dyn Error>> {
    let (mut knowing, mut known) = (node(first)?, node(second)?);
    let known_address = address(&mut known).await;
    knowing.behaviour_mut().add_address(&second.peer_id(), known_address);
    Ok((knowing, known))
}

/// Drives both until the first one's query has its last answer.
async fn result(asking: &mut Node, other: &mut Node, query: QueryId) -> Vec<QueryResult> {
    let mut results = Vec::new();
    loop {
        tokio::select! {
            event = asking.select_next_some() => {
                if let SwarmEvent::Behaviour(kad::Event::OutboundQueryProgressed { id, result, step, .. }) = event && id == query {
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
    in_time(exchange()).await
}

async fn exchange() -> Result<(), Box<dyn Error>> {
    let (alice, bob) = (NetabaseStore::new(), NetabaseStore::new());
    let (alice_notes, bob_notes) = (alice.database::<Note>()?, bob.database::<Note>()?);
    let (mut alice_node, mut bob_node) = connected(&alice, &bob).await?;

    // Published by one, it is served by the other, whose store took it before it answered.
    let record = alice_notes.to_record(&note("hi", "from alice"))?;
    let key = record.key.clone();
    let query = alice_node.behaviour_mut().put_record(record.clone(), kad::Quorum::One)?;
    let put = result(&mut alice_node, &mut bob_node, query).await;
    assert!(matches!(put[..], [QueryResult::PutRecord(Ok(_))]), "{put:?}");
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
    let query = alice_node.behaviour_mut().get_record(secret.key);
    let found = result(&mut alice_node, &mut bob_node, query).await;
    assert!(matches!(found[..], [QueryResult::GetRecord(Err(_))]), "{found:?}");

    // What Alice forgets she finds again at Bob's.
    kad::store::RecordStore::remove(&mut alice.clone(), &key);
    let query = alice_node.behaviour_mut().get_record(key);
    let found = result(&mut alice_node, &mut bob_node, query).await;
    let from_bob = found.iter().find_map(|result| match result {
        QueryResult::GetRecord(Ok(kad::GetRecordOk::FoundRecord(found))) => Some(&found.record),
        _ => None,
    });
    assert_eq!(Note::try_from(from_bob.ok_or("bob has it")?)?, note("hi", "from alice"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owned_record_goes_from_one_swarm_to_another() -> Result<(), Box<dyn Error>> {
    in_time(exchange_owned()).await
}

async fn exchange_owned() -> Result<(), Box<dyn Error>> {
    let (alice, bob) = (NetabaseStore::new(), NetabaseStore::new());
    let (profiles, copies) = (alice.database::<Profile>()?, bob.database::<Profile>()?);
    let copies = copies.of(alice.peer_id());
    let (mut alice_node, mut bob_node) = connected(&alice, &bob).await?;

    // What was written is signed when it is published, and accepted for its signature.
    profiles.put(&profile("ada"))?;
    let record = profiles.sync_to_network().next().ok_or("it was put")??;
    let query = alice_node.behaviour_mut().put_record(record.clone(), kad::Quorum::One)?;
    let put = result(&mut alice_node, &mut bob_node, query).await;
    assert!(matches!(put[..], [QueryResult::PutRecord(Ok(_))]), "{put:?}");
    assert_eq!(copies.with_held().get("ada")?, Some(profile("ada")), "held for others");
    assert_eq!(copies.get("ada")?, None, "until the application wants it");
    let held = bob.raw_records().next().ok_or("bob holds it")?;
    assert_eq!(held.state, RecordState { own: false, wanted: false, served: true });
    assert_eq!(held.record.value, record.value, "byte for byte");
    assert_eq!(copies.put_record(&held.record)?, PutOutcome::Equal);
    assert_eq!(copies.get("ada")?, Some(profile("ada")));

    // What is private is found by no stranger, though the key is known.
    profiles.put(&profile("secret"))?;
    let secret = profiles.get_record("secret")?.ok_or("it was stored")?;
    let query = bob_node.behaviour_mut().get_record(secret.key);
    let found = result(&mut bob_node, &mut alice_node, query).await;
    assert!(matches!(found[..], [QueryResult::GetRecord(Err(_))]), "{found:?}");

    // What is removed is deleted at bob's, too, by a tombstone that alice signed.
    assert!(profiles.remove("ada")?);
    let tombstone = profiles.sync_to_network().next().ok_or("it was published")??;
    assert_eq!(tombstone.key, record.key);
    let query = alice_node.behaviour_mut().put_record(tombstone, kad::Quorum::One)?;
    let put = result(&mut alice_node, &mut bob_node, query).await;
    assert!(matches!(put[..], [QueryResult::PutRecord(Ok(_))]), "{put:?}");
    assert_eq!((copies.get("ada")?, copies.with_held().get("ada")?), (None, None));

    // A record that is not hers bob's store refuses, and so alice's put fails.
    let mallory = NetabaseStore::new().database::<Profile>()?.to_record(&profile("ada"))?;
    let forged = kad::Record::new(record.key, mallory.value);
    let query = alice_node.behaviour_mut().put_record_to(
        forged,
        [bob.peer_id()].into_iter(),
        kad::Quorum::One,
    );
    let put = result(&mut alice_node, &mut bob_node, query).await;
    assert!(matches!(put[..], [QueryResult::PutRecord(Err(_))]), "{put:?}");
    assert_eq!(copies.with_held().get("ada")?, None);
    Ok(())
}
