//! Conversions from and to a `Record` of libp2p's.

use proc_macro2::TokenStream;
use quote::quote;

use super::schema::is_a_schema;
use crate::model::{Access, Schema};

pub(super) fn impls(schema: &Schema) -> TokenStream {
    let from = from(schema);
    let into = match schema.options.access {
        Access::Local | Access::Open => into(schema),
        Access::Owned => owner_unknown(schema),
    };
    quote!(#from #into)
}

fn from(schema: &Schema) -> TokenStream {
    let (krate, ident, private) = (&schema.options.krate, &schema.ident, schema.private());
    let condition = is_a_schema(schema);
    quote! {
        impl ::core::convert::TryFrom<#private::Record> for #ident #condition {
            type Error = #krate::RecordError;

            fn try_from(__record: #private::Record) -> ::core::result::Result<Self, #krate::RecordError> {
                #private::record_to_value(&__record)
            }
        }

        impl ::core::convert::TryFrom<&#private::Record> for #ident #condition {
            type Error = #krate::RecordError;

            fn try_from(__record: &#private::Record) -> ::core::result::Result<Self, #krate::RecordError> {
                #private::record_to_value(__record)
            }
        }
    }
}

fn into(schema: &Schema) -> TokenStream {
    let (krate, ident, private) = (&schema.options.krate, &schema.ident, schema.private());
    let condition = is_a_schema(schema);
    quote! {
        impl ::core::convert::TryFrom<#ident> for #private::Record #condition {
            type Error = #krate::RecordError;

            fn try_from(__value: #ident) -> ::core::result::Result<Self, #krate::RecordError> {
                #private::value_to_record(&__value)
            }
        }

        impl ::core::convert::TryFrom<&#ident> for #private::Record #condition {
            type Error = #krate::RecordError;

            fn try_from(__value: &#ident) -> ::core::result::Result<Self, #krate::RecordError> {
                #private::value_to_record(__value)
            }
        }
    }
}

/// Impls that never hold, so that asking for them says why there are none.
///
/// They are of `From`: rustc looks for that when it looks for `TryFrom`, and reports its condition.
/// The lifetime in that is what makes rustc accept it.
fn owner_unknown(schema: &Schema) -> TokenStream {
    let (ident, private) = (&schema.ident, schema.private());
    quote! {
        #[doc(hidden)]
        impl ::core::convert::From<#ident> for #private::Record
        where
            for<'never> #ident: #private::OwnerIsKnown<'never>,
        {
            fn from(__value: #ident) -> Self {
                #private::OwnerIsKnown::never(&__value)
            }
        }

        #[doc(hidden)]
        impl ::core::convert::From<&#ident> for #private::Record
        where
            for<'never> #ident: #private::OwnerIsKnown<'never>,
        {
            fn from(__value: &#ident) -> Self {
                #private::OwnerIsKnown::never(__value)
            }
        }
    }
}
