//! Which claims are kept follows from the rows that go.

use std::{cell::Cell, iter};

use super::*;

fn add(publishers: &mut Publishers, slot: u32, has_signed: bool) -> PublisherId {
    let id = publishers.place(&Publisher { peer: PeerId::random(), has_signed });
    publishers.add(Some(id), slot, Usage::one(1));
    id
}

#[test]
fn a_claim_is_kept_if_the_last_row_of_another_goes() {
    let mut publishers = Publishers::default();
    let [one, two, signer] = [(0, false), (1, false), (2, true)]
        .map(|(slot, has_signed)| add(&mut publishers, slot, has_signed));
    publishers.add(Some(two), 3, Usage::one(1));
    let admits = |going: &[PublisherId]| {
        publishers.admits_claim(&PeerId::random(), 2, going.iter().copied())
    };

    assert!(!admits(&[]));
    assert!(admits(&[one]));
    assert!(!admits(&[two]), "it has another row");
    assert!(admits(&[two, signer, two]));
    assert!(!admits(&[signer]), "it does not count");
}

#[test]
fn whether_a_claim_is_kept_takes_a_look_at_each_row_that_goes() {
    let mut publishers = Publishers::default();
    let ids: Vec<_> = (0..1000).map(|slot| add(&mut publishers, slot, false)).collect();
    let visited = Cell::new(0);
    let going = ids[..3].iter().copied().inspect(|_| visited.set(visited.get() + 1));

    assert!(!publishers.admits_claim(&PeerId::random(), 997, going.clone()));
    assert_eq!(visited.take(), 3);
    assert!(publishers.admits_claim(&PeerId::random(), 998, going.clone()));
    assert_eq!(visited.take(), 3);
    assert!(publishers.admits_claim(&PeerId::random(), 1001, going));
    assert_eq!(visited.take(), 0);
    assert!(!publishers.admits_claim(&PeerId::random(), 1000, iter::empty()));
}
