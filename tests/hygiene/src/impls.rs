//! Types whose traits are not the usual ones: the derives ask for a trait of the type itself.

use ::db::{NetabaseSchema, NetabaseSchemaKey};
use ::serde::{Deserialize, Serialize};
use ::std::{
    clone::Clone,
    cmp::{Eq, Ord, PartialEq, PartialOrd},
    fmt::Debug,
    hash::Hash,
    ops::Deref,
    string::String,
};

/// Compares with another type, and not with itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Span {
    /// A part.
    pub days: i32,
    /// The other.
    pub hours: i32,
}

/// What a [`Span`] compares with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fieldwise(pub i32, pub i32);

impl PartialEq<Fieldwise> for Span {
    fn eq(&self, other: &Fieldwise) -> bool {
        self.days == other.0 && self.hours == other.1
    }
}

/// Compares with itself and with others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount(pub u32);

impl PartialEq<u32> for Amount {
    fn eq(&self, other: &u32) -> bool {
        self.0 == *other
    }
}

impl PartialEq<Amount> for u32 {
    fn eq(&self, other: &Amount) -> bool {
        *self == other.0
    }
}

/// Has nothing itself that it does not have through what it derefs to.
#[allow(missing_debug_implementations, reason = "it is the point")]
#[derive(Serialize, Deserialize)]
pub struct Bare(pub String);

impl Deref for Bare {
    type Target = String;

    fn deref(&self) -> &String {
        &self.0
    }
}

/// A key that compares with others, derefs, and has methods with the names of traits' methods.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, NetabaseSchemaKey,
)]
#[netabase(crate = "::db")]
pub struct Code(pub String);

impl PartialEq<str> for Code {
    fn eq(&self, other: &str) -> bool {
        *self.0 == *other
    }
}

impl PartialOrd<str> for Code {
    fn partial_cmp(&self, other: &str) -> ::std::option::Option<::std::cmp::Ordering> {
        PartialOrd::partial_cmp(self.0.as_str(), other)
    }
}

impl Deref for Code {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

#[allow(clippy::should_implement_trait, reason = "none of these is the trait's")]
impl Code {
    /// Not a copy.
    pub fn clone(&self) {}

    /// Not a comparison.
    pub fn eq(&self) {}

    /// Not an order.
    pub fn cmp(&self) {}

    /// Not a hash.
    pub fn hash(&self) {}

    /// Not its text.
    pub fn fmt(&self) {}

    /// Not its bytes.
    pub fn encode_key(&self) {}
}

/// Keeps all of them; its view can be cloned and printed, and not be compared.
#[derive(Clone, Debug, Serialize, Deserialize, NetabaseSchema)]
#[netabase(crate = "::db", key(code, part))]
pub struct Odd {
    /// A part of the key.
    pub code: Code,
    /// The other.
    #[netabase(index)]
    pub part: Code,
    /// Not equal to itself.
    pub span: Span,
    /// Equal to more than itself.
    pub amount: Amount,
    /// Borrowed.
    pub text: String,
}

/// Its view can be compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(crate = "::db")]
pub struct Comparable {
    /// The key.
    #[netabase(key)]
    pub code: Code,
    /// Equal to more than itself.
    pub amount: Amount,
    /// Borrowed.
    pub text: String,
}

/// Its view has no traits but the one that reads it.
#[allow(missing_debug_implementations, reason = "it is the point")]
#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(crate = "::db")]
pub struct Untouchable {
    /// The key.
    #[netabase(key)]
    pub code: Code,
    /// Only stored.
    pub bare: Bare,
    /// Borrowed.
    pub text: String,
}
