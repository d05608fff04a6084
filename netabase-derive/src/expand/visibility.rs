//! How far visibilities reach.

use syn::Visibility;

/// The one that reaches least. `pub` inside a private struct is as private as the struct.
pub(super) fn least_visible<'v>(all: impl Iterator<Item = &'v Visibility>) -> Visibility {
    all.min_by_key(|vis| reach(vis)).cloned().unwrap_or(Visibility::Inherited)
}

/// Orders visibilities by how far they reach. All restricted ones name a module around this one,
/// so the one with the longer absolute path reaches less.
fn reach(vis: &Visibility) -> (u8, isize) {
    match vis {
        Visibility::Inherited => (0, 0),
        Visibility::Public(_) => (3, 0),
        Visibility::Restricted(restricted) => {
            let path = &restricted.path;
            let len = isize::try_from(path.segments.len()).unwrap_or(isize::MAX);
            match path.segments.first() {
                Some(first) if first.ident == "self" => (0, 0),
                Some(first) if first.ident == "super" => (1, len),
                _ => (2, -len),
            }
        }
    }
}
