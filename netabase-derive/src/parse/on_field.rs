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
    model::Index,
};

const KNOWN: [&str; 3] = ["key", "index", "owned"];

#[derive(Default)]
pub(crate) struct FieldOptions {
    pub(crate) key: Option<TokenStream>,
    pub(crate) index: Option<Index>,
    pub(crate) owned: bool,
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
            // A key that is only misspelt is not also missing.
            if did_you_mean(other, KNOWN) == Some("key") {
                read.key = Some(option.tokens.clone());
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

fn unknown(option: &Opt, name: &str, errors: &mut Errors) {
    if on_struct::KNOWN.contains(&name) {
        errors.help(&option.name, format_args!("`{name}` belongs on the struct"), "move it there");
    } else {
        let message = format!("unknown attribute `{name}`");
        errors.help(&option.name, message, expected_one_of(name, &KNOWN));
    }
}
