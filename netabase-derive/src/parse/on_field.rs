//! `#[netabase(…)]` on a field.

use proc_macro2::TokenStream;
use syn::{Attribute, Field as SynField, Ident, ext::IdentExt};

use super::{
    each_once, index, on_struct,
    options::{self, Opt, Value},
    value,
};
use crate::{
    errors::{Errors, did_you_mean, expected_one_of},
    model::{Guess, IndexOptions},
};

pub(super) const KNOWN: [&str; 3] = ["key", "index", "owned"];

/// Other systems' words for them.
const ALIASES: [(&str, &str); 17] = [
    ("id", "key"),
    ("pk", "key"),
    ("primary", "key"),
    ("primary_key", "key"),
    ("primarykey", "key"),
    ("indexed", "index"),
    ("secondary", "index"),
    ("secondary_key", "index"),
    ("secondary_index", "index"),
    ("unique", "index(unique)"),
    ("unique_index", "index(unique)"),
    ("index_unique", "index(unique)"),
    ("unique_key", "index(unique)"),
    ("multi", "index(multi)"),
    ("multi_index", "index(multi)"),
    ("index_multi", "index(multi)"),
    ("multientry", "index(multi)"),
];

/// What serde does, under its own attribute.
const SERDES: [(&str, &str); 6] = [
    ("skip", "skip"),
    ("ignore", "skip"),
    ("transient", "skip"),
    ("default", "default"),
    ("rename", "rename = \"…\""),
    ("with", "with = \"…\""),
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
            value::word(option, "#[netabase(owned)]", errors);
            read.owned = true;
        }
        other => {
            unknown(option, other, errors);
            match meant(other) {
                Some("key") => read.maybe_key = Some(Guess::Likely),
                // Its constant is not missing as well.
                Some(index) if index.starts_with("index") => {
                    read.index.get_or_insert_with(|| IndexOptions {
                        unique: index.contains("unique"),
                        multi: index.contains("multi"),
                        ..index::plain(option, ident.unraw().to_string())
                    });
                }
                Some(_) => {}
                None if is_elsewhere(other) => {}
                None => read.maybe_key = read.maybe_key.or(Some(Guess::Possible)),
            }
        }
    });
    read
}

/// `#[key]` and the like, without `netabase(…)`. rustc refuses it, unless another derive takes it.
pub(super) fn bare_key(attrs: &[Attribute]) -> Option<&Attribute> {
    attrs.iter().find(|attr| {
        let word = attr.path().get_ident().map(ToString::to_string);
        word.is_some_and(|word| word == "key" || alias(&word) == Some("key"))
    })
}

fn key(option: &Opt, errors: &mut Errors) {
    match &option.value {
        Value::List { parens, .. } => errors.help(
            parens,
            "`key` takes no arguments on a field",
            "for a key of several fields, write `#[netabase(key(a, b))]` on the struct",
        ),
        _ => value::word(option, "#[netabase(key)]", errors),
    }
}

/// The option that was probably meant.
fn meant(name: &str) -> Option<&'static str> {
    alias(name).or_else(|| if is_elsewhere(name) { None } else { did_you_mean(name, KNOWN) })
}

fn alias(name: &str) -> Option<&'static str> {
    ALIASES.iter().find(|(alias, _)| *alias == name).map(|(_, known)| *known)
}

/// Returns whether it is an option of the struct's or of serde's.
fn is_elsewhere(name: &str) -> bool {
    on_struct::KNOWN.contains(&name) || SERDES.iter().any(|(word, _)| *word == name)
}

fn unknown(option: &Opt, name: &str, errors: &mut Errors) {
    let message = format!("unknown attribute `{name}`");
    if on_struct::KNOWN.contains(&name) {
        errors.help(
            &option.name,
            format_args!("`{name}` belongs on the struct"),
            format_args!("move it there: `#[netabase({})]`", option.tokens),
        );
    } else if let Some((_, serdes)) = SERDES.iter().find(|(word, _)| *word == name) {
        errors.help(&option.name, message, format_args!("write `#[serde({serdes})]`"));
    } else if let Some(meant) = meant(name) {
        let all = expected_one_of("", &KNOWN);
        errors.help(&option.name, message, format_args!("did you mean `{meant}`? {all}"));
    } else {
        errors.help(&option.name, message, expected_one_of(name, &KNOWN));
    }
}
