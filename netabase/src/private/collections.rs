//! What `#[netabase(index(multi))]` takes: collections, each element of which is an entry of the index.

use std::collections::{BTreeSet, BinaryHeap, HashSet, LinkedList, VecDeque};

use crate::NetabaseSchemaKey;

/// A collection of which each element is an entry of the index.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be indexed by its elements: `multi` needs a Vec or a set",
    label = "not a collection of keys",
    note = "`multi` takes a Vec, VecDeque, LinkedList, BinaryHeap, BTreeSet, HashSet, Box<[T]>, [T; N], or an Option of one; a single value takes `#[netabase(index)]`"
)]
pub trait MultiIndexed {
    /// What is looked up.
    type Element: NetabaseSchemaKey;

    /// Named to ask for the impl.
    const HOLDS: () = ();

    /// Shows every element.
    fn each(&self, show: impl FnMut(&Self::Element));
}

macro_rules! collections {
    ($([$($generics:tt)*] $collection:ty;)*) => {$(
        impl<T: NetabaseSchemaKey, $($generics)*> MultiIndexed for $collection {
            type Element = T;

            fn each(&self, show: impl FnMut(&T)) {
                self.iter().for_each(show);
            }
        }
    )*};
}

collections! {
    [] Vec<T>;
    [] VecDeque<T>;
    [] LinkedList<T>;
    [] BinaryHeap<T>;
    [] BTreeSet<T>;
    [S] HashSet<T, S>;
    [] Box<[T]>;
    [const N: usize] [T; N];
}

/// Without a collection there is no element.
#[diagnostic::do_not_recommend]
impl<C: MultiIndexed> MultiIndexed for Option<C> {
    type Element = C::Element;

    fn each(&self, show: impl FnMut(&C::Element)) {
        if let Some(collection) = self {
            collection.each(show);
        }
    }
}
