//! The derives as functions on tokens.

mod duration;

mod misuse;

mod properties;

mod snapshots;
