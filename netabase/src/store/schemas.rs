use std::{any::TypeId, collections::HashMap};

use super::{changes::Sender, error::StoreError, indexes::Indexes};
use crate::{
    record::{Checked, RecordError, RecordKey, check, provider_key, record_prefix, write_entries},
    schema::{Access, NetabaseSchema, NetabaseSchemaKey},
};

/// The schemas whose databases were opened in a store.
#[derive(Default)]
pub(super) struct Schemas {
    by_id: Vec<Schema>,
    by_name: HashMap<&'static str, SchemaId>,
}

/// A schema's place in its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SchemaId(usize);

/// What a store has to know of a schema without knowing its type.
pub(super) struct Schema {
    pub(super) name: &'static str,
    pub(super) version: u32,
    pub(super) access: Access,
    /// What all of its record keys start with, up to the access byte.
    pub(super) prefix: Vec<u8>,
    provider_key: Vec<u8>,
    pub(super) check: Check,
    /// How many records databases show.
    pub(super) visible: usize,
    pub(super) indexes: Indexes,
    /// There once somebody has watched.
    pub(super) watchers: Option<Sender>,
    /// Prints the key with these bytes. Runs code of the user: never under the lock.
    pub(super) describe_key: fn(&[u8]) -> String,
    type_id: TypeId,
    type_name: &'static str,
}

/// Checks a record (key, value) from end to end, and writes its index entries. Runs code of the user:
/// never under the lock.
pub(super) type Check = fn(&[u8], &[u8], &mut Vec<u8>) -> Result<(), RecordError>;

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

impl Schemas {
    /// Registers `V`, or finds that it is registered.
    pub(super) fn register<V: NetabaseSchema>(&mut self) -> Result<SchemaId, StoreError> {
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
        self.by_id.push(Schema {
            name: V::SCHEMA_NAME,
            version: V::SCHEMA_VERSION,
            access: V::ACCESS,
            prefix: record_prefix::<V>(None),
            provider_key: provider_key::<V>().to_vec(),
            check: check_and_index::<V>,
            visible: 0,
            indexes: Indexes::new(V::INDEXES),
            watchers: None,
            describe_key: describe_key::<V>,
            type_id: TypeId::of::<V>(),
            type_name: std::any::type_name::<V>(),
        });
        self.by_name.insert(V::SCHEMA_NAME, id);
        Ok(id)
    }

    pub(super) fn find(&self, name: &str) -> Option<SchemaId> {
        self.by_name.get(name).copied()
    }

    /// Whether this is the key of a known shared schema's providers.
    pub(super) fn has_provider_key(&self, key: &[u8]) -> bool {
        self.by_id.iter().any(|schema| schema.access != Access::Local && schema.provider_key == key)
    }

    /// The schema that a stored record's key belongs to.
    pub(super) fn of_key(&self, key: &[u8]) -> Option<SchemaId> {
        self.find(RecordKey::parse(key).ok()?.schema)
    }

    pub(super) fn get(&self, id: SchemaId) -> &Schema {
        &self.by_id[id.0]
    }

    pub(super) fn get_mut(&mut self, id: SchemaId) -> &mut Schema {
        &mut self.by_id[id.0]
    }
}
