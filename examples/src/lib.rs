//! What the stories beside `src` share: the airports, and how they are read.

pub mod airports;
