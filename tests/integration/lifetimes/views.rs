//! Every way to look shows what lives and nothing else, though nothing was swept.

use std::{collections::BTreeMap, error::Error};

use libp2p::kad::{Record, RecordKey as KadKey, store::RecordStore};
use netabase::{Cursor, DatabaseError, ManualClock, MemoryStoreDatabase, QueryError, RawRecord};

use super::{
    DAY, HOUR, MILLISECOND, Session, ids, just_before, leased, publish, session, sessions,
    sessions_at,
};

/// What the records of a store are to it.
pub(super) const CLASSES: [&str; 4] = ["held", "mine", "published", "taken"];

const SHOWN: &[&str] = &["mine", "published", "taken"];
const OWN: &[&str] = &["mine", "published"];
const SERVED: &[&str] = &["held", "published"];
const FOREIGN: &[&str] = &["held", "taken"];

/// Of each class: more than a write takes out on its way.
pub(super) const OF_EACH: usize = 40;

/// Sessions of every class, most of which end within the hour, some of which live on.
pub(super) struct Stock {
    pub(super) sessions: MemoryStoreDatabase<Session>,
    pub(super) author: MemoryStoreDatabase<Session>,
    pub(super) clock: ManualClock,
    ids: Vec<String>,
    keys: BTreeMap<String, KadKey>,
}

pub(super) fn lives_on(id: &str) -> bool {
    id.ends_with('5')
}

/// A store of those sessions whose ids are wanted.
pub(super) fn stock(wanted: fn(&str) -> bool) -> Result<Stock, Box<dyn Error>> {
    let (sessions, clock) = sessions();
    let mut store = sessions.store().clone();
    let author = sessions_at(&clock);
    let publisher = Some(author.store().peer_id());
    let all = CLASSES
        .iter()
        .flat_map(|class| (0..OF_EACH).map(move |number| format!("{class} {number:02}")));
    let all: Vec<_> = all.filter(|id| wanted(id)).collect();
    for id in &all {
        let theirs = || {
            let record = author.to_record(&session(id))?;
            let record = Record { publisher, ..record };
            let record = if lives_on(id) { leased(record, 7 * DAY, &clock) } else { record };
            Ok::<_, DatabaseError>(record)
        };
        match id.split_once(' ') {
            Some(("mine", _)) if lives_on(id) => drop(sessions.put_with_ttl(&session(id), None)?),
            Some(("mine", _)) => drop(sessions.put(&session(id))?),
            Some(("published", _)) => drop(publish(&sessions, &session(id))?),
            Some(("taken", _)) => drop(sessions.put_record(&theirs()?)?),
            _ => store.put(theirs()?)?,
        }
        if id.starts_with("published") && lives_on(id) {
            sessions.set_ttl(id, None)?;
        }
    }
    // Those that live on have a longer lease now.
    let renewed = sessions.get_republish_records(OF_EACH);
    assert!(renewed.iter().all(Result::is_ok), "{renewed:?}");
    let keys = store.raw_records().map(|raw| (id_of(&raw.record), raw.record.key)).collect();
    Ok(Stock { sessions, author, clock, ids: all, keys })
}

fn id_of(record: &Record) -> String {
    Session::try_from(record).map_or_else(|error| error.to_string(), |session| session.id)
}

fn ids_of(records: impl Iterator<Item = RawRecord>) -> Vec<String> {
    records.map(|raw| id_of(&raw.record)).collect()
}

type Ids = Result<Vec<String>, Box<dyn Error>>;

/// A name, the classes it shows, and the ids it finds.
type Look = (&'static str, &'static [&'static str], fn(&Stock) -> Ids);

impl Stock {
    fn asked_one_by_one(&self, found: impl Fn(&str) -> Result<bool, QueryError>) -> Ids {
        let mut all = Vec::new();
        for id in &self.ids {
            if found(id)? {
                all.push(id.clone());
            }
        }
        Ok(all)
    }

    /// In pages of seven, with a cursor from one to the next.
    fn in_pages(&self) -> Ids {
        let (mut all, mut cursor): (_, Option<Cursor>) = (Vec::new(), None);
        loop {
            let mut page = self.sessions.iter().limit(7);
            if let Some(cursor) = &cursor {
                page = page.after(cursor)?;
            }
            let found = ids(&mut page)?;
            cursor = page.cursor();
            if found.is_empty() {
                return Ok(all);
            }
            all.extend(found);
        }
    }

    fn in_a_transaction(&self, values: bool) -> Ids {
        let store = self.sessions.store();
        store.transaction(|tx| {
            let mut all = Vec::new();
            for id in &self.ids {
                let found = if values {
                    tx.get(&self.sessions, id)?.is_some()
                } else {
                    tx.contains(&self.sessions, id)?
                };
                all.extend(found.then(|| id.clone()));
            }
            Ok::<_, Box<dyn Error>>(all)
        })
    }
}

fn is_sorted_back(mut found: Vec<String>) -> Vec<String> {
    assert!(found.is_sorted_by(|a, b| a > b), "from the last to the first");
    found.reverse();
    found
}

const LOOKS: &[Look] = &[
    ("get", SHOWN, |s| s.asked_one_by_one(|id| Ok(s.sessions.get(id)?.is_some()))),
    ("get_with", SHOWN, |s| {
        s.asked_one_by_one(|id| Ok(s.sessions.get_with(id, |found| found.id == id)? == Some(true)))
    }),
    ("contains", SHOWN, |s| s.asked_one_by_one(|id| s.sessions.contains(id))),
    ("get_batch", SHOWN, |s| {
        Ok(s.sessions.get_batch(&s.ids)?.into_iter().flatten().map(|found| found.id).collect())
    }),
    ("get_record", SHOWN, |s| s.asked_one_by_one(|id| Ok(s.sessions.get_record(id)?.is_some()))),
    ("transaction, get", SHOWN, |s| s.in_a_transaction(true)),
    ("transaction, contains", SHOWN, |s| s.in_a_transaction(false)),
    ("iter", SHOWN, |s| Ok(ids(s.sessions.iter())?)),
    ("iter, reversed", SHOWN, |s| Ok(is_sorted_back(ids(s.sessions.iter().reversed())?))),
    ("iter, filtered", SHOWN, |s| Ok(ids(s.sessions.iter().filter(|found| found.user == 7))?)),
    ("iter, in pages", SHOWN, Stock::in_pages),
    ("range", SHOWN, |s| Ok(ids(s.sessions.range("a".to_owned().."z".to_owned())?)?)),
    ("range, reversed", SHOWN, |s| {
        Ok(is_sorted_back(ids(s.sessions.range("a".to_owned()..)?.reversed())?))
    }),
    ("prefix", &["mine"], |s| Ok(ids(s.sessions.prefix("mine")?)?)),
    ("prefix, reversed", &["taken"], |s| {
        Ok(is_sorted_back(ids(s.sessions.prefix("taken")?.reversed())?))
    }),
    ("keys", SHOWN, |s| {
        Ok(s.sessions.iter().keys().map(|key| Ok(key?.0)).collect::<Result<_, DatabaseError>>()?)
    }),
    ("scan", SHOWN, |s| {
        let mut found = ids(s.sessions.scan())?;
        found.sort();
        Ok(found)
    }),
    ("index, get", SHOWN, |s| Ok(ids(s.sessions.index(Session::USER).get(7)?)?)),
    ("index, get, reversed", SHOWN, |s| {
        Ok(is_sorted_back(ids(s.sessions.index(Session::USER).get(7)?.reversed())?))
    }),
    ("index, get_one", SHOWN, |s| {
        let by_token = s.sessions.index(Session::TOKEN);
        s.asked_one_by_one(|id| Ok(by_token.get_one(&*format!("token of {id}"))?.is_some()))
    }),
    ("index, range", SHOWN, |s| Ok(ids(s.sessions.index(Session::USER).range(0..8)?)?)),
    ("index, iter", SHOWN, |s| Ok(ids(s.sessions.index(Session::TOKEN).iter())?)),
    ("index, prefix", &["published"], |s| {
        Ok(ids(s.sessions.index(Session::TOKEN).prefix("token of pub")?)?)
    }),
    ("index, keys", SHOWN, |s| {
        let keys = s.sessions.index(Session::USER).iter().keys();
        Ok(keys.map(|key| Ok(key?.0)).collect::<Result<_, DatabaseError>>()?)
    }),
    ("get_local_records", OWN, |s| Ok(ids(s.sessions.get_local_records())?)),
    ("with_held, get", &CLASSES, |s| {
        s.asked_one_by_one(|id| Ok(s.sessions.with_held().get(id)?.is_some()))
    }),
    ("with_held, contains", &CLASSES, |s| {
        s.asked_one_by_one(|id| s.sessions.with_held().contains(id))
    }),
    ("with_held, get_record", &CLASSES, |s| {
        s.asked_one_by_one(|id| Ok(s.sessions.with_held().get_record(id)?.is_some()))
    }),
    ("with_held, iter", &CLASSES, |s| Ok(ids(s.sessions.with_held().iter())?)),
    ("with_held, reversed", &CLASSES, |s| {
        Ok(is_sorted_back(ids(s.sessions.with_held().iter().reversed())?))
    }),
    ("with_held, scan", &CLASSES, |s| {
        let mut found = ids(s.sessions.with_held().scan())?;
        found.sort();
        Ok(found)
    }),
    ("raw_records", &CLASSES, |s| Ok(ids_of(s.sessions.store().raw_records()))),
    ("raw_records_with_prefix", &["held"], |s| {
        Ok(ids_of(s.sessions.store().raw_records_with_prefix(b"/netabase/session/wheld")))
    }),
    ("closest_to_peer", SERVED, |s| {
        let store = s.sessions.store();
        let closest = store.closest_to_peer(&store.peer_id(), 1_000);
        let mut found = ids_of(closest.into_iter().map(|found| found.record));
        found.sort();
        Ok(found)
    }),
    ("closest_to_key", &CLASSES, |s| {
        let closest = s.sessions.store().closest_to_key(&KadKey::new(b"/here"), 1_000);
        let mut found = ids_of(closest.into_iter().map(|found| found.record));
        found.sort();
        Ok(found)
    }),
    ("publisher_records, own", OWN, |s| {
        let store = s.sessions.store();
        Ok(ids_of(store.publisher_records(&store.peer_id())))
    }),
    ("publisher_records, foreign", FOREIGN, |s| {
        let publisher = s.author.store().peer_id();
        let mut found = ids_of(s.sessions.store().publisher_records(&publisher));
        found.sort();
        Ok(found)
    }),
    ("get_publisher_records", &["taken"], |s| {
        let publisher = s.author.store().peer_id();
        let mut found = ids(s.sessions.get_publisher_records(&publisher))?;
        found.sort();
        Ok(found)
    }),
    ("get_publisher_records, with_held", FOREIGN, |s| {
        let publisher = s.author.store().peer_id();
        let mut found = ids(s.sessions.with_held().get_publisher_records(&publisher))?;
        found.sort();
        Ok(found)
    }),
    ("RecordStore::get", SERVED, |s| {
        let store = s.sessions.store();
        s.asked_one_by_one(|id| Ok(store.get(&s.keys[id]).is_some()))
    }),
    ("RecordStore::records", SERVED, |s| {
        let mut found: Vec<_> = s.sessions.store().records().map(|record| id_of(&record)).collect();
        found.sort();
        Ok(found)
    }),
    ("sync_to_network", OWN, |s| {
        let records = s.sessions.sync_to_network();
        Ok(records.map(|record| Ok(id_of(&record?))).collect::<Result<_, DatabaseError>>()?)
    }),
];

#[test]
fn no_view_shows_a_record_whose_time_is_over() -> Result<(), Box<dyn Error>> {
    for (name, classes, look) in LOOKS {
        let stock = stock(|_| true)?;
        let is_shown = |id: &&String| classes.iter().any(|class| id.starts_with(class));
        let all: Vec<_> = stock.ids.iter().filter(is_shown).cloned().collect();
        let left: Vec<_> = all.iter().filter(|id| lives_on(id)).cloned().collect();
        assert_eq!((all.len(), left.len()), (classes.len() * OF_EACH, classes.len() * 4));

        stock.clock.advance(just_before(HOUR));
        let found = look(&stock).map_err(|error| format!("{name}: {error}"))?;
        assert_eq!(found, all, "{name}, before the time is over");
        stock.clock.advance(MILLISECOND);
        let found = look(&stock).map_err(|error| format!("{name}: {error}"))?;
        assert_eq!(found, left, "{name}, when it is");
    }
    Ok(())
}
