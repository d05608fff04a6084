//! Options of the struct that are none: other systems' words, and slips of the finger.

use quote::{ToTokens, format_ident};
use syn::Ident;

use super::KNOWN;
use crate::{
    errors::{Errors, did_you_mean, expected_one_of},
    model::{Options, StructKey},
    parse::{
        literal::{self, example},
        options::{Opt, Value},
        value,
    },
};

/// Other systems' words for them.
const ALIASES: [(&str, &str); 28] = [
    ("table", "name"),
    ("table_name", "name"),
    ("collection", "name"),
    ("rename", "name"),
    ("schema", "name"),
    ("schema_name", "name"),
    ("id", "key"),
    ("pk", "key"),
    ("primary", "key"),
    ("primary_key", "key"),
    ("primarykey", "key"),
    ("keys", "key"),
    ("indexed", "index"),
    ("indexes", "index"),
    ("unique", "index"),
    ("unique_index", "index"),
    ("secondary_key", "index"),
    ("secondary_index", "index"),
    ("size", "max_size"),
    ("max_len", "max_size"),
    ("max_bytes", "max_size"),
    ("limit", "max_size"),
    ("expires", "ttl"),
    ("expires_after", "ttl"),
    ("lifetime", "ttl"),
    ("time_to_live", "ttl"),
    ("validator", "validate"),
    ("check", "validate"),
];

/// Reports the option `name`, with what was probably meant. A key is taken as one.
pub(super) fn report(option: &Opt, name: &str, read: &mut Options, errors: &mut Errors) {
    let message = format!("unknown attribute `{name}`");
    let alias = ALIASES.iter().find(|(alias, _)| *alias == name).map(|(_, known)| *known);
    let meant = alias.or_else(|| did_you_mean(name, KNOWN));
    if meant == Some("key") {
        // The key is not missing: it is called something else.
        let fields = key_fields(option);
        let help = if fields.is_empty() {
            "mark the field `#[netabase(key)]`, or list several on the struct: `key(a, b)`".into()
        } else {
            format!("write `{}`", key_of(&fields))
        };
        errors.help(&option.name, message, help);
        read.key.get_or_insert_with(|| StructKey { fields, at: option.tokens.clone() });
    } else if let (Some("index"), true) = (meant, alias.is_some()) {
        let unique = if name.starts_with("unique") { "unique, " } else { "" };
        let help = format!("write `index(name = \"…\", {unique}fields(a, b))`");
        errors.help(&option.name, message, help);
    } else if let (Some(meant), true) = (meant, alias.is_some()) {
        let value = match &option.value {
            Value::Equals { expr, unit: None, .. } => expr.to_token_stream().to_string(),
            _ => example(&format_ident!("{meant}")).to_owned(),
        };
        let help = format!("write `{meant} = {value}`");
        errors.help(&option.name, message, help);
    } else if ["owned", "open", "public", "shared", "private", "local"].contains(&name) {
        let help = match name {
            "private" | "local" => "leave it out: without `access` the schema is local",
            _ => "write `access = \"open\"`, or `\"owned\"` if every author has values of its own",
        };
        errors.help(&option.name, message, help);
    } else {
        errors.help(&option.name, message, expected_one_of(name, &KNOWN));
    }
}

/// The fields that an option of another name gives.
fn key_fields(option: &Opt) -> Vec<Ident> {
    let fields = match &option.value {
        Value::Equals { expr, .. } => literal::fields(expr),
        Value::List { parens, .. } => {
            value::inside(parens).and_then(|exprs| literal::all_fields(&exprs))
        }
        Value::Word => None,
    };
    fields.unwrap_or_default()
}

fn key_of(fields: &[Ident]) -> String {
    let names: Vec<_> = fields.iter().map(ToString::to_string).collect();
    format!("key({})", names.join(", "))
}
