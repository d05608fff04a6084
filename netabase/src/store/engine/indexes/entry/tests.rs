//! Entries order as their bytes do.

use proptest::{collection::vec, prelude::*};

use super::Entry;

/// Bytes of few kinds, so that many begin alike, and often as long as is just short.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(prop_oneof![Just(0), Just(1), Just(255)], 0..20)
}

proptest! {
    #[test]
    fn an_entry_has_the_bytes_of_its_parts(parts in vec(bytes(), 0..4)) {
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        let entry = Entry::new(&parts);

        prop_assert_eq!(entry.as_slice(), parts.concat());
    }

    #[test]
    fn entries_are_in_the_order_of_their_bytes(one in bytes(), other in bytes()) {
        let (a, b) = (Entry::new(&[&one]), Entry::new(&[&other]));

        prop_assert_eq!(a.cmp(&b), one.cmp(&other));
        prop_assert_eq!(a == b, one == other);
    }
}

#[test]
fn an_entry_takes_32_bytes_beside_those_of_a_long_one() {
    assert_eq!(size_of::<Entry>(), 32);
}
