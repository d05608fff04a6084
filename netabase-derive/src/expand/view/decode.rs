//! How the view is read.
//!
//! A struct has the bytes of a tuple of its fields, so reading one is enough, and costs a third of
//! the compile time of serde's derive. serde has to do it where its attributes change how a field is
//! read, or where the fields are more than its tuples hold.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::{is_borrowed, type_of};
use crate::{
    expand::variable,
    model::{Field, Schema},
};

/// serde implements its traits for tuples up to here.
const MAX_TUPLE: usize = 16;

/// serde's derive, if the view needs it.
pub(super) fn derive(schema: &Schema) -> Option<TokenStream> {
    (!is_tuple(schema)).then(|| {
        let private = schema.private();
        let serde = quote!(#private::serde);
        // serde parses the path from a string.
        let path = serde.to_string().replace(' ', "");
        quote! {
            #[derive(#serde::Deserialize)]
            #[serde(crate = #path)]
        }
    })
}

/// The attributes of a field for serde's derive.
pub(super) fn attributes(schema: &Schema, field: &Field) -> TokenStream {
    if is_tuple(schema) {
        TokenStream::new()
    } else if is_borrowed(field) {
        quote!(#[serde(borrow)])
    } else {
        field.serde_attrs.iter().map(ToTokens::to_token_stream).collect()
    }
}

/// The implementation, if serde's derive does not write it.
pub(super) fn implementation(schema: &Schema) -> Option<TokenStream> {
    is_tuple(schema).then(|| {
        let private = schema.private();
        let serde = quote!(#private::serde);
        let view = &schema.options.ref_type.value;
        let members = schema.fields.iter().map(|field| &field.ident);
        let variables = (0..schema.fields.len()).map(variable);
        let values = variables.clone();
        let types = schema.fields.iter().map(type_of);
        quote! {
            impl<'de: 'a, 'a> #serde::Deserialize<'de> for #view<'a> {
                fn deserialize<__D: #serde::Deserializer<'de>>(
                    __deserializer: __D,
                ) -> ::core::result::Result<Self, __D::Error> {
                    let (#(#variables,)*): (#(#types,)*) =
                        #serde::Deserialize::deserialize(__deserializer)?;
                    ::core::result::Result::Ok(Self { #(#members: #values,)* })
                }
            }
        }
    })
}

fn is_tuple(schema: &Schema) -> bool {
    let reads_alike = |field: &Field| field.serde.iter().all(|option| option.name == "rename");
    schema.fields.len() <= MAX_TUPLE && schema.fields.iter().all(reads_alike)
}
