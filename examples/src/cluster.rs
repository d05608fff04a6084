//! Ten nodes that share airports, of which some die.

mod error;

mod plan;

mod timings;

mod members;

mod ring;

mod bars;

pub mod tables;

pub use self::{
    bars::bar,
    error::ClusterError,
    members::{Cluster, Holding},
    plan::Plan,
    ring::{Place, Ring},
    timings::Timings,
};
