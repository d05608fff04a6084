//! Reads the item. What cannot be read is reported and left out; reading goes on.

pub(crate) mod options;

mod value;

pub(crate) mod duration;

mod index;

mod key;

pub(crate) mod lints;

mod on_field;

mod on_struct;

mod serde;

pub(crate) mod shape;

use proc_macro2::TokenStream;
use syn::{
    Attribute, DeriveInput, Field as SynField, FieldsNamed, Ident, LitStr, Token, parenthesized,
    parse::{ParseStream, Parser},
    punctuated::Punctuated,
};

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
    option.name == "index" && items.iter().any(|item| item.name == "fields")
}

/// `word(a, b)`: names of fields.
fn field_list(option: &Opt, errors: &mut Errors) -> Vec<Ident> {
    let Value::List { parens, items, mistake } = &option.value else {
        errors.at(&option.tokens, format_args!("expected `{}(a, b)`", option.name));
        return Vec::new();
    };
    if mistake.is_some()
        && let Some(names) = quoted_names(parens)
    {
        let list = names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let help = format!("write `{}({list})`", option.name);
        errors.help(parens, "expected fields, found text", help);
        return names;
    }
    errors.extend(mistake.as_ref());
    if items.is_empty() && mistake.is_none() {
        errors.help(
            parens,
            "expected at least one field",
            format_args!("write `{}(a, b)`", option.name),
        );
    }
    for item in items {
        if !matches!(item.value, Value::Word) {
            errors.at(&item.tokens, "expected the name of a field");
        }
    }
    items.iter().map(|item| item.name.clone()).collect()
}

/// The names in `("a", "b")`.
fn quoted_names(parens: &TokenStream) -> Option<Vec<Ident>> {
    let in_parens = |input: ParseStream| {
        let content;
        parenthesized!(content in input);
        Punctuated::<LitStr, Token![,]>::parse_terminated(&content)
    };
    let names = in_parens.parse2(parens.clone()).ok()?;
    names.iter().map(|name| name.parse().ok()).collect()
}
