//! Reads the item. What cannot be read is reported and left out; reading goes on.

pub(crate) mod options;

mod value;

mod literal;

pub(crate) mod duration;

mod index;

mod key;

pub(crate) mod lints;

mod on_field;

mod on_struct;

mod serde;

pub(crate) mod shape;

use quote::ToTokens;
use syn::{Attribute, DeriveInput, Field as SynField, FieldsNamed, Ident};

use self::options::{Opt, Value};
pub(crate) use self::{on_struct::crate_path, serde::is_serde};
use crate::{
    errors::Errors,
    model::{Field, Schema},
};

/// The schema, with whatever could be read.
pub(crate) fn schema(input: &DeriveInput, errors: &mut Errors) -> Schema {
    let options = on_struct::options(input, errors);
    let named = shape::fields(input, errors);
    let fields: Vec<Field> = named.into_iter().flat_map(|named| fields(named, errors)).collect();
    let key = named.map(|_| key::positions(&input.ident, &options, &fields, errors));
    let indexes = named.map(|_| index::resolved(&input.ident, &options, &fields, errors));
    let serde = serde::options(&input.attrs);
    let stored = named.is_some_and(|named| shape::can_be_stored(named, errors));
    Schema {
        ident: input.ident.clone(),
        vis: input.vis.clone(),
        lints: lints::allowed(input.attrs.iter().chain(named.into_iter().flat_map(field_attrs))),
        key: key.unwrap_or_default(),
        indexes: indexes.unwrap_or_default(),
        is_regular: stored && !serde::is_refused(&serde),
        options,
        serde,
        fields,
    }
}

fn field_attrs(named: &FieldsNamed) -> impl Iterator<Item = &Attribute> {
    named.named.iter().flat_map(|field| &field.attrs)
}

fn fields(named: &FieldsNamed, errors: &mut Errors) -> Vec<Field> {
    named.named.iter().filter_map(|field| self::field(field, errors)).collect()
}

fn field(field: &SynField, errors: &mut Errors) -> Option<Field> {
    // Named fields have names.
    let ident = field.ident.clone()?;
    let options = on_field::options(field, &ident, errors);
    Some(Field {
        vis: field.vis.clone(),
        ty: field.ty.clone(),
        docs: field.attrs.iter().filter(|attr| attr.path().is_ident("doc")).cloned().collect(),
        deprecated: field.attrs.iter().find(|attr| lints::is_deprecated(attr)).cloned(),
        key: options.key,
        index: options.index,
        owned: options.owned,
        maybe_key: options.maybe_key,
        bare_key: on_field::bare_key(&field.attrs).map(ToTokens::to_token_stream),
        serde: serde::options(&field.attrs),
        serde_attrs: field.attrs.iter().filter(|attr| serde::is_serde(attr)).cloned().collect(),
        ident,
    })
}

/// Hands every option to `read`, but not one that was there before.
fn each_once<'o>(
    options: &'o [Opt],
    errors: &mut Errors,
    mut read: impl FnMut(&'o Opt, &mut Errors),
) {
    for (at, option) in options.iter().enumerate() {
        // The struct may have many indexes.
        let first =
            options[..at].iter().find(|first| first.name == option.name && !is_composite(option));
        match first {
            Some(first) => {
                errors.twice(
                    &first.name,
                    &option.name,
                    format_args!("duplicate `{}`", option.name),
                );
            }
            None => read(option, errors),
        }
    }
}

fn is_composite(option: &Opt) -> bool {
    let Value::List { items, .. } = &option.value else { return false };
    option.name == "index" && items.iter().any(index::is_list)
}

/// `word(a, b)`: names of fields.
fn field_list(option: &Opt, errors: &mut Errors) -> Vec<Ident> {
    let word = &option.name;
    match &option.value {
        Value::List { parens, items, mistake } => {
            if mistake.is_none() && items.iter().all(|item| matches!(item.value, Value::Word)) {
                if items.is_empty() {
                    let help = format!("write `{word}(a, b)`");
                    errors.help(parens, "expected at least one field", help);
                }
                return items.iter().map(|item| item.name.clone()).collect();
            }
            let exprs = value::inside(parens);
            let names = exprs.and_then(|exprs| literal::all_fields(&exprs));
            not_names(option, parens, names, errors)
        }
        Value::Equals { expr, .. } => not_names(option, expr, literal::fields(expr), errors),
        Value::Word => not_names(option, &option.tokens, None, errors),
    }
}

/// Reports what is no list of names, and goes on with those that were meant.
fn not_names(
    option: &Opt,
    at: impl ToTokens,
    meant: Option<Vec<Ident>>,
    errors: &mut Errors,
) -> Vec<Ident> {
    let names = meant.unwrap_or_default();
    let list = if names.is_empty() {
        "a, b".to_owned()
    } else {
        names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    let help = format!("write `{}({list})`", option.name);
    errors.help(at, "expected the names of fields in parentheses", help);
    names
}

/// Returns whether `word` is an option somewhere.
fn is_known(word: &Ident) -> bool {
    let all = on_struct::KNOWN.iter().chain(&on_field::KNOWN).chain(&index::KNOWN);
    all.into_iter().any(|known| word == known)
}

/// Returns whether `word` is an option that is written `word = value`.
fn takes_value(word: &Ident) -> bool {
    let others = ["key", "index", "owned"];
    word == "name"
        || (on_struct::KNOWN.iter().any(|known| word == known)
            && !others.iter().any(|other| word == other))
}
