//! Which fields are the key.

use proc_macro2::TokenStream;
use syn::{Ident, ext::IdentExt};

use super::same;
use crate::{
    errors::{Errors, did_you_mean, expected_one_of},
    model::{Field, Options, StructKey},
};

/// Positions of the key's fields, in the key's order.
pub(crate) fn positions(
    ident: &Ident,
    options: &Options,
    fields: &[Field],
    errors: &mut Errors,
) -> Option<Vec<usize>> {
    let marked: Vec<_> = fields
        .iter()
        .enumerate()
        .filter_map(|(at, field)| Some((at, field.key.as_ref()?)))
        .collect();
    match (&options.key, &*marked) {
        (Some(key), []) => listed(ident, key, fields, errors),
        (Some(key), [(_, mark), ..]) => {
            both(&key.at, mark, errors);
            None
        }
        (None, []) => {
            errors.help(
                ident,
                format_args!("`{ident}` has no key"),
                "mark a field `#[netabase(key)]`",
            );
            None
        }
        (None, [(only, _)]) => Some(vec![*only]),
        (None, [(_, first), (_, second), ..]) => {
            errors.help(
                second,
                "more than one key field",
                "for a key of several fields, write `#[netabase(key(a, b))]` on the struct",
            );
            errors.at(first, "first key here");
            None
        }
    }
}

fn both(on_struct: &TokenStream, on_field: &TokenStream, errors: &mut Errors) {
    let message = "the key is given on the struct and on a field";
    errors.help(on_struct, message, "remove one");
    errors.help(on_field, message, "remove one");
}

fn listed(
    ident: &Ident,
    key: &StructKey,
    fields: &[Field],
    errors: &mut Errors,
) -> Option<Vec<usize>> {
    let positions = find(ident, &key.fields, fields, errors);
    let complete = !positions.is_empty() && positions.len() == key.fields.len();
    complete.then_some(positions)
}

/// Where `names` are among the fields. Unknown and repeated ones are reported and left out.
pub(crate) fn find(
    ident: &Ident,
    names: &[Ident],
    fields: &[Field],
    errors: &mut Errors,
) -> Vec<usize> {
    let mut positions = Vec::new();
    for name in names {
        match fields.iter().position(|field| same(&field.ident, name)) {
            Some(at) if positions.contains(&at) => {
                errors.at(name, format_args!("field `{name}` listed twice"));
            }
            Some(at) => positions.push(at),
            None => unknown_field(ident, name, fields, errors),
        }
    }
    positions
}

fn unknown_field(ident: &Ident, name: &Ident, fields: &[Field], errors: &mut Errors) {
    let known: Vec<_> = fields.iter().map(|field| field.ident.unraw().to_string()).collect();
    let known: Vec<_> = known.iter().map(String::as_str).collect();
    let help = match did_you_mean(&name.to_string(), known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => expected_one_of(&name.to_string(), &known),
    };
    errors.help(name, format_args!("no field `{name}` on `{ident}`"), help);
}
