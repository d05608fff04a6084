//! Writes the code. By now everything is known to be in order, or reported.

mod asserts;

pub(crate) mod form;

mod index;

mod key_type;

mod lookup;

mod record;

mod schema;

mod std_impls;

mod stub;

mod view;

mod visibility;

pub(crate) use self::stub::stub;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;

use crate::model::Schema;

/// A variable for the value of the field at this position.
///
/// A pattern takes any constant in scope for itself, whatever the hygiene of its name. So names in
/// the generated code begin with two underscores, as serde's do. They repeat no name of the user's,
/// which need not be one for a variable.
fn variable(at: usize) -> Ident {
    format_ident!("__field{at}")
}

/// All that the derive adds beside the user's struct.
pub(crate) fn schema(schema: &Schema) -> TokenStream {
    let lints = &schema.lints;
    let key_type = key_type::definition(schema);
    let view_type = view::definition(schema);
    let fields = index::fields_without(schema);
    let impls = [
        form::fields(schema),
        asserts::asserts(schema),
        key_type::impls(schema),
        lookup::impls(schema),
        schema::impls(schema),
        index::impls(schema),
        view::impls(schema),
        record::impls(schema),
    ];
    quote! {
        #key_type
        #view_type
        #fields
        #lints
        const _: () = { #(#impls)* };
    }
}
