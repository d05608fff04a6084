//! Every option in every wrong spelling: one mistake is one message, and it says what to write.

mod fields;

mod options;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Item, LitStr};

/// The messages of the derive about this item.
fn errors(input: &TokenStream) -> Vec<String> {
    let file: syn::File = syn::parse2(crate::schema(input.clone())).expect("the answer is items");
    let messages = file.items.iter().filter_map(|item| match item {
        Item::Macro(item) if item.mac.path.segments.last()?.ident == "compile_error" => {
            Some(item.mac.parse_body::<LitStr>().expect("a message is text").value())
        }
        _ => None,
    });
    messages.collect()
}

/// The only message about a struct with these options.
fn on_struct(options: &str) -> String {
    only(options, &quote!(#[netabase(key)] id: u64, name: String), options)
}

/// The only message about a struct with these options on a field that is not its key.
fn on_field(options: &str) -> String {
    let tokens: TokenStream = options.parse().expect("the words of this test are tokens");
    only("", &quote!(#[netabase(key)] id: u64, #[netabase(#tokens)] name: String), options)
}

fn only(options: &str, fields: &TokenStream, shown: &str) -> String {
    let options: TokenStream = options.parse().expect("the words of this test are tokens");
    let errors = errors(&quote!(#[netabase(#options)] struct User { #fields }));
    let [only] = &errors[..] else { panic!("{shown} gives not one message but {errors:#?}") };
    only.clone()
}

/// Returns whether a message says what to write.
fn says_what_to_write(message: &str) -> bool {
    ["write ", "did you mean `", "expected `", "expected one of `", "remove ", "move it", "leave "]
        .iter()
        .any(|words| message.contains(words))
}
