//! What must hold of every store that was opened again, whatever happened to its disk.

use std::{collections::BTreeSet, error::Error};

use netabase::{NetabaseStore, Timestamp};

use super::{Item, Lane, Ledger, Op, SHELVES, Shop, State, Step};

/// The lane of what is written to see whether timestamps grow.
const PROBE: u8 = u8::MAX;

/// Opens the databases of a store again, checks it against what was acknowledged, and returns it, with all it holds.
pub(crate) fn check_recovered(
    store: NetabaseStore,
    base: &State,
    lanes: &[Lane],
    ledger: &Ledger,
    last: Timestamp,
) -> Result<(Shop, State), Box<dyn Error>> {
    let shop = Shop::open(store)?;
    let found = State::of(&shop)?;
    check_indexes(&shop, &found)?;
    for lane in lanes {
        ledger.kept(*lane, base, &found)?;
    }
    check_timestamps(&shop, last.max(ledger.timestamp()))?;
    Ok((shop, found))
}

/// Checks that each index finds what a walk by key finds.
fn check_indexes(shop: &Shop, found: &State) -> Result<(), Box<dyn Error>> {
    for shelf in 0..SHELVES {
        let by_index = shop.items.index(Item::SHELF).get(shelf)?;
        let by_index: BTreeSet<_> = by_index.keys().collect::<Result<_, _>>()?;
        let by_key = found.items().filter(|item| item.shelf == shelf);
        let by_key: BTreeSet<_> = by_key.map(netabase::NetabaseSchema::key).collect();
        same("items", shelf, &by_index, &by_key)?;
        let by_index = shop.posts.index(super::Post::SHELF).get(shelf)?;
        let by_index: BTreeSet<_> = by_index.keys().collect::<Result<_, _>>()?;
        let by_key = found.posts().filter(|post| post.shelf == shelf);
        let by_key: BTreeSet<_> = by_key.map(netabase::NetabaseSchema::key).collect();
        same("posts", shelf, &by_index, &by_key)?;
    }
    for item in found.items() {
        let by_code = shop.items.index(Item::CODE).get_one(item.code)?;
        if by_code.as_ref() != Some(item) {
            return Err(format!("code {} finds {by_code:?}, not {item:?}", item.code).into());
        }
    }
    let counts = (shop.items.len(), shop.posts.len());
    if counts != (found.items().count(), found.posts().count()) {
        return Err(format!("{counts:?} are counted").into());
    }
    Ok(())
}

fn same<K: Ord + std::fmt::Debug>(
    schema: &str,
    shelf: u8,
    by_index: &BTreeSet<K>,
    by_key: &BTreeSet<K>,
) -> Result<(), Box<dyn Error>> {
    if by_index == by_key {
        return Ok(());
    }
    Err(format!("{schema} of shelf {shelf}: {by_index:?} by index, {by_key:?} by key").into())
}

/// Checks that the store takes writes, and gives them later timestamps than all before, also those that were lost.
fn check_timestamps(shop: &Shop, last: Timestamp) -> Result<(), Box<dyn Error>> {
    let id = u16::from_be_bytes([PROBE, 0]);
    let probe = Item { id, shelf: 0, code: u64::MAX, content: Vec::new() };
    let ops = vec![Op::Put(probe)];
    let step = Step { ops, durability: None, syncs: false, publishes: false };
    let timestamp = shop.commit(&step)?;
    if timestamp <= last {
        return Err(format!("timestamp {timestamp} after {last}").into());
    }
    Ok(())
}
