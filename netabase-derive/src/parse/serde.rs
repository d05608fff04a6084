//! The options of `#[serde(…)]`. serde reads them too, so what does not parse is left to it.

use proc_macro2::{TokenStream, TokenTree};
use syn::{Attribute, Meta};

use crate::model::SerdeOption;

pub(crate) fn options(attrs: &[Attribute]) -> Vec<SerdeOption> {
    let mut options = Vec::new();
    for attr in attrs.iter().filter(|attr| is_serde(attr)) {
        let Meta::List(list) = &attr.meta else { continue };
        let mut name = None;
        let mut at = TokenStream::new();
        for token in list.tokens.clone() {
            if matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ',') {
                finish(&mut name, &mut at, &mut options);
                continue;
            }
            if name.is_none()
                && let TokenTree::Ident(ident) = &token
            {
                name = Some(ident.to_string());
            }
            at.extend([token]);
        }
        finish(&mut name, &mut at, &mut options);
    }
    options
}

pub(crate) fn is_serde(attr: &Attribute) -> bool {
    attr.path().is_ident("serde")
}

/// Returns whether serde refuses to derive anything for a struct with these.
pub(crate) fn is_refused(options: &[SerdeOption]) -> bool {
    options.iter().any(|option| option.name == "untagged")
}

fn finish(name: &mut Option<String>, at: &mut TokenStream, options: &mut Vec<SerdeOption>) {
    let at = std::mem::take(at);
    if let Some(name) = name.take() {
        options.push(SerdeOption { name, at });
    }
}
