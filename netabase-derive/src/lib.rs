//! The derive macros of `netabase`. Use them through that crate, which re-exports them.
//!
//! An item goes through four stages: `parse` reads it into the `model`, `check` looks for what
//! each part alone could not know, `expand` writes and cannot fail. What is wrong is collected in
//! `errors` on the way and reported together, under the tokens to change.

mod errors;

mod model;

mod parse;

mod check;

mod expand;

mod key;

#[cfg(test)]
mod tests;

use proc_macro::TokenStream;
use proc_macro2::TokenStream as TokenStream2;
use syn::DeriveInput;

use self::errors::Errors;

/// Implements `netabase::NetabaseSchema` for a struct with named fields, and writes its key type
/// and its borrowed view.
///
/// The struct needs serde's `Serialize` and `Deserialize` beside it.
///
/// ```ignore
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
/// #[netabase(name = "airport", version = 1, access = "open")]
/// pub struct Airport {
///     #[netabase(key)]
///     pub icao: String,
///     #[netabase(index)]
///     pub country: String,
///     pub name: String,
/// }
/// ```
///
/// # On the struct
///
/// | option | meaning |
/// |---|---|
/// | `name = "…"` | name on the wire, `[a-z0-9_.-]{1,64}`; default: the type's name in `snake_case` |
/// | `version = N` | schema version, from 1; default 1 |
/// | `key(a, b)` | composite key from fields, in this order |
/// | `key_type = "…"`, `ref_type = "…"` | names of the generated types; default `AirportKey`, `AirportRef`. Give others where a type of yours has that name |
/// | `access = "owned"` or `"open"` | who may write it on the network; without it the schema is local |
/// | `ttl = "48h"` | end of life, counted from the write: `"7d"`, `"5 minutes"`, `"1h 30m"`; at least 1 s |
/// | `max_size = N` | the largest `Record.value`, in bytes |
/// | `index(name = "…", fields(a, b))` | composite index |
/// | `validate = path` | `fn(&T) -> Result<(), impl Display>`, asked before a value is stored |
/// | `merge = path` | `fn(&T, &T) -> T`, combines two values of one key; local schemas only |
/// | `owned` | no borrowed view, for a hand-written `Deserialize` |
/// | `crate = "…"` | path of `netabase`, if it is renamed |
///
/// A field may be in several indexes, which clippy takes for a mistake:
/// `#[allow(clippy::duplicated_attributes)]` on the struct.
///
/// # On a field
///
/// | option | meaning |
/// |---|---|
/// | `key` | this field is the key |
/// | `index`, `index(unique)`, `index(multi)`, `index(name = "…")` | secondary index; `multi` of each element of a `Vec`, another list or set, or an `Option` of one |
/// | `owned` | no borrowed form of this field |
///
/// # What it writes
///
/// - The key type: a newtype with a public field, or a struct of several. It has the struct's own
///   visibility (a trait's associated type may have no less), and its parts have those of the
///   fields. Its `new` is as visible as the least visible part.
/// - A constant for each index, named after its field: `Airport::COUNTRY`. Where the struct has a
///   constant of that name, give the index another: `index(name = "…")`.
/// - The borrowed view, if there is text or bytes to borrow. `Debug`, `Clone`,
///   `PartialEq` and `Eq` are there if every field has them.
/// - All of it under the lints that `#[allow]`, `#[expect]` or `#[deprecated]` on the struct or a field names.
/// - `TryFrom<Record>` and `TryFrom<&Record>`; for local and open schemas also the way back.
#[proc_macro_derive(NetabaseSchema, attributes(netabase))]
pub fn derive_netabase_schema(input: TokenStream) -> TokenStream {
    schema(input.into()).into()
}

/// Implements `netabase::NetabaseSchemaKey` for a struct or an enum, so that it can be a key or a
/// part of one.
///
/// ```ignore
/// #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, NetabaseSchemaKey)]
/// pub enum Place {
///     Airport(String),
///     Coordinates { latitude: i32, longitude: i32 },
/// }
/// ```
///
/// Its bytes are those of its parts in declared order; an enum's begin with the ordinal of the
/// variant. They keep the order of a derived `Ord`, so variants may only be appended.
///
/// The type needs all of `Clone`, `Debug`, `PartialEq`, `Eq`, `PartialOrd`, `Ord` and `Hash` beside
/// it. As the field of a schema it also needs serde's `Serialize` and `Deserialize`.
///
/// A newtype of a `String` or `Vec<u8>` is looked up by `str` or `[u8]` as well.
///
/// `#[netabase(crate = "…")]` gives the path of `netabase`, if it is renamed.
#[proc_macro_derive(NetabaseSchemaKey, attributes(netabase))]
pub fn derive_netabase_schema_key(input: TokenStream) -> TokenStream {
    key::derive(input.into()).into()
}

fn schema(input: TokenStream2) -> TokenStream2 {
    let input = match syn::parse2::<DeriveInput>(input) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let mut errors = Errors::default();
    let schema = parse::schema(&input, &mut errors);
    check::schema(&schema, &mut errors);
    let mut code = if schema.is_regular && schema.gets_serde() {
        expand::schema(&schema)
    } else {
        // Still implement the trait, so that only the real mistakes show.
        expand::stub(&input, &schema)
    };
    code.extend(errors.into_tokens());
    code
}
