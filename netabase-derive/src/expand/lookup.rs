//! What the key can be looked up by: `KeyOf` and `PrefixOf`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, Type};

use super::key_type::{is_bytes_key, is_text_key, parts_are_keys};
use crate::model::Schema;

pub(super) fn impls(schema: &Schema) -> TokenStream {
    let (krate, key) = (&schema.options.krate, &schema.options.key_type.value);
    let condition = parts_are_keys(schema);
    let parts = match schema.single_key() {
        Some(field) => one(schema, &field.ty),
        None => several(schema),
    };
    quote! {
        impl #krate::KeyOf<#key> for #key #condition {
            fn encode_key_of(&self, __out: &mut #krate::KeyWriter<'_>) {
                #krate::NetabaseSchemaKey::encode_key(self, __out);
            }
        }
        #parts
    }
}

/// The inner type, and the borrowed form of text and bytes.
fn one(schema: &Schema, ty: &Type) -> TokenStream {
    let condition = parts_are_keys(schema);
    let inner = key_of(schema, &quote!(#ty), ty, &condition);
    let borrowed = if is_text_key(schema) {
        quote!(::core::primitive::str)
    } else if is_bytes_key(schema) {
        quote!([::core::primitive::u8])
    } else {
        return inner;
    };
    let bytes = if is_text_key(schema) { quote!(self.as_bytes()) } else { quote!(self) };
    let (by_borrowed, prefixes) = (
        key_of(schema, &borrowed, ty, &condition),
        prefixes(schema, &[&borrowed, &quote!(#ty)], &bytes),
    );
    quote!(#inner #by_borrowed #prefixes)
}

/// `self` stands for the key's one part.
fn key_of(schema: &Schema, form: &TokenStream, ty: &Type, condition: &TokenStream) -> TokenStream {
    let (krate, key) = (&schema.options.krate, &schema.options.key_type.value);
    quote! {
        impl #krate::KeyOf<#key> for #form #condition {
            fn encode_key_of(&self, __out: &mut #krate::KeyWriter<'_>) {
                __out.nested(|__out| <Self as #krate::PartOf<#ty>>::encode_part(self, __out));
            }
        }
    }
}

fn prefixes(schema: &Schema, forms: &[&TokenStream], bytes: &TokenStream) -> TokenStream {
    let (krate, key) = (&schema.options.krate, &schema.options.key_type.value);
    quote! {
        #(impl #krate::PrefixOf<#key> for #forms {
            fn encode_prefix_of(&self, __out: &mut #krate::KeyWriter<'_>) {
                __out.nested(|__out| __out.escaped_prefix(#bytes));
            }
        })*
    }
}

/// Tuples of the parts, all of them or the leading ones.
fn several(schema: &Schema) -> TokenStream {
    let (krate, key) = (&schema.options.krate, &schema.options.key_type.value);
    let types: Vec<&Type> = schema.key_fields().map(|field| &field.ty).collect();
    let all = types.len();
    let impls = (1..=all).map(|count| {
        let (of, method) = if count == all {
            (quote!(KeyOf), quote!(encode_key_of))
        } else {
            (quote!(PrefixOf), quote!(encode_prefix_of))
        };
        let types = &types[..count];
        let forms: Vec<Ident> = (0..count).map(|at| format_ident!("__Part{at}")).collect();
        let at = (0..count).map(syn::Index::from);
        quote! {
            impl<#(#forms: #krate::PartOf<#types>),*> #krate::#of<#key> for (#(#forms,)*) {
                fn #method(&self, __out: &mut #krate::KeyWriter<'_>) {
                    __out.nested(|__out| { #(#krate::PartOf::<#types>::encode_part(&self.#at, __out);)* });
                }
            }
        }
    });
    impls.collect()
}
