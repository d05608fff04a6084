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
}

impl Workload {
    pub(crate) fn new(records: usize) -> Self {
        let mut rng = SmallRng::seed_from_u64(7);
        let ids: Vec<u64> = (0..records).map(|_| rng.random()).collect();
        let mut shuffled = ids.clone();
        shuffled.shuffle(&mut rng);
        Self { ids, shuffled }
    }
}

impl User {
    pub(crate) fn new(id: u64, round: u8) -> Self {
        Self {
            id,
            email: format!("user-{id:020}@example.org"),
            age: round,
            bio: "Writes peer-to-peer programs and keeps records of them. ".repeat(3)[..150].into(),
        }
    }
}
