//! What no part of the schema could know alone.

pub(crate) mod indexes;

mod names;

mod serde;

use crate::{
    errors::Errors,
    model::{Access, Schema},
};

/// The largest record (key and value) that the network carries. The runtime has the same limit.
const MAX_RECORD_BYTES: usize = 32_768;

/// The shortest value: an envelope without a payload, unsigned and signed.
const MIN_VALUE_BYTES: (usize, usize) = (14, 14 + 96);

pub(crate) fn schema(schema: &Schema, errors: &mut Errors) {
    names::check(schema, errors);
    size(schema, errors);
    merge(schema, errors);
    indexes::check(schema, errors);
    serde::check(schema, errors);
}

fn size(schema: &Schema, errors: &mut Errors) {
    let Some(size) = &schema.options.max_size else { return };
    let least = match schema.options.access {
        Access::Owned => MIN_VALUE_BYTES.1,
        Access::Local | Access::Open => MIN_VALUE_BYTES.0,
    };
    if size.value <= least {
        let message =
            format!("no value fits: a record's value has {least} bytes beside its fields");
        errors.help(&size.at, message, "write more");
    }
    if schema.options.access != Access::Local && size.value > MAX_RECORD_BYTES {
        errors.help(
            &size.at,
            format_args!("a record on the network has at most {MAX_RECORD_BYTES} bytes, key and value together"),
            "write less, or leave `max_size` out",
        );
    }
}

fn merge(schema: &Schema, errors: &mut Errors) {
    let Some(merge) = &schema.options.merge else { return };
    let (message, help) = match schema.options.access {
        Access::Local => return,
        Access::Owned => (
            "`merge` is for local schemas: a signed value cannot be merged by others",
            "remove it: what different owners wrote is merged where it is read",
        ),
        Access::Open => (
            "`merge` is for local schemas: on the network the larger value wins on every peer",
            "remove it, or leave `access` out",
        ),
    };
    errors.help(&merge.at, message, help);
}
