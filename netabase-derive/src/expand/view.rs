//! The borrowed view: the same fields in the same order, so that the same bytes decode.

mod decode;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Type, ext::IdentExt};

use super::std_impls::{Generated, condition};
use crate::model::{Field, Schema, types::borrowed};

/// The fields that have a borrowed form; none if the view is to be the struct itself.
pub(super) fn borrowed_fields(schema: &Schema) -> impl Iterator<Item = &Field> {
    let owned = schema.options.owned;
    schema.fields.iter().filter(move |field| !owned && is_borrowed(field))
}

/// The type of the view, with its lifetime `'a`.
pub(super) fn of(schema: &Schema) -> TokenStream {
    let view = &schema.options.ref_type.value;
    if exists(schema) { quote!(#view<'a>) } else { schema.ident.to_token_stream() }
}

pub(super) fn definition(schema: &Schema) -> TokenStream {
    if !exists(schema) {
        return TokenStream::new();
    }
    let (view, vis) = (&schema.options.ref_type.value, &schema.vis);
    let std_derives = is_plain(schema).then(|| {
        let eq = may_have_eq(schema).then(|| quote!(::core::cmp::Eq,));
        quote!(#[derive(::core::clone::Clone, ::core::fmt::Debug, ::core::cmp::PartialEq, #eq)])
    });
    let serde_derive = decode::derive(schema);
    let docs = format!(" A view of [`{}`] that borrows its text and bytes.", schema.ident);
    let fields = schema.fields.iter().map(|field| {
        let (Field { ident, vis, .. }, ty) = (field, type_of(field));
        let (docs, serde) = (docs_of(field), decode::attributes(schema, field));
        let deprecated = &field.deprecated;
        quote!(#docs #deprecated #serde #vis #ident: #ty)
    });
    let lints = &schema.lints;
    quote! {
        #[doc = #docs]
        #lints
        #std_derives
        #serde_derive
        #vis struct #view<'a> { #(#fields,)* }
    }
}

pub(super) fn impls(schema: &Schema) -> TokenStream {
    if !exists(schema) {
        return TokenStream::new();
    }
    let std_impls = (!is_plain(schema)).then(|| std_impls(schema));
    let deserialize = decode::implementation(schema);
    quote!(#std_impls #deserialize)
}

/// What rustc's derives cannot do, because a field may lack the trait.
fn std_impls(schema: &Schema) -> TokenStream {
    let generated = Generated {
        ident: &schema.options.ref_type.value,
        generics: quote!(<'a>),
        members: schema
            .fields
            .iter()
            .map(|field| (field.ident.to_token_stream(), type_of(field)))
            .collect(),
    };
    let unknown = schema.fields.iter().filter(|field| !field.is_plain());
    let unknown: Vec<_> = unknown.map(type_of).collect();
    let condition = |bound: TokenStream| condition(&unknown, &bound);
    let eq = may_have_eq(schema).then(|| generated.eq(&condition(quote!(::core::cmp::Eq))));
    [
        generated.clone(&condition(quote!(::core::clone::Clone))),
        generated.debug(&condition(quote!(::core::fmt::Debug))),
        generated.partial_eq(&condition(quote!(::core::cmp::PartialEq))),
        eq.unwrap_or_default(),
    ]
    .into_iter()
    .collect()
}

fn exists(schema: &Schema) -> bool {
    borrowed_fields(schema).next().is_some()
}

fn is_borrowed(field: &Field) -> bool {
    !field.stays_owned() && borrowed(&field.ty).is_some()
}

fn is_plain(schema: &Schema) -> bool {
    schema.fields.iter().all(Field::is_plain)
}

/// Returns whether no field is known to lack `Eq`.
fn may_have_eq(schema: &Schema) -> bool {
    schema.fields.iter().all(|field| !field.is_plain() || field.is_plain_eq())
}

/// The type of `field` in the view.
fn type_of(field: &Field) -> Type {
    match borrowed(&field.ty) {
        Some(borrowed) if !field.stays_owned() => borrowed.ty,
        _ => field.ty.clone(),
    }
}

fn docs_of(field: &Field) -> TokenStream {
    if field.docs.is_empty() {
        let docs = format!(" `{}`", field.ident.unraw());
        quote!(#[doc = #docs])
    } else {
        field.docs.iter().map(ToTokens::to_token_stream).collect()
    }
}
