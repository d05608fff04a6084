//! `#[netabase(…)]` on a field.

use proc_macro2::TokenStream;
use syn::{Field as SynField, Ident};

use super::{
    each_once, index, on_struct,
    options::{self, Opt, Value},
    value,
};
use crate::{
    errors::{Errors, did_you_mean, expected_one_of},
    model::{Guess, IndexOptions},
};

const KNOWN: [&str; 3] = ["key", "index", "owned"];

/// Other systems' words for them.
const ALIASES: [(&str, &str); 10] = [
    ("id", "key"),
    ("pk", "key"),
    ("primary", "key"),
    ("primary_key", "key"),
    ("primarykey", "key"),
    ("indexed", "index"),
    ("secondary", "index"),
    ("secondary_key", "index"),
    ("unique", "index(unique)"),
    ("multi", "index(multi)"),
];

#[derive(Default)]
pub(crate) struct FieldOptions {
    pub(crate) key: Option<TokenStream>,
    pub(crate) index: Option<IndexOptions>,
    pub(crate) owned: bool,
    pub(crate) maybe_key: Option<Guess>,
}

pub(crate) fn options(field: &SynField, ident: &Ident, errors: &mut Errors) -> FieldOptions {
    let written = options::netabase(&field.attrs, errors);
    let mut read = FieldOptions::default();
    each_once(&written, errors, |option, errors| match option.name.to_string().as_str() {
        "key" => {
            key(option, errors);
            read.key = Some(option.tokens.clone());
        }
        "index" => read.index = Some(index::on_field(option, ident, errors)),
        "owned" => {
            value::word(option, errors);
            read.owned = true;
        }
        other => {
            unknown(option, other, errors);
            if meant(other) == Some("key") {
                read.maybe_key = Some(Guess::Likely);
            } else if !on_struct::KNOWN.contains(&other) {
                read.maybe_key = read.maybe_key.or(Some(Guess::Possible));
            }
        }
    });
    read
}

fn key(option: &Opt, errors: &mut Errors) {
    match &option.value {
        Value::List { parens, .. } => errors.help(
            parens,
            "`key` takes no arguments on a field",
            "for a key of several fields, write `#[netabase(key(a, b))]` on the struct",
        ),
        _ => value::word(option, errors),
    }
}

/// The option that was probably meant.
fn meant(name: &str) -> Option<&'static str> {
    let alias = ALIASES.iter().find(|(alias, _)| *alias == name);
    alias.map(|(_, known)| *known).or_else(|| did_you_mean(name, KNOWN))
}

fn unknown(option: &Opt, name: &str, errors: &mut Errors) {
    let message = format!("unknown attribute `{name}`");
    if on_struct::KNOWN.contains(&name) {
        errors.help(&option.name, format_args!("`{name}` belongs on the struct"), "move it there");
    } else if let Some(meant) = meant(name) {
        let all = expected_one_of("", &KNOWN);
        errors.help(&option.name, message, format_args!("did you mean `{meant}`? {all}"));
    } else {
        errors.help(&option.name, message, expected_one_of(name, &KNOWN));
    }
}
