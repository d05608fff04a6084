//! The grammar of `#[netabase(…)]`: words, `word = value` and `word(…)`, separated by commas.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Attribute, Expr, ExprLit, Ident, Lit, MacroDelimiter, Meta, Token,
    ext::IdentExt,
    parenthesized,
    parse::{ParseStream, Result},
    token,
};

use crate::errors::Errors;

/// One option, not yet understood.
pub(crate) struct Opt {
    pub(crate) name: Ident,
    pub(crate) value: Value,
    /// All of its tokens.
    pub(crate) tokens: TokenStream,
}

pub(crate) enum Value {
    Word,
    Equals {
        equals: Token![=],
        expr: Expr,
    },
    List {
        parens: TokenStream,
        items: Vec<Opt>,
        /// What was no option. Reported only where a list belongs.
        mistake: Option<syn::Error>,
    },
}

/// Reads the `netabase` attributes among `attrs`.
pub(crate) fn netabase(attrs: &[Attribute], errors: &mut Errors) -> Vec<Opt> {
    let mut all = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("netabase")) {
        match &attr.meta {
            Meta::List(list) if matches!(list.delimiter, MacroDelimiter::Paren(_)) => {
                match attr.parse_args_with(|input: ParseStream| Ok(options(input, errors))) {
                    Ok(options) => all.extend(options),
                    Err(error) => errors.push(error),
                }
            }
            other => {
                errors.help(other, "expected options in parentheses", "write `#[netabase(…)]`");
            }
        }
    }
    all
}

/// Reads what it can: after a mistake it goes on behind the next comma.
fn options(input: ParseStream, errors: &mut Errors) -> Vec<Opt> {
    let mut options = Vec::new();
    while !input.is_empty() {
        match option(input) {
            Ok(option) => options.push(option),
            Err(error) => {
                errors.push(error);
                skip_to_comma(input);
            }
        }
        if !input.is_empty()
            && let Err(error) = input.parse::<Token![,]>()
        {
            errors.push(error);
            skip_to_comma(input);
            // Fails only at the end, where the loop stops as well.
            let _ = input.parse::<Token![,]>();
        }
    }
    options
}

fn option(input: ParseStream) -> Result<Opt> {
    let name = input
        .call(Ident::parse_any)
        .map_err(|error| syn::Error::new(error.span(), "expected the name of an option"))?;
    let mut tokens = name.to_token_stream();
    let value = if input.peek(token::Paren) {
        let parens = input.fork().parse::<TokenTree>()?.into_token_stream();
        let content;
        parenthesized!(content in input);
        tokens.extend(parens.clone());
        let mut mistakes = Errors::default();
        let items = options(&content, &mut mistakes);
        Value::List { parens, items, mistake: mistakes.into_error() }
    } else if input.peek(Token![=]) {
        let equals = input.parse::<Token![=]>()?;
        let expr = input.parse::<Expr>()?;
        no_unit(&name, &expr, input)?;
        tokens.extend(quote::quote!(#equals #expr));
        Value::Equals { equals, expr }
    } else {
        Value::Word
    };
    Ok(Opt { name, value, tokens })
}

/// Refuses `8 KiB`, all of it: the number alone means something else.
fn no_unit(name: &Ident, expr: &Expr, input: ParseStream) -> Result<()> {
    let Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) = expr else { return Ok(()) };
    let Ok(unit) = input.fork().call(Ident::parse_any) else { return Ok(()) };
    let bytes = super::value::unit(&unit.to_string())
        .and_then(|unit| number.base10_parse::<u64>().ok()?.checked_mul(unit));
    let help = match bytes {
        Some(bytes) => format!("write `{name} = {bytes}`"),
        None => format!("write `{name} = {number}`"),
    };
    let message = format!("expected a number, without a unit\nhelp: {help}");
    Err(syn::Error::new_spanned(quote::quote!(#number #unit), message))
}

fn skip_to_comma(input: ParseStream) {
    while !input.is_empty() && !input.peek(Token![,]) {
        // An invisible group can hide the comma; then the group goes as a whole.
        if input.parse::<TokenTree>().is_err() {
            return;
        }
    }
}

/// The expression inside parentheses and invisible groups.
pub(crate) fn peel(mut expr: &Expr) -> &Expr {
    loop {
        expr = match expr {
            Expr::Group(group) => &group.expr,
            Expr::Paren(paren) => &paren.expr,
            _ => return expr,
        }
    }
}
