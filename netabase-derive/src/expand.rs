//! Writes the code. By now everything is known to be in order, or reported.

mod asserts;

mod key_type;

mod lookup;

mod record;

mod schema;

mod std_impls;

mod stub;

mod view;

pub(crate) use self::stub::stub;

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Schema;

/// Quotes code that has variables of its own. They never meet a constant of the user's.
macro_rules! hygienic {
    ($($tokens:tt)*) => {
        ::quote::quote_spanned!(::proc_macro2::Span::mixed_site() => $($tokens)*)
    };
}
pub(crate) use hygienic;

/// All that the derive adds beside the user's struct.
pub(crate) fn schema(schema: &Schema) -> TokenStream {
    let key_type = key_type::definition(schema);
    let view_type = view::definition(schema);
    let impls = [
        asserts::asserts(schema),
        key_type::impls(schema),
        lookup::impls(schema),
        schema::impls(schema),
        view::impls(schema),
        record::impls(schema),
    ];
    quote! {
        #key_type
        #view_type
        const _: () = { #(#impls)* };
    }
}
