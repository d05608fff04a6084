//! Which fields are the key.

use proc_macro2::TokenStream;
use syn::{Ident, ext::IdentExt};

use crate::{
    errors::{Errors, did_you_mean, expected_one_of},
    model::{Field, Guess, Options, StructKey},
};

/// Positions of the key's fields, in the key's order.
///
/// After a mistake they are what was probably meant, so that lookups by it show no errors.
pub(crate) fn positions(
    ident: &Ident,
    options: &Options,
    fields: &[Field],
    errors: &mut Errors,
) -> Vec<usize> {
    let marked: Vec<_> = fields
        .iter()
        .enumerate()
        .filter_map(|(at, field)| Some((at, field.key.as_ref()?)))
        .collect();
    match (&options.key, &*marked) {
        (Some(key), []) => listed(ident, key, fields, errors),
        (Some(key), [(_, mark), ..]) => {
            both(&key.at, mark, errors);
            listed(ident, key, fields, &mut Errors::default())
        }
        (None, []) => missing(ident, fields, errors),
        (None, [(only, _)]) => vec![*only],
        (None, [(_, first), (_, second), ..]) => {
            let names: Vec<_> =
                marked.iter().map(|(at, _)| fields[*at].ident.to_string()).collect();
            let help = format!(
                "for a key of several fields, write `#[netabase(key({}))]` on the struct",
                names.join(", ")
            );
            errors.help(second, "more than one key field", help);
            errors.at(first, "first key here");
            marked.iter().map(|(at, _)| *at).collect()
        }
    }
}

/// What was probably meant to be the key of a struct that names none.
fn missing(ident: &Ident, fields: &[Field], errors: &mut Errors) -> Vec<usize> {
    let bare = fields.iter().filter_map(|field| field.bare_key.as_ref());
    let is_misspelt = fields.iter().any(|field| field.maybe_key.is_some());
    let places = fields.iter().enumerate();
    if !is_misspelt && bare.clone().next().is_some() {
        bare.for_each(|attr| {
            let message = format!("`{ident}` has no key: netabase does not read this attribute");
            errors.help(attr, message, "write `#[netabase(key)]`");
        });
        return places.filter(|(_, field)| field.bare_key.is_some()).map(|(at, _)| at).collect();
    }
    // One mistake is one message: the option that is none of ours was reported.
    if !is_misspelt {
        let message = format!("`{ident}` has no key");
        errors.help(ident, message, "mark a field `#[netabase(key)]`");
    }
    let likely = places.filter(|(_, field)| field.maybe_key == Some(Guess::Likely));
    likely.map(|(at, _)| at).collect()
}

fn both(on_struct: &TokenStream, on_field: &TokenStream, errors: &mut Errors) {
    let message = "the key is given on the struct and on a field";
    errors.help(on_struct, message, "remove one");
    errors.help(on_field, message, "remove one");
}

fn listed(ident: &Ident, key: &StructKey, fields: &[Field], errors: &mut Errors) -> Vec<usize> {
    let positions = find(ident, &key.fields, fields, errors);
    if positions.len() == key.fields.len() {
        return positions;
    }
    // What the names that are unknown were meant to be.
    let mut meant = Vec::new();
    for name in &key.fields {
        match position(name, fields).or_else(|| near(name, fields)) {
            Some(at) if !meant.contains(&at) => meant.push(at),
            Some(_) => {}
            None => return Vec::new(),
        }
    }
    meant
}

/// Where the field of this name is. `type` and `r#type` are one name.
fn position(name: &Ident, fields: &[Field]) -> Option<usize> {
    fields.iter().position(|field| field.ident.unraw() == name.unraw())
}

/// Where the field is that `name` was probably meant to be.
fn near(name: &Ident, fields: &[Field]) -> Option<usize> {
    let known: Vec<_> = fields.iter().map(|field| field.ident.unraw().to_string()).collect();
    let near = did_you_mean(&name.unraw().to_string(), known.iter().map(String::as_str))?;
    known.iter().position(|known| known == near)
}

/// Where `names` are among the fields. Unknown and repeated ones are reported and left out.
///
/// Names are looked up here and nowhere else: all that follows has positions, so no later lookup can miss.
pub(crate) fn find(
    ident: &Ident,
    names: &[Ident],
    fields: &[Field],
    errors: &mut Errors,
) -> Vec<usize> {
    let mut positions = Vec::new();
    for name in names {
        match position(name, fields) {
            Some(at) if positions.contains(&at) => {
                errors.help(name, format_args!("field `{name}` listed twice"), "remove one");
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
    let plain = name.unraw().to_string();
    let help = match did_you_mean(&plain, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => expected_one_of(&plain, &known),
    };
    errors.help(name, format_args!("no field `{name}` on `{ident}`"), help);
}
