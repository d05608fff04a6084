//! Judges of netabase that tests and programs share: a model of three peers, threads on one store, and the functions
//! that fuzzers call. They use the public API only, and take no part of it for granted.
//!
//! The tests are in `integration/`; the cases that must not compile in `ui/`.

pub mod fuzz;
pub mod model;
pub mod threads;
