//! What the benchmarks share: their command line, the values they store, a bare `MemoryStore` as an
//! application would use it, processes of their own, and a stopwatch.
#![allow(clippy::missing_panics_doc, reason = "a benchmark that went wrong has to stop")]

pub mod arguments;

pub mod workload;

pub mod smallest;

pub mod by_hand;

pub mod timing;

pub mod progress;

pub mod child;
