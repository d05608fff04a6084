//! Indexes: their fields, and the constants they will be named by.

use heck::ToShoutySnakeCase;

use crate::{
    errors::Errors,
    model::{Index, IndexOptions, Schema},
};

/// Constants that every schema has.
pub(crate) const TAKEN: [&str; 6] =
    ["SCHEMA_NAME", "SCHEMA_VERSION", "ACCESS", "TTL", "MAX_SIZE", "INDEXES"];

/// As many parts as the runtime's composite indexes have.
pub(crate) const MAX_FIELDS: usize = 4;

/// An entry names its index by one byte.
const MAX_INDEXES: usize = 256;

pub(super) fn check(schema: &Schema, errors: &mut Errors) {
    for index in &schema.options.indexes {
        if let Some(first_over) = index.fields.get(MAX_FIELDS) {
            let message =
                format!("an index has at most {MAX_FIELDS} fields, not {}", index.fields.len());
            errors.help(first_over, message, "leave out what narrows a search least");
        }
    }
    if let Some(first_over) = schema.indexes.get(MAX_INDEXES) {
        let message = format!("a schema has at most {MAX_INDEXES} indexes");
        errors.help(&first_over.options.at, message, "remove those that no query names");
    }
    if let [key] = *schema.key {
        for index in schema.indexes.iter().filter(|index| index.fields == [key]) {
            errors.help(
                &index.options.at,
                "already the key",
                "remove the index: a lookup by key is one",
            );
        }
    }
    names(schema, errors);
}

fn names(schema: &Schema, errors: &mut Errors) {
    let mut seen: Vec<(String, &IndexOptions)> = Vec::new();
    for Index { options: index, .. } in &schema.indexes {
        let constant = index.name.to_shouty_snake_case();
        if TAKEN.contains(&constant.as_str()) {
            let message = format!("`{}::{constant}` is taken: every schema has it", schema.ident);
            errors.help(&index.at, message, "name the index: `index(name = \"…\")`");
        }
        match seen.iter().find(|(name, _)| *name == constant) {
            Some((_, first)) => {
                let message = format!("two indexes named `{}`", index.name);
                errors.help(&index.at, message, "name one of them: `index(name = \"…\")`");
                errors.at(&first.at, "first given here");
            }
            None => seen.push((constant, index)),
        }
    }
}
