//! The user's own methods and constants do not get in the way, nor do constants in scope.
#![allow(dead_code, non_upper_case_globals)]

use netabase::{NetabaseSchema, NetabaseSchemaKey};
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize, NetabaseSchema)]
struct User {
    #[netabase(key)]
    id: Id,
    name: String,
}

impl User {
    const TTL: u8 = 1;
    const SCHEMA_NAME: u8 = 1;
    fn key(&self) {}
    fn encode_key(&self) {}
    fn validate() {}
    fn merge() {}
    fn to_bytes(&self) {}
    fn from_bytes() {}
}

#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, NetabaseSchemaKey,
)]
struct Id(u64);

impl Id {
    fn encode_key() {}
    fn decode_key() {}
    fn clone() {}
    fn cmp() {}
    fn hash() {}
    fn eq() {}
}

const out: u8 = 1;
const input: u8 = 1;
const part0: u8 = 1;
const value: u8 = 1;
const record: u8 = 1;
const other: u8 = 1;
const key: u8 = 1;

fn main() {
    let user = User { id: Id(7), name: "Ada".to_owned() };
    assert_eq!(NetabaseSchema::key(&user), UserKey(Id(7)));
    assert_eq!(<User as NetabaseSchema>::SCHEMA_NAME, "user");
}
