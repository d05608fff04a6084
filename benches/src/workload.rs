use std::collections::HashMap;

use netabase::NetabaseSchema;
use rand::{RngExt, SeedableRng, rngs::SmallRng, seq::SliceRandom};
use serde::{Deserialize, Serialize};

/// What both sides store: about 200 bytes encoded, under a key of 24.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
pub(crate) struct User {
    #[netabase(key)]
    pub(crate) id: u64,
    pub(crate) email: String,
    pub(crate) age: u8,
    pub(crate) bio: String,
}

/// The ids to store, and another order to come back in. The same in every run.
pub(crate) struct Workload {
    pub(crate) ids: Vec<u64>,
    pub(crate) shuffled: Vec<u64>,
    /// A hundred ids share a group.
    pub(crate) groups: HashMap<u64, u32>,
}

impl Workload {
    pub(crate) fn new(records: usize) -> Self {
        let mut rng = SmallRng::seed_from_u64(7);
        let ids: Vec<u64> = (0..records).map(|_| rng.random()).collect();
        let mut shuffled = ids.clone();
        shuffled.shuffle(&mut rng);
        let groups = ids.iter().zip(0..).map(|(&id, rank)| (id, rank % group_count(records)));
        let groups = groups.collect();
        Self { ids, shuffled, groups }
    }
}

impl User {
    pub(crate) fn new(id: u64, round: u8) -> Self {
        Self { id, email: email(id), age: round, bio: BIO.into() }
    }
}

/// 150 bytes.
pub(crate) const BIO: &str = "Writes peer-to-peer programs and keeps records of them; likes keys that \
    sort, values that decode, and stores that say what they hold and what they refuse to.";

pub(crate) fn email(id: u64) -> String {
    format!("user-{id:020}@example.org")
}

fn group_count(records: usize) -> u32 {
    u32::try_from(records / 100).unwrap_or(u32::MAX).max(1)
}
