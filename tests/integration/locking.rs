//! Calls on the store from inside closures work, whoever else waits.

use std::{
    sync::{
        Barrier,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use netabase::{DatabaseError, MemoryStoreDatabase};

use crate::schemas::{User, fresh, user};

#[test]
fn every_call_works_from_inside_get_with() -> Result<(), DatabaseError> {
    let users = fresh::<User>();
    users.put_batch(&[user(1), user(2)])?;
    let seen = users.get_with(&1, |outer| {
        users.put(&user(3))?;
        users.remove(&2)?;
        let inner = users.get_with(&3, |inner| inner.name.to_owned())?;
        let walked = users.iter().count() + users.scan().count();
        Ok::<_, DatabaseError>((outer.name.to_owned(), inner, walked, users.store().record_count()))
    })?;
    let expected = ("user 1".to_owned(), Some("user 3".to_owned()), 4, 2);
    assert_eq!(seen.transpose()?, Some(expected));
    Ok(())
}

/// With a lock held around the closure this would hang: the inner read would wait for the writer,
/// and the writer for the outer read.
#[test]
fn a_waiting_writer_does_not_block_a_read_inside_a_read() -> Result<(), DatabaseError> {
    let users = fresh::<User>();
    users.put(&user(1))?;
    let (inside, written) = (Barrier::new(2), AtomicBool::new(false));
    thread::scope(|scope| {
        let writer = scope.spawn(|| {
            inside.wait();
            let replaced = users.put(&user(2));
            written.store(true, Ordering::Release);
            replaced
        });
        let seen = users.get_with(&1, |_| {
            inside.wait();
            // The write goes through while this closure is still running.
            while !written.load(Ordering::Acquire) {
                thread::yield_now();
            }
            users.get_with(&2, |user| user.id)
        })?;
        assert_eq!(seen.transpose()?, Some(Some(2)));
        writer.join().expect("the writer does not panic")?;
        Ok(())
    })
}

#[test]
fn readers_and_writers_on_four_threads_see_whole_values() -> Result<(), Box<dyn std::error::Error>>
{
    let users = fresh::<User>();
    users.load((0..100).map(user))?;
    thread::scope(|scope| {
        for thread in 0..2 {
            let users = &users;
            scope.spawn(move || write_for_a_while(users, thread));
            scope.spawn(move || read_for_a_while(users));
        }
    });
    assert_eq!(users.len(), users.iter().count());
    Ok(())
}

fn write_for_a_while(users: &MemoryStoreDatabase<User>, thread: u64) {
    for round in 0..2_000 {
        let id = (round * 7 + thread) % 100;
        users.put(&long_named(id)).expect("there is room");
        users.remove(&(100 + id)).expect("the key is valid");
        users.put(&user(100 + id)).expect("there is room");
    }
}

fn read_for_a_while(users: &MemoryStoreDatabase<User>) {
    for _ in 0..100 {
        for found in users {
            let found = found.expect("every value is whole");
            assert!(found == user(found.id) || found == long_named(found.id), "{found:?}");
        }
    }
}

fn long_named(id: u64) -> User {
    User { id, name: id.to_string().repeat(50) }
}
