//! The grammar of `#[netabase(…)]`: words, `word = value` and `word(…)`, separated by commas.
//!
//! Near misses of the grammar (`name: "user"`, `key[a, b]`) are reported and read as what they were
//! meant to be, so that nothing else is missing because of them.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{
    Attribute, Expr, ExprLit, Ident, Lit, MacroDelimiter, Meta, Result, Token,
    ext::IdentExt,
    parse::{ParseStream, Parser},
    token,
};

use super::{is_known, literal::example, takes_value};
use crate::errors::{Errors, error};

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
        /// The `KiB` of `8 KiB`. No option takes one: the number alone means something else.
        unit: Option<Ident>,
    },
    List {
        parens: TokenStream,
        items: Vec<Opt>,
        /// What was no option. Reported only where a list belongs.
        mistake: Option<syn::Error>,
    },
}

const HOW: &str = "write options as `word`, `word = value` or `word(…)`, with commas between them";

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
        match option(input, errors) {
            Ok(option) => options.push(option),
            Err(error) => {
                errors.push(error);
                skip_to_comma(input);
            }
        }
        if !input.is_empty()
            && let Err(missing) = input.parse::<Token![,]>()
        {
            errors.push(error(missing.span(), "expected `,`", HOW));
            // Only the comma is missing in front of an option.
            if next_word(input).is_some_and(|word| is_known(&word)) {
                continue;
            }
            skip_to_comma(input);
            // Fails only at the end, where the loop stops as well.
            let _ = input.parse::<Token![,]>();
        }
    }
    options
}

fn option(input: ParseStream, errors: &mut Errors) -> Result<Opt> {
    let name = input
        .call(Ident::parse_any)
        .map_err(|found| error(found.span(), "expected the name of an option", HOW))?;
    let mut tokens = name.to_token_stream();
    let value = if let Some(TokenTree::Group(group)) = group(input) {
        let parens = group.to_token_stream();
        if group.delimiter() != proc_macro2::Delimiter::Parenthesis {
            let help = format!("write `{name}({})`", group.stream());
            errors.help(&parens, "expected parentheses", help);
        }
        tokens.extend(parens.clone());
        let mut mistakes = Errors::default();
        let inside = |input: ParseStream| Ok(options(input, &mut mistakes));
        let items = inside.parse2(group.stream())?;
        Value::List { parens, items, mistake: mistakes.into_error() }
    } else if let Some((equals, wrong)) = equals(input)? {
        let expr = expr(&name, equals, input)?;
        let unit = is_number(&expr).then(|| unit(input)).flatten();
        // Words and lists take no value, whatever the sign in front of it.
        if let Some(wrong) = wrong
            && takes_value(&name)
        {
            let help = format!("write `{name} = {}{}`", quote!(#expr), quote!(#unit));
            errors.help(wrong, "expected `=`", help);
        }
        tokens.extend(quote!(#equals #expr #unit));
        Value::Equals { equals, expr, unit }
    } else {
        Value::Word
    };
    Ok(Opt { name, value, tokens })
}

/// Takes the group in front, if there is one. The invisible ones hold values.
fn group(input: ParseStream) -> Option<TokenTree> {
    let is_group =
        input.peek(token::Paren) || input.peek(token::Bracket) || input.peek(token::Brace);
    is_group.then(|| input.parse().ok()).flatten()
}

/// Takes `=`, or what was written in its place, together with that: a value may also just follow.
fn equals(input: ParseStream) -> Result<Option<(Token![=], Option<TokenStream>)>> {
    let span = input.span();
    let wrong = if input.peek(Token![==]) {
        input.parse::<Token![==]>()?.into_token_stream()
    } else if input.peek(Token![=>]) {
        input.parse::<Token![=>]>()?.into_token_stream()
    } else if input.peek(Token![=]) {
        return Ok(Some((input.parse()?, None)));
    } else if input.peek(Token![:]) && !input.peek(Token![::]) {
        let colon = input.parse::<Token![:]>()?;
        let equals = input.parse::<Option<Token![=]>>()?;
        quote!(#colon #equals)
    } else if input.peek(Lit) {
        input.fork().parse::<Lit>()?.into_token_stream()
    } else {
        return Ok(None);
    };
    Ok(Some((Token![=](span), Some(wrong))))
}

fn expr(name: &Ident, equals: Token![=], input: ParseStream) -> Result<Expr> {
    if input.is_empty() || input.peek(Token![,]) {
        let help = format!("write `{name} = {}`", example(name));
        return Err(error(equals.span, "expected a value after `=`", help));
    }
    input.parse().map_err(|found: syn::Error| {
        let help = format!("write `{name} = {}`", example(name));
        error(found.span(), "expected a value", help)
    })
}

fn is_number(expr: &Expr) -> bool {
    matches!(expr, Expr::Lit(ExprLit { lit: Lit::Int(_) | Lit::Float(_), .. }))
}

/// Takes a word that follows a number, unless it is the next option and only lacks its comma.
fn unit(input: ParseStream) -> Option<Ident> {
    next_word(input).filter(|word| !is_known(word))?;
    input.call(Ident::parse_any).ok()
}

fn next_word(input: ParseStream) -> Option<Ident> {
    input.fork().call(Ident::parse_any).ok()
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
