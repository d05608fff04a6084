//! Which items can be a schema: structs with named fields, without generics, that own their data.

use syn::{Data, DeriveInput, Fields, FieldsNamed, GenericParam, Generics, Type};

use crate::{
    errors::Errors,
    model::types::{is_regular, peel},
};

const OWN_DATA: &str = "use `String` for text, `Vec<u8>` for bytes";

/// The named fields of a struct without generics.
pub(super) fn fields<'i>(input: &'i DeriveInput, errors: &mut Errors) -> Option<&'i FieldsNamed> {
    let concrete = is_concrete(&input.generics, errors);
    let named = named(input, errors)?;
    concrete.then_some(named)
}

fn named<'i>(input: &'i DeriveInput, errors: &mut Errors) -> Option<&'i FieldsNamed> {
    let ident = &input.ident;
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(named) => return Some(named),
            Fields::Unnamed(fields) => errors.help(
                fields,
                "named fields required",
                format_args!("write `struct {ident} {{ #[netabase(key)] id: …, … }}`"),
            ),
            Fields::Unit => errors.help(
                ident,
                format_args!("`{ident}` has no fields, so no key"),
                format_args!("write `struct {ident} {{ #[netabase(key)] id: …, … }}`"),
            ),
        },
        Data::Enum(data) => errors.help(
            data.enum_token,
            "cannot derive `NetabaseSchema` for enums",
            "wrap it in a struct that has the key",
        ),
        Data::Union(data) => errors.help(
            data.union_token,
            "cannot derive `NetabaseSchema` for unions",
            "use a struct",
        ),
    }
    None
}

fn is_concrete(generics: &Generics, errors: &mut Errors) -> bool {
    let lifetimes: Vec<_> = generics.lifetimes().collect();
    for lifetime in &lifetimes {
        errors.help(lifetime, "stored values own their data", OWN_DATA);
    }
    let message = "schema types cannot be generic: the name on the wire must be fixed";
    let help = "write one struct for each concrete type";
    let others = generics.params.iter().filter(|param| !matches!(param, GenericParam::Lifetime(_)));
    if lifetimes.is_empty() && !generics.params.is_empty() {
        errors.help(shown(generics), message, help);
    } else {
        others.for_each(|param| errors.help(param, message, help));
    }
    if generics.params.is_empty()
        && let Some(clause) = &generics.where_clause
    {
        errors.help(clause, message, help);
    }
    generics.params.is_empty() && generics.where_clause.is_none()
}

/// `<T, …>` with its brackets.
fn shown(generics: &Generics) -> proc_macro2::TokenStream {
    let Generics { lt_token, params, gt_token, .. } = generics;
    quote::quote!(#lt_token #params #gt_token)
}

/// Returns whether every field has a type that can be stored.
pub(super) fn can_be_stored(named: &FieldsNamed, errors: &mut Errors) -> bool {
    let mut stored = true;
    for field in &named.named {
        if let Type::Reference(_) = peel(&field.ty) {
            errors.help(&field.ty, "stored values own their data", OWN_DATA);
            stored = false;
        }
        stored &= is_regular(field);
    }
    stored
}
