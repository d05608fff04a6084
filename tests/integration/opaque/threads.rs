use std::{
    cell::{Cell, RefCell},
    error::Error,
    sync::Barrier,
    thread,
};

use netabase::{NetabaseSchema, NetabaseStore};
use serde::{Deserialize, Serialize};

use super::{ALICE, Card, alices, all, bob, peer, send, source};
use crate::authors::contents;

const RECORDS: usize = 600;
const THREADS: usize = 3;

/// Whoever opens a schema finds all that was held, however many open it at once and whatever comes in meanwhile.
#[test]
fn databases_may_be_opened_by_many_while_records_come_in() -> Result<(), Box<dyn Error>> {
    let (bob, records) = (bob(), alices(RECORDS)?);
    let (before, meanwhile) = records.split_at(RECORDS / 2);
    send(&bob, before)?;
    let start = Barrier::new(THREADS + 1);

    thread::scope(|scope| {
        let open = || {
            start.wait();
            let cards = bob.database::<Card>()?.with_held().of(peer(ALICE));
            Ok::<_, netabase::DatabaseError>(all(&cards)?.len())
        };
        let openers: Vec<_> = (0..THREADS).map(|_| scope.spawn(open)).collect();
        start.wait();
        for record in meanwhile {
            bob.put_from(record, source(2))?;
        }
        for opener in openers {
            let found = opener.join().map_err(|_| "it does not panic")??;
            assert!(found >= before.len(), "{found} of {}", before.len());
        }
        Ok::<_, Box<dyn Error>>(())
    })?;

    let cards = bob.database::<Card>()?.with_held().of(peer(ALICE));
    assert_eq!(all(&cards)?.len(), RECORDS);
    assert_eq!(cards.capacity_info().schema.foreign.records, RECORDS);
    assert_eq!(contents(&bob).len(), RECORDS);
    Ok(())
}

thread_local! {
    static OPENED_AGAIN: RefCell<Option<NetabaseStore>> = const { RefCell::new(None) };
    static FOUND: Cell<usize> = const { Cell::new(0) };
}

/// Another type of a `Card`, whose validation opens the database that is just being opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(name = "card", access = "owned", validate = open_again)]
struct Curious {
    #[netabase(key)]
    handle: String,
    about: String,
}

fn open_again(_: &Curious) -> Result<(), String> {
    let Some(store) = OPENED_AGAIN.take() else { return Ok(()) };
    let cards = store.database::<Curious>().map_err(|error| error.to_string())?;
    FOUND.set(cards.with_held().of(peer(ALICE)).iter().count());
    Ok(())
}

#[test]
fn whoever_opens_a_schema_that_is_being_opened_finds_all_of_it() -> Result<(), Box<dyn Error>> {
    let (bob, records) = (bob(), alices(9)?);
    send(&bob, &records)?;
    OPENED_AGAIN.set(Some(bob.clone()));
    let cards = bob.database::<Curious>()?.with_held().of(peer(ALICE));
    assert_eq!(FOUND.get(), 9, "by the one that came second");
    assert_eq!((cards.iter().count(), bob.record_count()), (9, 9));
    assert_eq!(cards.capacity_info().schema.foreign.bytes, bob.byte_count());
    Ok(())
}
