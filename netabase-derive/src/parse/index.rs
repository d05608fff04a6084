//! `index`, on a field and on the struct.

use syn::{Ident, ext::IdentExt};

use super::{
    key,
    options::{Opt, Value},
    value,
};
use crate::{
    errors::{Errors, expected_one_of},
    model::{Field, Index, IndexOptions, Options, StructIndex},
};

/// All indexes, with the positions of their fields: those on fields first.
pub(super) fn resolved(
    ident: &Ident,
    options: &Options,
    fields: &[Field],
    errors: &mut Errors,
) -> Vec<Index> {
    let on_fields = fields.iter().enumerate().filter_map(|(at, field)| {
        let options = field.index.clone()?;
        Some(Index { fields: vec![at], options })
    });
    let on_struct = options.indexes.iter().map(|index| Index {
        fields: key::find(ident, &index.fields, fields, errors),
        options: index.options.clone(),
    });
    on_fields.chain(on_struct).collect()
}

/// `index`, `index(unique)`, `index(multi)`, `index(name = "…")` on the field `field`.
pub(crate) fn on_field(option: &Opt, field: &Ident, errors: &mut Errors) -> IndexOptions {
    let mut index = IndexOptions {
        name: field.unraw().to_string(),
        unique: false,
        multi: false,
        at: option.tokens.clone(),
    };
    match &option.value {
        Value::Word => {}
        Value::Equals { .. } => value::word(option, errors),
        Value::List { items, mistake, .. } => {
            errors.extend(mistake.as_ref());
            arguments(items, &["unique", "multi", "name"], &mut index, errors);
        }
    }
    index
}

/// `index(name = "…", fields(a, b))` on the struct.
pub(crate) fn on_struct(option: &Opt, errors: &mut Errors) -> Option<StructIndex> {
    let Value::List { items, mistake, .. } = &option.value else {
        belongs_on_a_field(option, errors);
        return None;
    };
    errors.extend(mistake.as_ref());
    if !items.iter().any(|item| item.name == "fields") {
        belongs_on_a_field(option, errors);
        return None;
    }
    let mut options = IndexOptions {
        name: String::new(),
        unique: false,
        multi: false,
        at: option.tokens.clone(),
    };
    let fields = arguments(items, &["name", "fields", "unique"], &mut options, errors);
    if !items.iter().any(|item| item.name == "name") {
        errors.help(
            &option.tokens,
            "an index of several fields needs a name",
            "add `name = \"…\"`",
        );
        return None;
    }
    // A name that could not be read was reported.
    (!options.name.is_empty()).then_some(StructIndex { fields, options })
}

fn belongs_on_a_field(option: &Opt, errors: &mut Errors) {
    errors.help(
        &option.name,
        "`index` belongs on a field",
        "mark the field, or name several: `index(name = \"…\", fields(a, b))`",
    );
}

/// Reads what an index says of itself, and gives the names of its fields.
fn arguments(
    items: &[Opt],
    known: &[&str],
    index: &mut IndexOptions,
    errors: &mut Errors,
) -> Vec<Ident> {
    let mut fields = Vec::new();
    let mut unique = None;
    let mut multi = None;
    super::each_once(items, errors, |item, errors| match item.name.to_string() {
        name if !known.contains(&name.as_str()) => {
            let message = format!("unknown attribute `{name}` of an index");
            errors.help(&item.name, message, expected_one_of(&name, known));
        }
        name if name == "unique" || name == "multi" => {
            value::word(item, errors);
            *(if name == "multi" { &mut multi } else { &mut unique }) = Some(&item.name);
        }
        name if name == "name" => {
            if let Some(text) = value::string(item, errors) {
                index.name = checked_name(&text, errors);
            }
        }
        _ => fields = super::field_list(item, errors),
    });
    index.unique = unique.is_some();
    index.multi = multi.is_some();
    if let (Some(unique), Some(multi)) = (unique, multi) {
        let second =
            items.iter().map(|item| &item.name).rfind(|name| *name == unique || *name == multi);
        errors.help(
            second,
            "unique cannot be combined with multi",
            "an element may stand in many values: remove one",
        );
    }
    fields
}

fn checked_name(text: &syn::LitStr, errors: &mut Errors) -> String {
    let name = text.value();
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(allowed) {
        errors.help(
            text,
            format_args!("`{name}` is not a name for an index"),
            "its constant is named after it: lower-case letters, digits and `_`, a letter first",
        );
    }
    name
}
