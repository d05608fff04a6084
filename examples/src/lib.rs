//! What the stories beside `src` are made of: the airports, and how they are read; the peers of
//! `lifecycle`, and what they send; the nodes of `cluster` and of `two_nodes`; the store of
//! `notebook`. All of it fits 80 columns.

pub mod columns;

pub mod airports;

pub mod lifecycle;

pub mod cluster;

pub mod two_nodes;

pub mod notebook;

mod outcome;

pub use self::outcome::exit_code;
