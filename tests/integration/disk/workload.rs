//! What is written to stores whose disk fails: commits that follow from a seed, so that a process that has never seen the
//! writer can tell what must be there.

mod check;

mod ledger;

mod state;

use std::{error::Error, time::Duration};

use netabase::{
    DatabaseError, DiskError, Durability, Envelope, MemoryStoreDatabase, NetabaseSchema,
    NetabaseStore, Timestamp, TransactionError, WriteError,
};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use serde::{Deserialize, Serialize};

pub(crate) use self::{
    check::check_recovered,
    ledger::{Ack, Ledger},
    state::State,
};

/// A local value; its key names the lane that writes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
pub(crate) struct Item {
    #[netabase(key)]
    pub(crate) id: u16,
    #[netabase(index)]
    pub(crate) shelf: u8,
    #[netabase(index(unique))]
    pub(crate) code: u64,
    pub(crate) content: Vec<u8>,
}

/// A value that is published now and then, so that its removal leaves a tombstone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "owned")]
pub(crate) struct Post {
    #[netabase(key)]
    pub(crate) id: u16,
    #[netabase(index)]
    pub(crate) shelf: u8,
    pub(crate) code: u64,
}

/// How many shelves there are.
pub(crate) const SHELVES: u8 = 5;

/// How many keys of each schema a lane writes: few, so that most writes replace or remove something.
const IDS: u8 = 24;

/// A change of one value.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    Put(Item),
    Remove(u16),
    Post(Post),
    Unpost(u16),
}

/// One commit of a lane.
pub(crate) struct Step {
    /// The first one always changes something.
    pub(crate) ops: Vec<Op>,
    /// `None` for the store's own.
    pub(crate) durability: Option<Durability>,
    /// `true` if the lane waits for all of the store afterwards.
    pub(crate) syncs: bool,
    /// `true` if all posts are published afterwards.
    pub(crate) publishes: bool,
}

/// A writer with keys of its own, whose commits follow from the seed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lane {
    pub(crate) seed: u64,
    pub(crate) number: u8,
}

impl Lane {
    /// Returns the commit of this number, from 1.
    pub(crate) fn step(&self, number: u64) -> Step {
        let lane = u64::from(self.number);
        let mut dice = SmallRng::seed_from_u64(self.seed ^ (lane << 56) ^ (number << 24));
        let first = self.put(number, 0, &mut dice);
        let more = if dice.random_ratio(1, 3) { dice.random_range(0..8) } else { 0 };
        let rest = (1..=more).map(|place| self.op(number, place, &mut dice));
        // One that changes nothing would wait for nothing, whatever its durability is.
        let takes_back = |op: &Op| match (op, &first) {
            (Op::Remove(removed), Op::Put(item)) => *removed == item.id,
            _ => false,
        };
        let rest: Vec<_> = rest.filter(|op| !takes_back(op)).collect();
        let ops = std::iter::once(first).chain(rest).collect();
        let durability = match dice.random_range(0..6) {
            0 => Some(Durability::Synced),
            1 => Some(Durability::Buffered {
                within: Duration::from_millis(dice.random_range(0..20)),
            }),
            _ => None,
        };
        Step {
            ops,
            durability,
            syncs: dice.random_ratio(1, 24),
            publishes: dice.random_ratio(1, 16),
        }
    }

    fn id(&self, dice: &mut SmallRng) -> u16 {
        u16::from_be_bytes([self.number, dice.random_range(0..IDS)])
    }

    /// Returns a code that no other commit of this seed has.
    fn code(&self, number: u64, place: u64) -> u64 {
        (self.seed << 40) | (u64::from(self.number) << 36) | (number << 8) | place
    }

    fn put(&self, number: u64, place: u64, dice: &mut SmallRng) -> Op {
        // Most fit a page with others; some take several pages of their own.
        let len = if dice.random_ratio(1, 12) {
            dice.random_range(0..20_000)
        } else {
            dice.random_range(0..120)
        };
        let content = vec![number.to_le_bytes()[0]; len];
        let (id, code) = (self.id(dice), self.code(number, place));
        Op::Put(Item { id, shelf: shelf(dice), code, content })
    }

    fn op(&self, number: u64, place: u64, dice: &mut SmallRng) -> Op {
        match dice.random_range(0..5) {
            0 | 1 => self.put(number, place, dice),
            2 => Op::Remove(self.id(dice)),
            3 => {
                let (id, code) = (self.id(dice), self.code(number, place));
                Op::Post(Post { id, shelf: shelf(dice), code })
            }
            _ => Op::Unpost(self.id(dice)),
        }
    }
}

fn shelf(dice: &mut SmallRng) -> u8 {
    dice.random_range(0..SHELVES)
}

/// The databases of a store that lanes write.
#[derive(Clone)]
pub(crate) struct Shop {
    pub(crate) store: NetabaseStore,
    pub(crate) items: MemoryStoreDatabase<Item>,
    pub(crate) posts: MemoryStoreDatabase<Post>,
}

impl Shop {
    pub(crate) fn open(store: NetabaseStore) -> Result<Self, Box<dyn Error>> {
        let (items, posts) = (store.database()?, store.database()?);
        Ok(Self { store, items, posts })
    }

    /// Makes one commit, and returns its timestamp.
    pub(crate) fn commit(&self, step: &Step) -> Result<Timestamp, DatabaseError> {
        match (step.ops.as_slice(), step.durability) {
            ([Op::Put(item)], None) => drop(self.items.put(item)?),
            (ops, durability) => self.store.transaction(|tx| {
                if let Some(durability) = durability {
                    tx.set_durability(durability);
                }
                for op in ops {
                    match op {
                        Op::Put(item) => tx.put(&self.items, item)?,
                        Op::Remove(id) => drop(tx.remove(&self.items, id)?),
                        Op::Post(post) => tx.put(&self.posts, post)?,
                        Op::Unpost(id) => drop(tx.remove(&self.posts, id)?),
                    }
                }
                Ok::<_, DatabaseError>(())
            })?,
        }
        self.timestamp(&step.ops)
    }

    /// Returns the latest timestamp of the values that these ops have left.
    fn timestamp(&self, ops: &[Op]) -> Result<Timestamp, DatabaseError> {
        let mut last = Timestamp::default();
        for op in ops {
            let record = match op {
                Op::Put(item) => self.items.get_record(&item.id)?,
                Op::Post(post) => self.posts.get_record(&post.id)?,
                Op::Remove(_) | Op::Unpost(_) => None,
            };
            if let Some(envelope) = record.as_ref().and_then(|r| Envelope::parse(&r.value).ok()) {
                last = last.max(envelope.timestamp);
            }
        }
        Ok(last)
    }

    /// Publishes what is not published, as far as the disk lets it, and returns the timestamp of a record that is made
    /// and not stored.
    pub(crate) fn publish(&self) -> Option<Timestamp> {
        if self.posts.sync_to_network().any(|record| record.is_err()) {
            return None;
        }
        let record = self.posts.to_record(&Post { id: 0, shelf: 0, code: 0 }).ok()?;
        Envelope::parse(&record.value).ok().map(|envelope| envelope.timestamp)
    }
}

/// Returns what the disk said, if it is why a write was refused.
pub(crate) fn disk_error(error: &DatabaseError) -> Option<&DiskError> {
    match error {
        DatabaseError::Write(WriteError::Disk(error))
        | DatabaseError::Transaction(TransactionError::Write(WriteError::Disk(error)))
        | DatabaseError::Disk(error) => Some(error),
        _ => None,
    }
}
