//! Whatever the derives are given, they answer with items, of which some may be errors.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use proptest::prelude::*;
use quote::quote;

/// What users write, and what they should not.
const WORDS: &[&str] = &[
    "struct",
    "enum",
    "union",
    "pub",
    "crate",
    "where",
    "for",
    "User",
    "String",
    "Vec",
    "Option",
    "u8",
    "f64",
    "str",
    "id",
    "name",
    "netabase",
    "serde",
    "key",
    "index",
    "unique",
    "multi",
    "fields",
    "owned",
    "version",
    "access",
    "ttl",
    "max_size",
    "key_type",
    "ref_type",
    "validate",
    "merge",
    "skip",
    "flatten",
    "r#type",
    "_",
    "#",
    "=",
    ",",
    ";",
    ":",
    "::",
    "<",
    ">",
    "&",
    "'a",
    "+",
    "-",
    "!",
    "|",
    "0",
    "1",
    "4294967296",
    "0.5",
    "true",
    "\"\"",
    "\"user\"",
    "\"owned\"",
    "\"48h\"",
    "\"5 minits\"",
    "\"a b\"",
    "b\"a\"",
    "'c'",
];

fn lex(text: &str) -> TokenStream {
    text.parse().expect("the words of this test are tokens")
}

fn word() -> impl Strategy<Value = TokenStream> {
    prop::sample::select(WORDS).prop_map(lex)
}

fn delimiter() -> impl Strategy<Value = Delimiter> {
    prop::sample::select(vec![
        Delimiter::Parenthesis,
        Delimiter::Brace,
        Delimiter::Bracket,
        Delimiter::None,
    ])
}

fn tokens() -> impl Strategy<Value = TokenStream> {
    word().prop_recursive(4, 48, 12, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..12)
                .prop_map(|parts| parts.into_iter().collect()),
            (delimiter(), inner).prop_map(|(delimiter, inner)| group(delimiter, inner)),
        ]
    })
}

fn group(delimiter: Delimiter, stream: TokenStream) -> TokenStream {
    TokenTree::from(Group::new(delimiter, stream)).into()
}

/// An option list in all the places where one may stand.
fn struct_with_options() -> impl Strategy<Value = TokenStream> {
    (tokens(), tokens(), tokens()).prop_map(|(on_struct, on_field, serde)| {
        quote! {
            #[netabase(#on_struct)]
            struct User {
                #[netabase(key)]
                id: u64,
                #[netabase(#on_field)]
                #[serde(#serde)]
                name: String,
            }
        }
    })
}

fn struct_with_type() -> impl Strategy<Value = TokenStream> {
    (tokens(), tokens())
        .prop_map(|(key, ty)| quote!(struct User { #[netabase(key)] id: #key, name: #ty }))
}

#[derive(Clone, Debug)]
enum Edit {
    Remove,
    Repeat,
    Replace(TokenStream),
    Insert(TokenStream),
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        Just(Edit::Remove),
        Just(Edit::Repeat),
        tokens().prop_map(Edit::Replace),
        tokens().prop_map(Edit::Insert),
    ]
}

/// Edits the token with the number `at`, counted through all groups.
fn apply(stream: TokenStream, at: &mut usize, edit: &Edit) -> TokenStream {
    let mut edited = TokenStream::new();
    for token in stream {
        let here = *at == 0;
        *at = at.wrapping_sub(1);
        let token = match token {
            TokenTree::Group(group) if !here => {
                let inner = apply(group.stream(), at, edit);
                Group::new(group.delimiter(), inner).into()
            }
            other => other,
        };
        match edit {
            Edit::Remove if here => {}
            Edit::Repeat if here => edited.extend([token.clone(), token]),
            Edit::Replace(with) if here => edited.extend(with.clone()),
            Edit::Insert(new) if here => {
                edited.extend(new.clone());
                edited.extend([token]);
            }
            _ => edited.extend([token]),
        }
    }
    edited
}

fn valid() -> impl Strategy<Value = TokenStream> {
    prop::sample::select(vec![
        "#[netabase(name = \"a\", version = 1, access = \"open\", ttl = \"48h\", max_size = 100)]
         pub struct A { #[netabase(key)] pub id: String, #[netabase(index(unique))] b: Option<String>, c: Vec<u8> }",
        "#[netabase(key(a, b), index(name = \"ab\", fields(a, b)), validate = f, merge = g, key_type = \"K\")]
         struct A { a: u64, b: [u8; 4], #[serde(skip)] c: (String, Vec<Option<String>>), #[netabase(owned)] d: D }",
        "pub enum Key { A(String), B { x: u8, y: Vec<u16> }, C }",
        "struct Key(u8, String);",
    ])
    .prop_map(lex)
}

fn edited() -> impl Strategy<Value = TokenStream> {
    (valid(), prop::collection::vec((0_usize..80, edit()), 1..6)).prop_map(|(mut stream, edits)| {
        for (mut at, edit) in edits {
            stream = apply(stream, &mut at, &edit);
        }
        stream
    })
}

fn answers_with_items(input: &TokenStream) -> Result<(), TestCaseError> {
    // rustc reads arguments behind `crate`, to refuse them later. syn does in types, but not in expressions, and
    // could not read what came of them.
    prop_assume!(!input.to_string().contains("crate <"));
    for derive in [crate::schema, crate::key::derive] {
        let output = derive(input.clone());
        let items = syn::parse2::<syn::File>(output.clone());
        let error = items.as_ref().err();
        prop_assert!(items.is_ok(), "{input}\ngave\n{output}\nwhich is no Rust: {error:?}");
        prop_assert!(items.is_ok_and(|file| !file.items.is_empty()), "{input} gave nothing");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn random_tokens_never_panic(input in tokens()) {
        answers_with_items(&input)?;
    }

    #[test]
    fn random_options_never_panic(input in struct_with_options()) {
        answers_with_items(&input)?;
    }

    #[test]
    fn random_types_never_panic(input in struct_with_type()) {
        answers_with_items(&input)?;
    }

    #[test]
    fn edited_structs_never_panic(input in edited()) {
        answers_with_items(&input)?;
    }
}

#[test]
fn a_module_in_place_of_a_type_leaves_rust() {
    for ty in ["crate", "self", "super"] {
        for vis in ["", "pub"] {
            let input = format!("struct A {{ #[netabase(key)] {vis} id: ({ty}), b: u8 }}");
            let input: TokenStream = input.parse().expect("it is made of tokens");
            let output = crate::schema(input);
            assert!(syn::parse2::<syn::File>(output.clone()).is_ok(), "{output}");
        }
    }
}
