//! What a type's tokens tell. They can lie: another `String` may be in scope. So whatever is
//! generated from this either fails to compile for a shadowed name or is right for it too.

use proc_macro2::TokenStream;
use syn::{Field, GenericArgument, PathArguments, Type, TypePath, parse_quote};

/// The shape of a type, as far as it matters here.
enum Shape<'t> {
    Text,
    Bytes,
    Primitive,
    /// `Option<T>` or `Vec<T>`
    Of(&'t Type),
    Other,
}

/// `String`
pub(crate) fn is_text(ty: &Type) -> bool {
    matches!(shape(ty), Shape::Text)
}

/// `Vec<u8>`
pub(crate) fn is_bytes(ty: &Type) -> bool {
    matches!(shape(ty), Shape::Bytes)
}

/// `u64` and its like
pub(crate) fn is_primitive(ty: &Type) -> bool {
    matches!(shape(ty), Shape::Primitive)
}

/// Returns whether a type of this name has every trait that a key needs, if the name is not shadowed.
pub(crate) fn is_plain_key(ty: &Type) -> bool {
    is_made_of(
        ty,
        &["bool", "char", "u8", "u16", "u32", "u64", "u128", "i8", "i16", "i32", "i64", "i128"],
    )
}

/// Returns whether a type of this name has `Clone`, `Debug` and `PartialEq`, if the name is not shadowed.
pub(crate) fn is_plain_value(ty: &Type) -> bool {
    is_plain_key(ty) || is_made_of(ty, &PRIMITIVES)
}

/// Returns whether a type of this name has `Eq` besides, if the name is not shadowed.
pub(crate) fn is_plain_eq(ty: &Type) -> bool {
    let floats = ["f32", "f64"];
    let whole: Vec<_> = PRIMITIVES.into_iter().filter(|name| !floats.contains(name)).collect();
    is_made_of(ty, &whole)
}

const PRIMITIVES: [&str; 16] = [
    "bool", "char", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128",
    "isize", "f32", "f64",
];

fn is_made_of(ty: &Type, primitives: &[&str]) -> bool {
    match peel(ty) {
        Type::Tuple(tuple) => {
            // The standard library's traits end at 12.
            (1..=12).contains(&tuple.elems.len())
                && tuple.elems.iter().all(|ty| is_made_of(ty, primitives))
        }
        Type::Array(array) => is_made_of(&array.elem, primitives),
        Type::Path(path) => match shape(ty) {
            Shape::Text | Shape::Bytes => true,
            Shape::Of(inner) => is_made_of(inner, primitives),
            Shape::Primitive => path
                .path
                .get_ident()
                .is_some_and(|ident| primitives.iter().any(|name| ident == name)),
            Shape::Other => false,
        },
        _ => false,
    }
}

/// The inside of parentheses and of the invisible groups around what `macro_rules!` passes on.
pub(crate) fn peel(mut ty: &Type) -> &Type {
    loop {
        ty = match ty {
            Type::Group(group) => &group.elem,
            Type::Paren(paren) => &paren.elem,
            _ => return ty,
        }
    }
}

/// Returns whether a field has a name, or none, and a type that stand alone.
///
/// syn lets more through. rustc refuses the rest itself, but in generated code it would be a syntax
/// error, and that would be all to see.
pub(crate) fn is_regular(field: &Field) -> bool {
    let named = field.ident.as_ref().is_none_or(|ident| ident != "_");
    let typed = match peel(&field.ty) {
        Type::TraitObject(_) | Type::ImplTrait(_) | Type::Infer(_) | Type::Verbatim(_) => false,
        // Behind `pub`, parentheses around one of these are a visibility.
        Type::Path(path) => !["crate", "self", "super"].iter().any(|word| path.path.is_ident(word)),
        _ => true,
    };
    named && typed
}

/// The `T` of `Option<T>`, as written.
pub(crate) fn optional(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = peel(ty) else { return None };
    match path_shape(path) {
        Shape::Of(inner) if path.path.segments.last()?.ident == "Option" => Some(inner),
        _ => None,
    }
}

/// The `T` of `Vec<T>`, as written.
pub(crate) fn items(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = peel(ty) else { return None };
    let last = path.path.segments.last()?;
    match path_shape(path) {
        Shape::Of(_) | Shape::Bytes if last.ident == "Vec" => single_argument(&last.arguments),
        _ => None,
    }
}

/// A type with everything borrowed that can be, and the types that this was done to.
pub(crate) struct Borrowed {
    pub(crate) ty: Type,
    /// Type and borrowed form, at the type's own span.
    pub(crate) leaves: Vec<(Type, TokenStream)>,
}

/// The form of `ty` that borrows from the record's bytes; `None` if nothing in it can.
///
/// Paths around what is borrowed stay as the user wrote them.
pub(crate) fn borrowed(ty: &Type) -> Option<Borrowed> {
    let mut leaves = Vec::new();
    let mut ty = ty.clone();
    borrow(&mut ty, &mut leaves);
    (!leaves.is_empty()).then_some(Borrowed { ty, leaves })
}

fn borrow(ty: &mut Type, leaves: &mut Vec<(Type, TokenStream)>) {
    let target = match shape(ty) {
        Shape::Text => Some(quote::quote!(::core::primitive::str)),
        Shape::Bytes => Some(quote::quote!([::core::primitive::u8])),
        _ => None,
    };
    if let Some(target) = target {
        let owned = std::mem::replace(ty, parse_quote!(&'a #target));
        leaves.push((owned, target));
        return;
    }
    match ty {
        Type::Group(group) => borrow(&mut group.elem, leaves),
        Type::Paren(paren) => borrow(&mut paren.elem, leaves),
        Type::Tuple(tuple) => tuple.elems.iter_mut().for_each(|ty| borrow(ty, leaves)),
        Type::Path(path) if matches!(path_shape(path), Shape::Of(_)) => {
            if let Some(last) = path.path.segments.last_mut()
                && let PathArguments::AngleBracketed(args) = &mut last.arguments
                && let Some(GenericArgument::Type(inner)) = args.args.first_mut()
            {
                borrow(inner, leaves);
            }
        }
        _ => {}
    }
}

fn shape(ty: &Type) -> Shape<'_> {
    match peel(ty) {
        Type::Path(path) => path_shape(path),
        _ => Shape::Other,
    }
}

fn path_shape(path: &TypePath) -> Shape<'_> {
    if path.qself.is_some() {
        return Shape::Other;
    }
    let segments = &path.path.segments;
    let Some(last) = segments.last() else { return Shape::Other };
    if segments.iter().rev().skip(1).any(|segment| !segment.arguments.is_none()) {
        return Shape::Other;
    }
    let full =
        segments.iter().map(|segment| segment.ident.to_string()).collect::<Vec<_>>().join("::");
    match (full.as_str(), single_argument(&last.arguments)) {
        ("String" | "std::string::String" | "alloc::string::String", None)
            if last.arguments.is_none() =>
        {
            Shape::Text
        }
        ("Vec" | "std::vec::Vec" | "alloc::vec::Vec", Some(inner)) if is_u8(inner) => Shape::Bytes,
        (
            "Vec"
            | "std::vec::Vec"
            | "alloc::vec::Vec"
            | "Option"
            | "std::option::Option"
            | "core::option::Option",
            Some(inner),
        ) => Shape::Of(inner),
        (name, None) if last.arguments.is_none() && PRIMITIVES.contains(&name) => Shape::Primitive,
        _ => Shape::Other,
    }
}

fn single_argument(arguments: &PathArguments) -> Option<&Type> {
    let PathArguments::AngleBracketed(args) = arguments else { return None };
    match (args.args.len(), args.args.first()) {
        (1, Some(GenericArgument::Type(ty))) => Some(ty),
        _ => None,
    }
}

fn is_u8(ty: &Type) -> bool {
    matches!(peel(ty), Type::Path(path) if path.qself.is_none() && path.path.is_ident("u8"))
}
