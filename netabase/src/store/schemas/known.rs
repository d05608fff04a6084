//! Schemas that are known by what a store on disk keeps of them, without their types; and how keys are laid out.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use libp2p::PeerId;

use super::{CHECK_NOTHING, Schema, Schemas};
use crate::{
    record::{NAMESPACE, owner_prefix_len, provider_key, schema_prefix},
    schema::Access,
    store::{
        engine::{Engine, Layout, SchemaId},
        journal::KnownSchema,
    },
};

/// Returns how the keys of all schemas are laid out that are not known.
pub(in crate::store) fn unknown_layout() -> Layout {
    Layout {
        prefix: NAMESPACE.to_vec(),
        owner_len: owner_prefix_len(Access::Owned),
        local_owner: Vec::new(),
    }
}

/// Returns how the keys of a schema are laid out.
pub(super) fn layout(name: &str, access: Access, local: &PeerId) -> Layout {
    let local_owner = match access {
        Access::Owned => local.to_bytes(),
        Access::Local | Access::Open => Vec::new(),
    };
    Layout { prefix: schema_prefix(name, access), owner_len: owner_prefix_len(access), local_owner }
}

impl Schemas {
    /// Makes a schema known whose type no database was opened for yet.
    pub(in crate::store) fn restore(
        &mut self,
        name: &str,
        known: &KnownSchema,
        engine: &mut Engine,
        local: &PeerId,
    ) -> SchemaId {
        let name = interned(name);
        let id = engine.add_schema(layout(name, known.access, local), &[]);
        debug_assert_eq!(id.index(), self.by_id.len(), "each is added to both");
        self.by_id.push(Schema::unread(name, known));
        self.by_name.insert(name, id);
        id
    }
}

impl Schema {
    /// Returns what a store on disk keeps of it.
    pub(in crate::store) fn known(&self) -> KnownSchema {
        KnownSchema { access: self.access, version: self.version, ttl: self.ttl }
    }

    fn unread(name: &'static str, known: &KnownSchema) -> Self {
        Self {
            name,
            version: known.version,
            access: known.access,
            provider_key: provider_key(name).to_vec(),
            ttl: known.ttl,
            check: CHECK_NOTHING,
            merge: None,
            watchers: None,
            describe_key: |bytes| bytes.escape_ascii().to_string(),
            is_adopted: false,
            is_stored: true,
            reader: None,
        }
    }
}

/// Returns a name that lives as long as the program, as those of types do: each once, however many stores are opened.
fn interned(name: &str) -> &'static str {
    static NAMES: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    let names = names.get_or_insert_default();
    if let Some(name) = names.get(name) {
        return name;
    }
    let name: &'static str = Box::leak(name.into());
    names.insert(name);
    name
}
