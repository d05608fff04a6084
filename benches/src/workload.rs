//! The values that are stored, and the order they come in.

use netabase::NetabaseSchema;
use rand::{RngExt, SeedableRng, rngs::SmallRng, seq::SliceRandom};
use serde::{Deserialize, Serialize};

/// What all sides store: about 200 bytes encoded, under a key of 24.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "open")]
pub struct User {
    /// A random number.
    #[netabase(key)]
    pub id: u64,
    /// 37 bytes, different for each user.
    pub email: String,
    /// The only field that changes.
    pub age: u8,
    /// [`BIO`].
    pub bio: String,
}

/// The ids to store, and another order to come back in. The same in every run.
#[derive(Debug)]
pub struct Workload {
    /// In random order.
    pub ids: Vec<u64>,
    /// The same ids in another random order.
    pub shuffled: Vec<u64>,
}

impl Workload {
    /// As many ids.
    #[must_use]
    pub fn new(records: usize) -> Self {
        let mut rng = SmallRng::seed_from_u64(7);
        let ids: Vec<u64> = (0..records).map(|_| rng.random()).collect();
        let mut shuffled = ids.clone();
        shuffled.shuffle(&mut rng);
        Self { ids, shuffled }
    }
}

impl User {
    /// The user of an id, as a round wrote it.
    #[must_use]
    pub fn new(id: u64, round: u8) -> Self {
        Self { id, email: email(id), age: round, bio: BIO.into() }
    }
}

/// 157 bytes.
pub const BIO: &str = "Writes peer-to-peer programs and keeps records of them; likes keys that \
    sort, values that decode, and stores that say what they hold and what they refuse to.";

/// The email address of an id.
#[must_use]
pub fn email(id: u64) -> String {
    format!("user-{id:020}@example.org")
}
