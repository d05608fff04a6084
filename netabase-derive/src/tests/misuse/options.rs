//! Options on the struct.

use quote::quote;

use super::{errors, on_struct, says_what_to_write};

/// Options by the kind of their value, each with a right one.
const TEXTS: [(&str, &str); 6] = [
    ("name", "\"user\""),
    ("key_type", "\"Id\""),
    ("ref_type", "\"View\""),
    ("access", "\"open\""),
    ("ttl", "\"48h\""),
    ("crate", "\"netabase\""),
];
const NUMBERS: [(&str, &str); 2] = [("version", "2"), ("max_size", "4096")];
const PATHS: [(&str, &str); 2] = [("validate", "some::check"), ("merge", "newest")];

/// Values that are neither text nor an integer nor a path.
const STRANGE: [&str; 14] = [
    "true", "0.5", "-0.5", "1.5MB", "'cc'", "()", "[]", "|x| x", "a.b()", "a!()", "{ }", "<A>::b",
    "a + b", "&[1]",
];

fn one_message(options: &str) -> String {
    let message = on_struct(options);
    assert!(says_what_to_write(&message), "{options}: {message}");
    message
}

#[test]
fn right_values_give_no_message() {
    for (option, value) in TEXTS.iter().chain(&NUMBERS).chain(&PATHS) {
        let options = format!("{option} = {value}").parse::<proc_macro2::TokenStream>();
        let options = options.expect("tokens");
        let found = errors(&quote!(
            #[netabase(#options)]
            struct User {
                #[netabase(key)]
                id: u64,
            }
        ));
        assert!(found.is_empty(), "{option}: {found:#?}");
    }
}

#[test]
fn a_value_of_another_kind_is_one_message() {
    for (option, _) in TEXTS.iter().chain(&NUMBERS).chain(&PATHS) {
        for value in
            STRANGE.iter().filter(|value| value.parse::<proc_macro2::TokenStream>().is_ok())
        {
            let message = one_message(&format!("{option} = {value}"));
            assert!(message.contains(&format!("`{option} = ")), "{option} = {value}: {message}");
        }
    }
    for (option, _) in TEXTS {
        for value in
            ["48", "48u8", "48h", "0.5", "user", "b\"user\"", "c\"user\"", "\"user\"x", "a::b"]
        {
            one_message(&format!("{option} = {value}"));
        }
    }
    for (option, _) in NUMBERS {
        for value in
            ["\"2\"", "2kb", "2u32", "2_usize", "2 KiB", "2.0", "two", "\"two\"", "-2", "2 * 2"]
        {
            one_message(&format!("{option} = {value}"));
        }
    }
    for (option, _) in PATHS {
        for value in ["\"check\"", "check()", "&check", "5", "5u8", "'c'"] {
            one_message(&format!("{option} = {value}"));
        }
    }
}

#[test]
fn a_value_in_another_place_is_one_message_and_then_read() {
    for (option, value) in TEXTS.iter().chain(&NUMBERS).chain(&PATHS) {
        for sign in [":", "=>", "==", ":="] {
            let message = one_message(&format!("{option} {sign} {value}"));
            let write = format!("write `{option} = {}`", value.replace("::", " :: "));
            assert!(message.contains(&write), "{option} {sign} {value}: {message}");
        }
        for form in [option.to_string(), format!("{option} ="), format!("{option}()")] {
            let message = one_message(&form);
            assert!(message.contains(&format!("`{option} = ")), "{form}: {message}");
        }
        let message = one_message(&format!("{option}({value})"));
        assert!(message.contains(&format!("`{option} = {value}`")), "{option}({value}): {message}");
    }
    for (option, value) in TEXTS.iter().chain(&NUMBERS) {
        let message = one_message(&format!("{option} {value}"));
        assert!(message.contains(&format!("write `{option} = {value}`")), "{message}");
    }
}

#[test]
fn what_was_probably_meant_is_shown() {
    for (options, write) in [
        ("max_size = 40KB", "max_size = 40_960"),
        ("max_size = 40 KiB", "max_size = 40_960"),
        ("max_size = \"40 kb\"", "max_size = 40_960"),
        ("max_size = 8kib", "max_size = 8192"),
        ("max_size = 2.0MB", "max_size = 2_097_152"),
        ("max_size = 4096usize", "max_size = 4096"),
        ("max_size = 4096 as usize", "max_size = 4096"),
        ("max_size = 32 * 1024", "max_size = 32_768"),
        ("max_size = 1 << 15", "max_size = 32_768"),
        ("version = 2kb", "version = 2"),
        ("version = 1u32", "version = 1"),
        ("version = \"v3\"", "version = 1"),
        ("version = \"3\"", "version = 3"),
        ("ttl = 48", "ttl = \"48h\""),
        ("ttl = 48h", "ttl = \"48h\""),
        ("ttl = 5 minutes", "ttl = \"5 minutes\""),
        ("ttl = \"48\"h", "ttl = \"48h\""),
        ("ttl = 48u64", "ttl = \"48h\""),
        ("ttl = Duration::from_hours(48)", "ttl = \"48 hours\""),
        ("ttl = core::time::Duration::from_secs(60)", "ttl = \"60 secs\""),
        ("ttl(48)", "ttl = \"48h\""),
        ("name = user", "name = \"user\""),
        ("name(\"user\")", "name = \"user\""),
        ("name = 5", "name = \"5\""),
        ("access = open", "access = \"open\""),
        ("access = Access::Open", "access = \"open\""),
        ("access(owned)", "access = \"owned\""),
        ("access = \"open\"x", "access = \"open\""),
        ("open", "access = \"open\""),
        ("crate = crate::database", "crate = \"crate::database\""),
        ("key_type = \"user key\"", "key_type = \"UserKey\""),
        ("validate = \"some::check\"", "validate = some::check"),
        ("validate = check()", "validate = check"),
        ("validate = &check", "validate = check"),
        ("validate(check)", "validate = check"),
        ("table = \"users\"", "name = \"users\""),
        ("expires = \"48h\"", "ttl = \"48h\""),
        ("nmae = \"user\"", "did you mean `name`?"),
        ("owned = true", "#[netabase(owned)]"),
        ("owned(true)", "#[netabase(owned)]"),
        ("unique(name)", "index(name = \"…\", unique, fields(a, b))"),
        ("index", "#[netabase(index)]"),
        ("index(name)", "index(name = \"…\", fields(a, b))"),
        ("index(fields(id, name))", "name = \"id_and_name\""),
        ("index(name = \"a\", fields = [id, name])", "fields(id, name)"),
        ("index(name = \"a\", fields(\"id\", \"name\"))", "fields(id, name)"),
        ("index(name = \"a\", feilds(id, name))", "did you mean `fields`?"),
        ("index(name = \"a\", fields)", "fields(a, b)"),
        ("index(name: \"a\", fields(id, name))", "name = \"a\""),
        ("index[name = \"a\", fields(id, name)]", "write `index("),
        ("index(name = \"a\", fields(id, name), multi)", "remove it"),
        ("index(name = \"a\", fields(id, name), unique = true)", "write `unique`"),
        ("version = 1 owned", "expected `,`"),
        ("version = 1; owned", "commas between them"),
        ("name = \"user\",, owned", "commas between them"),
        ("\"user\"", "`word = value`"),
        ("= 5", "`word = value`"),
    ] {
        let message = on_struct(options);
        assert!(message.contains(write), "{options} gives {message}, not {write}");
    }
}

#[test]
fn a_key_in_another_spelling_is_one_message_and_then_the_key() {
    for (options, write) in [
        ("key = \"id\"", "write `key(id)`"),
        ("key = id", "write `key(id)`"),
        ("key = \"id, name\"", "write `key(id, name)`"),
        ("key = [id, name]", "write `key(id, name)`"),
        ("key = (\"id\", \"name\")", "write `key(id, name)`"),
        ("key(\"id\", \"name\")", "write `key(id, name)`"),
        ("key(self.id, User::name)", "write `key(id, name)`"),
        ("key(id = 1)", "write `key("),
        ("key[id, name]", "write `key(id , name)`"),
        ("key: id", "write `key(id)`"),
        ("key = 5", "write `key(a, b)`"),
        ("key", "#[netabase(key)]"),
        ("key()", "write `key(a, b)`"),
        ("primary_key = \"id\"", "write `key(id)`"),
        ("primary_key(id, name)", "write `key(id, name)`"),
        ("primary_key", "#[netabase(key)]"),
        ("id = \"id\"", "write `key(id)`"),
        ("pk = id", "write `key(id)`"),
        ("kye(id)", "write `key(id)`"),
        ("version = 1 key(id)", "expected `,`"),
    ] {
        let tokens: proc_macro2::TokenStream = options.parse().expect("tokens");
        let found = errors(&quote!(
            #[netabase(#tokens)]
            struct User {
                id: u64,
                name: String,
            }
        ));
        assert!(
            !found.is_empty() && found[0].contains(write),
            "{options}: {found:#?}, not {write}"
        );
        assert_eq!(found.len(), 1, "{options}: {found:#?}");
    }
}
