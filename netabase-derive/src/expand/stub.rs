//! What stands in for a schema that has mistakes: it keeps the code around it from failing as well.

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::model::{Options, Schema};

/// The key type of a schema of which only the key is not known.
pub(super) fn key(schema: &Schema) -> TokenStream {
    let (krate, vis) = (&schema.options.krate, &schema.vis);
    let key = &schema.options.key_type.value;
    quote!(#krate::__private::stub_key! { #vis #key })
}

pub(crate) fn stub(input: &DeriveInput, schema: &Schema) -> TokenStream {
    let Options { krate, key_type, ref_type, .. } = &schema.options;
    let (ident, vis) = (&input.ident, &input.vis);
    let (impl_generics, type_generics, clause) = input.generics.split_for_impl();
    let predicates = clause.map(|clause| &clause.predicates);
    let (key_type, key, view) = (self::key(schema), &key_type.value, &ref_type.value);
    let aliases = quote! {
            #key_type
            #[doc(hidden)]
            #[allow(dead_code)]
            #vis type #view<'a> = #krate::__private::StubRef<'a>;
    };
    quote! {
        #aliases
        const _: () = {
            impl #impl_generics #krate::NetabaseSchema for #ident #type_generics
            where
                for<'never> Self: #krate::__private::StubSchema,
                #predicates
            {
                type Key = #key;
                type Ref<'stub> = #krate::__private::StubRef<'stub>;
                const SCHEMA_NAME: &'static ::core::primitive::str = "stub";
                const SCHEMA_VERSION: ::core::primitive::u32 = 1;
                const ACCESS: #krate::Access = #krate::Access::Local;
                const TTL: ::core::option::Option<::core::time::Duration> = ::core::option::Option::None;
                const MAX_SIZE: ::core::option::Option<::core::primitive::usize> = ::core::option::Option::None;
                const INDEXES: &'static [#krate::IndexInfo] = &[];

                fn key(&self) -> Self::Key {
                    #key
                }

                fn encode_key(&self, _: &mut #krate::KeyWriter<'_>) {}

                fn encode_indexes(&self, _: &mut #krate::IndexWriter<'_>) {}
            }
        };
    }
}
