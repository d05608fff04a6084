//! The borrowed view: the same fields in the same order, so that the same bytes decode.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::ext::IdentExt;

use super::std_impls::{Generated, condition};
use crate::model::{
    Field, Schema,
    types::{self, borrowed},
};

/// The fields that have a borrowed form; none if the view is to be the struct itself.
pub(super) fn borrowed_fields(schema: &Schema) -> impl Iterator<Item = &Field> {
    let owned = schema.options.owned;
    schema.fields.iter().filter(move |field| !owned && is_borrowed(field))
}

fn is_borrowed(field: &Field) -> bool {
    !field.stays_owned() && borrowed(&field.ty).is_some()
}

/// The type of the view, with its lifetime `'a`.
pub(super) fn of(schema: &Schema) -> TokenStream {
    let view = &schema.options.ref_type.value;
    if exists(schema) { quote!(#view<'a>) } else { schema.ident.to_token_stream() }
}

fn exists(schema: &Schema) -> bool {
    borrowed_fields(schema).next().is_some()
}

pub(super) fn definition(schema: &Schema) -> TokenStream {
    if !exists(schema) {
        return TokenStream::new();
    }
    let (view, vis) = (&schema.options.ref_type.value, &schema.vis);
    let serde = {
        let private = schema.private();
        quote!(#private::serde)
    };
    let serde_path = serde.to_string().replace(' ', "");
    let derives = plain(schema)
        .then(|| quote!(::core::clone::Clone, ::core::fmt::Debug, ::core::cmp::PartialEq,));
    let docs = format!("A view of [`{}`] that borrows its text and bytes.", schema.ident);
    let fields = schema.fields.iter().map(field);
    quote! {
        #[doc = #docs]
        #[derive(#derives #serde::Deserialize)]
        #[serde(crate = #serde_path)]
        #vis struct #view<'a> { #(#fields,)* }
    }
}

fn field(field: &Field) -> TokenStream {
    let Field { ident, vis, ty, docs, serde_attrs, .. } = field;
    let docs = if docs.is_empty() {
        let docs = format!("`{}`", ident.unraw());
        quote!(#[doc = #docs])
    } else {
        quote!(#(#docs)*)
    };
    match borrowed(ty) {
        Some(borrowed) if !field.stays_owned() => {
            let ty = borrowed.ty;
            quote!(#docs #[serde(borrow)] #vis #ident: #ty)
        }
        _ => quote!(#docs #(#serde_attrs)* #vis #ident: #ty),
    }
}

/// What the derives cannot do, because a field may lack the trait.
pub(super) fn impls(schema: &Schema) -> TokenStream {
    if !exists(schema) || plain(schema) {
        return TokenStream::new();
    }
    let generated = Generated {
        ident: &schema.options.ref_type.value,
        generics: quote!(<'a>),
        members: schema.fields.iter().map(|field| field.ident.to_token_stream()).collect(),
    };
    let unknown: Vec<_> = schema
        .fields
        .iter()
        .filter(|field| !is_plain(field))
        .map(|field| match borrowed(&field.ty) {
            Some(borrowed) if !field.stays_owned() => borrowed.ty,
            _ => field.ty.clone(),
        })
        .collect();
    let condition = |bound: TokenStream| condition(&unknown, &bound);
    let impls = [
        generated.clone(&condition(quote!(::core::clone::Clone))),
        generated.debug(&condition(quote!(::core::fmt::Debug))),
        generated.partial_eq(&condition(quote!(::core::cmp::PartialEq))),
    ];
    quote!(#(#impls)*)
}

fn plain(schema: &Schema) -> bool {
    schema.fields.iter().all(is_plain)
}

fn is_plain(field: &Field) -> bool {
    types::is_plain_value(&field.ty)
}
