//! Knows of which types serde gives back what it took, so that `put` need not try.
//!
//! The derive asks with [`Probe`], which sees types, not names: an alias changes nothing.

mod derived;

mod known;

use std::marker::PhantomData;

use serde::{Serialize, de::DeserializeOwned};

pub use self::derived::SerdeShape;
use super::round_trip::FieldCheck;

/// What is known of how serde writes and reads a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// It is read back as it was written, and equal values have equal bytes.
    Known,
    /// Nothing.
    Unknown,
    /// It is read back, but in no order: equal values have many bytes.
    Unordered,
}

impl Form {
    /// Returns the form of what has parts of both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unordered, _) | (_, Self::Unordered) => Self::Unordered,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Known, Self::Known) => Self::Known,
        }
    }
}

/// A type whose serde form is known.
pub trait KnownForm {
    /// Its form.
    const FORM: Form = Form::Known;

    /// Returns whether serde's traits are implemented as that says.
    ///
    /// Only types of other crates with netabase's derive have to look.
    #[must_use]
    fn is_derived() -> bool {
        true
    }
}

/// Asks for the form of a type, whichever it is: an inherent constant goes before a trait's, and is
/// there only if the type has a known form.
#[derive(Debug)]
pub struct Probe<T: ?Sized>(PhantomData<T>);

impl<T: KnownForm> Probe<T> {
    /// The form of `T`.
    pub const FORM: Form = T::FORM;

    /// Returns whether serde's traits are implemented as that says.
    #[must_use]
    pub fn is_derived() -> bool {
        T::is_derived()
    }
}

/// The answer for all other types.
pub trait UnknownForm {
    /// Nothing is known.
    const FORM: Form = Form::Unknown;

    /// Returns false.
    #[must_use]
    fn is_derived() -> bool {
        false
    }
}

impl<T: ?Sized> UnknownForm for Probe<T> {}

/// Compares two values if their type can be compared, in the same way.
#[derive(Debug)]
pub struct Comparison<T>(PhantomData<T>);

impl<T: PartialEq<T>> Comparison<T> {
    /// Returns whether they are equal.
    pub fn equal(a: &T, b: &T) -> Option<bool> {
        Some(<T as PartialEq<T>>::eq(a, b))
    }
}

/// The answer for types that cannot be compared.
pub trait NoComparison<T> {
    /// Returns none.
    #[must_use]
    fn equal(_: &T, _: &T) -> Option<bool> {
        None
    }
}

impl<T> NoComparison<T> for Comparison<T> {}

/// Returns whether all fields of two values are equal; `None` if the type of one cannot tell and none tells apart.
#[must_use]
pub fn all_equal(fields: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut all = Some(true);
    for equal in fields {
        match equal {
            Some(true) => {}
            Some(false) => return equal,
            None => all = None,
        }
    }
    all
}

/// Asks serde's traits of a type that may lack them: that is reported elsewhere, once.
#[derive(Debug)]
pub struct Serde<T>(PhantomData<T>);

impl<T: Serialize + DeserializeOwned> Serde<T> {
    /// Tries one field; see [`FieldCheck`].
    pub fn check(
        check: &mut FieldCheck,
        field: &'static str,
        value: &T,
        equal: fn(&T, &T) -> Option<bool>,
    ) {
        check.field(field, value, equal);
    }

    /// Returns whether a type is read and written as the derive would do it, as far as a few values show.
    #[must_use]
    pub fn is_derived(shape: SerdeShape) -> bool {
        derived::is_read_as::<T>(shape) && derived::writes_what_it_reads::<T>(shape)
    }
}

/// The answers for types without serde's traits.
pub trait NoSerde<T> {
    /// Does nothing.
    fn check(_: &mut FieldCheck, _: &'static str, _: &T, _: fn(&T, &T) -> Option<bool>) {}

    /// Returns false.
    #[must_use]
    fn is_derived(_: SerdeShape) -> bool {
        false
    }
}

impl<T> NoSerde<T> for Serde<T> {}

/// A field of a schema, as its values are written.
#[derive(Clone, Copy, Debug)]
pub struct FieldForm {
    /// Its name.
    pub name: &'static str,
    /// Returns the name of its type.
    pub type_name: fn() -> &'static str,
    /// What is known of its type, and of its serde attributes.
    pub form: Form,
    /// `true` if it is part of the key.
    pub is_key: bool,
    /// `true` if an index has it.
    pub is_indexed: bool,
}

/// Returns whether all fields are read back as they were written.
#[must_use]
pub const fn all_known(fields: &[FieldForm]) -> bool {
    let mut at = 0;
    while at < fields.len() {
        if !matches!(fields[at].form, Form::Known) {
            return false;
        }
        at += 1;
    }
    true
}

/// Returns whether equal values of a type of this form have equal bytes, as far as is known.
#[must_use]
pub const fn is_ordered(form: Form) -> bool {
    !matches!(form, Form::Unordered)
}

/// Stands for a type that has an order or not.
#[derive(Debug)]
pub struct Order<const IS_ORDERED: bool>;

/// Implemented for types with an order alone.
#[diagnostic::on_unimplemented(
    message = "a hash set has no order, so equal values would be stored as different bytes",
    label = "a hash set, or something with one in it",
    note = "use a `BTreeSet`, or write `#[serde(with = \"netabase::with::sorted\")]` on the field"
)]
pub trait Ordered {
    /// Named to ask for the impl.
    const HOLDS: () = ();
}

impl Ordered for Order<true> {}
