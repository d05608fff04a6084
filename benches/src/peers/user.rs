use std::fmt::Debug;

use netabase::NetabaseSchema;
use netabase_benches::workload::{BIO, email};
use serde::{Deserialize, Serialize};

/// The age of a user that was loaded.
pub(crate) const AGE: u8 = 44;

/// How much of [`BIO`] makes a user some 180 bytes.
const BIO_BYTES: usize = 125;

/// What all peers store.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "open")]
pub(crate) struct User {
    #[netabase(key)]
    pub(crate) id: u64,
    /// 37 bytes, different for each user.
    pub(crate) email: String,
    pub(crate) age: u8,
    /// That of a hundred users.
    pub(crate) group: u32,
    pub(crate) bio: String,
}

impl User {
    /// Without spare capacity: who keeps it as it is would keep that, too.
    pub(crate) fn new(id: u64, age: u8, group: u32) -> Self {
        let mut email = email(id);
        email.shrink_to_fit();
        Self { id, email, age, group, bio: BIO[..BIO_BYTES].to_owned() }
    }
}

/// A user that lies in an encoded value, for those who look at it by hand.
#[derive(Deserialize)]
pub(crate) struct Seen<'a> {
    #[serde(rename = "id")]
    _id: u64,
    #[serde(rename = "email")]
    _email: &'a str,
    pub(crate) age: u8,
    #[serde(rename = "group")]
    _group: u32,
    pub(crate) bio: &'a str,
}

impl Seen<'_> {
    /// What a look at a user takes from it.
    pub(crate) fn sum(&self) -> u64 {
        sum(self.age, self.bio)
    }
}

/// Made of a number and the text, so that both have been read.
pub(crate) fn sum(age: u8, bio: &str) -> u64 {
    u64::from(age) + bio.len() as u64
}

/// A user as a peer has it: the peers' derives differ.
pub(crate) trait Stored: Clone + Debug + Default + From<User> + PartialEq {
    fn id(&self) -> u64;
    fn age(&self) -> u8;
    fn set_age(&mut self, age: u8);
}

/// Of structs with the fields of a [`User`].
macro_rules! stored {
    ($type:ty) => {
        impl $crate::peers::user::Stored for $type {
            fn id(&self) -> u64 {
                self.id
            }

            fn age(&self) -> u8 {
                self.age
            }

            fn set_age(&mut self, age: u8) {
                self.age = age;
            }
        }
    };
    ($type:ty, from) => {
        $crate::peers::user::stored!($type);

        impl From<$crate::peers::user::User> for $type {
            fn from(user: $crate::peers::user::User) -> Self {
                let $crate::peers::user::User { id, email, age, group, bio } = user;
                Self { id, email, age, group, bio }
            }
        }
    };
}

pub(crate) use stored;

stored!(User);
