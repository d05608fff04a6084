//! What all peers store: a value of some 180 bytes, found by an email and by a group.

use native_db::{ToKey, native_db};
use native_model::{Model, native_model};
use netabase::NetabaseSchema;
use netabase_benches::workload::{BIO, email};
use serde::{Deserialize, Serialize};

/// As netabase has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(name = "mate", access = "owned")]
pub(super) struct Person {
    #[netabase(key)]
    pub(super) id: u64,
    #[netabase(index(unique))]
    pub(super) email: String,
    pub(super) age: u8,
    #[netabase(index)]
    pub(super) group: u32,
    pub(super) bio: String,
}

/// As `native_db` has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[native_model(id = 1, version = 1)]
#[native_db]
pub(super) struct Row {
    #[primary_key]
    pub(super) id: u64,
    #[secondary_key(unique)]
    pub(super) email: String,
    pub(super) age: u8,
    #[secondary_key]
    pub(super) group: u32,
    pub(super) bio: String,
}

impl Person {
    pub(super) fn new(id: u64, age: u8) -> Self {
        // A hundred of a group, on average, of a million.
        let group = u32::try_from(id % 10_000).expect("groups are few");
        Self { id, email: email(id), age, group, bio: BIO[..125].to_owned() }
    }
}

impl From<Person> for Row {
    fn from(Person { id, email, age, group, bio }: Person) -> Self {
        Self { id, email, age, group, bio }
    }
}
