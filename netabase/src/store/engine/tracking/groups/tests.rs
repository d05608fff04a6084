//! Groups hold what entered and did not leave, and give memory back.

use std::collections::BTreeSet;

use proptest::{collection, prelude::*};

use super::{Group, MIN_CAPACITY, Places};

const GROUPS: usize = 3;

proptest! {
    #[test]
    fn a_group_holds_what_entered_and_did_not_leave(
        moves in collection::vec((0..100_u32, 0..GROUPS), 0..1000),
    ) {
        let (mut places, mut groups) = (Places::default(), [(); GROUPS].map(|()| Group::default()));
        let mut model = [(); GROUPS].map(|()| BTreeSet::new());
        for (slot, to) in moves {
            // A slot leaves the group it is in, and enters the other, if that is another.
            let from = model.iter().position(|group| group.contains(&slot));
            if let Some(from) = from {
                model[from].remove(&slot);
                places.leave(&mut groups[from], slot);
            }
            if from != Some(to) {
                model[to].insert(slot);
                places.enter(&mut groups[to], slot);
            }
            for (group, model) in groups.iter().zip(&model) {
                let slots: BTreeSet<u32> = group.slots().iter().copied().collect();
                prop_assert_eq!(&slots, model);
                prop_assert_eq!(group.slots().len(), model.len());
                prop_assert_eq!(group.is_empty(), model.is_empty());
            }
        }
    }
}

#[test]
fn what_moves_moves_towards_the_front() {
    let (mut places, mut group) = (Places::default(), Group::default());
    (0..100).for_each(|slot| places.enter(&mut group, slot));
    for slot in (0..100).step_by(3) {
        let before = group.slots().to_vec();
        places.leave(&mut group, slot);
        for (place, kept) in group.slots().iter().enumerate() {
            assert!(before.iter().position(|slot| slot == kept) >= Some(place));
        }
    }
}

#[test]
fn a_group_gives_back_what_it_no_longer_needs() {
    let (mut places, mut group) = (Places::default(), Group::default());
    (0..10_000).for_each(|slot| places.enter(&mut group, slot));
    (1..10_000).for_each(|slot| places.leave(&mut group, slot));
    assert_eq!(group.slots(), [0]);
    assert!(group.0.capacity() <= MIN_CAPACITY, "{}", group.0.capacity());
}
