//! Indexes: what a schema tells of them, and their entries for a value.

mod constants;

use proc_macro2::TokenStream;
use quote::quote;
use syn::Type;

pub(super) use self::constants::{fields_without, impls};
use super::variable;
use crate::{
    check::indexes::MAX_FIELDS,
    model::{
        Field, Index, IndexOptions, Schema,
        types::{items, optional},
    },
};

/// `const INDEXES: &[IndexInfo] = …;`
pub(super) fn infos(schema: &Schema) -> TokenStream {
    let krate = &schema.options.krate;
    let infos = schema.indexes.iter().map(|index| {
        let (IndexOptions { name, unique, .. }, key) = (&index.options, key_type(schema, index));
        quote!(#krate::IndexInfo::new::<#key>(#name, #unique))
    });
    quote!(const INDEXES: &'static [#krate::IndexInfo] = &[#(#infos),*];)
}

/// `fn encode_indexes`: every index's entries for `self`.
pub(super) fn encode(schema: &Schema) -> TokenStream {
    let krate = &schema.options.krate;
    let entries = schema.indexes.iter().enumerate();
    let entries = entries.map(|(at, index)| match schema.fields_of(index)[..] {
        [field] if index.options.multi => {
            let (ident, ty, private) = (&field.ident, &field.ty, schema.private());
            quote!(<#ty as #private::MultiIndexed>::each(&self.#ident, |__key| __out.entry(#at, __key));)
        }
        [field] => one(at, field),
        ref fields => {
            let idents = fields.iter().map(|field| &field.ident);
            quote! {
                __out.entry_with(#at, |__out| {
                    #(#krate::NetabaseSchemaKey::encode_key(&self.#idents, __out);)*
                });
            }
        }
    });
    quote! {
        fn encode_indexes(&self, __out: &mut #krate::IndexWriter<'_>) {
            #(#entries)*
        }
    }
}

/// An index of one field; of an `Option` only `Some` has an entry.
fn one(at: usize, field: &Field) -> TokenStream {
    let (ident, value) = (&field.ident, variable(0));
    if optional_field(field).is_some() {
        quote! {
            if let ::core::option::Option::Some(#value) = &self.#ident {
                __out.entry(#at, #value);
            }
        }
    } else {
        quote!(__out.entry(#at, &self.#ident);)
    }
}

/// What is looked up: the type inside an `Option`, the element of a collection, a tuple of several.
fn key_type(schema: &Schema, index: &Index) -> TokenStream {
    let (krate, private) = (&schema.options.krate, schema.private());
    match schema.fields_of(index)[..] {
        // All of its names were wrong, which was reported.
        [] => quote!(::core::primitive::bool),
        [field] if index.options.multi => {
            let ty = &field.ty;
            let item = items(ty).filter(|_| !field.owned);
            item.map_or_else(
                || quote!(<#ty as #private::MultiIndexed>::Element),
                |item| quote!(#item),
            )
        }
        [field] => {
            let ty = optional_field(field).unwrap_or(&field.ty);
            quote!(#ty)
        }
        ref fields => {
            let types = fields.iter().take(MAX_FIELDS).map(|field| &field.ty);
            quote!(#krate::Composite<(#(#types,)*)>)
        }
    }
}

fn optional_field(field: &Field) -> Option<&Type> {
    if field.owned { None } else { optional(&field.ty) }
}

/// The types that must be keys and of which the name does not tell.
pub(super) fn unknown_keys(schema: &Schema) -> impl Iterator<Item = &Type> {
    let fields = schema
        .indexes
        .iter()
        .flat_map(|index| schema.fields_of(index).into_iter().map(move |field| (index, field)));
    fields.filter(|(_, field)| !field.is_plain_key()).filter_map(|(index, field)| {
        if index.options.multi {
            items(&field.ty).filter(|_| !field.owned)
        } else {
            Some(optional_field(field).unwrap_or(&field.ty))
        }
    })
}

/// The types that must be collections of keys.
pub(super) fn collections(schema: &Schema) -> impl Iterator<Item = &Type> {
    let multi = schema.indexes.iter().filter(|index| index.options.multi);
    multi.flat_map(|index| schema.fields_of(index)).map(|field| &field.ty)
}

/// Returns whether the type of what is looked up has to be asked of the field's.
fn is_asked(schema: &Schema, index: &Index) -> bool {
    index.options.multi
        && schema.fields_of(index).iter().any(|field| field.owned || items(&field.ty).is_none())
}
