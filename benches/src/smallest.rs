//! Order where there is none.

use std::collections::BinaryHeap;

/// The smallest of these items, in order. All are looked at.
#[must_use]
pub fn smallest<T: Ord>(items: impl IntoIterator<Item = T>, count: usize) -> Vec<T> {
    let mut found = BinaryHeap::with_capacity(count + 1);
    for item in items {
        if found.len() == count && found.peek().is_some_and(|last| item > *last) {
            continue;
        }
        found.push(item);
        if found.len() > count {
            found.pop();
        }
    }
    found.into_sorted_vec()
}

#[cfg(test)]
mod tests {
    use super::smallest;

    #[test]
    fn the_smallest_come_in_order() {
        assert_eq!(smallest([5, 1, 4, 2, 3], 3), [1, 2, 3]);
        assert_eq!(smallest([2, 1], 3), [1, 2], "there may be fewer");
    }
}
