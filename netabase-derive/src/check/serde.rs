//! serde's attributes. Values are written by bincode: no names, no tags, nothing left out.

use crate::{
    errors::Errors,
    model::{Schema, SerdeOption},
};

pub(super) fn check(schema: &Schema, errors: &mut Errors) {
    for option in &schema.serde {
        on_struct(option, schema, errors);
    }
    for (at, field) in schema.fields.iter().enumerate() {
        for option in &field.serde {
            on_field(option, at, schema, errors);
        }
    }
}

fn on_struct(option: &SerdeOption, schema: &Schema, errors: &mut Errors) {
    match option.name.as_str() {
        "tag" | "content" | "untagged" => errors.help(
            &option.at,
            not_self_describing(&option.name),
            "remove it: a struct is stored as its fields, in order",
        ),
        "remote" => errors.help(
            &option.at,
            "with `remote` serde writes code for another type, and this struct cannot be stored",
            "remove it: store this struct itself",
        ),
        "into" | "from" | "try_from" | "transparent" if !schema.options.owned => errors.help(
            &option.at,
            format_args!("with `{}` the borrowed view would read other bytes than were written", option.name),
            "write `#[netabase(owned)]` on the struct",
        ),
        // The view is another type: it has other defaults.
        "default" if !schema.options.owned && schema.fields.iter().any(|field| field.has_serde("skip")) => errors.help(
            &option.at,
            "with `default` a skipped field would have another value in the borrowed view",
            "write `#[netabase(owned)]` on the struct, or `#[serde(skip, default = \"…\")]` on the field",
        ),
        _ => {}
    }
}

fn on_field(option: &SerdeOption, at: usize, schema: &Schema, errors: &mut Errors) {
    let field = &schema.fields[at];
    let help = match option.name.as_str() {
        "flatten" => "remove it: keep the inner struct as one field",
        "skip_serializing_if" => "remove it: an absent `Option` takes one byte",
        "skip_serializing" | "skip_deserializing" if !field.has_serde("skip") => {
            if field.has_serde("skip_serializing") && field.has_serde("skip_deserializing") {
                return skip(option, at, schema, errors);
            }
            "write `skip`, which leaves the field out both ways"
        }
        "skip" => return skip(option, at, schema, errors),
        _ => return,
    };
    errors.help(&option.at, not_self_describing(&option.name), help);
}

fn skip(option: &SerdeOption, at: usize, schema: &Schema, errors: &mut Errors) {
    let role = if schema.key.contains(&at) {
        "key"
    } else if schema.index_of(at).is_some() {
        "index"
    } else {
        return;
    };
    errors.help(
        &option.at,
        format_args!("the {role} would not survive a round trip"),
        format_args!("remove `{}`, or the field from the {role}", option.name),
    );
}

fn not_self_describing(name: &str) -> String {
    format!("`{name}` cannot be read back: bincode is not self-describing")
}
