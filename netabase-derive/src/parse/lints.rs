//! The lints that are allowed on an item, which hold for what is generated beside it as well.
//!
//! Generated code repeats the item's names and types, and so whatever a lint has against them.
//! `#[expect]` becomes `#[allow]`: that it comes true on the item itself is not ours to judge.
//! Nothing else is allowed, because `#[allow]` under a `#![forbid]` is an error.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Meta, Token, punctuated::Punctuated};

/// `#[allow(…)]` with everything that one of `attrs` allows; nothing if there is nothing.
pub(crate) fn allowed<'a>(attrs: impl IntoIterator<Item = &'a Attribute>) -> TokenStream {
    let mut lints = Vec::new();
    for attr in attrs {
        for lint in lints_of(attr) {
            if !lints.iter().any(|other: &TokenStream| other.to_string() == lint.to_string()) {
                lints.push(lint);
            }
        }
    }
    if lints.is_empty() { TokenStream::new() } else { quote!(#[allow(#(#lints),*)]) }
}

fn lints_of(attr: &Attribute) -> Vec<TokenStream> {
    if is_deprecated(attr) {
        return vec![quote!(deprecated)];
    }
    if !attr.path().is_ident("allow") && !attr.path().is_ident("expect") {
        return Vec::new();
    }
    // What does not parse is rustc's to report. A reason is one for the item.
    let metas = attr.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    let lints = metas.into_iter().flatten().filter(|meta| matches!(meta, Meta::Path(_)));
    lints.map(|lint| lint.to_token_stream()).collect()
}

pub(crate) fn is_deprecated(attr: &Attribute) -> bool {
    attr.path().is_ident("deprecated")
}
