//! `index`, on a field and on the struct.

use proc_macro2::TokenStream;
use syn::{Expr, ExprLit, Ident, Lit, LitStr, ext::IdentExt};

use super::{
    key, literal,
    options::{Opt, Value, peel},
    value,
};
use crate::{
    errors::{Errors, expected_one_of},
    model::{Field, Index, IndexOptions, Options, StructIndex},
};

pub(super) const KNOWN: [&str; 4] = ["unique", "multi", "name", "fields"];

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
    let mut index = plain(option, field.unraw().to_string());
    match &option.value {
        Value::Word => {}
        Value::Equals { equals, expr, .. } => {
            let meant = match text_or_word(expr).as_deref() {
                Some(word @ ("unique" | "multi")) => format!("index({word})"),
                Some(name) if is_name(name) => format!("index(name = \"{name}\")"),
                _ => "index".to_owned(),
            };
            let help = format!("write `#[netabase({meant})]`");
            errors.help(equals, "`index` takes no value", help);
        }
        Value::List { parens, items, mistake } => {
            if let Some(name) = only_text(parens) {
                let name = if is_name(&name) { name } else { "…".to_owned() };
                let help = format!("write `#[netabase(index(name = \"{name}\"))]`");
                errors.help(parens, "an index is named by `name`", help);
            } else {
                errors.extend(mistake.as_ref());
                arguments(items, &KNOWN[..3], &mut index, errors);
            }
        }
    }
    index
}

/// An index without options.
pub(super) fn plain(option: &Opt, name: String) -> IndexOptions {
    IndexOptions { name, unique: false, multi: false, at: option.tokens.clone() }
}

/// `index(name = "…", fields(a, b))` on the struct.
pub(crate) fn on_struct(option: &Opt, errors: &mut Errors) -> Option<StructIndex> {
    let Value::List { items, mistake, .. } = &option.value else {
        belongs_on_a_field(option, errors);
        return None;
    };
    if !items.iter().any(is_list) {
        belongs_on_a_field(option, errors);
        return None;
    }
    errors.extend(mistake.as_ref());
    let mut options = plain(option, String::new());
    let fields = arguments(items, &["name", "fields", "unique"], &mut options, errors);
    if fields.is_empty() {
        // They were reported.
        return None;
    }
    if !items.iter().any(|item| item.name == "name") {
        errors.help(
            &option.tokens,
            "an index of several fields needs a name",
            format_args!("add `name = \"{}\"`", name_of(&fields)),
        );
        return None;
    }
    // A name that could not be read was reported.
    (!options.name.is_empty()).then_some(StructIndex { fields, options })
}

/// Returns whether this is `fields(…)`, however misspelt.
pub(super) fn is_list(item: &Opt) -> bool {
    item.name == "fields" || matches!(item.value, Value::List { .. })
}

/// A name made of those of the fields.
fn name_of(fields: &[Ident]) -> String {
    let names: Vec<_> = fields.iter().map(|field| field.unraw().to_string()).collect();
    let name = names.join("_and_").to_lowercase();
    if is_name(&name) { name } else { "…".to_owned() }
}

fn belongs_on_a_field(option: &Opt, errors: &mut Errors) {
    errors.help(
        &option.name,
        "`index` belongs on a field",
        "mark the field `#[netabase(index)]`, or name several: `index(name = \"…\", fields(a, b))`",
    );
}

/// Reads what stands in the parentheses, and returns the `fields`.
fn arguments(
    items: &[Opt],
    known: &[&str],
    index: &mut IndexOptions,
    errors: &mut Errors,
) -> Vec<Ident> {
    let (mut unique, mut multi, mut fields) = (None, None, Vec::new());
    super::each_once(items, errors, |item, errors| match item.name.to_string() {
        name if !known.contains(&name.as_str()) => unknown(item, &name, known, errors),
        name if name == "unique" || name == "multi" => {
            let alone = known.contains(&"fields");
            let write = if alone { name.clone() } else { format!("index({name})") };
            value::word(item, &write, errors);
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

fn unknown(item: &Opt, name: &str, known: &[&str], errors: &mut Errors) {
    let (message, help) = match name {
        "multi" => (
            "an index of several fields cannot be `multi`".to_owned(),
            "remove it, or mark one field `#[netabase(index(multi))]`".to_owned(),
        ),
        "fields" => (
            "an index on a field has no `fields`".to_owned(),
            "write it on the struct: `index(name = \"…\", fields(a, b))`".to_owned(),
        ),
        _ => (format!("unknown attribute `{name}` of an index"), expected_one_of(name, known)),
    };
    errors.help(&item.name, message, help);
}

fn checked_name(text: &LitStr, errors: &mut Errors) -> String {
    let name = text.value();
    if !is_name(&name) {
        errors.help(
            text,
            format_args!("`{name}` is not a name for an index"),
            "its constant is named after it: lower-case letters, digits and `_`, a letter first",
        );
    }
    name
}

fn is_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(allowed)
}

/// `"unique"` or `unique`
fn text_or_word(expr: &Expr) -> Option<String> {
    match peel(expr) {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        other => match &literal::fields(other)?[..] {
            [word] => Some(word.to_string()),
            _ => None,
        },
    }
}

/// The text of `("by_name")`.
fn only_text(parens: &TokenStream) -> Option<String> {
    match &value::inside(parens)?[..] {
        [Expr::Lit(ExprLit { lit: Lit::Str(text), .. })] => Some(text.value()),
        _ => None,
    }
}
