//! Decides how others reach a node, and asks those behind gateways for what is theirs.

use super::*;
use crate::network::{
    query::{FetchMode, Fetched},
    reachability::{Reachability, UnreachableReason},
};

const FAR: &str = "/ip4/9.9.9.9/tcp/1";

const RELAYED: &str =
    "/ip4/9.9.9.9/tcp/1/p2p/12D3KooWGEYVEHxZ3u8nDHYTDHHDXLCgmM6sE3LDmhHQ1YKiSbHx/p2p-circuit";

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "owned", crate = "crate")]
struct Diary {
    #[netabase(key)]
    day: u32,
}

/// A peer behind a gateway that was met over a relay, and a record of its own.
fn meet_owner(node: &mut Driver) -> Result<(PeerId, Record), Box<dyn Error>> {
    let store = NetabaseStore::builder().network("test").clock(node.clock.clone()).build()?;
    let record = store.database::<Diary>()?.to_record(&Diary { day: 1 })?;
    let mut info = info("test", &[RELAYED, "/ip4/192.168.1.2/tcp/1"])?;
    info.protocols.clear();
    node.identify(store.peer_id(), RELAYED, &info)?;
    Ok((store.peer_id(), record))
}

fn fetch(
    node: &mut Driver,
    record: &Record,
    known: usize,
) -> oneshot::Receiver<Result<Fetched, NetworkError>> {
    let (reply, answer) = oneshot::channel();
    node.state.fetch(record.key.clone(), FetchMode::Several, None, reply, known);
    answer
}

fn deliver(actions: Vec<Action>) {
    for action in actions {
        if let Action::Answer(answer) = action {
            answer.send();
        }
    }
}

#[test]
fn an_owner_behind_a_gateway_is_asked_where_it_was_met_and_its_answer_counts() -> Outcome {
    let mut node = Driver::new(&[], Mode::Auto)?;
    let (owner, record) = meet_owner(&mut node)?;
    node.actions();

    let mut answer = fetch(&mut node, &record, 0);

    let actions = node.actions();
    let [Action::Ask { id, peer, addresses, key }] = &actions[..] else {
        panic!("the owner is asked, and nobody else is known")
    };
    assert_eq!((*peer, key, &addresses[..]), (owner, &record.key, &[RELAYED.parse()?][..]));
    assert_eq!(node.state.callers(), 1, "the caller waits");
    node.state.on_asked(*id, Some(record.value.clone()), 0);
    deliver(node.actions());
    let found = answer.try_recv()??.record.ok_or("there is one")?;
    assert_eq!(found.value, record.value);
    Ok(())
}

#[test]
fn what_an_owner_sends_is_checked_and_others_are_asked_all_the_same() -> Outcome {
    for value in [None, Some(b"forged".to_vec())] {
        let mut node = Driver::new(&[], Mode::Auto)?;
        let (_, record) = meet_owner(&mut node)?;
        node.actions();
        let _answer = fetch(&mut node, &record, 1);
        let actions = node.actions();
        let [Action::Ask { id, .. }] = &actions[..] else { panic!("the owner is asked") };

        node.state.on_asked(*id, value, 1);

        let started = node.start_queries();
        assert!(matches!(&started[..], [(_, Request::Get(key))] if *key == record.key));
    }
    Ok(())
}

#[test]
fn an_owner_that_does_not_answer_is_not_waited_for() -> Outcome {
    let mut node = Driver::new(&[], Mode::Auto)?;
    let (_, record) = meet_owner(&mut node)?;
    let _answer = fetch(&mut node, &record, 1);
    node.actions();
    let start = Instant::now();

    node.state.end_long_asks(1, start);
    assert!(node.start_queries().is_empty());
    node.state.end_long_asks(1, start + Duration::from_secs(6));

    assert_eq!(node.start_queries().len(), 1);
    Ok(())
}

#[test]
fn an_owner_that_serves_others_is_found_by_walks() -> Outcome {
    let mut node = Driver::new(&[], Mode::Auto)?;
    let (owner, record) = meet_owner(&mut node)?;
    node.identify(owner, FAR, &info("test", &[FAR])?)?;
    node.actions();

    let _answer = fetch(&mut node, &record, 1);

    assert_eq!(node.start_queries().len(), 1);
    Ok(())
}

/// Returns the reachability that was shown last.
fn shown(node: &mut Driver, now: Instant) -> Option<Reachability> {
    node.state.look_after_reach(&[], now);
    let shown = node.actions().into_iter().filter_map(|action| match action {
        Action::ShowReachability(reachability) => Some(reachability),
        _ => None,
    });
    shown.last()
}

#[test]
fn a_node_far_from_all_is_unreachable_until_a_server_relays_for_it() -> Outcome {
    let (mut node, start) = (Driver::new(&[], Mode::Auto)?, Instant::now());
    let (relay, mut info) = (PeerId::random(), info("test", &[FAR])?);
    node.state.on_connected(relay);
    node.identify(relay, FAR, &info)?;
    let no_relay = Reachability::Unreachable(UnreachableReason::NoRelay);
    assert_eq!(shown(&mut node, start), Some(no_relay));

    info.protocols.push(libp2p::relay::HOP_PROTOCOL_NAME);
    node.identify(relay, FAR, &info)?;
    node.state.look_after_reach(&[], start);
    node.state.look_after_reach(&[], start + Duration::from_secs(1));
    let asked = node.actions().into_iter().any(|it| matches!(it, Action::Reserve { .. }));
    assert!(asked, "it listens nowhere, and has met the relay by all it has");
    node.state.on_reserved(relay, start);
    assert!(
        node.actions()
            .into_iter()
            .any(|it| matches!(it, Action::ShowReachability(Reachability::Relayed)))
    );
    Ok(())
}

#[test]
fn a_direct_connection_after_a_relayed_one_is_told_and_the_relayed_one_closed() -> Outcome {
    let (mut node, start) = (Driver::new(&[], Mode::Auto)?, Instant::now());
    let (peer, [relayed, direct]) = (PeerId::random(), [1, 2].map(ConnectionId::new_unchecked));

    node.state.on_connection_opened(peer, relayed, true, start);
    node.state.on_connection_opened(peer, direct, false, start);
    let punched = NodeEvent::HolePunched { peer, is_direct: true };
    assert!(node.actions().iter().any(|it| matches!(it, Action::Emit(event) if *event == punched)));
    node.state.on_not_punched(peer);
    assert!(node.actions().is_empty(), "the other attempt is no news");

    node.state.look_after_reach(&[], start + Duration::from_secs(2));

    assert!(node.actions().iter().any(|it| matches!(it, Action::Close(id) if *id == relayed)));
    Ok(())
}

#[test]
fn a_confirmed_address_makes_a_node_one_to_count_on_and_a_lost_one_ends_that() -> Outcome {
    let (mut node, mut now) = (Driver::new(&[], Mode::Auto)?, Instant::now());
    let far = PeerId::random();
    node.identify(far, FAR, &info("test", &[FAR])?)?;
    node.state.on_named(&FAR.parse()?, now);
    node.state.update_mode(|_| true);
    let mode = |node: &mut Driver| {
        node.state.update_mode(|_| true);
        node.actions().into_iter().find_map(|it| match it {
            Action::SetMode(mode) => Some(mode),
            _ => None,
        })
    };
    assert_eq!(mode(&mut node), Some(Some(kad::Mode::Client)));

    let servers = [PeerId::random(), PeerId::random()];
    for (results, expected) in [([true; 3], kad::Mode::Server), ([false; 3], kad::Mode::Client)] {
        for is_reachable in results {
            now += Duration::from_secs(3600);
            node.state.on_named(&FAR.parse()?, now);
            node.state.look_after_reach(&servers, now);
            let probe = node.actions().into_iter().find_map(|it| match it {
                Action::Probe { address, server } => Some((address, server)),
                _ => None,
            });
            let (address, server) = probe.ok_or("one is due")?;
            node.state.on_probed(&address, server, is_reachable, now);
        }
        assert_eq!(mode(&mut node), Some(Some(expected)));
    }
    Ok(())
}
