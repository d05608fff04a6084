use std::ops::Range;

use rand::{RngExt, SeedableRng, rngs::SmallRng, seq::SliceRandom};

use super::user::{AGE, User};

/// So many users share a group.
pub(crate) const GROUP: usize = 100;

/// The low bits of an id: the users of a group follow from them.
const RANK_BITS: u32 = 24;

/// So many are put, overwritten and removed one by one, and no more than a tenth of all: few enough that hash
/// tables of 10,000, 100,000 and 1,000,000 need not grow for them.
const SAMPLE: usize = 10_000;

/// Who is stored, in which order, and what is asked for. The same in every run.
#[derive(Debug)]
pub(crate) struct People {
    /// In random order.
    pub(crate) ids: Vec<u64>,
    /// The same in another random order.
    pub(crate) shuffled: Vec<u64>,
    /// Who comes once these are stored.
    pub(crate) newcomers: Vec<u64>,
    groups: u64,
}

impl People {
    pub(crate) fn new(records: usize) -> Self {
        let mut rng = SmallRng::seed_from_u64(7);
        let sample = SAMPLE.min(records / 10).max(1);
        let count = u64::try_from(records + sample).expect("a usize is not larger");
        assert!(count < 1 << RANK_BITS, "ranks have {RANK_BITS} bits");
        let mut id = |rank| rng.random::<u64>() << RANK_BITS | rank;
        let mut ids: Vec<u64> = (0..count).map(&mut id).collect();
        let newcomers = ids.split_off(records);
        let mut shuffled = ids.clone();
        shuffled.shuffle(&mut rng);
        let groups = u64::try_from(records / GROUP).expect("a usize is not larger").max(1);
        Self { ids, shuffled, newcomers, groups }
    }

    pub(crate) fn user(&self, id: u64, age: u8) -> User {
        User::new(id, age, self.group_of(id))
    }

    pub(crate) fn group_of(&self, id: u64) -> u32 {
        let group = rank(id) % self.groups;
        u32::try_from(group).expect("there are fewer groups")
    }

    /// The users of a group as they were loaded, by their ids.
    pub(crate) fn members(&self, group: u32) -> Vec<User> {
        let mut ids = self.ids.clone();
        ids.retain(|&id| self.group_of(id) == group);
        ids.sort_unstable();
        ids.into_iter().map(|id| self.user(id, AGE)).collect()
    }

    /// The groups of users in random order.
    pub(crate) fn some_groups(&self, count: usize) -> Vec<u32> {
        self.shuffled.iter().take(count).map(|&id| self.group_of(id)).collect()
    }

    /// An id that nobody has.
    pub(crate) fn nobody(&self) -> u64 {
        self.ids[0] | ((1 << RANK_BITS) - 1)
    }

    /// Those who are overwritten and then removed.
    pub(crate) fn leavers(&self) -> &[u64] {
        &self.shuffled[..self.newcomers.len()]
    }

    /// Those whose life ends, one of a hundred; they have not left before.
    pub(crate) fn mortals(&self) -> &[u64] {
        let Range { start, end } =
            self.newcomers.len()..self.newcomers.len() + self.ids.len() / 100;
        &self.shuffled[start..end]
    }
}

fn rank(id: u64) -> u64 {
    id & ((1 << RANK_BITS) - 1)
}
