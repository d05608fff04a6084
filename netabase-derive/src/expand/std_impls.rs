//! `Clone`, `Debug` and so on for the generated types.
//!
//! rustc's own derives report every field that lacks a trait, one error a trait. These impls hold if
//! the fields have the trait, so a bad key type is one error, and a view whose fields cannot be
//! printed cannot be printed itself. The lifetime in the condition makes rustc accept it even where
//! it never holds. For types known by name there is nothing to ask, and rustc's derives do.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, Type, ext::IdentExt};

/// A generated struct.
pub(super) struct Generated<'s> {
    pub(super) ident: &'s Ident,
    /// `<'a>` or nothing.
    pub(super) generics: TokenStream,
    /// Names or positions of the fields, and their types.
    pub(super) members: Vec<(TokenStream, Type)>,
}

/// `where for<'never> T: Bound, …` for every one of `types`; nothing if there are none.
pub(super) fn condition<'t>(
    types: impl IntoIterator<Item = &'t Type>,
    bound: &TokenStream,
) -> TokenStream {
    conditions(&[(types.into_iter().collect(), bound.clone())])
}

/// As [`condition`], for several bounds.
pub(super) fn conditions<const N: usize>(bounds: &[(Vec<&Type>, TokenStream); N]) -> TokenStream {
    let mut seen = Vec::new();
    let mut clause = TokenStream::new();
    for (ty, bound) in
        bounds.iter().flat_map(|(types, bound)| types.iter().map(move |ty| (ty, bound)))
    {
        let predicate = quote!(for<'never> #ty: #bound,);
        let text = predicate.to_string();
        if !seen.contains(&text) {
            seen.push(text);
            clause.extend(predicate);
        }
    }
    if clause.is_empty() { clause } else { quote!(where #clause) }
}

// Calls name the type they are for: a type may have another `PartialEq` than the one with itself,
// or reach another type's trait through `Deref`.
impl Generated<'_> {
    fn members(&self) -> (Vec<&TokenStream>, Vec<&Type>) {
        self.members.iter().map(|(member, ty)| (member, ty)).unzip()
    }

    pub(super) fn clone(&self, condition: &TokenStream) -> TokenStream {
        let Self { ident, generics, .. } = self;
        let (members, types) = self.members();
        quote! {
            #[automatically_derived]
            impl #generics ::core::clone::Clone for #ident #generics #condition {
                fn clone(&self) -> Self {
                    Self { #(#members: <#types as ::core::clone::Clone>::clone(&self.#members),)* }
                }
            }
        }
    }

    /// As rustc's derive prints it.
    pub(super) fn debug(&self, condition: &TokenStream) -> TokenStream {
        let Self { ident, generics, .. } = self;
        let (members, _) = self.members();
        let name = ident.unraw().to_string();
        let is_tuple = members.iter().any(|member| member.to_string() == "0");
        let print = if is_tuple {
            quote!(::core::fmt::Formatter::debug_tuple(__f, #name)#(.field(&self.#members))*.finish())
        } else {
            let labels =
                members.iter().map(|member| member.to_string().trim_start_matches("r#").to_owned());
            quote!(::core::fmt::Formatter::debug_struct(__f, #name)#(.field(#labels, &self.#members))*.finish())
        };
        quote! {
            #[automatically_derived]
            impl #generics ::core::fmt::Debug for #ident #generics #condition {
                fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    #print
                }
            }
        }
    }

    pub(super) fn partial_eq(&self, condition: &TokenStream) -> TokenStream {
        let Self { ident, generics, .. } = self;
        let (members, types) = self.members();
        quote! {
            #[automatically_derived]
            impl #generics ::core::cmp::PartialEq for #ident #generics #condition {
                fn eq(&self, __other: &Self) -> ::core::primitive::bool {
                    #(<#types as ::core::cmp::PartialEq<#types>>::eq(&self.#members, &__other.#members))&&*
                }
            }
        }
    }

    pub(super) fn eq(&self, condition: &TokenStream) -> TokenStream {
        let Self { ident, generics, .. } = self;
        quote! {
            #[automatically_derived]
            impl #generics ::core::cmp::Eq for #ident #generics #condition {}
        }
    }

    /// `PartialOrd`, `Ord` and `Hash`.
    pub(super) fn order(&self, condition: &TokenStream) -> TokenStream {
        let Self { ident, generics, .. } = self;
        let (members, types) = self.members();
        let compare = self.members.iter().map(
            |(member, ty)| quote!(<#ty as ::core::cmp::Ord>::cmp(&self.#member, &__other.#member)),
        );
        let compare = compare
            .rev()
            .reduce(|rest, first| quote!(::core::cmp::Ordering::then_with(#first, || #rest)));
        quote! {
            #[automatically_derived]
            impl #generics ::core::cmp::PartialOrd for #ident #generics #condition {
                fn partial_cmp(&self, __other: &Self) -> ::core::option::Option<::core::cmp::Ordering> {
                    ::core::option::Option::Some(::core::cmp::Ord::cmp(self, __other))
                }
            }

            #[automatically_derived]
            impl #generics ::core::cmp::Ord for #ident #generics #condition {
                fn cmp(&self, __other: &Self) -> ::core::cmp::Ordering {
                    #compare
                }
            }

            #[automatically_derived]
            impl #generics ::core::hash::Hash for #ident #generics #condition {
                fn hash<__H: ::core::hash::Hasher>(&self, __state: &mut __H) {
                    #(<#types as ::core::hash::Hash>::hash(&self.#members, __state);)*
                }
            }
        }
    }
}
