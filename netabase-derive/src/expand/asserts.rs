//! Bounds that are proven under the type they are about, so that rustc's caret stands there.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use crate::model::{Schema, types::borrowed};

pub(super) fn asserts(schema: &Schema) -> TokenStream {
    let asserts: Vec<_> = keys(schema)
        .chain(borrows(schema))
        .chain(indexes(schema))
        .chain(thread_safe(schema))
        .chain(super::form::ordered(schema))
        .collect();
    // Each in an item of its own: of two mistakes that look the same in one, rustc reports one.
    quote!(#(const _: () = { let _ = #asserts; };)*)
}

/// A part of the key is a key.
fn keys(schema: &Schema) -> impl Iterator<Item = TokenStream> {
    let private = schema.private();
    let unknown = schema.key_fields().filter(|field| !field.is_plain_key()).map(|field| &field.ty);
    unknown.map(move |ty| quote_spanned!(ty.span()=> #private::assert_key::<#ty>))
}

/// What is read as text or bytes is the standard library's.
fn borrows(schema: &Schema) -> impl Iterator<Item = TokenStream> {
    let private = schema.private();
    let leaves = super::view::borrowed_fields(schema)
        .flat_map(|field| borrowed(&field.ty).map(|borrowed| borrowed.leaves).unwrap_or_default());
    leaves.map(move |(owned, target)| {
        quote_spanned!(owned.span()=> <#owned as #private::BorrowsAs<#target>>::HOLDS)
    })
}

/// What is indexed has an order.
fn indexes(schema: &Schema) -> impl Iterator<Item = TokenStream> {
    let private = schema.private();
    schema.fields.iter().enumerate().filter_map(move |(at, field)| {
        let (index, ty) = (schema.index_of(at)?, &field.ty);
        match index.options.multi {
            false if field.is_plain_key() => None,
            false => Some(quote_spanned!(ty.span()=> #private::assert_key::<#ty>)),
            true => Some(quote_spanned!(ty.span()=> <#ty as #private::MultiIndexed>::HOLDS)),
        }
    })
}

/// What is stored can be read from any thread. Keys, and what is indexed, are asked for more.
fn thread_safe(schema: &Schema) -> impl Iterator<Item = TokenStream> {
    let private = schema.private();
    let fields = schema.fields.iter().enumerate().filter(|(at, field)| {
        !field.is_plain() && !schema.key.contains(at) && schema.index_of(*at).is_none()
    });
    fields.map(move |(_, field)| {
        let ty = &field.ty;
        quote_spanned!(ty.span()=> #private::assert_thread_safe::<#ty>)
    })
}
