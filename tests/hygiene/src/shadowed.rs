//! The names of the prelude, of the standard crates and of netabase mean something else here.
#![allow(dead_code, reason = "the names only have to be in scope")]

use ::db::{NetabaseSchema, NetabaseSchemaKey};
use ::serde::{Deserialize, Serialize};
use ::std::{clone, cmp, fmt, hash};

struct Some;
struct None;
struct Ok;
struct Err;
struct Vec;
struct Box;
trait From {}
trait Into {}
trait TryFrom {}
trait Clone {}
trait Default {}
trait Iterator {}
trait ToString {}
trait Send {}
trait Sync {}
type Result<T> = (T, T);
type Option<T> = [T; 2];

mod alloc {}
mod core {}
mod db {}
mod netabase {}
mod serde {}
mod std {}

/// Not the text of the standard library.
#[derive(clone::Clone, fmt::Debug, cmp::PartialEq, Serialize, Deserialize)]
pub struct String(pub u8);

/// A schema among them.
#[derive(clone::Clone, fmt::Debug, cmp::PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(crate = "::db", access = "open", ttl = "1h", validate = check)]
pub struct Shadowed {
    /// A key among them.
    #[netabase(key)]
    pub key: Key,
    /// Borrowed by the view.
    #[netabase(index)]
    pub text: ::std::string::String,
    /// Has a familiar name, so it says that it has no borrowed form.
    #[netabase(owned)]
    pub short: String,
    /// An array, whatever it is called.
    #[netabase(index, owned)]
    pub pair: Option<u8>,
    /// Elements of their own.
    #[netabase(index(multi))]
    pub words: ::std::vec::Vec<::std::string::String>,
}

fn check(value: &Shadowed) -> ::std::result::Result<(), &'static str> {
    use ::std::result::Result;
    if value.text.is_empty() { Result::Err("there is no text") } else { Result::Ok(()) }
}

/// A key among them.
#[derive(
    clone::Clone,
    fmt::Debug,
    cmp::PartialEq,
    cmp::Eq,
    cmp::PartialOrd,
    cmp::Ord,
    hash::Hash,
    Serialize,
    Deserialize,
    NetabaseSchemaKey,
)]
#[netabase(crate = "::db")]
pub enum Key {
    /// Text.
    Text(::std::string::String),
    /// A number.
    Number(u64),
}
