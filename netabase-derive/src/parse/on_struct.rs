//! `#[netabase(…)]` on the struct.

mod unknown;

use heck::ToSnakeCase;
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{DeriveInput, Expr, Ident, Path, ext::IdentExt};

use super::{
    duration, each_once, field_list, index,
    options::{self, Opt, Value, peel},
    value,
};
use crate::{
    errors::{Errors, expected_one_of},
    model::{Access, Given, Options, StructKey},
};

pub(crate) const KNOWN: [&str; 13] = [
    "name", "version", "key", "key_type", "ref_type", "access", "ttl", "max_size", "index",
    "validate", "merge", "owned", "crate",
];

pub(crate) fn options(input: &DeriveInput, errors: &mut Errors) -> Options {
    let written = options::netabase(&input.attrs, errors);
    let mut read = defaults(&input.ident);
    each_once(&written, errors, |option, errors| self::option(option, &mut read, errors));
    type_names(&input.ident, &mut read, errors);
    read
}

fn defaults(ident: &Ident) -> Options {
    let bare = ident.unraw();
    let default = |name: &str| Given {
        value: format_ident!("{bare}{name}", span = ident.span()),
        at: ident.to_token_stream(),
    };
    Options {
        krate: quote!(::netabase),
        name: Given { value: bare.to_string().to_snake_case(), at: ident.to_token_stream() },
        version: 1,
        key: None,
        key_type: default("Key"),
        ref_type: default("Ref"),
        access: Access::Local,
        ttl: None,
        max_size: None,
        indexes: Vec::new(),
        validate: None,
        merge: None,
        owned: false,
    }
}

fn option(option: &Opt, read: &mut Options, errors: &mut Errors) {
    match option.name.to_string().as_str() {
        "name" => {
            if let Some(text) = value::string(option, errors) {
                read.name = Given { value: text.value(), at: text.to_token_stream() };
            }
        }
        "version" => read.version = version(option, errors).unwrap_or(1),
        "key" => read.key = Some(key(option, errors)),
        "key_type" => type_name(option, &mut read.key_type, errors),
        "ref_type" => type_name(option, &mut read.ref_type, errors),
        "access" => read.access = access(option, errors).unwrap_or(Access::Local),
        "ttl" => read.ttl = ttl(option, errors),
        "max_size" => read.max_size = max_size(option, errors),
        "index" => read.indexes.extend(index::on_struct(option, errors)),
        "validate" => read.validate = value::path(option, errors),
        "merge" => {
            let path = value::path(option, errors);
            read.merge = path.map(|value| Given { value, at: option.tokens.clone() });
        }
        "owned" => {
            value::word(option, "#[netabase(owned)]", errors);
            read.owned = true;
        }
        "crate" => read.krate = crate_path(option, errors).unwrap_or_else(|| quote!(::netabase)),
        other => unknown::report(option, other, read, errors),
    }
}

fn version(option: &Opt, errors: &mut Errors) -> Option<u32> {
    if let Value::Equals { expr, .. } = &option.value
        && let Expr::Unary(_) = peel(expr)
    {
        errors.help(expr, "versions start at 1", "write `version = 1`, or leave it out");
        return None;
    }
    let number = value::integer(option, errors)?;
    match number.base10_parse::<u32>() {
        Ok(0) => errors.help(number, "versions start at 1", "write `version = 1`, or leave it out"),
        Ok(version) => return Some(version),
        Err(_) => errors.help(
            number,
            "a version must fit in u32",
            "count the changes of the layout: `version = 2` follows 1",
        ),
    }
    None
}

fn max_size(option: &Opt, errors: &mut Errors) -> Option<Given<usize>> {
    let number = value::integer(option, errors)?;
    let Ok(value) = number.base10_parse() else {
        let help = "write fewer bytes, or leave `max_size` out";
        errors.help(number, "a size must fit in usize", help);
        return None;
    };
    Some(Given { value, at: number.to_token_stream() })
}

fn key(option: &Opt, errors: &mut Errors) -> StructKey {
    let fields = if let Value::Word = option.value {
        let help = "mark the field `#[netabase(key)]`, or list several: `key(a, b)`";
        errors.help(&option.name, "`key` belongs on a field", help);
        // The key is not missing: it is in the wrong place.
        Vec::new()
    } else {
        field_list(option, errors)
    };
    StructKey { fields, at: option.tokens.clone() }
}

fn type_name(option: &Opt, name: &mut Given<Ident>, errors: &mut Errors) {
    if let Some((value, text)) = value::ident(option, errors) {
        *name = Given { value, at: text.to_token_stream() };
    }
}

/// Of names that clash the default ones are kept: clashing types would be many more errors.
fn type_names(ident: &Ident, read: &mut Options, errors: &mut Errors) {
    let Options { key_type: default_key, ref_type: default_ref, .. } = defaults(ident);
    let (key, view) = (&mut read.key_type, &mut read.ref_type);
    for (option, name, default) in
        [("key_type", &mut *key, default_key), ("ref_type", &mut *view, default_ref)]
    {
        if name.value == *ident {
            let message = format!("`{}` is the struct's own name", name.value);
            let help = format!("give the generated type another: `{option} = \"…\"`");
            errors.help(&name.at, message, help);
            *name = default;
        }
    }
    if key.value == view.value {
        let message = format!("`{}` names both generated types", key.value);
        errors.help(&view.at, message, "give `key_type` and `ref_type` different names");
        let Options { key_type, ref_type, .. } = defaults(ident);
        (*key, *view) = (key_type, ref_type);
    }
}

fn access(option: &Opt, errors: &mut Errors) -> Option<Access> {
    let text = value::string(option, errors)?;
    match text.value().as_str() {
        "owned" => Some(Access::Owned),
        "open" => Some(Access::Open),
        other => {
            let message = format!("unknown access `{other}`");
            // Other systems' words for what anyone may write.
            let meant = match other.to_ascii_lowercase().as_str() {
                "public" | "shared" | "any" | "anyone" | "all" | "everyone" | "world" => "open",
                "private" | "local" => {
                    errors.help(&text, message, "leave `access` out: then the schema is local");
                    return None;
                }
                _ => other,
            };
            errors.help(&text, message, expected_one_of(meant, &["owned", "open"]));
            None
        }
    }
}

fn ttl(option: &Opt, errors: &mut Errors) -> Option<std::time::Duration> {
    let text = value::string(option, errors)?;
    match duration::parse(&text.value()) {
        Ok(ttl) if ttl.as_secs() == 0 => {
            let message = "`ttl` is at least 1s: Kademlia carries whole seconds";
            errors.help(&text, message, "write `ttl = \"1s\"` or more");
        }
        Ok(ttl) if ttl.subsec_nanos() != 0 => {
            let message = "`ttl` is a number of whole seconds: Kademlia carries no fractions";
            let help = format!("write `ttl = \"{}s\"`", ttl.as_secs() + 1);
            errors.help(&text, message, help);
        }
        Ok(ttl) => return Some(ttl),
        Err((message, help)) => errors.help(&text, message, help),
    }
    None
}

/// `crate = "some::path"`
pub(crate) fn crate_path(option: &Opt, errors: &mut Errors) -> Option<TokenStream> {
    let text = value::string(option, errors)?;
    if let Ok(path) = text.parse_with(Path::parse_mod_style) {
        return Some(path.to_token_stream());
    }
    errors.help(
        &text,
        format_args!("`{}` is not the path of a crate", text.value()),
        "write the name it has here: `crate = \"netabase\"`",
    );
    None
}
