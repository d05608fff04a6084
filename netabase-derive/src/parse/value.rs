//! Values of options: each reads one kind, and says what it expected.

use std::fmt::Display;

use quote::ToTokens;
use syn::{Expr, ExprLit, Ident, Lit, LitInt, LitStr, Path, parse_str};

use super::options::{Opt, Value, peel};
use crate::errors::Errors;

/// `word`, alone.
pub(crate) fn word(option: &Opt, errors: &mut Errors) {
    let name = &option.name;
    match &option.value {
        Value::Word => {}
        Value::Equals { equals, .. } => {
            errors.help(
                equals,
                format_args!("`{name}` takes no value"),
                format_args!("write `#[netabase({name})]`"),
            );
        }
        Value::List { parens, .. } => errors.help(
            parens,
            format_args!("`{name}` takes no arguments here"),
            format_args!("write `#[netabase({name})]`"),
        ),
    }
}

/// `word = "…"`
pub(crate) fn string(option: &Opt, errors: &mut Errors) -> Option<LitStr> {
    match expr(option, "\"…\"", errors)? {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.clone()),
        other => {
            expected(option, other, "a string", "\"…\"", errors);
            None
        }
    }
}

/// `word = 1`
pub(crate) fn integer<'o>(
    option: &'o Opt,
    example: &str,
    errors: &mut Errors,
) -> Option<&'o LitInt> {
    match expr(option, example, errors)? {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => Some(number),
        other => {
            expected(option, other, "an integer", example, errors);
            None
        }
    }
}

/// `word = some::path`
pub(crate) fn path(option: &Opt, errors: &mut Errors) -> Option<Path> {
    match expr(option, "some::function", errors)? {
        Expr::Path(path) if path.qself.is_none() => Some(path.path.clone()),
        other => {
            expected(option, other, "the path of a function", "some::function", errors);
            None
        }
    }
}

/// `word = "Ident"`
pub(crate) fn ident(option: &Opt, errors: &mut Errors) -> Option<(Ident, LitStr)> {
    let text = string(option, errors)?;
    if let Ok(mut ident) = parse_str::<Ident>(&text.value()) {
        ident.set_span(text.span());
        return Some((ident, text));
    }
    errors.help(
        &text,
        format_args!("`{}` is not a name for a type", text.value()),
        format_args!("write an identifier: `{} = \"SomeName\"`", option.name),
    );
    None
}

fn expr<'o>(option: &'o Opt, example: &str, errors: &mut Errors) -> Option<&'o Expr> {
    match &option.value {
        Value::Equals { expr, .. } => Some(peel(expr)),
        Value::Word | Value::List { .. } => {
            errors.at(&option.tokens, format_args!("expected `{} = {example}`", option.name));
            None
        }
    }
}

fn expected(
    option: &Opt,
    found: impl ToTokens,
    what: impl Display,
    example: &str,
    errors: &mut Errors,
) {
    errors.help(
        found,
        format_args!("expected {what}"),
        format_args!("write `{} = {example}`", option.name),
    );
}
