//! Maps and sets: equal values have equal records.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    hash::{BuildHasherDefault, DefaultHasher},
};

use netabase::{
    DatabaseError, NetabaseSchema, NetabaseStore, RecordError, RoundTripCause, check_round_trip,
    value_from_bytes, value_to_bytes,
};
use proptest::{collection, prelude::*};
use serde::{Deserialize, Deserializer, Serialize};

use super::accepted;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
struct Article {
    #[netabase(key)]
    id: u8,
    words: HashMap<String, u32>,
    #[netabase(index(multi))]
    #[serde(with = "netabase::with::sorted")]
    tags: HashSet<String>,
}

proptest! {
    #[test]
    fn equal_values_have_equal_bytes(
        words in collection::hash_map("[a-c]{0,3}", any::<u32>(), 0..12),
        tags in collection::hash_set("[a-c]{0,3}", 0..12),
    ) {
        let article = Article { id: 1, words, tags };
        let again = Article {
            id: 1,
            words: article.words.clone().into_iter().collect(),
            tags: article.tags.iter().rev_sorted().collect(),
        };
        prop_assert_eq!(&article, &again);

        let bytes = value_to_bytes(&article).map_err(|error| TestCaseError::fail(error.to_string()))?;

        prop_assert_eq!(value_to_bytes(&again).ok(), Some(bytes.clone()));
        prop_assert_eq!(value_from_bytes::<Article>(&bytes).ok(), Some(article.clone()));
        prop_assert!(accepted(&article).is_ok());
    }
}

trait RevSorted<'a>: Iterator<Item = &'a String> + Sized {
    /// In another order than any set's own.
    fn rev_sorted(self) -> std::vec::IntoIter<String> {
        let mut all: Vec<String> = self.cloned().collect();
        all.sort_unstable_by(|a, b| b.cmp(a));
        all.into_iter()
    }
}

impl<'a, I: Iterator<Item = &'a String>> RevSorted<'a> for I {}

#[test]
fn a_set_that_does_not_ascend_is_refused() {
    for tags in [[b'b', b'a'], [b'a', b'a']] {
        let bytes = [1, 0, 2, 1, tags[0], 1, tags[1]];

        let refused = value_from_bytes::<Article>(&bytes);

        assert!(matches!(refused, Err(RecordError::Decode(_))), "{refused:?}");
    }
}

#[test]
fn an_index_of_a_hash_set_finds_its_elements() -> Result<(), DatabaseError> {
    let articles = NetabaseStore::new().database::<Article>()?;
    let article = Article {
        id: 1,
        words: HashMap::new(),
        tags: ["rust", "p2p", "dht", "kad"].map(str::to_owned).into(),
    };
    articles.put(&article)?;

    for tag in &article.tags {
        assert_eq!(articles.index(Article::TAGS).get(tag.as_str())?.count(), 1);
    }
    Ok(())
}

/// A set inside a type of one's own: it is stored and read, in whatever order it comes.
#[test]
fn a_nested_hash_set_is_stored_in_any_order() -> Result<(), DatabaseError> {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Inner {
        tags: HashSet<u32>,
        groups: Vec<HashSet<String>>,
    }
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
    struct Outer {
        #[netabase(key)]
        id: u8,
        inner: Inner,
    }
    for len in 0..40 {
        let tags: HashSet<u32> = (0..len).collect();
        let groups = vec![tags.iter().map(u32::to_string).collect(); 3];
        accepted(&Outer { id: 1, inner: Inner { tags, groups } })?;
    }
    Ok(())
}

/// A set whose hasher has no random state comes in an order that depends on how it was filled.
#[test]
fn a_nested_set_with_a_fixed_hasher_is_stored_as_well() -> Result<(), DatabaseError> {
    type Fixed = HashSet<u32, BuildHasherDefault<DefaultHasher>>;
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Inner {
        tags: Fixed,
    }
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
    struct Outer {
        #[netabase(key)]
        id: u8,
        inner: Inner,
    }
    for capacity in [0, 7, 100, 1000] {
        let mut tags = Fixed::with_capacity_and_hasher(capacity, BuildHasherDefault::default());
        tags.extend((0..20).rev());
        accepted(&Outer { id: 1, inner: Inner { tags } })?;
    }
    Ok(())
}

/// Only what comes in another order each time it is read is a set: a type that always sorts, reverses or swaps is not.
#[test]
fn a_type_that_reads_its_parts_in_another_order_is_refused() {
    mod reversing {
        use serde::{Deserialize, Deserializer, Serialize, Serializer};

        pub(super) fn serialize<S: Serializer>(
            list: &[u32],
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            list.serialize(serializer)
        }

        pub(super) fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Vec<u32>, D::Error> {
            Vec::deserialize(deserializer).map(|list: Vec<u32>| list.into_iter().rev().collect())
        }
    }
    /// Its `PartialEq` looks at the key alone.
    #[derive(Serialize, Deserialize, NetabaseSchema)]
    struct Reversed {
        #[netabase(key)]
        id: u8,
        #[serde(with = "reversing")]
        list: Vec<u32>,
    }
    impl PartialEq for Reversed {
        fn eq(&self, other: &Self) -> bool {
            self.id == other.id
        }
    }
    #[derive(Serialize)]
    struct Swapped {
        a: u8,
        b: u8,
    }
    impl<'de> Deserialize<'de> for Swapped {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            <(u8, u8)>::deserialize(deserializer).map(|(b, a)| Self { a, b })
        }
    }
    #[derive(Serialize, Deserialize, NetabaseSchema)]
    struct Pair {
        #[netabase(key)]
        id: u8,
        swapped: Swapped,
    }

    let reversed = check_round_trip(&Reversed { id: 1, list: vec![1, 2, 3] });
    let swapped = check_round_trip(&Pair { id: 1, swapped: Swapped { a: 5, b: 6 } });

    for (refused, field) in [(reversed, "list"), (swapped, "swapped.a")] {
        let refused = refused.map_err(|error| (error.field().to_owned(), error.cause().clone()));
        assert_eq!(refused, Err((field.to_owned(), RoundTripCause::Changed)));
    }
}

/// Counters in a map: merging settles, since equal maps are equal records.
#[test]
fn merging_maps_settles() -> Result<(), DatabaseError> {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
    #[netabase(merge = highest)]
    struct Counters {
        #[netabase(key)]
        id: u8,
        counts: HashMap<String, u64>,
        seen: BTreeSet<u8>,
    }
    fn highest(a: &Counters, b: &Counters) -> Counters {
        let mut merged = a.clone();
        for (name, count) in &b.counts {
            let ours = merged.counts.entry(name.clone()).or_default();
            *ours = (*ours).max(*count);
        }
        merged.seen.extend(&b.seen);
        merged
    }
    let counters = |from: u64| Counters {
        id: 1,
        counts: (0..20).map(|n| (format!("{n}"), (from * n) % 17)).collect(),
        seen: BTreeSet::new(),
    };
    netabase::check_merge(&[counters(3), counters(5), counters(11)])
        .unwrap_or_else(|error| panic!("{error}"));
    let (ours, theirs) = (NetabaseStore::new(), NetabaseStore::new());
    let (ours, theirs) = (ours.database::<Counters>()?, theirs.database::<Counters>()?);
    ours.put(&counters(3))?;
    theirs.put(&counters(5))?;

    let mut rounds = 0;
    loop {
        let outcomes = [(&ours, &theirs), (&theirs, &ours)].map(|(from, to)| {
            let record = from.get_record(&1)?.expect("it was put");
            Ok::<_, DatabaseError>(to.put_record(&record)?)
        });
        let [one, other] = outcomes;
        if (one?, other?) == (netabase::PutOutcome::Equal, netabase::PutOutcome::Equal) {
            break;
        }
        rounds += 1;
        assert!(rounds < 5, "merging goes on for ever");
    }
    Ok(())
}
