//! Writes `NetabaseSchemaKey` for a type of the user's own.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{DeriveInput, Ident, spanned::Spanned};

use super::{Key, Part, Shape, Variant};
use crate::model::types;

/// A key writes its parts in declared order, one level deeper.
pub(super) fn key(key: &Key) -> TokenStream {
    let (encode, decode) = match &key.shape {
        Shape::Struct(parts) => {
            let (pattern, writes, reads) = (pattern(parts), writes(key, parts), reads(key, parts));
            (
                quote!(let Self #pattern = self; #writes),
                quote!(::core::result::Result::Ok(Self #reads)),
            )
        }
        Shape::Enum(variants) => (encode_enum(key, variants), decode_enum(key, variants)),
    };
    let implementation = implementation(&key.krate, &key.ident, &encode, &decode);
    let (lookups, form, lints) = (lookups(key), form(key), &key.lints);
    quote! {
        #lints
        const _: () = { #implementation #lookups #form };
    }
}

/// What is known of its serde form: something if its parts are the standard library's. (A type of the
/// user's own could be this one again.)
fn form(key: &Key) -> Option<TokenStream> {
    let shape = key.serde.as_ref()?;
    let parts: Vec<_> = match &key.shape {
        Shape::Struct(parts) => parts.iter().map(|part| &part.ty).collect(),
        Shape::Enum(variants) => {
            variants.iter().flat_map(|variant| &variant.parts).map(|part| &part.ty).collect()
        }
    };
    let known = parts.iter().all(|ty| types::is_plain_key(ty));
    known.then(|| {
        let known = crate::expand::form::known(&key.krate, &key.ident, shape, &parts);
        let private = &key.krate;
        quote! {
            #[allow(unused_imports)]
            use #private::__private::{NoSerde as _, UnknownForm as _};
            #known
        }
    })
}

/// A newtype of text or bytes is looked up by a borrowed form of them.
///
/// The condition is for names that mean other types than the standard library's.
fn lookups(key: &Key) -> Option<TokenStream> {
    let Shape::Struct(parts) = &key.shape else { return None };
    let [Part { ty, .. }] = &**parts else { return None };
    let form = if types::is_text(ty) {
        quote!(::core::primitive::str)
    } else if types::is_bytes(ty) {
        quote!([::core::primitive::u8])
    } else {
        return None;
    };
    let (krate, ident) = (&key.krate, &key.ident);
    let impls = [quote!(#form), quote!(&#form)].map(|by| {
        quote! {
            impl #krate::PartOf<#ident> for #by
            where
                for<'never> #form: #krate::PartOf<#ty>,
            {
                fn encode_part(&self, __out: &mut #krate::KeyWriter<'_>) {
                    __out.nested(|__out| <#form as #krate::PartOf<#ty>>::encode_part(self, __out));
                }
            }
        }
    });
    Some(quote! {
        #(#impls)*

        impl #krate::PartPrefixOf<#ident> for #form
        where
            for<'never> #form: #krate::PartPrefixOf<#ty>,
        {
            fn encode_part_prefix(&self, __out: &mut #krate::KeyWriter<'_>) {
                __out.nested(|__out| {
                    <#form as #krate::PartPrefixOf<#ty>>::encode_part_prefix(self, __out);
                });
            }
        }
    })
}

fn implementation(
    krate: &TokenStream,
    ident: &Ident,
    encode: &TokenStream,
    decode: &TokenStream,
) -> TokenStream {
    quote! {
        impl #krate::NetabaseSchemaKey for #ident {
            fn encode_key(&self, __out: &mut #krate::KeyWriter<'_>) {
                __out.nested(|__out| { #encode });
            }

            fn decode_key(
                __input: &mut #krate::KeyReader<'_>,
            ) -> ::core::result::Result<Self, #krate::KeyError> {
                __input.nested(|__input| { #decode })
            }
        }
    }
}

fn encode_enum(key: &Key, variants: &[Variant]) -> TokenStream {
    let arms = variants.iter().zip(0_u8..=u8::MAX).map(|(Variant { ident, parts }, ordinal)| {
        let (pattern, writes) = (pattern(parts), writes(key, parts));
        quote!(Self::#ident #pattern => { __out.raw(&[#ordinal]); #writes })
    });
    quote!(match self { #(#arms)* })
}

fn decode_enum(key: &Key, variants: &[Variant]) -> TokenStream {
    let count = variants.len();
    let arms = variants.iter().zip(0_u8..=u8::MAX).map(|(Variant { ident, parts }, ordinal)| {
        let reads = reads(key, parts);
        // `ordinal` let no other number through.
        let is_last = usize::from(ordinal) + 1 == count;
        let ordinal =
            if is_last { quote!(_) } else { Literal::u8_unsuffixed(ordinal).into_token_stream() };
        quote!(#ordinal => ::core::result::Result::Ok(Self::#ident #reads),)
    });
    quote!(match __input.ordinal(#count)? { #(#arms)* })
}

/// `{ 0: p0, name: p1 }`, which fits every kind of struct and variant.
fn pattern(parts: &[Part]) -> TokenStream {
    let members = parts.iter().map(|part| &part.member);
    let names = (0..parts.len()).map(name);
    quote!({ #(#members: #names),* })
}

fn name(at: usize) -> Ident {
    format_ident!("__part{at}")
}

/// The bound on each part is proven under its type.
fn writes(key: &Key, parts: &[Part]) -> TokenStream {
    let krate = &key.krate;
    let out = Ident::new("__out", Span::call_site());
    let writes = parts.iter().enumerate().map(|(at, Part { ty, .. })| {
        let name = name(at);
        let part = quote_spanned!(ty.span()=> #krate::__private::part::<#ty>);
        quote!((#part().encode)(#name, #out);)
    });
    writes.collect()
}

fn reads(key: &Key, parts: &[Part]) -> TokenStream {
    let krate = &key.krate;
    let input = Ident::new("__input", Span::call_site());
    let reads = parts.iter().map(|Part { member, ty }| {
        let part = quote_spanned!(ty.span()=> #krate::__private::part::<#ty>);
        quote!(#member: (#part().decode)(#input)?,)
    });
    quote!({ #(#reads)* })
}

pub(super) fn stub(input: &DeriveInput, krate: &TokenStream) -> TokenStream {
    let ident = &input.ident;
    let (impl_generics, type_generics, clause) = input.generics.split_for_impl();
    let predicates = clause.map(|clause| &clause.predicates);
    quote! {
        const _: () = {
            impl #impl_generics #krate::NetabaseSchemaKey for #ident #type_generics
            where
                for<'never> Self: #krate::__private::StubKeyBounds,
                #predicates
            {
                fn encode_key(&self, _: &mut #krate::KeyWriter<'_>) {}

                fn decode_key(_: &mut #krate::KeyReader<'_>) -> ::core::result::Result<Self, #krate::KeyError> {
                    ::core::unreachable!()
                }
            }
        };
    }
}
