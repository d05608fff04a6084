//! Keeps the held records in the order of their places while newcomers are looked after.

use std::time::{Duration, Instant};

/// The buckets by the first bits of a place, each sorted when it is first looked at: sorting all at once would take
/// long.
const BUCKET_BITS: u32 = 10;

/// The slots that are looked at in one step, while the order is made.
const STEP: usize = 1024;

/// The time, for each step that it took, after which the order is made again for a newcomer: some hundredths of a core,
/// however many come. Each is made after the newcomer was known, so that it misses nothing.
const PAUSE: Duration = Duration::from_millis(5);

/// A record: the first bits of its place, and its slot in the store.
pub(in crate::network) type Item = (u64, u32);

/// The held records by their places: 16 bytes each, made in steps when a newcomer is there, dropped when there is none.
#[derive(Default)]
pub(super) struct Order {
    whole: Option<Made>,
    being_made: Option<Making>,
}

struct Made {
    buckets: Vec<Bucket>,
    begun: Instant,
    steps: u32,
}

struct Making {
    made: Made,
    next: u32,
}

#[derive(Clone, Default)]
struct Bucket {
    items: Vec<Item>,
    is_sorted: bool,
}

/// Shows places and slots of held records from a slot on, at most so many; returns where to go on, if there is more.
pub(in crate::network) type Places<'a> =
    &'a mut dyn FnMut(u32, usize, &mut dyn FnMut(Item)) -> Option<u32>;

impl Order {
    /// Returns whether the order has what was held at a moment. If not, it is to be made.
    pub(super) fn is_good(&self, since: Instant) -> bool {
        self.whole.as_ref().is_some_and(|made| made.begun >= since)
    }

    /// Returns whether there is a step to be made now.
    pub(super) fn can_be_made(&self, now: Instant) -> bool {
        self.being_made.is_some()
            || self.whole.as_ref().is_none_or(|made| now >= made.begun + PAUSE * made.steps)
    }

    /// Makes one step.
    pub(super) fn make(&mut self, now: Instant, places: Places<'_>) {
        let making = self.being_made.get_or_insert_with(|| Making {
            made: Made { buckets: vec![Bucket::default(); 1 << BUCKET_BITS], begun: now, steps: 0 },
            next: 0,
        });
        making.made.steps += 1;
        let buckets = &mut making.made.buckets;
        let next = places(making.next, STEP, &mut |item| buckets[bucket(item.0)].items.push(item));
        match next {
            Some(next) => making.next = next,
            None => self.whole = self.being_made.take().map(|making| making.made),
        }
    }

    /// Returns the first record from one on, up to the end of a range.
    pub(super) fn next(&mut self, from: Item, to: u64) -> Option<Item> {
        let buckets = &mut self.whole.as_mut()?.buckets;
        for bucket in &mut buckets[bucket(from.0)..=bucket(to)] {
            if !bucket.is_sorted {
                bucket.items.sort_unstable();
                bucket.is_sorted = true;
            }
            let place = bucket.items.partition_point(|item| *item < from);
            if let Some(item) = bucket.items.get(place) {
                return Some(*item).filter(|item| item.0 <= to);
            }
        }
        None
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

fn bucket(place: u64) -> usize {
    usize::try_from(place >> (64 - BUCKET_BITS)).expect("they are a few bits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_in_the_order_of_their_places_and_no_others_than_those_of_a_range() {
        let (mut order, now) = (Order::default(), Instant::now());
        let items: Vec<Item> = (0..5000_u32)
            .map(|slot| (u64::from(slot).wrapping_mul(0x9e37_79b9_7f4a_7c15), slot))
            .collect();
        let mut steps = 0;
        while !order.is_good(now) {
            assert!(order.can_be_made(now));
            order.make(now, &mut |from, max, show| {
                let from = from as usize;
                let to = items.len().min(from + max);
                items[from..to].iter().for_each(|item| show(*item));
                (to < items.len()).then(|| u32::try_from(to).expect("there are 5,000"))
            });
            steps += 1;
        }
        assert_eq!(steps, 5);
        let (from, to) = (1 << 60, 1 << 63);
        let mut found = Vec::new();
        let mut next = (from, 0);
        while let Some(item) = order.next(next, to) {
            found.push(item);
            next = (item.0, item.1 + 1);
        }

        let mut expected: Vec<Item> =
            items.iter().copied().filter(|item| (from..=to).contains(&item.0)).collect();
        expected.sort_unstable();
        assert_eq!(found, expected);
        assert!(!order.can_be_made(now + PAUSE * 4) && order.can_be_made(now + PAUSE * 5));
        assert!(!order.is_good(now + PAUSE), "one that comes later has it made anew");
    }
}
