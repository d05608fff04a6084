//! Between peers.

#[cfg(feature = "testkit")]
pub mod testkit;
