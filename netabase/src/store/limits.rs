use libp2p::kad;

/// What a store may hold. Whatever would go beyond gets a typed error and changes nothing.
///
/// The defaults are meant for a machine with a few gigabytes of memory, not for a relay: a bare
/// `MemoryStore` stops at 1,024 records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Records of all schemas, tombstones included. Default: 16,777,216.
    pub max_records: usize,
    /// The bytes of all keys and values. Default: 4 GiB.
    pub max_bytes: usize,
    /// The bytes of one value, its envelope included. Default: 1 MiB.
    ///
    /// What Kademlia carries is less: about 32 KiB, key and value together.
    pub max_value_bytes: usize,
    /// Keys with provider records. Default: 65,536.
    pub max_provided_keys: usize,
    /// Providers of one key. Default: kad's replication factor.
    pub max_providers_per_key: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_records: 1 << 24,
            max_bytes: usize::try_from(4_u64 << 30).unwrap_or(usize::MAX),
            max_value_bytes: 1 << 20,
            max_provided_keys: 1 << 16,
            max_providers_per_key: kad::K_VALUE.get(),
        }
    }
}
