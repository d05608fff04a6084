//! `impl NetabaseSchema`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Type, parse_quote};

use super::{form, index, key_type::members, std_impls, view};
use crate::model::{Access, Field, Options, Schema};

pub(super) fn impls(schema: &Schema) -> TokenStream {
    let Options { krate, key_type, access, .. } = &schema.options;
    let (ident, key) = (&schema.ident, &key_type.value);
    let condition = is_a_schema(schema);
    let view = view::of(schema);
    let (constants, functions) = (constants(schema), functions(schema));
    let form = form::items(schema);
    let (index_infos, encode_indexes) = (index::infos(schema), index::encode(schema));
    let members = members(schema);
    let (fields, types): (Vec<_>, Vec<_>) =
        schema.key_fields().map(|field| (&field.ident, &field.ty)).unzip();
    let shared = (*access != Access::Local).then(|| {
        quote! {
            impl #krate::SharedSchema for #ident #condition {}
        }
    });
    quote! {
        impl #krate::NetabaseSchema for #ident #condition {
            type Key = #key;
            type Ref<'a> = #view;
            #constants
            #index_infos

            fn key(&self) -> #key {
                #key { #(#members: <#types as ::core::clone::Clone>::clone(&self.#fields),)* }
            }

            fn encode_key(&self, __out: &mut #krate::KeyWriter<'_>) {
                __out.nested(|__out| { #(#krate::NetabaseSchemaKey::encode_key(&self.#fields, __out);)* });
            }
            #encode_indexes
            #functions
            #form
        }
        #shared
    }
}

/// The condition of every impl that needs the struct to be a schema: parts of the key are keys,
/// what is indexed can be, and other threads may read it.
pub(super) fn is_a_schema(schema: &Schema) -> TokenStream {
    let krate = &schema.options.krate;
    let keys = schema.key_fields().filter(|field| !field.is_plain_key()).map(|field| &field.ty);
    let keys = keys.chain(index::unknown_keys(schema));
    let (private, ident) = (schema.private(), &schema.ident);
    // Of plain fields it is known.
    let itself: Option<Type> =
        (!schema.fields.iter().all(Field::is_plain)).then(|| parse_quote!(#ident));
    std_impls::conditions(&[
        (keys.collect(), quote!(#krate::NetabaseSchemaKey)),
        (index::collections(schema).collect(), quote!(#private::MultiIndexed)),
        (itself.iter().collect(), quote!(#private::ThreadSafe)),
    ])
}

fn constants(schema: &Schema) -> TokenStream {
    let Options { krate, name, version, access, ttl, max_size, .. } = &schema.options;
    let name = &name.value;
    let access = match access {
        Access::Local => quote!(Local),
        Access::Owned => quote!(Owned),
        Access::Open => quote!(Open),
    };
    let ttl = option(ttl.map(|ttl| {
        let seconds = ttl.as_secs();
        quote!(::core::time::Duration::from_secs(#seconds))
    }));
    let max_size = option(max_size.as_ref().map(|size| size.value));
    quote! {
        const SCHEMA_NAME: &'static ::core::primitive::str = #name;
        const SCHEMA_VERSION: ::core::primitive::u32 = #version;
        const ACCESS: #krate::Access = #krate::Access::#access;
        const TTL: ::core::option::Option<::core::time::Duration> = #ttl;
        const MAX_SIZE: ::core::option::Option<::core::primitive::usize> = #max_size;
    }
}

fn option(value: Option<impl ToTokens>) -> TokenStream {
    let value = value.map(|value| quote!(Some(#value))).unwrap_or(quote!(None));
    quote!(::core::option::Option::#value)
}

/// The user's own functions. That they have the right signature is asked under their path.
fn functions(schema: &Schema) -> TokenStream {
    let (krate, private) = (&schema.options.krate, schema.private());
    let validate = schema.options.validate.as_ref().map(|path| {
        quote! {
            fn validate(&self) -> ::core::result::Result<(), #krate::Invalid> {
                #private::validate(self, #path)
            }
        }
    });
    let merge = schema.options.merge.as_ref().map(|merge| {
        let path = &merge.value;
        quote! {
            const HAS_MERGE: ::core::primitive::bool = true;

            fn merge(&self, __other: &Self) -> ::core::option::Option<Self> {
                ::core::option::Option::Some(#private::merge(self, __other, #path))
            }
        }
    });
    quote!(#validate #merge)
}
