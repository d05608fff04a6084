//! The four schemas of the model, and values of them.

use std::fmt::Debug;

use libp2p::PeerId;
use netabase::{MemoryStoreDatabase, NetabaseSchema};
use rand::{RngExt, rngs::SmallRng};
use serde::{Deserialize, Serialize};

use super::{Outcome, table::Table};

/// Local, with every kind of index.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(index(name = "place", fields(color, size)))]
pub(super) struct Item {
    #[netabase(key)]
    pub(super) id: u16,
    #[netabase(index)]
    pub(super) color: u8,
    pub(super) size: i16,
    #[netabase(index(unique))]
    pub(super) code: Option<String>,
    #[netabase(index(multi))]
    pub(super) tags: Vec<String>,
    stamp: u64,
}

/// Owned: every peer has its own under each key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "owned")]
pub(super) struct Card {
    #[netabase(key)]
    pub(super) name: String,
    #[netabase(index)]
    pub(super) rank: i8,
    stamp: u64,
}

/// Open: all peers write the same keys; ends by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "open", ttl = "10m")]
pub(super) struct Note {
    #[netabase(key)]
    pub(super) id: u8,
    #[netabase(index)]
    pub(super) topic: Option<u8>,
    stamp: u64,
}

/// Local, and merged where two values meet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(key(day, place), merge = larger)]
pub(super) struct Tally {
    pub(super) day: u8,
    pub(super) place: u8,
    pub(super) here: u64,
    pub(super) there: u64,
}

pub(super) fn larger(one: &Tally, other: &Tally) -> Tally {
    let (here, there) = (one.here.max(other.here), one.there.max(other.there));
    Tally { here, there, ..one.clone() }
}

/// What the model has to know of a schema.
pub(super) trait Modelled:
    NetabaseSchema<Key: Ord + Clone + Debug> + Clone + Debug + PartialEq
{
    /// How long a value lives that is put without a lifetime of its own.
    const LIFE_MS: Option<u64>;

    /// The records of each owner; those of all, if they have none.
    fn of_each(mine: &MemoryStoreDatabase<Self>, _: &[PeerId]) -> Vec<MemoryStoreDatabase<Self>> {
        vec![mine.clone()]
    }

    /// Makes a value that no other step makes.
    fn make(rng: &mut SmallRng, stamp: u64) -> Self;

    /// Makes a key that a value may have.
    fn some_key(rng: &mut SmallRng) -> Self::Key;

    /// Returns what no two values may share, if they have it.
    fn unique(&self) -> Option<&str> {
        None
    }

    /// Compares walks by an index, if there is one, with the values of the table that are shown.
    fn indexes_agree(table: &Table<Self>, rng: &mut SmallRng) -> Outcome;
}

/// Names that are prefixes of each other, and have the bytes that keys escape.
const NAMES: [&str; 12] =
    ["", "\0", "\0\u{1}", "\u{1}", "a", "a\0", "a\0b", "aa", "ab", "b", "á", "long long name"];

const TAGS: [&str; 4] = ["", "red", "re", "old"];

impl Modelled for Item {
    const LIFE_MS: Option<u64> = None;

    fn make(rng: &mut SmallRng, stamp: u64) -> Self {
        let id = rng.random_range(0..160);
        let code = rng.random_ratio(1, 3).then(|| format!("c{}", rng.random_range(0..90)));
        let tags = (0..rng.random_range(0..4)).map(|_| TAGS[rng.random_range(0..TAGS.len())]);
        let tags = tags.map(str::to_owned).collect();
        let (color, size) = (rng.random_range(0..6), rng.random_range(-3..4));
        Self { id, color, size, code, tags, stamp }
    }

    fn some_key(rng: &mut SmallRng) -> ItemKey {
        ItemKey(rng.random_range(0..160))
    }

    fn unique(&self) -> Option<&str> {
        self.code.as_deref()
    }

    fn indexes_agree(table: &Table<Self>, rng: &mut SmallRng) -> Outcome {
        let (items, color) = (&table.mine, rng.random_range(0..6));
        let of_color = |item: &Item| (item.color == color).then_some(());
        table.agrees(items.index(Item::COLOR).get(color)?, of_color, "by color");
        table.agrees(items.index(Item::COLOR).iter(), |item| Some(item.color), "all by color");
        let from = |item: &Item| (item.color >= color).then_some(item.color);
        table.agrees(items.index(Item::COLOR).range(color..)?, from, "a range of colors");

        let place = |item: &Item| (item.color == color).then_some(item.size);
        table.agrees(items.index(Item::PLACE).prefix((color,))?, place, "by the first of two");
        let size = rng.random_range(-3..4);
        let both = |item: &Item| (item.color == color && item.size == size).then_some(());
        table.agrees(items.index(Item::PLACE).get((color, size))?, both, "by both");
        let count = items.index(Item::PLACE).get((color, size))?.count();
        assert_eq!(count, table.shown().filter(|(_, item)| both(item).is_some()).count(), "count");

        let tag = TAGS[rng.random_range(0..TAGS.len())];
        let tagged = |item: &Item| item.tags.iter().any(|of| of == tag).then_some(());
        table.agrees(items.index(Item::TAGS).get(tag)?, tagged, "by tag");

        let code = format!("c{}", rng.random_range(0..90));
        let holder = table.shown().find(|(_, item)| item.code.as_ref() == Some(&code));
        let found = items.index(Item::CODE).get_one(code.as_str())?;
        assert_eq!(found.as_ref(), holder.map(|(_, item)| item), "by code {code}");
        table.agrees(items.index(Item::CODE).iter(), |item| item.code.clone(), "all with a code");
        let without = |item: &Item| item.code.is_none().then_some(());
        table.agrees(items.index(Item::CODE).none(), without, "without a code");
        assert!(items.index(Item::CODE).conflicts()?.is_empty(), "no two share a code");
        Ok(())
    }
}

impl Modelled for Card {
    const LIFE_MS: Option<u64> = None;

    fn of_each(mine: &MemoryStoreDatabase<Self>, ids: &[PeerId]) -> Vec<MemoryStoreDatabase<Self>> {
        ids.iter().map(|id| mine.of(*id)).collect()
    }

    fn make(rng: &mut SmallRng, stamp: u64) -> Self {
        let name = NAMES[rng.random_range(0..NAMES.len())].to_owned();
        Self { name, rank: rng.random_range(-2..3), stamp }
    }

    fn some_key(rng: &mut SmallRng) -> CardKey {
        CardKey(NAMES[rng.random_range(0..NAMES.len())].to_owned())
    }

    fn indexes_agree(table: &Table<Self>, _: &mut SmallRng) -> Outcome {
        table.agrees(table.mine.index(Card::RANK).iter(), |card| Some(card.rank), "all by rank");
        Ok(())
    }
}

impl Modelled for Note {
    const LIFE_MS: Option<u64> = Some(600_000);

    fn make(rng: &mut SmallRng, stamp: u64) -> Self {
        let topic = rng.random_ratio(2, 3).then(|| rng.random_range(0..4));
        Self { id: rng.random_range(0..20), topic, stamp }
    }

    fn some_key(rng: &mut SmallRng) -> NoteKey {
        NoteKey(rng.random_range(0..20))
    }

    fn indexes_agree(table: &Table<Self>, _: &mut SmallRng) -> Outcome {
        table.agrees(table.mine.index(Note::TOPIC).iter(), |note| note.topic, "all by topic");
        Ok(())
    }
}

impl Modelled for Tally {
    const LIFE_MS: Option<u64> = None;

    fn make(rng: &mut SmallRng, stamp: u64) -> Self {
        let TallyKey { day, place } = Self::some_key(rng);
        Self { day, place, here: stamp, there: rng.random() }
    }

    fn some_key(rng: &mut SmallRng) -> TallyKey {
        TallyKey { day: rng.random_range(0..4), place: rng.random_range(0..5) }
    }

    fn indexes_agree(_: &Table<Self>, _: &mut SmallRng) -> Outcome {
        Ok(())
    }
}
