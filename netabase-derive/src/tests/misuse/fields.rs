//! Options on a field.

use quote::quote;

use super::{errors, on_field, says_what_to_write};

#[test]
fn what_was_probably_meant_is_shown() {
    for (options, write) in [
        ("index = true", "write `#[netabase(index)]`"),
        ("index = \"unique\"", "write `#[netabase(index(unique))]`"),
        ("index = unique", "write `#[netabase(index(unique))]`"),
        ("index = multi", "write `#[netabase(index(multi))]`"),
        ("index = \"by_name\"", "write `#[netabase(index(name = \"by_name\"))]`"),
        ("index: unique", "write `#[netabase(index(unique))]`"),
        ("index(\"by_name\")", "write `#[netabase(index(name = \"by_name\"))]`"),
        ("index(name(\"by_name\"))", "expected `name = \"by_name\"`"),
        ("index(name = by_name)", "write `name = \"by_name\"`"),
        ("index(name: \"by_name\")", "write `name = \"by_name\"`"),
        ("index(name \"by_name\")", "write `name = \"by_name\"`"),
        ("index(unique = true)", "write `index(unique)`"),
        ("index(unique())", "write `index(unique)`"),
        ("index(multi = 1)", "write `index(multi)`"),
        ("index(unqiue)", "did you mean `unique`?"),
        ("index(fields(a, b))", "write it on the struct"),
        ("index[unique]", "write `index(unique)`"),
        ("index { unique }", "write `index(unique)`"),
        ("unique", "did you mean `index(unique)`?"),
        ("unique_index", "did you mean `index(unique)`?"),
        ("unique_index = true", "did you mean `index(unique)`?"),
        ("indexed", "did you mean `index`?"),
        ("indx", "did you mean `index`?"),
        ("secondary_key", "did you mean `index`?"),
        ("multi", "did you mean `index(multi)`?"),
        ("owned = true", "write `#[netabase(owned)]`"),
        ("owned()", "write `#[netabase(owned)]`"),
        ("skip", "write `#[serde(skip)]`"),
        ("default", "write `#[serde(default)]`"),
        ("rename = \"n\"", "write `#[serde(rename"),
        ("version = 2", "move it there: `#[netabase(version = 2)]`"),
        ("autoincrement", "expected one of `key`"),
    ] {
        let found = on_field(options);
        assert!(found.contains(write), "{options} gives {found}, not {write}");
        assert!(says_what_to_write(&found), "{options}: {found}");
    }
}

#[test]
fn an_attribute_that_names_the_key_is_shown_instead_of_a_missing_key() {
    for attribute in ["key", "primary_key", "pk", "id", "primary"] {
        let word: proc_macro2::TokenStream = attribute.parse().expect("tokens");
        let found = errors(&quote!(struct User { #[#word] id: u64, name: String }));
        let [only] = &found[..] else { panic!("{attribute}: {found:#?}") };
        assert!(only.contains("write `#[netabase(key)]`"), "{attribute}: {only}");
    }
}

#[test]
fn an_attribute_of_another_derive_is_left_alone() {
    let found = errors(&quote! {
        struct User { #[netabase(key)] id: u64, #[key] #[index] #[unique] name: String }
    });
    assert!(found.is_empty(), "{found:#?}");
}
