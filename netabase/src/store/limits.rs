//! What a store may hold.

use libp2p::kad;

use super::usage::Usage;

/// What a store may hold: one budget for what the application wrote, one for what is foreign.
///
/// A write of the application that goes beyond its budget gets a typed error and changes nothing.
/// Foreign records over theirs make room by eviction, or are refused; under other keys they never take the
/// application's room. (A newer value that a peer has for an open key which the application published
/// takes the place of the application's own, and its room.)
///
/// The defaults are meant for a machine with a few gigabytes of memory, not for a relay: a bare
/// `MemoryStore` stops at 1,024 records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Records that the application wrote, of all schemas, the tombstones it left included.
    /// Default: 4,194,304.
    ///
    /// Beside its bytes each takes about 450 bytes of memory for the structures that hold it.
    pub max_records: usize,
    /// The bytes of their keys, values and index entries. Default: 2 GiB.
    pub max_bytes: usize,
    /// Records that others wrote: what peers sent, and what the application took in. Default:
    /// 1,048,576.
    ///
    /// Beside its bytes each takes about 600 bytes of memory, and 250 more if nobody else's has its
    /// publisher or comes from its source.
    pub max_foreign_records: usize,
    /// The bytes of their keys, values and index entries. Default: 512 MiB.
    pub max_foreign_bytes: usize,
    /// The bytes of one value, its envelope and signature included. Default: 1 MiB.
    ///
    /// What Kademlia carries is less: its packets hold 16 KiB unless a swarm sets them larger.
    pub max_value_bytes: usize,
    /// Providers of one schema. Default: kad's replication factor.
    pub max_providers_per_key: usize,
    /// Publishers that foreign records merely claim, and nothing proves. Default: 16,384.
    ///
    /// Beyond them, records of further claimed publishers are kept without one. Publishers that signed
    /// their records always count: each costs a record of the foreign budget.
    pub max_claimed_publishers: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_records: 1 << 22,
            max_bytes: 1 << 31,
            max_foreign_records: 1 << 20,
            max_foreign_bytes: 1 << 29,
            max_value_bytes: 1 << 20,
            max_providers_per_key: kad::K_VALUE.get(),
            max_claimed_publishers: 1 << 14,
        }
    }
}

impl Limits {
    /// Returns what the records of a budget may take.
    pub(super) fn of(&self, budget: Budget) -> Usage {
        match budget {
            Budget::Own => Usage { records: self.max_records, bytes: self.max_bytes },
            Budget::Foreign => {
                Usage { records: self.max_foreign_records, bytes: self.max_foreign_bytes }
            }
        }
    }
}

/// Whose records a limit is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Budget {
    /// The records that the application wrote.
    Own,
    /// The records that others wrote.
    Foreign,
}
