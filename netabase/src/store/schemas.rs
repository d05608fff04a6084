//! The schemas whose databases were opened in a store: what it has to know of each without its type.
//!
//! Those that a store on disk knows from an earlier run are unread until their database is opened: their records are
//! held, served, renewed and expire as they did, but no type here can read them.

mod known;

use std::{any::TypeId, collections::HashMap, time::Duration};

use libp2p::PeerId;

use self::known::layout;
pub(super) use self::known::unknown_layout;
use super::{
    changes::Sender,
    engine::{Engine, SchemaId},
    error::OpenError,
};
use crate::{
    record::{
        Checked, RecordError, check, check_readable, merge_values, provider_key, schema_name,
        write_entries,
    },
    schema::{Access, Envelope, NetabaseSchema, NetabaseSchemaKey},
};

/// The schemas whose databases were opened in a store.
pub(super) struct Schemas {
    /// The first stands for all others.
    by_id: Vec<Schema>,
    by_name: HashMap<&'static str, SchemaId>,
}

/// What a store has to know of a schema without knowing its type.
pub(super) struct Schema {
    pub(super) name: &'static str,
    pub(super) version: u32,
    pub(super) access: Access,
    pub(super) provider_key: Vec<u8>,
    pub(super) ttl: Option<Duration>,
    pub(super) check: Check,
    /// There if the schema merges values itself.
    pub(super) merge: Option<Merge>,
    /// There once somebody has watched.
    pub(super) watchers: Option<Sender>,
    /// Prints the key with these bytes. Runs code of the user: never under the lock.
    pub(super) describe_key: fn(&[u8]) -> String,
    /// `true` if the records of this name that came in before it was known were looked at.
    pub(super) is_adopted: bool,
    /// `true` if the store on disk knows it as it is.
    pub(super) is_stored: bool,
    /// `None` if its database was not opened in this run.
    reader: Option<Reader>,
}

/// The type that reads a schema's records.
struct Reader {
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
        engine: &mut Engine,
        local: &PeerId,
    ) -> Result<SchemaId, OpenError> {
        // An index is one byte in a record's entries.
        const { assert!(V::INDEXES.len() <= 256, "a schema has at most 256 indexes") };
        if let Some(&id) = self.by_name.get(V::SCHEMA_NAME) {
            return self.register_again::<V>(engine, id);
        }
        let layout = layout(V::SCHEMA_NAME, V::ACCESS, local);
        let id = engine.add_schema(layout, V::INDEXES);
        debug_assert_eq!(id.index(), self.by_id.len(), "each is added to both");
        self.by_id.push(Schema::read_by::<V>());
        self.by_name.insert(V::SCHEMA_NAME, id);
        Ok(id)
    }

    /// Finds that `V` is registered, or gives it a schema that was known without a type.
    fn register_again<V: NetabaseSchema>(
        &mut self,
        engine: &mut Engine,
        id: SchemaId,
    ) -> Result<SchemaId, OpenError> {
        let known = self.get_mut(id);
        match &known.reader {
            Some(reader) if reader.type_id == TypeId::of::<V>() => Ok(id),
            Some(reader) => Err(OpenError::SchemaConflict {
                name: V::SCHEMA_NAME,
                registered: reader.type_name,
                rejected: std::any::type_name::<V>(),
            }),
            None if known.access != V::ACCESS => Err(OpenError::AccessChanged {
                name: V::SCHEMA_NAME,
                stored: known.access,
                declared: V::ACCESS,
            }),
            None => {
                let read = Schema::read_by::<V>();
                let is_stored = known.is_stored && known.known() == read.known();
                *known = Schema { is_stored, ..read };
                engine.set_indexes(id, V::INDEXES);
                Ok(id)
            }
        }
    }

    /// Returns those that peers exchange records of.
    pub(super) fn shared(&self) -> Vec<SchemaId> {
        let all = self.by_id.iter().enumerate();
        let shared = all.filter(|(_, schema)| schema.access != Access::Local);
        shared.map(|(index, _)| SchemaId::from_index(index)).collect()
    }

    pub(super) fn find(&self, name: &str) -> Option<SchemaId> {
        self.by_name.get(name).copied()
    }

    /// Returns whether this is the key of a known shared schema's providers.
    pub(super) fn has_provider_key(&self, key: &[u8]) -> bool {
        self.by_name.values().any(|&id| {
            let schema = self.get(id);
            schema.access != Access::Local && schema.provider_key == key
        })
    }

    /// Returns the schema that a stored record's key belongs to.
    pub(super) fn of_key(&self, key: &[u8]) -> SchemaId {
        schema_name(key).and_then(|name| self.find(name)).unwrap_or(SchemaId::UNKNOWN)
    }

    pub(super) fn get(&self, id: SchemaId) -> &Schema {
        &self.by_id[id.index()]
    }

    pub(super) fn get_mut(&mut self, id: SchemaId) -> &mut Schema {
        &mut self.by_id[id.index()]
    }
}

impl Schema {
    fn read_by<V: NetabaseSchema>() -> Self {
        Self {
            name: V::SCHEMA_NAME,
            version: V::SCHEMA_VERSION,
            access: V::ACCESS,
            provider_key: provider_key(V::SCHEMA_NAME).to_vec(),
            ttl: V::TTL,
            check: check_and_index::<V>,
            merge: V::HAS_MERGE.then_some(merge_values::<V> as Merge),
            watchers: None,
            describe_key: describe_key::<V>,
            is_adopted: false,
            is_stored: false,
            reader: Some(Reader {
                type_id: TypeId::of::<V>(),
                type_name: std::any::type_name::<V>(),
            }),
        }
    }

    /// Returns whether no type here reads its records.
    pub(super) fn is_unread(&self) -> bool {
        self.reader.is_none()
    }

    /// Stands for all schemas that are not known. Their records are opaque: nothing is ever shown, indexed,
    /// watched or counted here.
    fn unknown() -> Self {
        Self {
            name: "",
            version: 0,
            access: Access::Owned,
            provider_key: Vec::new(),
            ttl: None,
            check: CHECK_NOTHING,
            merge: None,
            watchers: None,
            describe_key: |bytes| bytes.escape_ascii().to_string(),
            is_adopted: true,
            is_stored: true,
            reader: None,
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
}
