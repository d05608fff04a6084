//! The key: a newtype of one field, or a struct of several.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};
use syn::{Type, ext::IdentExt};

use super::{
    std_impls::{Generated, condition},
    variable,
    visibility::least_visible,
};
use crate::model::{Field, Schema, types};

pub(super) fn definition(schema: &Schema) -> TokenStream {
    let (key, vis) = (&schema.options.key_type.value, &schema.vis);
    if schema.key.is_empty() {
        return super::stub::key(schema);
    }
    let derives = plain(schema).then(|| {
        quote! {
            #[derive(
                ::core::clone::Clone,
                ::core::fmt::Debug,
                ::core::cmp::PartialEq,
                ::core::cmp::Eq,
                ::core::cmp::PartialOrd,
                ::core::cmp::Ord,
                ::core::hash::Hash,
            )]
        }
    });
    let docs = format!(" The key of [`{}`].", schema.ident);
    let body = body(schema);
    let lints = &schema.lints;
    quote! {
        #[doc = #docs]
        #lints
        #derives
        #vis struct #key #body
    }
}

/// `(pub String);` or `{ pub a: u8, … }`
fn body(schema: &Schema) -> TokenStream {
    let fields = schema.key_fields().map(|Field { ident, vis, ty, .. }| {
        let docs = format!(" `{}`", ident.unraw());
        let name = schema.single_key().is_none().then(|| quote!(#ident:));
        quote!(#[doc = #docs] #vis #name #ty)
    });
    if schema.single_key().is_some() { quote!((#(#fields)*);) } else { quote!({ #(#fields,)* }) }
}

pub(super) fn impls(schema: &Schema) -> TokenStream {
    if schema.key.is_empty() {
        return TokenStream::new();
    }
    let std_impls = (!plain(schema)).then(|| {
        let condition = parts_are_keys(schema);
        let generated = Generated {
            ident: &schema.options.key_type.value,
            generics: TokenStream::new(),
            members: members(schema)
                .into_iter()
                .zip(schema.key_fields().map(|field| field.ty.clone()))
                .collect(),
        };
        let impls = [
            generated.clone(&condition),
            generated.debug(&condition),
            generated.partial_eq(&condition),
            generated.eq(&condition),
            generated.order(&condition),
        ];
        quote!(#(#impls)*)
    });
    let (constructors, codec) = (constructors(schema), codec(schema));
    quote!(#std_impls #constructors #codec)
}

/// `new` and `From`.
fn constructors(schema: &Schema) -> TokenStream {
    let key = &schema.options.key_type.value;
    let members = members(schema);
    let vis = least_visible(schema.key_fields().map(|field| &field.vis));
    // These show in the documentation, so they are the fields' own names.
    let names: Vec<_> = schema.key_fields().map(|field| &field.ident).collect();
    let variables: Vec<_> = (0..names.len()).map(variable).collect();
    let types: Vec<_> = schema.key_fields().map(|field| &field.ty).collect();
    let from = if let [ty] = *types {
        from_one(schema, ty)
    } else {
        quote! {
            impl ::core::convert::From<(#(#types,)*)> for #key {
                fn from((#(#variables,)*): (#(#types,)*)) -> Self {
                    Self { #(#members: #variables,)* }
                }
            }
        }
    };
    // Of a number the type is plain, so that a literal takes it.
    let (arguments, values): (Vec<_>, Vec<_>) = names
        .iter()
        .zip(&types)
        .map(|(name, ty)| {
            if types::is_primitive(ty) {
                return (quote!(#ty), quote!(#name));
            }
            let value = quote!(::core::convert::Into::into(#name));
            (quote!(impl ::core::convert::Into<#ty>), value)
        })
        .unzip();
    let docs = format!(" The key of the [`{}`] with these values.", schema.ident);
    quote! {
        impl #key {
            #[doc = #docs]
            #[must_use]
            #vis fn new(#(#names: #arguments),*) -> Self {
                Self { #(#members: #values,)* }
            }
        }
        #from
    }
}

fn from_one(schema: &Schema, ty: &Type) -> TokenStream {
    let key = &schema.options.key_type.value;
    let text = is_text_key(schema).then(|| {
        quote! {
            impl ::core::convert::From<&::core::primitive::str> for #key {
                fn from(__key: &::core::primitive::str) -> Self {
                    Self(::core::convert::From::from(__key))
                }
            }
        }
    });
    quote! {
        impl ::core::convert::From<#ty> for #key {
            fn from(__key: #ty) -> Self {
                Self(__key)
            }
        }
        #text
    }
}

/// Its bytes: those of the parts, one level deeper.
fn codec(schema: &Schema) -> TokenStream {
    let (krate, key) = (&schema.options.krate, &schema.options.key_type.value);
    let condition = parts_are_keys(schema);
    let members = members(schema);
    quote! {
        impl #krate::NetabaseSchemaKey for #key #condition {
            fn encode_key(&self, __out: &mut #krate::KeyWriter<'_>) {
                __out.nested(|__out| { #(#krate::NetabaseSchemaKey::encode_key(&self.#members, __out);)* });
            }

            fn decode_key(
                __input: &mut #krate::KeyReader<'_>,
            ) -> ::core::result::Result<Self, #krate::KeyError> {
                __input.nested(|__input| ::core::result::Result::Ok(Self {
                    #(#members: #krate::NetabaseSchemaKey::decode_key(__input)?,)*
                }))
            }
        }
    }
}

/// The condition of every impl that needs the parts to be keys.
///
/// If one is not, that is reported under its type and nowhere else.
pub(super) fn parts_are_keys(schema: &Schema) -> TokenStream {
    let krate = &schema.options.krate;
    let unknown = schema.key_fields().filter(|field| !field.is_plain_key()).map(|field| &field.ty);
    condition(unknown, &quote!(#krate::NetabaseSchemaKey))
}

/// `0`, or the names of the fields.
pub(super) fn members(schema: &Schema) -> Vec<TokenStream> {
    match schema.single_key() {
        Some(_) => vec![Literal::usize_unsuffixed(0).into_token_stream()],
        None => schema.key_fields().map(|field| field.ident.to_token_stream()).collect(),
    }
}

/// Returns whether the key is one `String`, as written.
pub(super) fn is_text_key(schema: &Schema) -> bool {
    is_single(schema, types::is_text)
}

/// Returns whether the key is one `Vec<u8>`, as written.
pub(super) fn is_bytes_key(schema: &Schema) -> bool {
    is_single(schema, types::is_bytes)
}

/// `owned` on the field says that the name means another type.
fn is_single(schema: &Schema, is: impl Fn(&Type) -> bool) -> bool {
    schema.single_key().is_some_and(|field| !field.owned && is(&field.ty))
}

fn plain(schema: &Schema) -> bool {
    schema.key_fields().all(Field::is_plain_key)
}
