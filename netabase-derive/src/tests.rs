//! The derives as functions on tokens.

mod duration;

mod properties;

mod snapshots;
