//! Reads and checks a key type.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};
use syn::{Data, DataEnum, DeriveInput, Fields, ext::IdentExt};

use super::{Part, Shape, Variant};
use crate::{
    errors::Errors,
    model::types::is_regular,
    parse::{crate_path, is_serde, lints, options},
};

/// An ordinal is one byte.
const MAX_VARIANTS: usize = 256;

/// The path of `netabase`, from the only option there is.
pub(super) fn krate(input: &DeriveInput, errors: &mut Errors) -> TokenStream {
    let mut path = None;
    for option in options::netabase(&input.attrs, errors) {
        if option.name != "crate" {
            let message = format!("unknown attribute `{}`", option.name);
            errors.help(&option.name, message, "a key has only one: `crate = \"…\"`");
        } else if path.is_some() {
            errors.help(&option.name, "duplicate `crate`", "remove one");
        } else {
            path = crate_path(&option, errors);
        }
    }
    path.unwrap_or_else(|| quote!(::netabase))
}

/// What is allowed on the type, its variants and their fields.
pub(super) fn lints(input: &DeriveInput) -> TokenStream {
    let (variants, fields): (Vec<_>, Vec<_>) = match &input.data {
        Data::Struct(data) => (Vec::new(), vec![&data.fields]),
        Data::Enum(data) => data.variants.iter().map(|all| (&all.attrs, &all.fields)).unzip(),
        Data::Union(_) => (Vec::new(), Vec::new()),
    };
    let of_fields = fields.into_iter().flatten().flat_map(|field| &field.attrs);
    lints::allowed(input.attrs.iter().chain(variants.into_iter().flatten()).chain(of_fields))
}

pub(super) fn shape(input: &DeriveInput, errors: &mut Errors) -> Option<Shape> {
    let concrete = is_concrete(input, errors);
    let shape = match &input.data {
        Data::Struct(data) => parts(&data.fields, errors).map(Shape::Struct),
        Data::Enum(data) => variants(input, data, errors).map(Shape::Enum),
        Data::Union(data) => {
            let message = "cannot derive `NetabaseSchemaKey` for unions";
            errors.help(data.union_token, message, "use an enum");
            None
        }
    };
    shape.filter(|_| concrete)
}

/// The shape that serde's derive reads the type by: a variant of `SerdeShape`.
pub(super) fn serde_shape(input: &DeriveInput) -> Option<TokenStream> {
    let name = input.ident.unraw().to_string();
    let (shape, attrs): (_, Vec<_>) = match &input.data {
        Data::Struct(data) => {
            let count = data.fields.len();
            let shape = match &data.fields {
                Fields::Named(_) => quote!(Struct(#name, #count)),
                Fields::Unnamed(_) if count == 1 => quote!(Newtype(#name)),
                Fields::Unnamed(_) => quote!(Tuple(#name, #count)),
                Fields::Unit => quote!(Unit(#name)),
            };
            (shape, data.fields.iter().flat_map(|field| &field.attrs).collect())
        }
        Data::Enum(data) => {
            let count = data.variants.len();
            let fields = data.variants.iter().flat_map(|variant| &variant.fields);
            let of_variants = data.variants.iter().flat_map(|variant| &variant.attrs);
            let attrs = of_variants.chain(fields.flat_map(|field| &field.attrs));
            (quote!(Enum(#name, #count)), attrs.collect())
        }
        Data::Union(_) => return None,
    };
    let has_serde = input.attrs.iter().chain(attrs).any(is_serde);
    (!has_serde).then_some(shape)
}

fn is_concrete(input: &DeriveInput, errors: &mut Errors) -> bool {
    let generics = &input.generics;
    let lifetimes = generics.lifetimes().count();
    if lifetimes > 0 {
        generics.lifetimes().for_each(|lifetime| {
            errors.help(
                lifetime,
                "a stored key owns its data",
                "use `String` for text, `Vec<u8>` for bytes",
            );
        });
    } else if !generics.params.is_empty() {
        let (lt, params, gt) = (generics.lt_token, &generics.params, generics.gt_token);
        let help = "write one type for each concrete key";
        errors.help(
            quote!(#lt #params #gt),
            "key types cannot be generic: their bytes must be fixed",
            help,
        );
    } else if let Some(clause) = &generics.where_clause {
        errors.help(
            clause,
            "key types cannot be conditional: their bytes must be fixed",
            "remove the clause",
        );
    }
    generics.params.is_empty() && generics.where_clause.is_none()
}

fn variants(input: &DeriveInput, data: &DataEnum, errors: &mut Errors) -> Option<Vec<Variant>> {
    if data.variants.is_empty() {
        errors.help(&input.ident, "an enum without variants has no values", "add a variant");
        return None;
    }
    if let Some(first_over) = data.variants.iter().nth(MAX_VARIANTS) {
        let message =
            format!("a key enum has at most {MAX_VARIANTS} variants, not {}", data.variants.len());
        errors.help(
            &first_over.ident,
            message,
            "group variants into enums of their own: `Group(GroupKind)`",
        );
        return None;
    }
    let mut variants = Vec::new();
    for variant in &data.variants {
        if let Some((equals, _)) = &variant.discriminant {
            errors.help(
                equals,
                "a key enum's order is its variants' order",
                "remove the discriminant",
            );
        }
        let parts = parts(&variant.fields, errors)?;
        variants.push(Variant { ident: variant.ident.clone(), parts });
    }
    Some(variants)
}

/// `None` if rustc will refuse a field.
fn parts(fields: &Fields, errors: &mut Errors) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    for (at, field) in fields.iter().enumerate() {
        for option in options::netabase(&field.attrs, errors) {
            let message = format!("unknown attribute `{}`", option.name);
            errors.help(
                &option.name,
                message,
                "the fields of a key have none: all of them are its parts",
            );
        }
        let member = match &field.ident {
            Some(ident) => ident.to_token_stream(),
            None => Literal::usize_unsuffixed(at).into_token_stream(),
        };
        parts.push(Part { member, ty: field.ty.clone() });
    }
    fields.iter().all(is_regular).then_some(parts)
}
