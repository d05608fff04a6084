//! The users of netabase, with and without indexes, and with a life that ends.

use libp2p::kad::Record;
use netabase::{NetabaseSchema, SharedSchema, value_from_bytes, value_to_bytes};
use serde::{Deserialize, Serialize};

use super::{
    peer::{Codec, Indexed},
    typed::Typed,
    user::{Stored, User, UserRef, stored, sum},
};

/// What differs between the databases that are measured.
pub(crate) trait Schema: SharedSchema + Stored {
    const NAME: &'static str;
    const INDEXED: bool = false;

    fn age_of(seen: &Self::Ref<'_>) -> u8;

    fn sum_of(seen: &Self::Ref<'_>) -> u64;

    fn indexed(_typed: &Typed<Self>) -> Option<&dyn Indexed<Self>> {
        None
    }

    fn codec() -> Option<Codec<Self>> {
        None
    }
}

impl Schema for User {
    const NAME: &'static str = "netabase";

    fn age_of(seen: &UserRef<'_>) -> u8 {
        seen.age
    }

    fn sum_of(seen: &UserRef<'_>) -> u64 {
        sum(seen.age, seen.bio)
    }

    fn codec() -> Option<Codec<Self>> {
        Some(Codec {
            encode: |user| value_to_bytes(user).expect("users encode"),
            decode: |bytes| value_from_bytes(bytes).expect("what was encoded decodes"),
            record: |user| Record::try_from(user).expect("users encode"),
        })
    }
}

/// A [`User`] that is found by email and group. The schema's name is as long.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(name = "mate", access = "open")]
pub(crate) struct Mate {
    #[netabase(key)]
    pub(super) id: u64,
    #[netabase(index(unique))]
    pub(super) email: String,
    pub(super) age: u8,
    #[netabase(index)]
    pub(super) group: u32,
    pub(super) bio: String,
}

stored!(Mate, from);

impl Schema for Mate {
    const NAME: &'static str = "netabase+index";
    const INDEXED: bool = true;

    fn age_of(seen: &MateRef<'_>) -> u8 {
        seen.age
    }

    fn sum_of(seen: &MateRef<'_>) -> u64 {
        sum(seen.age, seen.bio)
    }

    fn indexed(typed: &Typed<Self>) -> Option<&dyn Indexed<Self>> {
        Some(typed)
    }
}

/// A [`User`] whose life ends.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(name = "temp", access = "open", ttl = "48h")]
pub(crate) struct Guest {
    #[netabase(key)]
    pub(super) id: u64,
    pub(super) email: String,
    pub(super) age: u8,
    pub(super) group: u32,
    pub(super) bio: String,
}

stored!(Guest, from);

impl Schema for Guest {
    const NAME: &'static str = "netabase+ttl";

    fn age_of(seen: &GuestRef<'_>) -> u8 {
        seen.age
    }

    fn sum_of(seen: &GuestRef<'_>) -> u64 {
        sum(seen.age, seen.bio)
    }
}
