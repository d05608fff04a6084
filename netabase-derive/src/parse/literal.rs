//! What was probably meant by a value of the wrong kind, to be shown in the help.

use heck::ToUpperCamelCase;
use quote::ToTokens;
use syn::{BinOp, Expr, ExprBinary, ExprCall, ExprLit, Ident, Lit, Path, parse_str};

use super::{duration, options::peel};

/// A value that the option takes.
pub(crate) fn example(option: &Ident) -> &'static str {
    match option.to_string().as_str() {
        "version" => "1",
        "max_size" => "4096",
        "ttl" => "\"48h\"",
        "access" => "\"owned\"",
        "validate" | "merge" => "some::function",
        _ => "\"…\"",
    }
}

/// The text that `expr` would be in quotes.
pub(crate) fn text(option: &Ident, expr: &Expr, unit: Option<&Ident>) -> Option<String> {
    let text = match option.to_string().as_str() {
        "ttl" => time(expr, unit).filter(|text| duration::parse(text).is_ok()),
        "access" => bare(option, expr).filter(|text| ["owned", "open"].contains(&text.as_str())),
        _ => bare(option, expr),
    };
    text.map(|text| format!("{text:?}"))
}

fn bare(option: &Ident, expr: &Expr) -> Option<String> {
    match expr {
        // `Access::Open`
        Expr::Path(path) if option == "access" => {
            Some(path.path.segments.last()?.ident.to_string().to_lowercase())
        }
        Expr::Path(path) if option == "crate" => Some(joined(&path.path)),
        Expr::Path(path) => path.path.get_ident().map(ToString::to_string),
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        Expr::Lit(ExprLit { lit: Lit::ByteStr(text), .. }) => String::from_utf8(text.value()).ok(),
        Expr::Lit(ExprLit { lit: Lit::CStr(text), .. }) => text.value().into_string().ok(),
        Expr::Lit(ExprLit { lit: Lit::Char(char), .. }) => Some(char.value().into()),
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) if option == "name" => {
            Some(number.to_string())
        }
        Expr::Reference(reference) => bare(option, peel(&reference.expr)),
        _ => None,
    }
}

/// `48`, `48h`, `48 hours`, `"48"h` or `Duration::from_hours(48)`.
fn time(expr: &Expr, unit: Option<&Ident>) -> Option<String> {
    let (digits, suffix) = match expr {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => {
            (number.base10_digits().to_owned(), number.suffix().to_owned())
        }
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => (text.value(), text.suffix().to_owned()),
        Expr::Lit(ExprLit { lit: Lit::Char(char), .. }) => {
            (char.value().to_string(), char.suffix().to_owned())
        }
        Expr::Call(ExprCall { func, args, .. }) => {
            let Expr::Path(func) = peel(func) else { return None };
            let unit = func.path.segments.last()?.ident.to_string();
            let Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) = args.first().map(peel)? else {
                return None;
            };
            return Some(format!("{} {}", number.base10_digits(), unit.strip_prefix("from_")?));
        }
        _ => return None,
    };
    Some(match unit {
        Some(unit) => format!("{digits} {unit}"),
        // Nobody knows which: it is to be chosen.
        None if suffix.is_empty() && digits.ends_with(|c: char| c.is_ascii_digit()) => {
            format!("{digits}h")
        }
        None => format!("{digits}{suffix}"),
    })
}

/// The number that `expr` stands for. A unit of size stands for its bytes.
pub(crate) fn number(option: &Ident, expr: &Expr, unit: Option<&Ident>) -> Option<String> {
    let unit = unit.map(ToString::to_string).unwrap_or_default();
    whole(expr, &unit, option == "max_size").map(grouped)
}

fn whole(expr: &Expr, unit: &str, sized: bool) -> Option<u64> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => {
            let unit = if unit.is_empty() { number.suffix() } else { unit };
            let number = number.base10_digits().parse().ok()?;
            times(number, unit, sized)
        }
        Expr::Lit(ExprLit { lit: Lit::Float(number), .. }) => {
            let unit = if unit.is_empty() { number.suffix() } else { unit };
            // Of other fractions nobody knows how they are to be rounded.
            let whole = number.base10_digits().strip_suffix(".0")?;
            times(whole.parse().ok()?, unit, sized)
        }
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => in_text(&text.value(), sized),
        Expr::Binary(ExprBinary { left, op, right, .. }) => {
            let [left, right] = [left, right].map(|side| whole(peel(side), "", sized));
            match op {
                BinOp::Mul(_) => left?.checked_mul(right?),
                BinOp::Add(_) => left?.checked_add(right?),
                BinOp::Sub(_) => left?.checked_sub(right?),
                BinOp::Shl(_) => left?.checked_mul(1_u64.checked_shl(right?.try_into().ok()?)?),
                _ => None,
            }
        }
        Expr::Cast(cast) => whole(peel(&cast.expr), unit, sized),
        _ => None,
    }
}

/// The number in `"2"`, `"8 KiB"` or `"4kb"`.
fn in_text(text: &str, sized: bool) -> Option<u64> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(text.len());
    let number: u64 = text[..end].replace('_', "").parse().ok()?;
    times(number, text[end..].trim(), sized)
}

fn times(number: u64, unit: &str, sized: bool) -> Option<u64> {
    if sized && !is_number_type(unit) { number.checked_mul(bytes(unit)?) } else { Some(number) }
}

/// The bytes in a unit of size.
fn bytes(unit: &str) -> Option<u64> {
    match unit.to_ascii_lowercase().as_str() {
        "" | "b" | "byte" | "bytes" => Some(1),
        "k" | "kb" | "kib" => Some(1 << 10),
        "m" | "mb" | "mib" => Some(1 << 20),
        "g" | "gb" | "gib" => Some(1 << 30),
        _ => None,
    }
}

/// The `u32` of `1u32`.
pub(crate) fn is_number_type(suffix: &str) -> bool {
    ["u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize"]
        .contains(&suffix)
        || ["f32", "f64"].contains(&suffix)
}

/// `40_960`, as clippy wants it.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    if digits.len() < 5 {
        return digits;
    }
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push('_');
        }
        grouped.push(digit);
    }
    grouped
}

/// The path of the function that `expr` calls, refers to or has in quotes.
pub(crate) fn function(_: &Ident, expr: &Expr, _: Option<&Ident>) -> Option<String> {
    match expr {
        Expr::Path(path) if path.qself.is_none() => Some(joined(&path.path)),
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
            text.parse::<Path>().ok().map(|path| joined(&path))
        }
        Expr::Call(call) => function_in(&call.func),
        Expr::Reference(reference) => function_in(&reference.expr),
        _ => None,
    }
}

fn function_in(expr: &Expr) -> Option<String> {
    match peel(expr) {
        Expr::Path(path) if path.qself.is_none() => Some(joined(&path.path)),
        _ => None,
    }
}

fn joined(path: &Path) -> String {
    path.to_token_stream().to_string().replace(' ', "")
}

/// A name for a type, made of `text`.
pub(crate) fn type_name(text: &str) -> Option<String> {
    let name = text.to_upper_camel_case();
    parse_str::<Ident>(&name).ok().map(|_| name)
}

/// The names of fields in `"a, b"`, `a`, `self.a`, `["a", "b"]` or `(a, b)`.
pub(crate) fn fields(expr: &Expr) -> Option<Vec<Ident>> {
    match peel(expr) {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
            let names = text.value();
            let names = names.split([',', ' ', '+']).filter(|name| !name.is_empty());
            let names = names.map(|name| {
                let mut name = parse_str::<Ident>(name).ok()?;
                name.set_span(text.span());
                Some(name)
            });
            names.collect()
        }
        Expr::Path(path) => Some(vec![path.path.segments.last()?.ident.clone()]),
        Expr::Field(field) => match &field.member {
            syn::Member::Named(name) => Some(vec![name.clone()]),
            syn::Member::Unnamed(_) => None,
        },
        Expr::Reference(reference) => fields(&reference.expr),
        Expr::Array(array) => all_fields(&array.elems),
        Expr::Tuple(tuple) => all_fields(&tuple.elems),
        _ => None,
    }
}

/// The names of fields in each of several expressions.
pub(crate) fn all_fields<'e>(exprs: impl IntoIterator<Item = &'e Expr>) -> Option<Vec<Ident>> {
    let names: Option<Vec<_>> = exprs.into_iter().map(fields).collect();
    names.map(|names| names.concat())
}
