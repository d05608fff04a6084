//! What a schema is, as written. Everything that can be wrong keeps the tokens to point at.

pub(crate) mod types;

use std::time::Duration;

use proc_macro2::TokenStream;
use syn::{Attribute, Ident, Path, Type, Visibility};

/// A value and the tokens that gave it.
pub(crate) struct Given<T> {
    pub(crate) value: T,
    pub(crate) at: TokenStream,
}

/// A struct to be stored.
pub(crate) struct Schema {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    /// `#[allow(…)]` for everything that is generated, or nothing.
    pub(crate) lints: TokenStream,
    pub(crate) options: Options,
    pub(crate) serde: Vec<SerdeOption>,
    pub(crate) fields: Vec<Field>,
    /// Positions in `fields`. Where it has mistakes, what was probably meant; empty if nobody knows.
    pub(crate) key: Vec<usize>,
    /// Those on fields, then those on the struct.
    pub(crate) indexes: Vec<Index>,
    /// `true` if code can be written that names the struct and its fields.
    pub(crate) is_regular: bool,
}

/// What `#[netabase(…)]` says on the struct.
pub(crate) struct Options {
    /// Path of the `netabase` crate.
    pub(crate) krate: TokenStream,
    pub(crate) name: Given<String>,
    pub(crate) version: u32,
    pub(crate) key: Option<StructKey>,
    pub(crate) key_type: Given<Ident>,
    pub(crate) ref_type: Given<Ident>,
    pub(crate) access: Access,
    pub(crate) ttl: Option<Duration>,
    pub(crate) max_size: Option<Given<usize>>,
    pub(crate) indexes: Vec<StructIndex>,
    pub(crate) validate: Option<Path>,
    pub(crate) merge: Option<Given<Path>>,
    pub(crate) owned: bool,
}

/// `key(a, b)`
pub(crate) struct StructKey {
    pub(crate) fields: Vec<Ident>,
    pub(crate) at: TokenStream,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Local,
    Owned,
    Open,
}

/// `index(name = "…", fields(a, b))`: the names as written, which stand for [`Index::fields`].
pub(crate) struct StructIndex {
    pub(crate) fields: Vec<Ident>,
    pub(crate) options: IndexOptions,
}

/// What an index says of itself, beside its fields.
#[derive(Clone)]
pub(crate) struct IndexOptions {
    /// What its constant is named after.
    pub(crate) name: String,
    pub(crate) unique: bool,
    pub(crate) multi: bool,
    pub(crate) at: TokenStream,
}

/// A secondary index.
pub(crate) struct Index {
    /// Positions in the schema's fields, in order; one on a field. Names that no field has, or that
    /// are listed twice, were reported and are left out.
    pub(crate) fields: Vec<usize>,
    pub(crate) options: IndexOptions,
}

pub(crate) struct Field {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    pub(crate) ty: Type,
    pub(crate) docs: Vec<Attribute>,
    /// `#[deprecated]`
    pub(crate) deprecated: Option<Attribute>,
    /// The `key` of `#[netabase(key)]`.
    pub(crate) key: Option<TokenStream>,
    pub(crate) index: Option<IndexOptions>,
    pub(crate) owned: bool,
    /// What an option that is none of ours says about the key.
    pub(crate) maybe_key: Option<Guess>,
    /// An attribute like `#[key]`, which is not netabase's.
    pub(crate) bare_key: Option<TokenStream>,
    pub(crate) serde: Vec<SerdeOption>,
    /// The attributes that `serde` was read from.
    pub(crate) serde_attrs: Vec<Attribute>,
}

/// The likelihood that an unknown option was meant to be `key`. A key that is only misspelt is not also missing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guess {
    /// It is a word for it.
    Likely,
    /// Nobody knows.
    Possible,
}

/// One option of a `#[serde(…)]`.
pub(crate) struct SerdeOption {
    pub(crate) name: String,
    pub(crate) at: TokenStream,
}

impl Schema {
    pub(crate) fn key_fields(&self) -> impl ExactSizeIterator<Item = &Field> + Clone {
        self.key.iter().map(|&at| &self.fields[at])
    }

    /// The one field that is the key, if it is not made of several.
    pub(crate) fn single_key(&self) -> Option<&Field> {
        match *self.key {
            [only] => Some(&self.fields[only]),
            _ => None,
        }
    }

    pub(crate) fn fields_of(&self, index: &Index) -> Vec<&Field> {
        index.fields.iter().map(|&at| &self.fields[at]).collect()
    }

    /// The first index that the field at this position is part of.
    pub(crate) fn index_of(&self, field: usize) -> Option<&Index> {
        self.indexes.iter().find(|index| index.fields.contains(&field))
    }

    /// Returns whether serde's derives write anything for this struct itself.
    pub(crate) fn gets_serde(&self) -> bool {
        !self.serde.iter().any(|option| matches!(option.name.as_str(), "remote" | "content"))
    }

    /// The path of the hidden module behind the generated code.
    pub(crate) fn private(&self) -> TokenStream {
        let krate = &self.options.krate;
        quote::quote!(#krate::__private)
    }
}

impl Field {
    /// Returns whether the view of this field is read as the field itself is.
    ///
    /// A serde attribute may change the bytes, and only serde knows how: it is copied, and with it
    /// goes the type it was written for. `rename` alone does nothing to them.
    pub(crate) fn stays_owned(&self) -> bool {
        self.owned || self.serde.iter().any(|option| option.name != "rename")
    }

    /// Returns whether the type's name tells that it is a key.
    ///
    /// `owned` says that the name may mean another type than the standard library's.
    pub(crate) fn is_plain_key(&self) -> bool {
        !self.owned && types::is_plain_key(&self.ty)
    }

    /// Returns whether the type's name tells that it has `Clone`, `Debug` and `PartialEq`.
    pub(crate) fn is_plain(&self) -> bool {
        !self.owned && types::is_plain_value(&self.ty)
    }

    /// Returns whether serde writes and reads this field by the traits of its type.
    pub(crate) fn is_written_as_it_is(&self) -> bool {
        let harmless = ["borrow", "bound", "default", "rename"];
        self.serde.iter().all(|option| harmless.contains(&option.name.as_str()))
    }

    /// Returns whether serde leaves this field out.
    pub(crate) fn is_skipped(&self) -> bool {
        self.has_serde("skip")
            || (self.has_serde("skip_serializing") && self.has_serde("skip_deserializing"))
    }

    /// Returns whether the type's name tells that it has `Eq` besides.
    pub(crate) fn is_plain_eq(&self) -> bool {
        !self.owned && types::is_plain_eq(&self.ty)
    }

    pub(crate) fn has_serde(&self, name: &str) -> bool {
        self.serde.iter().any(|option| option.name == name)
    }
}
