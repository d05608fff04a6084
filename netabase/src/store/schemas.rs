use std::{any::TypeId, collections::HashMap, time::Duration};

use libp2p::PeerId;

use super::{changes::Sender, error::StoreError, indexes::Indexes, inner::Usages};
use crate::{
    record::{
        Checked, NAMESPACE, RecordError, check, check_readable, merge_values, owner_prefix_len,
        provider_key, record_prefix, schema_name, write_entries,
    },
    schema::{Access, Envelope, NetabaseSchema, NetabaseSchemaKey},
};

/// The schemas whose databases were opened in a store.
pub(super) struct Schemas {
    /// The first stands for all others.
    by_id: Vec<Schema>,
    by_name: HashMap<&'static str, SchemaId>,
}

/// A schema's place in its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SchemaId(usize);

impl SchemaId {
    /// All schemas that are not known: they share this place, so that invented names cost nothing here.
    pub(super) const UNKNOWN: Self = Self(0);
}

/// What a store has to know of a schema without knowing its type.
pub(super) struct Schema {
    pub(super) name: &'static str,
    pub(super) version: u32,
    pub(super) access: Access,
    /// What all of its record keys start with, up to the access byte.
    pub(super) prefix: Vec<u8>,
    /// How many bytes behind that are the owner's.
    pub(super) owner_len: usize,
    pub(super) provider_key: Vec<u8>,
    pub(super) ttl: Option<Duration>,
    pub(super) check: Check,
    /// There if the schema merges values itself.
    pub(super) merge: Option<Merge>,
    /// How many records databases show, of all owners.
    pub(super) visible: usize,
    /// How many of them the local peer's database shows: all, unless the schema is owned.
    pub(super) local_visible: usize,
    /// What the local peer's own record keys start with, behind the shared prefix.
    local_owner: Vec<u8>,
    pub(super) usages: Usages,
    pub(super) indexes: Indexes,
    /// There once somebody has watched.
    pub(super) watchers: Option<Sender>,
    /// Prints the key with these bytes. Runs code of the user: never under the lock.
    pub(super) describe_key: fn(&[u8]) -> String,
    /// Whether the records of this name that came in before it was known were looked at.
    pub(super) is_learned: bool,
    type_id: TypeId,
    type_name: &'static str,
}

/// Checks a record (key, value) from end to end, and writes its index entries. Runs code of the user:
/// never under the lock.
pub(super) type Check = fn(&[u8], &[u8], &mut Vec<u8>) -> Result<(), RecordError>;

/// Merges two checked values of one key: the stored one, the one that arrived; writes the result and its
/// index entries. Runs code of the user: never under the lock.
pub(super) type Merge = fn(&[u8], &[u8], &mut Vec<u8>, &mut Vec<u8>) -> Result<(), RecordError>;

fn check_and_index<V: NetabaseSchema>(
    key: &[u8],
    value: &[u8],
    entries: &mut Vec<u8>,
) -> Result<(), RecordError> {
    match check::<V>(key, value)? {
        Checked::Live(value) => write_entries(&value, entries),
        Checked::Tombstone(_) => Ok(()),
    }
}

fn describe_key<V: NetabaseSchema>(bytes: &[u8]) -> String {
    V::Key::from_key_bytes(bytes)
        .map_or_else(|_| bytes.escape_ascii().to_string(), |key| format!("{key:?}"))
}

/// What is opaque has its owner's signature, and nothing else that could be checked.
pub(super) const CHECK_NOTHING: Check = |_, _, _| Ok(());

impl Default for Schemas {
    fn default() -> Self {
        Self { by_id: vec![Schema::unknown()], by_name: HashMap::new() }
    }
}

impl Schemas {
    /// Registers `V`, or finds that it is registered.
    pub(super) fn register<V: NetabaseSchema>(
        &mut self,
        local: &PeerId,
    ) -> Result<SchemaId, StoreError> {
        // An index is one byte in a record's entries.
        const { assert!(V::INDEXES.len() <= 256, "a schema has at most 256 indexes") };
        if let Some(&id) = self.by_name.get(V::SCHEMA_NAME) {
            let known = self.get(id);
            if known.type_id == TypeId::of::<V>() {
                return Ok(id);
            }
            return Err(StoreError::SchemaConflict {
                name: V::SCHEMA_NAME,
                registered: known.type_name,
                rejected: std::any::type_name::<V>(),
            });
        }
        let id = SchemaId(self.by_id.len());
        let prefix = record_prefix::<V>(None);
        self.by_id.push(Schema {
            name: V::SCHEMA_NAME,
            version: V::SCHEMA_VERSION,
            access: V::ACCESS,
            provider_key: provider_key::<V>().to_vec(),
            ttl: V::TTL,
            check: check_and_index::<V>,
            merge: V::HAS_MERGE.then_some(merge_values::<V> as Merge),
            visible: 0,
            local_visible: 0,
            local_owner: record_prefix::<V>(Some(local))[prefix.len()..].to_vec(),
            usages: Usages::default(),
            prefix,
            owner_len: owner_prefix_len(V::ACCESS),
            indexes: Indexes::new(V::INDEXES, owner_prefix_len(V::ACCESS)),
            watchers: None,
            describe_key: describe_key::<V>,
            is_learned: false,
            type_id: TypeId::of::<V>(),
            type_name: std::any::type_name::<V>(),
        });
        self.by_name.insert(V::SCHEMA_NAME, id);
        Ok(id)
    }

    /// Those that peers exchange records of.
    #[cfg(feature = "network")]
    pub(super) fn shared(&self) -> Vec<SchemaId> {
        let all = self.by_id.iter().enumerate();
        let shared = all.filter(|(_, schema)| schema.access != Access::Local);
        shared.map(|(index, _)| SchemaId(index)).collect()
    }

    pub(super) fn find(&self, name: &str) -> Option<SchemaId> {
        self.by_name.get(name).copied()
    }

    /// Whether this is the key of a known shared schema's providers.
    pub(super) fn has_provider_key(&self, key: &[u8]) -> bool {
        self.by_name.values().any(|&id| {
            let schema = self.get(id);
            schema.access != Access::Local && schema.provider_key == key
        })
    }

    /// The schema that a stored record's key belongs to.
    pub(super) fn of_key(&self, key: &[u8]) -> SchemaId {
        schema_name(key).and_then(|name| self.find(name)).unwrap_or(SchemaId::UNKNOWN)
    }

    pub(super) fn get(&self, id: SchemaId) -> &Schema {
        &self.by_id[id.0]
    }

    pub(super) fn get_mut(&mut self, id: SchemaId) -> &mut Schema {
        &mut self.by_id[id.0]
    }
}

impl Schema {
    /// What stands for all schemas that are not known. Their records are opaque: nothing is ever shown, indexed,
    /// watched or counted here.
    fn unknown() -> Self {
        Self {
            name: "",
            version: 0,
            access: Access::Owned,
            prefix: NAMESPACE.to_vec(),
            owner_len: owner_prefix_len(Access::Owned),
            provider_key: Vec::new(),
            ttl: None,
            check: CHECK_NOTHING,
            merge: None,
            visible: 0,
            local_visible: 0,
            local_owner: Vec::new(),
            usages: Usages::default(),
            indexes: Indexes::new(&[], 0),
            watchers: None,
            describe_key: |bytes| bytes.escape_ascii().to_string(),
            is_learned: true,
            type_id: TypeId::of::<Self>(),
            type_name: "",
        }
    }

    /// Refuses an owned record of this schema's name that the type cannot read: one of another version or codec.
    /// Others are left to [`check`](Self::check), since nobody vouches for them.
    pub(super) fn check_readable(&self, envelope: &Envelope<'_>) -> Result<(), RecordError> {
        match self.access {
            Access::Owned => check_readable(self.name, self.version, envelope),
            Access::Local | Access::Open => Ok(()),
        }
    }

    /// Counts a record that databases show now, or do no longer. `rest` is its key behind the prefix.
    pub(super) fn count_visible(&mut self, rest: &[u8], was_visible: bool, visible: bool) {
        let change = |count: usize| count + usize::from(visible) - usize::from(was_visible);
        self.visible = change(self.visible);
        if rest.starts_with(&self.local_owner) {
            self.local_visible = change(self.local_visible);
        }
    }
}
