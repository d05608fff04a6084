use netabase::testkit::{identity, topology};

#[test]
fn a_seed_always_gives_the_same_identities() {
    let names = [(0, 0), (0, 1), (1, 0), (u64::MAX, usize::MAX)]
        .map(|(seed, index)| identity(seed, index).public().to_peer_id().to_string());

    assert_eq!(
        names,
        [
            "12D3KooWBXbdLePH1Bz7vN8bGVQY5ay8e64bu2CB2ezU8aimsg6m",
            "12D3KooWELQrjfZCQHmXD4SWSGXN1MJ2FqU15vinZX3btHkgHVuf",
            "12D3KooWH9DggcTN3i4FUJyk7M66fpDgtjy5n5sKmJs7eH2uNYLK",
            "12D3KooWS5KnFjYenwoxeZCjgRtLNCKcuJj29THUDzw1JkuvSJyb",
        ]
    );
}

#[test]
fn a_seed_always_gives_the_same_topology() {
    assert_eq!(topology(1, 5, 3), [[1, 4, 3], [2, 4, 3], [3, 0, 4], [4, 1, 0], [0, 1, 3]]);
    assert_ne!(topology(1, 50, 8), topology(2, 50, 8));
}

#[test]
fn everybody_knows_the_next_and_nobody_knows_themselves() {
    for (nodes, each) in [(2, 1), (7, 0), (7, 3), (7, 6), (7, usize::MAX), (40, 20)] {
        for (node, known) in topology(3, nodes, each).into_iter().enumerate() {
            assert_eq!(known[0], (node + 1) % nodes);
            assert_eq!(known.len(), each.clamp(1, nodes - 1), "{nodes} nodes, {each} each");
            let mut distinct = known.clone();
            distinct.sort_unstable();
            distinct.dedup();
            assert_eq!(distinct.len(), known.len(), "{known:?} holds one twice");
            assert!(!known.contains(&node) && known.iter().all(|&other| other < nodes));
        }
    }
}

#[test]
fn a_network_of_nobody_or_of_one_has_no_acquaintances() {
    assert!(topology(1, 0, 5).is_empty());
    assert_eq!(topology(1, 1, 5), [Vec::<usize>::new()]);
}
