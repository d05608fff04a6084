//! The names of the prelude mean something else here.
#![allow(dead_code, unused_imports)]

mod shadowed {
    pub struct Option;
    pub struct Some;
    pub struct None;
    pub struct Ok;
    pub struct Err;
    pub struct Box;
    pub trait From {}
    pub trait Into {}
    pub trait TryFrom {}
    pub trait Clone {}
    pub trait Default {}
    pub trait Iterator {}
    pub trait ToString {}
    pub type Result<T> = (T, T);
}

use netabase::{NetabaseSchema, NetabaseSchemaKey};
use serde::{Deserialize, Serialize};
use shadowed::{
    Box, Clone, Default, Err, From, Into, Iterator, None, Ok, Option, Result, Some, ToString,
    TryFrom,
};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "open", ttl = "1h", max_size = 4096, validate = check)]
struct User {
    #[netabase(key)]
    name: String,
    city: std::option::Option<String>,
}

fn check(_: &User) -> std::result::Result<(), String> {
    std::result::Result::Ok(())
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(key(of, at))]
struct Reading {
    of: String,
    at: u64,
    value: f64,
}

#[derive(std::clone::Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, NetabaseSchemaKey)]
enum Place {
    Named(String),
    At { x: i32, y: i32 },
    Nowhere,
}

fn main() {}
