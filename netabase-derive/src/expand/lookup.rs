//! What the key can be looked up by: `KeyOf` and `PrefixOf`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, Type};

use super::key_type::{is_bytes_key, is_text_key, parts_are_keys};
use crate::model::{Field, Schema};

pub(super) fn impls(schema: &Schema) -> TokenStream {
    let (krate, key) = (&schema.options.krate, &schema.options.key_type.value);
    if schema.key.is_empty() {
        return TokenStream::new();
    }
    let condition = parts_are_keys(schema);
    let parts = match schema.single_key() {
        Some(field) => one(schema, field),
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
fn one(schema: &Schema, field: &Field) -> TokenStream {
    let ty = &field.ty;
    let condition = parts_are_keys(schema);
    let inner = key_of(schema, &quote!(#ty), ty, &condition);
    let borrowed = if is_text_key(schema) {
        quote!(::core::primitive::str)
    } else if is_bytes_key(schema) {
        quote!([::core::primitive::u8])
    } else {
        let newtype = (!field.is_plain_key()).then(|| by_newtype(schema, ty));
        return quote!(#inner #newtype);
    };
    let by_borrowed = key_of(schema, &borrowed, ty, &condition);
    let prefixes =
        [borrowed, quote!(#ty)].map(|form| prefix_of(schema, &form, ty, &TokenStream::new()));
    quote!(#inner #by_borrowed #(#prefixes)*)
}

/// Text and bytes, if they stand for the part: it may be a newtype of them.
fn by_newtype(schema: &Schema, ty: &Type) -> TokenStream {
    let krate = &schema.options.krate;
    [quote!(::core::primitive::str), quote!([::core::primitive::u8])]
        .map(|form| {
            let condition = quote!(where for<'never> #form: #krate::PartOf<#ty>);
            let by_key = key_of(schema, &form, ty, &condition);
            let condition = quote!(where for<'never> #form: #krate::PartPrefixOf<#ty>);
            let by_prefix = prefix_of(schema, &form, ty, &condition);
            quote!(#by_key #by_prefix)
        })
        .into_iter()
        .collect()
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

/// The key's one part starts with `self`.
fn prefix_of(
    schema: &Schema,
    form: &TokenStream,
    ty: &Type,
    condition: &TokenStream,
) -> TokenStream {
    let (krate, key) = (&schema.options.krate, &schema.options.key_type.value);
    quote! {
        impl #krate::PrefixOf<#key> for #form #condition {
            fn encode_prefix_of(&self, __out: &mut #krate::KeyWriter<'_>) {
                __out.nested(|__out| <Self as #krate::PartPrefixOf<#ty>>::encode_part_prefix(self, __out));
            }
        }
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
