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
            let bare = bare(other);
            let example = bare.map_or_else(|| "\"…\"".to_owned(), |bare| format!("\"{bare}\""));
            expected(option, other, "a string", &example, errors);
            None
        }
    }
}

/// What only lacks its quotes.
fn bare(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Path(path) => path.path.get_ident().map(ToString::to_string),
        Expr::Lit(ExprLit { lit: Lit::ByteStr(text), .. }) => String::from_utf8(text.value()).ok(),
        Expr::Lit(ExprLit { lit: Lit::Char(char), .. }) => Some(char.value().into()),
        _ => None,
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
            let quoted = match other {
                Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => number_in(&text.value()),
                _ => None,
            };
            let example = quoted.map_or_else(|| example.to_owned(), |number| number.to_string());
            expected(option, other, "an integer", &example, errors);
            None
        }
    }
}

/// The number in `"2"`, `"8 KiB"` or `"4kb"`. A unit of size stands for its bytes.
fn number_in(text: &str) -> Option<u64> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(text.len());
    let number: u64 = text[..end].replace('_', "").parse().ok()?;
    number.checked_mul(unit(&text[end..])?)
}

/// The bytes in a unit of size.
pub(crate) fn unit(word: &str) -> Option<u64> {
    match word.trim().to_ascii_lowercase().as_str() {
        "" | "b" | "byte" | "bytes" => Some(1),
        "k" | "kb" | "kib" => Some(1 << 10),
        "m" | "mb" | "mib" => Some(1 << 20),
        _ => None,
    }
}

/// `word = some::path`
pub(crate) fn path(option: &Opt, errors: &mut Errors) -> Option<Path> {
    match expr(option, "some::function", errors)? {
        Expr::Path(path) if path.qself.is_none() => Some(path.path.clone()),
        other => {
            let quoted = match other {
                Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
                    text.parse::<Path>().ok().map(|_| text.value())
                }
                _ => None,
            };
            let example = quoted.unwrap_or_else(|| "some::function".to_owned());
            expected(option, other, "the path of a function", &example, errors);
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
