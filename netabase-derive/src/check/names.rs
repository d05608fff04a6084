//! The name on the wire.

use crate::{errors::Errors, model::Schema};

const MAX_NAME_BYTES: usize = 64;

pub(super) fn check(schema: &Schema, errors: &mut Errors) {
    let name = &schema.options.name;
    let text = &name.value;
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_.-".contains(c);
    let problem = if text.is_empty() {
        "a schema's name cannot be empty".to_owned()
    } else if let Some(found) = text.chars().find(|&c| !allowed(c)) {
        format!("`{}` cannot stand in a schema's name", found.escape_debug())
    } else if text.len() > MAX_NAME_BYTES {
        format!("a schema's name has at most {MAX_NAME_BYTES} bytes, not {}", text.len())
    } else if text == "netabase" || text.starts_with("netabase.") {
        errors.help(
            &name.at,
            format_args!("the name `{text}` is reserved"),
            "choose another: `name = \"…\"`",
        );
        return;
    } else {
        return;
    };
    errors.help(
        &name.at,
        problem,
        "`name = \"…\"` takes 1 to 64 of `a-z`, `0-9`, `_`, `.` and `-`",
    );
}
