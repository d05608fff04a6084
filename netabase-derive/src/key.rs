//! `#[derive(NetabaseSchemaKey)]`: the same stages, for a smaller thing.

mod parse;

mod expand;

use proc_macro2::TokenStream;
use syn::{DeriveInput, Ident, Type};

use crate::errors::Errors;

/// A type that can be a key.
struct Key {
    krate: TokenStream,
    ident: Ident,
    /// `#[allow(…)]` for the implementation, or nothing.
    lints: TokenStream,
    shape: Shape,
    /// What serde's derive makes of it; `None` if attributes may change that.
    serde: Option<TokenStream>,
}

enum Shape {
    Struct(Vec<Part>),
    /// Not empty, and at most 256.
    Enum(Vec<Variant>),
}

struct Variant {
    ident: Ident,
    parts: Vec<Part>,
}

/// A field: its name or position.
struct Part {
    member: TokenStream,
    ty: Type,
}

pub(crate) fn derive(input: TokenStream) -> TokenStream {
    let input = match syn::parse2::<DeriveInput>(input) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let mut errors = Errors::default();
    let krate = parse::krate(&input, &mut errors);
    let mut code = match parse::shape(&input, &mut errors) {
        Some(shape) => {
            let (lints, serde) = (parse::lints(&input), parse::serde_shape(&input));
            expand::key(&Key { krate, ident: input.ident, lints, shape, serde })
        }
        // Still implement the trait, so that only the real mistakes show.
        None => expand::stub(&input, &krate),
    };
    code.extend(errors.into_tokens());
    code
}
