use std::{any::TypeId, collections::HashMap};

use super::error::StoreError;
use crate::{
    record::{RecordError, check},
    schema::{Access, NetabaseSchema},
};

/// The schemas whose databases were opened in a store.
#[derive(Default)]
pub(super) struct Schemas {
    by_id: Vec<Schema>,
    by_name: HashMap<&'static str, SchemaId>,
}

/// A schema's place in its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SchemaId(usize);

/// What a store has to know of a schema without knowing its type.
pub(super) struct Schema {
    pub(super) name: &'static str,
    pub(super) version: u32,
    pub(super) access: Access,
    pub(super) check: Check,
    /// How many records databases show.
    pub(super) visible: usize,
    type_id: TypeId,
    type_name: &'static str,
}

/// Checks a record (key, value) from end to end. Runs code of the user: never under the lock.
pub(super) type Check = fn(&[u8], &[u8]) -> Result<(), RecordError>;

impl Schemas {
    /// Registers `V`, or finds that it is registered.
    pub(super) fn register<V: NetabaseSchema>(&mut self) -> Result<SchemaId, StoreError> {
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
            check: |key, value| check::<V>(key, value).map(drop),
            visible: 0,
            type_id: TypeId::of::<V>(),
            type_name: std::any::type_name::<V>(),
        });
        self.by_name.insert(V::SCHEMA_NAME, id);
        Ok(id)
    }

    pub(super) fn find(&self, name: &str) -> Option<SchemaId> {
        self.by_name.get(name).copied()
    }

    pub(super) fn get(&self, id: SchemaId) -> &Schema {
        &self.by_id[id.0]
    }

    pub(super) fn get_mut(&mut self, id: SchemaId) -> &mut Schema {
        &mut self.by_id[id.0]
    }
}
