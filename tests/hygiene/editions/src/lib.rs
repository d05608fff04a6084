//! Schemas under every lint there is for the code that derives write, in each edition of Rust.
//!
//! One source, one package an edition. What `#[allow]` says of a struct goes for what is generated, too.
#![deny(
    warnings,
    missing_docs,
    missing_debug_implementations,
    nonstandard_style,
    single_use_lifetimes,
    unnameable_types,
    unreachable_pub,
    unsafe_code,
    unused,
    unused_lifetimes,
    unused_qualifications,
    future_incompatible,
    rust_2018_compatibility,
    rust_2018_idioms,
    rust_2021_compatibility,
    rust_2024_compatibility,
    clippy::all,
    clippy::pedantic,
    clippy::nursery
)]
#![allow(unused_extern_crates, reason = "edition 2015 wants the crates named")]

extern crate netabase;
extern crate serde;

pub mod attributes;

pub mod deprecated;

pub mod names;

pub mod shapes;

/// Stores one value and finds it again.
fn there_and_back<V>(value: &V) -> Result<(), netabase::DatabaseError>
where
    V: netabase::NetabaseSchema + PartialEq + std::fmt::Debug,
{
    let database = netabase::NetabaseStore::new().database::<V>()?;
    database.put(value)?;
    assert_eq!(database.get(&value.key())?.as_ref(), Some(value));
    Ok(())
}

/// Stores a value of every schema and finds it again.
///
/// # Errors
///
/// That of the first one that is refused.
///
/// # Panics
///
/// If another value is found.
pub fn check() -> Result<(), netabase::DatabaseError> {
    attributes::check()?;
    deprecated::check()?;
    names::check()?;
    shapes::check()
}
