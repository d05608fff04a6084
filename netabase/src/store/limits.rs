use libp2p::kad;

/// What a store may hold. Whatever would go beyond gets a typed error and changes nothing.
///
/// The defaults are meant for a machine with a few gigabytes of memory, not for a relay: a bare
/// `MemoryStore` stops at 1,024 records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Records of all schemas, tombstones included. Default: 4,194,304.
    ///
    /// Beside its bytes each takes about 450 bytes of memory for the structures that hold it.
    pub max_records: usize,
    /// The bytes of all keys, values and index entries. Default: 2 GiB.
    pub max_bytes: usize,
    /// The bytes of one value, its envelope included. Default: 1 MiB.
    ///
    /// What Kademlia carries is less: its packets hold 16 KiB unless a swarm sets them larger.
    pub max_value_bytes: usize,
    /// Providers of one schema. Default: kad's replication factor.
    pub max_providers_per_key: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_records: 1 << 22,
            max_bytes: 1 << 31,
            max_value_bytes: 1 << 20,
            max_providers_per_key: kad::K_VALUE.get(),
        }
    }
}
