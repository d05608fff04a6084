//! Ranges of keys, of which each way to write one has one type for its ends.

use std::ops::{
    Bound, Range, RangeBounds, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive,
};

use super::{index::IndexKeyOf, lookup::KeyOf};

type Ends<T> = (Bound<T>, Bound<T>);

/// A range of keys `K`, whose ends are anything that stands for a key: `a..b`, `a..=b`, `a..`, `..b`, `..=b`, `..`,
/// or a pair of [`Bound`]s.
///
/// The standard library's `RangeBounds` would not do: it leaves open what the ends of `..` are, and finds two types
/// for those of `&a..&b`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a range of keys",
    label = "not a range of `{K}`",
    note = "write `a..b`, `a..=b`, `a..`, `..b`, `..=b`, `..` or a pair of `Bound`s"
)]
pub trait KeyRange<K> {
    /// Returns where the range starts and ends.
    #[doc(hidden)]
    fn ends(&self) -> Ends<&dyn KeyOf<K>>;
}

/// A range of what is looked up in an index; it is written as a [`KeyRange`] is.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a range of this index's values",
    label = "not a range of `{K}`",
    note = "write `a..b`, `a..=b`, `a..`, `..b`, `..=b`, `..` or a pair of `Bound`s"
)]
pub trait IndexRange<K> {
    /// Returns where the range starts and ends.
    #[doc(hidden)]
    fn ends(&self) -> Ends<&dyn IndexKeyOf<K>>;
}

macro_rules! ranges {
    ($trait:ident of $end:ident: $($range:ty),*) => {
        impl<K> $trait<K> for RangeFull {
            fn ends(&self) -> Ends<&dyn $end<K>> {
                (Bound::Unbounded, Bound::Unbounded)
            }
        }

        impl<K, R: $trait<K> + ?Sized> $trait<K> for &R {
            fn ends(&self) -> Ends<&dyn $end<K>> {
                (**self).ends()
            }
        }

        $(impl<K, Q: $end<K>> $trait<K> for $range {
            fn ends(&self) -> Ends<&dyn $end<K>> {
                let (start, end) = (RangeBounds::<Q>::start_bound(self), RangeBounds::<Q>::end_bound(self));
                (start.map(|key| key as &dyn $end<K>), end.map(|key| key as &dyn $end<K>))
            }
        })*
    };
}

ranges! {
    KeyRange of KeyOf:
    Range<Q>, RangeFrom<Q>, RangeInclusive<Q>, RangeTo<Q>, RangeToInclusive<Q>, Ends<Q>
}

ranges! {
    IndexRange of IndexKeyOf:
    Range<Q>, RangeFrom<Q>, RangeInclusive<Q>, RangeTo<Q>, RangeToInclusive<Q>, Ends<Q>
}
