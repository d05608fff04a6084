//! What is wrong with an item: all of it, for one compile.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// The mistakes found so far.
#[derive(Default)]
pub(crate) struct Errors(Option<syn::Error>);

impl Errors {
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.0 {
            None => self.0 = Some(error),
            Some(all) => all.combine(error),
        }
    }

    /// Reports `message` under `tokens`.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// The same, and what to do about it.
    pub(crate) fn help(
        &mut self,
        tokens: impl ToTokens,
        message: impl Display,
        help: impl Display,
    ) {
        self.at(tokens, with_help(message, help));
    }

    /// Reports something given twice, under both.
    pub(crate) fn twice(
        &mut self,
        first: impl ToTokens,
        second: impl ToTokens,
        what: impl Display,
    ) {
        self.help(second, what, "remove one");
        self.at(first, "first given here");
    }

    pub(crate) fn extend(&mut self, error: Option<&syn::Error>) {
        error.into_iter().cloned().for_each(|error| self.push(error));
    }

    pub(crate) fn into_error(self) -> Option<syn::Error> {
        self.0
    }

    /// The tokens that make rustc report everything; none if all is well.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.0.map(syn::Error::into_compile_error).unwrap_or_default()
    }
}

/// Makes an error of its own, for a parser that stops at it.
pub(crate) fn error(span: Span, message: impl Display, help: impl Display) -> syn::Error {
    syn::Error::new(span, with_help(message, help))
}

fn with_help(message: impl Display, help: impl Display) -> String {
    format!("{message}\nhelp: {help}")
}

/// The one of `known` that `word` was probably meant to be.
pub(crate) fn did_you_mean<'k>(
    word: &str,
    known: impl IntoIterator<Item = &'k str>,
) -> Option<&'k str> {
    // Short words differ by one slip of the finger, which no ratio catches: `kye`.
    let slips = (word.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|known| (strsim::osa_distance(word, known), strsim::jaro_winkler(word, known), known))
        .filter(|&(distance, similarity, _)| distance <= slips || similarity >= 0.8)
        .min_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)))
        .map(|(_, _, known)| known)
}

/// `did you mean …? expected one of …`
pub(crate) fn expected_one_of(word: &str, known: &[&str]) -> String {
    let all = known.iter().map(|known| format!("`{known}`")).collect::<Vec<_>>().join(", ");
    match did_you_mean(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`? expected one of {all}"),
        None => format!("expected one of {all}"),
    }
}
