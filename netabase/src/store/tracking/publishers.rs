use std::{collections::BTreeSet, collections::HashMap, num::NonZeroU32};

use libp2p::PeerId;
use slab::Slab;

use crate::store::usage::Usage;

/// Who published foreign records, what they take, and which they are.
///
/// A publisher is known as long as it has a record.
#[derive(Default)]
pub(in crate::store) struct Publishers {
    by_peer: HashMap<PeerId, PublisherId>,
    known: Slab<Publisher>,
    /// With slots.
    records: BTreeSet<(PublisherId, u32)>,
    /// How many were merely claimed when they came.
    claimed: usize,
}

struct Publisher {
    peer: PeerId,
    usage: Usage,
    is_claimed: bool,
}

/// A publisher's place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) struct PublisherId(NonZeroU32);

impl PublisherId {
    fn of_index(index: usize) -> Self {
        let number = u32::try_from(index + 1).ok().and_then(NonZeroU32::new);
        Self(number.expect("there are no more publishers than records"))
    }

    fn index(self) -> usize {
        usize::try_from(self.0.get() - 1).expect("it was a usize before")
    }
}

impl Publishers {
    pub(in crate::store) fn find(&self, peer: &PeerId) -> Option<PublisherId> {
        self.by_peer.get(peer).copied()
    }

    /// The place of a publisher, which is kept as soon as a record is [added](Self::add) to it. None if
    /// it is merely claimed, and there would be more than `max_claimed` of those.
    pub(in crate::store) fn place(
        &mut self,
        peer: &PeerId,
        max_claimed: Option<usize>,
    ) -> Option<PublisherId> {
        let known = self.find(peer);
        known.or_else(|| {
            max_claimed.is_none_or(|max| self.claimed < max).then(|| {
                let is_claimed = max_claimed.is_some();
                self.claimed += usize::from(is_claimed);
                let publisher = Publisher { peer: *peer, usage: Usage::default(), is_claimed };
                let id = PublisherId::of_index(self.known.insert(publisher));
                self.by_peer.insert(*peer, id);
                id
            })
        })
    }

    pub(in crate::store) fn usage(&self, id: PublisherId) -> Usage {
        self.known[id.index()].usage
    }

    pub(in crate::store) fn iter(&self) -> impl Iterator<Item = (PeerId, Usage)> {
        self.known.iter().map(|(_, Publisher { peer, usage, .. })| (*peer, *usage))
    }

    /// The slots of a publisher's records behind one of them.
    pub(in crate::store) fn slots(
        &self,
        id: PublisherId,
        after: Option<u32>,
    ) -> impl Iterator<Item = u32> {
        let from = after.map_or(Some(0), |after| after.checked_add(1));
        let records = from.map(|from| self.records.range((id, from)..=(id, u32::MAX)));
        records.into_iter().flatten().map(|&(_, slot)| slot)
    }

    pub(super) fn add(&mut self, id: Option<PublisherId>, slot: u32, usage: Usage) {
        let Some(id) = id else { return };
        self.records.insert((id, slot));
        self.known[id.index()].usage.add(usage);
    }

    /// Of a record that stays the publisher's: what it took before.
    pub(super) fn subtract(&mut self, id: Option<PublisherId>, usage: Usage) {
        let Some(id) = id else { return };
        self.known[id.index()].usage.subtract(usage);
    }

    pub(super) fn remove(&mut self, id: Option<PublisherId>, slot: u32, usage: Usage) {
        let Some(id) = id else { return };
        self.records.remove(&(id, slot));
        self.subtract(Some(id), usage);
        if self.known[id.index()].usage.records == 0 {
            let gone = self.known.remove(id.index());
            self.claimed -= usize::from(gone.is_claimed);
            self.by_peer.remove(&gone.peer);
        }
    }
}
