//! Writes what the runtime asks of a schema before it trusts that values are read back.
//!
//! The types of fields are asked by a trait, not by their names: an alias changes nothing.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::{Type, ext::IdentExt, spanned::Spanned};

use crate::model::{Field, Schema, SerdeOption};

/// The items of the `NetabaseSchema` implementation.
pub(super) fn items(schema: &Schema) -> TokenStream {
    let private = schema.private();
    let ident = &schema.ident;
    let count = schema.fields.iter().filter(|field| !field.is_skipped()).count();
    let is_plain = is_plain(schema)
        .then(|| quote!(const IS_PLAIN: ::core::primitive::bool = #private::all_known(__FIELDS);));
    // Only a plain schema is asked.
    let is_derived = is_plain.is_some().then(|| {
        let (name, types) = (ident.unraw().to_string(), schema.fields.iter().map(|field| &field.ty));
        quote! {
            fn is_derived() -> ::core::primitive::bool {
                static __DERIVED: ::std::sync::OnceLock<::core::primitive::bool> = ::std::sync::OnceLock::new();
                *__DERIVED.get_or_init(|| {
                    <#private::Serde<Self>>::is_derived(#private::SerdeShape::Struct(#name, #count))
                        #(&& <#private::Probe<#types>>::is_derived())*
                })
            }
        }
    });
    let checks = schema.fields.iter().filter(|field| is_checked_alone(field)).map(|field| {
        let (ident, name) = (&field.ident, field.ident.unraw().to_string());
        let ty = &field.ty;
        quote! {
            <#private::Serde<#ty>>::check(__check, #name, &self.#ident, <#private::Comparison<#ty>>::equal);
        }
    });
    let checks: Vec<_> = checks.collect();
    let equal = schema.fields.iter().filter(|field| !field.is_skipped()).map(|field| {
        let (ident, ty) = (&field.ident, &field.ty);
        quote!(<#private::Comparison<#ty>>::equal(&self.#ident, &__other.#ident))
    });
    let check_fields = (!checks.is_empty()).then(|| {
        quote! {
            fn check_fields(&self, __check: &mut #private::FieldCheck) {
                #(#checks)*
            }
        }
    });
    quote! {
        const FIELDS: &'static [#private::FieldForm] = __FIELDS;
        #is_plain
        #is_derived

        fn same(&self, __other: &Self) -> ::core::option::Option<::core::primitive::bool> {
            #private::all_equal([#(#equal,)*])
        }

        #check_fields
    }
}

/// The forms of all fields, with the answers for types whose form is not known in scope.
pub(super) fn fields(schema: &Schema) -> TokenStream {
    let private = schema.private();
    let written = schema.fields.iter().enumerate().filter(|(_, field)| !field.is_skipped());
    let fields = written.map(|(at, field)| field_form(schema, at, field));
    quote! {
        #[allow(unused_imports)]
        use #private::{NoComparison as _, NoSerde as _, UnknownForm as _};
        const __FIELDS: &[#private::FieldForm] = &[#(#fields,)*];
    }
}

/// Asks that fields have an order. With `with`, serde writes something else than the type.
pub(super) fn ordered(schema: &Schema) -> impl Iterator<Item = TokenStream> {
    let private = schema.private();
    // A set that is a key, or indexed as a whole, is reported as that.
    let is_reported = |at: usize| {
        schema.key.contains(&at) || schema.index_of(at).is_some_and(|index| !index.options.multi)
    };
    let fields = schema.fields.iter().enumerate().filter(move |(at, field)| {
        !schema.options.owned
            && field.is_written_as_it_is()
            && !field.is_plain()
            && !is_reported(*at)
    });
    fields.map(move |(_, field)| {
        let ty = &field.ty;
        let is_ordered = quote!(#private::is_ordered(<#private::Probe<#ty>>::FORM));
        let order = at(ty.span(), quote!(#private::Order<{ #is_ordered }>));
        quote_spanned!(ty.span()=> <#order as #private::Ordered>::HOLDS)
    })
}

/// Tokens that rustc's caret finds at `span`, all of them.
fn at(span: Span, tokens: TokenStream) -> TokenStream {
    let moved = tokens.into_iter().map(|token| match token {
        TokenTree::Group(group) => {
            let mut moved = Group::new(group.delimiter(), at(span, group.stream()));
            moved.set_span(span);
            moved.into()
        }
        mut token => {
            token.set_span(span);
            token
        }
    });
    moved.collect()
}

fn field_form(schema: &Schema, at: usize, field: &Field) -> TokenStream {
    let private = schema.private();
    let (name, ty) = (field.ident.unraw().to_string(), &field.ty);
    let form = if field.is_written_as_it_is() {
        quote!(<#private::Probe<#ty>>::FORM)
    } else {
        quote!(#private::Form::Unknown)
    };
    let (is_key, is_indexed) = (schema.key.contains(&at), schema.index_of(at).is_some());
    quote! {
        #private::FieldForm {
            name: #name,
            type_name: ::core::any::type_name::<#ty>,
            form: #form,
            is_key: #is_key,
            is_indexed: #is_indexed,
        }
    }
}

/// Returns whether the attributes leave the bytes to the fields.
fn is_plain(schema: &Schema) -> bool {
    let harmless = |option: &SerdeOption| {
        matches!(
            option.name.as_str(),
            "bound" | "crate" | "default" | "deny_unknown_fields" | "expecting" | "rename_all"
        )
    };
    !schema.options.owned
        && schema.serde.iter().all(harmless)
        && schema.fields.iter().all(Field::is_written_as_it_is)
}

/// Returns whether a field can be written and read by itself, and might not be read back.
fn is_checked_alone(field: &Field) -> bool {
    field.is_written_as_it_is() && !field.is_plain()
}

/// What serde's derive says of a type of the user's own, of which all parts are known: for keys.
pub(crate) fn known(
    krate: &TokenStream,
    ident: &Ident,
    shape: &TokenStream,
    parts: &[&Type],
) -> TokenStream {
    let private = quote!(#krate::__private);
    quote! {
        impl #private::KnownForm for #ident
        where
            for<'never> #ident: #private::serde::de::DeserializeOwned,
        {
            const FORM: #private::Form = #private::Form::Known #(.and(<#private::Probe<#parts>>::FORM))*;

            fn is_derived() -> ::core::primitive::bool {
                <#private::Serde<Self>>::is_derived(#private::SerdeShape::#shape)
                    #(&& <#private::Probe<#parts>>::is_derived())*
            }
        }
    }
}
