//! There is no prelude at all.
#![no_implicit_prelude]

use ::netabase::{NetabaseSchema, NetabaseSchemaKey};
use ::serde::{Deserialize, Serialize};
use ::std::{
    clone::Clone, cmp::Eq, cmp::Ord, cmp::PartialEq, cmp::PartialOrd, fmt::Debug, hash::Hash,
    option::Option, result::Result, string::String, vec::Vec,
};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "owned", ttl = "7d", validate = check)]
pub struct User {
    #[netabase(key)]
    pub name: String,
    pub city: Option<String>,
    pub picture: Vec<u8>,
    pub place: Place,
}

fn check(_: &User) -> Result<(), String> {
    Result::Ok(())
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(merge = larger)]
pub struct Counter {
    #[netabase(key)]
    pub place: Place,
    pub count: u64,
}

fn larger(a: &Counter, b: &Counter) -> Counter {
    Clone::clone(if a.count > b.count { a } else { b })
}

#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, NetabaseSchemaKey,
)]
pub enum Place {
    Named(String),
    At { x: i32, y: i32 },
    Nowhere,
}

pub fn main() {}
