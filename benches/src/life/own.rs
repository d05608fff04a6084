use netabase::{ManualClock, MemoryStoreDatabase, NetabaseStore};
use netabase_benches::workload::User;

use super::{
    figure::{Figure, Notes},
    fill::fill,
    lives::{Guest, Lives, life_of, limits},
};

pub(super) fn fill_without_ttl(lives: &Lives, notes: &mut Notes) -> MemoryStoreDatabase<User> {
    let store = NetabaseStore::builder().limits(limits()).build().expect("the limits are valid");
    let users = store.database::<User>().expect("the schema is the only one");
    let filled = fill(
        &lives.ids,
        |id| User::new(id, 0),
        |made| {
            for user in made {
                users.put(user).expect("there is room");
            }
        },
    );
    for &id in lives.ids.iter().take(1000) {
        assert_eq!(users.get(&id), Ok(Some(User::new(id, 0))), "every user is found as it was put");
    }
    notes.note(Figure::PutWithoutTtl, filled.put);
    users
}

pub(super) fn fill_with_ttl(lives: &Lives, notes: &mut Notes) {
    let store = NetabaseStore::builder().limits(limits()).build().expect("the limits are valid");
    let guests = store.database::<Guest>().expect("the schema is the only one");
    let filled = fill(&lives.ids, Guest::new, |made| {
        for guest in made {
            guests.put(guest).expect("there is room");
        }
    });
    check(&guests, lives);
    notes.note(Figure::PutWithTtl, filled.put);
    notes.note(Figure::HeapWithTtl, filled.heap);
}

/// Each guest for its own time, by a clock that stands still.
pub(super) fn fill_with_own_ttl(
    lives: &Lives,
    notes: &mut Notes,
) -> (MemoryStoreDatabase<Guest>, ManualClock) {
    let clock = ManualClock::at_unix_ms(1_800_000_000_000);
    let store = NetabaseStore::builder().limits(limits()).clock(clock.clone()).build();
    let store = store.expect("the limits are valid");
    let guests = store.database::<Guest>().expect("the schema is the only one");
    let make = |id| (Guest::new(id), Some(life_of(id)));
    let filled = fill(&lives.ids, make, |made| {
        for (guest, ttl) in made {
            guests.put_with_ttl(guest, *ttl).expect("there is room");
        }
    });
    check(&guests, lives);
    notes.note(Figure::PutWithOwnTtl, filled.put);
    (guests, clock)
}

fn check(guests: &MemoryStoreDatabase<Guest>, lives: &Lives) {
    assert_eq!(guests.len(), lives.ids.len(), "every guest is there");
    for &id in lives.ids.iter().take(1000) {
        let found = guests.get(&id).expect("the key is valid").expect("the guest is there");
        let (made, found) = (Guest::new(id), (found.id, found.email, found.age, found.bio));
        assert_eq!(found, (made.id, made.email, made.age, made.bio), "found as it was put");
    }
}
