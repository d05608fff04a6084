//! Every access, every way to give a key, and the functions of a schema.

use ::db::NetabaseSchema;
use ::serde::{Deserialize, Serialize};
use ::std::{
    clone::Clone,
    cmp::PartialEq,
    fmt::Debug,
    option::Option::{self, Some},
    primitive::str,
    result::Result::{self, Err, Ok},
    string::String,
    vec::Vec,
};

use crate::keys::{Id, Place, Seat};

/// Local, with a composite key and a check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(crate = "::db", key(country, city), validate = has_people)]
pub struct Town {
    /// The first part of the key.
    pub country: String,
    /// The second.
    pub city: String,
    /// At least one.
    pub people: u32,
}

fn has_people(town: &Town) -> Result<(), &'static str> {
    if town.people == 0 { Err("nobody lives there") } else { Ok(()) }
}

/// Local, with a way to combine two values of one key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(crate = "::db", merge = larger)]
pub struct Counter {
    /// An enum is the key.
    #[netabase(key)]
    pub place: Place,
    /// The larger one counts.
    pub count: u64,
}

fn larger(ours: &Counter, theirs: &Counter) -> Counter {
    Clone::clone(if ours.count > theirs.count { ours } else { theirs })
}

/// Its key is a newtype.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(crate = "::db")]
pub struct Sensor {
    /// Found by text.
    #[netabase(key)]
    pub id: Id,
    /// The same.
    #[netabase(index)]
    pub station: Id,
}

/// Anyone may write it; every option is given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(
    crate = "::db",
    name = "note.v2",
    version = 2,
    access = "open",
    key_type = "NoteTitle",
    ref_type = "NoteView",
    ttl = "7d",
    max_size = 4096,
    index(name = "by_place", fields(place, text))
)]
pub struct Note {
    /// Text is the key.
    #[netabase(key)]
    pub title: String,
    /// Borrowed by the view.
    #[netabase(index)]
    pub text: Option<String>,
    /// Not borrowed by the view.
    #[netabase(owned)]
    pub place: Place,
    /// Elements of their own.
    #[netabase(index(multi))]
    pub tags: Vec<String>,
    /// Borrowed bytes.
    pub picture: Vec<u8>,
}

/// Its writer owns it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(crate = "::db", access = "owned")]
pub struct Reservation {
    /// A key of parts.
    #[netabase(key)]
    pub seat: Seat,
    /// Not shown to anyone outside this crate.
    guest: Option<String>,
}

impl Reservation {
    /// Of somebody.
    #[must_use]
    pub fn new(seat: Seat, guest: &str) -> Self {
        Self { seat, guest: Some(::std::convert::From::from(guest)) }
    }
}
