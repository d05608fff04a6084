//! Schemas in a crate where `netabase` has another name and nothing is in scope by itself.
//!
//! What the derives write has to compile here: it may name nothing that is not absolute, leave
//! nothing undocumented, and clash with no name that a user is free to take.
#![no_implicit_prelude]
#![deny(missing_docs, unsafe_code, warnings)]

pub mod keys;

pub mod schemas;

pub mod shadowed;

pub mod methods;

pub mod made;

pub mod impls;

#[cfg(test)]
mod tests;
