//! What netabase promises, through its public API. One module a behaviour.

#![allow(clippy::similar_names, reason = "nodes keep notes, and a shop shows what it has")]
#![allow(clippy::large_futures, reason = "each future of a test is polled in place, once")]

#[cfg(feature = "network")]
mod waiting;

mod key_bytes;

mod records;

mod database;

mod walks;

mod indexes;

mod unique;

mod raw_names;

mod ranges;

mod foreign_keys;

mod transactions;

mod update;

mod next_pages;

mod absent_entries;

mod error_texts;

mod watch;

mod model;

mod three_peers;

mod fuzz_corpus;

mod limits;

mod states;

mod clocks;

mod lifetimes;

mod budgets;

mod capacity;

mod hostile_records;

mod round_trip;

mod generic_code;

mod locking;

mod kad_contract;

mod removals;

mod set_clocks;

mod convergence;

mod precedence;

mod merging;

mod merging_threads;

mod check_merge;

mod signatures;

mod forgeries;

mod opaque;

mod owners;

mod publisher_walks;
mod publishers;

mod claimed_publishers;

mod distances;

mod syncing;

mod republishing;

mod accepted_leases;

#[cfg(feature = "network")]
mod swarms;

#[cfg(feature = "network")]
mod testkit;

#[cfg(feature = "network")]
mod nat;

#[cfg(feature = "network")]
mod nodes;

#[cfg(feature = "network")]
mod airports;

#[cfg(feature = "network")]
mod flooded_tower;

#[cfg(feature = "network")]
mod example_two_nodes;

#[cfg(feature = "network")]
mod example_cluster;

#[cfg(feature = "network")]
mod example_notebook;

mod misuse;

mod compile_errors_page;

mod schemas;

mod authors;

#[cfg(feature = "network")]
mod disk;
