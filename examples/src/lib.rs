//! What the stories beside `src` are made of: the airports, and how they are read; the peers of
//! `lifecycle`, and what they send.

pub mod airports;

pub mod lifecycle;

mod outcome;

pub use self::outcome::exit_code;
