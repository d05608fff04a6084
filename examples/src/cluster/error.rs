use std::num::ParseIntError;

use netabase::{BootstrapError, NodeError, OpenError, RecordError};

use crate::airports::LoadError;

/// Why there was no cluster, or not all was found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClusterError {
    /// An argument is none that the example knows.
    #[error(
        "`{argument}` is no option: there are --nodes, --records and --kill, each with a number behind it"
    )]
    UnknownOption {
        /// The argument.
        argument: String,
    },
    /// An option ends the line.
    #[error("`{option}` needs a number behind it")]
    NoNumber {
        /// The option.
        option: String,
    },
    /// What follows an option is not a number.
    #[error("`{option} {argument}`: `{argument}` is not a number")]
    NotANumber {
        /// The option.
        option: String,
        /// What follows it.
        argument: String,
        /// What is wrong with it.
        source: ParseIntError,
    },
    /// Somebody has to publish, and something has to be published.
    #[error("--nodes and --records must be at least 1")]
    Nothing,
    /// Nobody would be left to be asked.
    #[error("--kill {kill} leaves none of {nodes} nodes alive; at least one has to stay")]
    NobodyLeft {
        /// How many were to die.
        kill: usize,
        /// How many there are.
        nodes: usize,
    },
    /// The airports could not be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A node could not be started.
    #[error("cannot start a node")]
    Start(#[from] NodeError),
    /// A node did not meet the others.
    #[error("a node has not met the others within ten seconds")]
    Alone(#[from] BootstrapError),
    /// The database could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// An airport cannot have a key.
    #[error(transparent)]
    Key(#[from] RecordError),
    /// Some of what was asked for did not work.
    #[error("{failed} of {asked} airports could not be {done}; the first, {key}: {reason}")]
    Failed {
        /// What was to be done with them.
        done: &'static str,
        /// How many failed.
        failed: usize,
        /// How many there were.
        asked: usize,
        /// The key of the first.
        key: String,
        /// Why it failed.
        reason: String,
    },
}
