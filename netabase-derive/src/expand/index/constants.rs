//! The constants that queries name an index by.

use heck::ToShoutySnakeCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, Visibility, ext::IdentExt};

use super::{collections, is_asked, key_type};
use crate::{
    check::indexes::TAKEN,
    expand::std_impls::condition,
    model::{Index, Schema},
};

/// One constant an index.
///
/// Where rustc has to tell what a collection holds, it may find that there is none. That is
/// reported under the type: here it is a condition.
pub(in crate::expand) fn impls(schema: &Schema) -> TokenStream {
    let (asked, known): (Vec<_>, Vec<_>) =
        indexes(schema).into_iter().partition(|(_, index)| is_asked(schema, index));
    let private = schema.private();
    let condition = condition(collections(schema), &quote!(#private::MultiIndexed));
    let [known, asked] =
        [(known, TokenStream::new()), (asked, condition)].map(|(indexes, condition)| {
            let ident = &schema.ident;
            let constants =
                indexes.into_iter().filter_map(|(at, index)| constant(schema, at, index));
            let constants: Vec<_> = constants.collect();
            (!constants.is_empty()).then(|| {
                quote! {
                    #[allow(dead_code)]
                    impl #ident #condition { #(#constants)* }
                }
            })
        });
    quote!(#known #asked)
}

/// A constant for every field without index, so that asking for that says it has none.
///
/// They are a trait's, so that the user's own constants go before them. rustc finds them where
/// the trait is in scope, beside the struct. Elsewhere it says that `…FieldsWithoutIndex` has them.
pub(in crate::expand) fn fields_without(schema: &Schema) -> TokenStream {
    let (ident, vis, private) = (&schema.ident, &schema.vis, schema.private());
    let lints = &schema.lints;
    let mut names: Vec<String> = TAKEN.map(str::to_owned).into();
    names.extend(indexes(schema).into_iter().map(|(_, index)| constant_name(index)));
    let mut constants = Vec::new();
    for field in schema.fields.iter().filter(|field| field.index.is_none()) {
        let name = field.ident.unraw().to_string().to_shouty_snake_case();
        if let Ok(constant) = syn::parse_str::<Ident>(&name)
            && !names.contains(&name)
        {
            names.push(name);
            constants.push(quote! {
                const #constant: #private::Unindexed<#ident> = #private::Unindexed::new();
            });
        }
    }
    if constants.is_empty() {
        return TokenStream::new();
    }
    let fields = format_ident!("__{}FieldsWithoutIndex", ident.unraw(), span = ident.span());
    quote! {
        #[doc(hidden)]
        #[allow(dead_code)]
        #lints
        #vis trait #fields { #(#constants)* }

        #lints
        impl #fields for #ident {}
    }
}

/// The indexes and their places, of those of one name the first.
fn indexes(schema: &Schema) -> Vec<(usize, &Index)> {
    let mut indexes: Vec<(usize, &Index)> = Vec::new();
    for (at, index) in schema.indexes.iter().enumerate() {
        if !indexes.iter().any(|(_, other)| constant_name(other) == constant_name(index)) {
            indexes.push((at, index));
        }
    }
    indexes
}

fn constant_name(index: &Index) -> String {
    index.options.name.to_shouty_snake_case()
}

/// None if the index has no proper name, which was reported.
fn constant(schema: &Schema, at: usize, index: &Index) -> Option<TokenStream> {
    let (krate, ident) = (&schema.options.krate, &schema.ident);
    let mut name: Ident = syn::parse_str(&constant_name(index)).ok()?;
    // Where rustc reports that the user has a constant of this name.
    let fields = schema.fields_of(index);
    name.set_span(fields.first().map_or_else(|| ident.span(), |field| field.ident.span()));
    let (docs, vis) = (docs(schema, index), visibility(schema, index));
    let key = key_type(schema, index);
    Some(quote! {
        #[doc = #docs]
        #vis const #name: #krate::Index<#ident, #key> = #krate::Index::new(#at);
    })
}

fn visibility<'s>(schema: &'s Schema, index: &Index) -> &'s Visibility {
    match schema.fields_of(index)[..] {
        [field] => &field.vis,
        _ => &schema.vis,
    }
}

fn docs(schema: &Schema, index: &Index) -> String {
    let kind = match (index.options.unique, index.options.multi) {
        (true, _) => "unique index",
        (_, true) => "index of each element",
        _ => "index",
    };
    let fields = schema.fields_of(index).into_iter();
    let fields: Vec<_> = fields.map(|field| format!("`{}`", field.ident.unraw())).collect();
    format!(" The {kind} on {}.", fields.join(", "))
}
