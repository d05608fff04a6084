//! `index`, on a field and on the struct.

use syn::Ident;

use super::{
    options::{Opt, Value},
    value,
};
use crate::{
    errors::{Errors, expected_one_of},
    model::Index,
};

/// `index`, `index(unique)`, `index(multi)`, `index(name = "…")` on the field `field`.
pub(crate) fn on_field(option: &Opt, field: &Ident, errors: &mut Errors) -> Index {
    let mut index = Index {
        name: field.to_string().trim_start_matches("r#").to_owned(),
        fields: vec![field.clone()],
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
pub(crate) fn on_struct(option: &Opt, errors: &mut Errors) -> Option<Index> {
    let Value::List { items, mistake, .. } = &option.value else {
        belongs_on_a_field(option, errors);
        return None;
    };
    errors.extend(mistake.as_ref());
    if !items.iter().any(|item| item.name == "fields") {
        belongs_on_a_field(option, errors);
        return None;
    }
    let mut index = Index {
        name: String::new(),
        fields: Vec::new(),
        unique: false,
        multi: false,
        at: option.tokens.clone(),
    };
    arguments(items, &["name", "fields", "unique"], &mut index, errors);
    if !items.iter().any(|item| item.name == "name") {
        errors.help(
            &option.tokens,
            "an index of several fields needs a name",
            "add `name = \"…\"`",
        );
        return None;
    }
    // A name that could not be read was reported.
    (!index.name.is_empty()).then_some(index)
}

fn belongs_on_a_field(option: &Opt, errors: &mut Errors) {
    errors.help(
        &option.name,
        "`index` belongs on a field",
        "mark the field, or name several: `index(name = \"…\", fields(a, b))`",
    );
}

fn arguments(items: &[Opt], known: &[&str], index: &mut Index, errors: &mut Errors) {
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
        _ => index.fields = super::field_list(item, errors),
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
