//! Values of options: each reads one kind, and says what it expected.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    Expr, ExprLit, Ident, Lit, LitInt, LitStr, Path, Token, parse_str, punctuated::Punctuated,
};

use super::{
    literal,
    options::{Opt, Value, peel},
};
use crate::errors::Errors;

/// `word`, alone. `write` is how it is written where it stands.
pub(crate) fn word(option: &Opt, write: &str, errors: &mut Errors) {
    let name = &option.name;
    let help = format!("write `{write}`");
    match &option.value {
        Value::Word => {}
        Value::Equals { equals, .. } => {
            errors.help(equals, format_args!("`{name}` takes no value"), help);
        }
        Value::List { parens, .. } => {
            errors.help(parens, format_args!("`{name}` takes no arguments here"), help);
        }
    }
}

/// `word = "…"`
pub(crate) fn string(option: &Opt, errors: &mut Errors) -> Option<LitStr> {
    if let Value::Equals { expr, unit: None, .. } = &option.value
        && let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = peel(expr)
        && text.suffix().is_empty()
    {
        return Some(text.clone());
    }
    let what = if option.name == "ttl" { "a duration in quotes" } else { "a string" };
    expected(option, what, literal::text, errors);
    None
}

/// `word = 1`. A suffix would be ignored, and change what the number means to its reader.
pub(crate) fn integer<'o>(option: &'o Opt, errors: &mut Errors) -> Option<&'o LitInt> {
    let what = match &option.value {
        Value::Equals { expr, unit, .. } => match (peel(expr), unit) {
            (Expr::Lit(ExprLit { lit: Lit::Int(number), .. }), unit) => {
                match (unit, number.suffix()) {
                    (None, "") => return Some(number),
                    (None, suffix) if literal::is_number_type(suffix) => {
                        "a number, without its type"
                    }
                    _ => "a number, without a unit",
                }
            }
            (_, Some(_)) => "a number, without a unit",
            _ => "an integer",
        },
        _ => "an integer",
    };
    expected(option, what, literal::number, errors);
    None
}

/// `word = some::path`
pub(crate) fn path(option: &Opt, errors: &mut Errors) -> Option<Path> {
    if let Value::Equals { expr, .. } = &option.value
        && let Expr::Path(path) = peel(expr)
        && path.qself.is_none()
    {
        return Some(path.path.clone());
    }
    expected(option, "the path of a function", literal::function, errors);
    None
}

/// `word = "Ident"`
pub(crate) fn ident(option: &Opt, errors: &mut Errors) -> Option<(Ident, LitStr)> {
    let text = string(option, errors)?;
    if let Ok(mut ident) = parse_str::<Ident>(&text.value()) {
        ident.set_span(text.span());
        return Some((ident, text));
    }
    let name = literal::type_name(&text.value()).unwrap_or_else(|| "SomeName".to_owned());
    errors.help(
        &text,
        format_args!("`{}` is not a name for a type", text.value()),
        format_args!("write an identifier: `{} = \"{name}\"`", option.name),
    );
    None
}

/// Reports a value of another kind, and shows what it would be as the right one.
fn expected(
    option: &Opt,
    what: &str,
    meant: impl Fn(&Ident, &Expr, Option<&Ident>) -> Option<String>,
    errors: &mut Errors,
) {
    let name = &option.name;
    let example = || literal::example(name).to_owned();
    match &option.value {
        Value::Equals { expr, unit, .. } => {
            let value = meant(name, peel(expr), unit.as_ref()).unwrap_or_else(example);
            let help = format!("write `{name} = {value}`");
            errors.help(quote!(#expr #unit), format_args!("expected {what}"), help);
        }
        Value::Word => {
            errors.at(&option.tokens, format_args!("expected `{name} = {}`", example()));
        }
        Value::List { parens, .. } => {
            let inside = inside(parens);
            let only = inside.as_deref().and_then(|exprs| match exprs {
                [only] => meant(name, peel(only), None),
                _ => None,
            });
            let value = only.unwrap_or_else(example);
            errors.at(&option.tokens, format_args!("expected `{name} = {value}`"));
        }
    }
}

/// The expressions in the parentheses of a list, if that is what they are.
pub(crate) fn inside(parens: &TokenStream) -> Option<Vec<Expr>> {
    let proc_macro2::TokenTree::Group(group) = parens.clone().into_iter().next()? else {
        return None;
    };
    let exprs = Punctuated::<Expr, Token![,]>::parse_terminated;
    let exprs = syn::parse::Parser::parse2(exprs, group.stream()).ok()?;
    Some(exprs.into_iter().collect())
}
