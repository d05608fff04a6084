//! Decides which held records a newcomer is handed, and when.

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, Instant},
};

use libp2p::{
    PeerId,
    kad::{KBucketKey, Record},
};

use crate::{
    network::settings::REPLICATION,
    store::{NetabaseStore, RawRecords},
};

/// The most handovers that are under way at a time.
const PARALLELISM: usize = 16;

/// The most new peers that wait; for more that come at once, authors renew their records.
const MAX_WAITING: usize = 1024;

/// The shortest time between two passes for the same peer.
const COOL_DOWN: Duration = Duration::from_secs(10);

/// The delays with which the holders of a record, the nearest first, pass it on to a newcomer. The second and third
/// do so in case the nearest has left; a record that is there already costs the newcomer a comparison.
const DELAYS: [Duration; 3] = [Duration::ZERO, Duration::from_secs(20), Duration::from_secs(60)];

/// New peers, for each of which all held records are looked through once, or up to three times.
#[derive(Default)]
pub(in crate::network) struct Handovers {
    waiting: VecDeque<Handover>,
    /// The peers of the last passes, and the earliest time of their next.
    lately: HashMap<PeerId, Instant>,
    running: usize,
}

struct Handover {
    peer: PeerId,
    /// The number of holders that are nearer than those that act now.
    rank: usize,
    not_before: Instant,
    /// The records that are left to look at.
    records: Option<RawRecords>,
    /// `true` if some record is for a later rank.
    has_more: bool,
}

impl Handovers {
    pub(in crate::network) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Adds a peer that came into the routing table, or was started again.
    pub(in crate::network) fn add(&mut self, peer: PeerId, now: Instant) {
        let is_waiting = self.waiting.iter().any(|waiting| waiting.peer == peer);
        if is_waiting || self.waiting.len() >= MAX_WAITING {
            return;
        }
        // Rate-limits flapping peers.
        self.lately.retain(|_, again| *again > now);
        let not_before = self.lately.get(&peer).copied().unwrap_or(now);
        if self.lately.len() < MAX_WAITING {
            self.lately.insert(peer, not_before + COOL_DOWN);
        }
        self.push(Handover { peer, rank: 0, not_before, records: None, has_more: false });
    }

    /// Removes a peer that left the routing table.
    pub(in crate::network) fn remove(&mut self, peer: &PeerId) {
        self.waiting.retain(|waiting| waiting.peer != *peer);
    }

    fn push(&mut self, handover: Handover) {
        let place = self.waiting.iter().take_while(|it| it.not_before <= handover.not_before);
        let place = place.count();
        self.waiting.insert(place, handover);
    }

    /// Returns whether there is a record to be looked at now.
    pub(in crate::network) fn is_due(&self, now: Instant) -> bool {
        self.running < PARALLELISM
            && self.waiting.front().is_some_and(|first| first.not_before <= now)
    }

    /// Looks at the next record for the first peer, and returns both if it is to be sent. `closest` returns the
    /// peers that are present, the closest to a key first.
    pub(in crate::network) fn inspect(
        &mut self,
        store: &NetabaseStore,
        now: Instant,
        closest: impl FnOnce(&KBucketKey<Vec<u8>>) -> Vec<PeerId>,
    ) -> Option<(Record, PeerId)> {
        let first = self.waiting.front_mut()?;
        let records = first.records.get_or_insert_with(|| store.raw_records());
        let Some(raw) = records.next() else {
            self.end_of_records(now);
            return None;
        };
        if !raw.state.served {
            return None;
        }
        let key = KBucketKey::new(raw.record.key.to_vec());
        let rank = rank(&key, &closest(&key), first.peer, store.peer_id())?;
        first.has_more |= rank > first.rank;
        if rank != first.rank {
            return None;
        }
        self.running += 1;
        Some((raw.record, first.peer))
    }

    fn end_of_records(&mut self, now: Instant) {
        let Some(first) = self.waiting.pop_front() else { return };
        let rank = first.rank + 1;
        if first.has_more
            && let Some(delay) = DELAYS.get(rank)
        {
            let not_before = now + *delay;
            self.push(Handover { rank, not_before, records: None, has_more: false, ..first });
        }
    }

    /// Notes that a record was sent, or could not be.
    pub(in crate::network) fn ended(&mut self) {
        self.running -= 1;
    }
}

/// Returns how many holders are nearer to a key than the local peer, if the newcomer should hold it and the local
/// peer is one of those that may pass it on.
fn rank(
    key: &KBucketKey<Vec<u8>>,
    closest: &[PeerId],
    newcomer: PeerId,
    local: PeerId,
) -> Option<usize> {
    let place = closest.iter().position(|peer| *peer == newcomer)?;
    if place >= REPLICATION {
        return None;
    }
    let own_distance = key.distance(&KBucketKey::from(local));
    let nearer = closest.iter().filter(|peer| **peer != newcomer);
    let rank =
        nearer.take_while(|peer| key.distance(&KBucketKey::from(**peer)) < own_distance).count();
    (rank < DELAYS.len()).then_some(rank)
}
