//! Indexes: their constants, and their entries for a value.

use heck::ToShoutySnakeCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Type, ext::IdentExt};

use super::variable;
use crate::{
    check::indexes::TAKEN,
    model::{Field, Index, Schema, types::optional},
};

/// `const INDEXES: &[IndexInfo] = …;`
pub(super) fn infos(schema: &Schema) -> TokenStream {
    let krate = &schema.options.krate;
    let infos = schema.indexes().map(|index| {
        let (Index { name, unique, .. }, key) = (index, key_type(schema, index));
        quote!(#krate::IndexInfo::new::<#key>(#name, #unique))
    });
    quote!(const INDEXES: &'static [#krate::IndexInfo] = &[#(#infos),*];)
}

/// `fn encode_indexes`: every index's entries for `self`.
pub(super) fn encode(schema: &Schema) -> TokenStream {
    let krate = &schema.options.krate;
    let entries = schema.indexes().enumerate().map(|(at, index)| match fields(schema, index)[..] {
        [field] if index.multi => {
            let (ident, ty, private) = (&field.ident, &field.ty, schema.private());
            quote!(<#ty as #private::MultiIndexed>::each(&self.#ident, |__key| __out.entry(#at, __key));)
        }
        [field] => one(schema, at, field),
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
fn one(schema: &Schema, at: usize, field: &Field) -> TokenStream {
    let _ = schema;
    let (ident, value) = (&field.ident, variable(&field.ident));
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

/// One constant an index, and a hidden one for every other field, so that asking for that says it
/// has no index.
pub(super) fn constants(schema: &Schema) -> TokenStream {
    let (krate, ident, private) = (&schema.options.krate, &schema.ident, schema.private());
    let mut names: Vec<String> = TAKEN.map(str::to_owned).into();
    let indexes: Vec<_> = schema
        .indexes()
        .enumerate()
        .map(|(at, index)| {
            let constant = index.name.to_shouty_snake_case();
            let name = format_ident!("{constant}");
            names.push(constant);
            let docs = docs(index);
            let vis = match index.fields[..] {
                [ref field] => schema.field(field).map_or(&schema.vis, |field| &field.vis),
                _ => &schema.vis,
            };
            let key = key_type(schema, index);
            quote! {
                #[doc = #docs]
                #vis const #name: #krate::Index<#ident, #key> = #krate::Index::new(#at);
            }
        })
        .collect();
    let unindexed = schema.fields.iter().filter(|field| field.index.is_none()).filter_map(|field| {
        let constant = field.ident.unraw().to_string().to_shouty_snake_case();
        let name = syn::parse_str::<syn::Ident>(&constant).ok()?;
        if names.contains(&constant) {
            return None;
        }
        names.push(constant);
        let vis = &field.vis;
        Some(quote!(#[doc(hidden)] #vis const #name: #private::Unindexed<#ident> = #private::Unindexed::new();))
    }).collect::<Vec<_>>();
    quote! {
        #[allow(dead_code)]
        impl #ident {
            #(#indexes)*
            #(#unindexed)*
        }
    }
}

fn docs(index: &Index) -> String {
    let kind = match (index.unique, index.multi) {
        (true, _) => "unique index",
        (_, true) => "index of each element",
        _ => "index",
    };
    let fields: Vec<_> = index.fields.iter().map(|field| format!("`{}`", field.unraw())).collect();
    format!(" The {kind} on {}.", fields.join(", "))
}

/// What is looked up: the type inside an `Option`, the element of a collection, a tuple of several.
fn key_type(schema: &Schema, index: &Index) -> TokenStream {
    let (krate, private) = (&schema.options.krate, schema.private());
    match fields(schema, index)[..] {
        [Field { ty, .. }] if index.multi => quote!(<#ty as #private::MultiIndexed>::Element),
        [field] => {
            let ty = optional_field(field).unwrap_or(&field.ty);
            quote!(#ty)
        }
        ref fields => {
            let types = fields.iter().map(|field| &field.ty);
            quote!(#krate::Composite<(#(#types,)*)>)
        }
    }
}

fn optional_field(field: &Field) -> Option<&Type> {
    if field.owned { None } else { optional(&field.ty) }
}

fn fields<'s>(schema: &'s Schema, index: &Index) -> Vec<&'s Field> {
    index.fields.iter().filter_map(|ident| schema.field(ident)).collect()
}

/// The types that must be keys and of which the name does not tell.
pub(super) fn unknown_keys(schema: &Schema) -> impl Iterator<Item = &Type> {
    schema
        .indexes()
        .filter(|index| !index.multi)
        .flat_map(|index| fields(schema, index))
        .filter(|field| !field.is_plain_key())
        .map(|field| optional_field(field).unwrap_or(&field.ty))
}

/// The types that must be collections of keys.
pub(super) fn collections(schema: &Schema) -> impl Iterator<Item = &Type> {
    let multi = schema.indexes().filter(|index| index.multi);
    multi.flat_map(|index| fields(schema, index)).map(|field| &field.ty)
}
