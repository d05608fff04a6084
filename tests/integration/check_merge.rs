//! `check_merge` finds the promise that a function breaks, and lets a right one pass.

use netabase::{EncodeError, MergeError, NetabaseSchema, check_merge};
use serde::{Deserialize, Serialize};

use crate::schemas::note;

/// A number, and how two of them are merged: the first one's rule counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(merge = by_rule)]
struct Number {
    #[netabase(key)]
    id: u32,
    rule: Rule,
    count: u32,
    /// Elements without bytes cannot be encoded.
    nothing: Vec<()>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum Rule {
    Highest,
    Sum,
    First,
    Middle,
    Flags,
    Unencodable,
}

fn by_rule(a: &Number, b: &Number) -> Number {
    let (x, y) = (a.count, b.count);
    let mut merged = a.clone();
    match a.rule {
        Rule::Highest => merged.count = x.max(y),
        Rule::Sum => merged.count = x.saturating_add(y),
        Rule::First => {}
        Rule::Middle => merged.count = u32::midpoint(x, y),
        Rule::Flags => {
            merged.count = x | y;
            merged.id = if merged.count == 3 { 2 } else { 1 };
        }
        Rule::Unencodable => merged.nothing.push(()),
    }
    merged
}

fn numbers<const N: usize>(rule: Rule, numbers: [u32; N]) -> [Number; N] {
    numbers.map(|count| Number { id: 1, rule, count, nothing: Vec::new() })
}

#[test]
fn a_right_function_passes() {
    assert_eq!(check_merge(&numbers(Rule::Highest, [0, 1, 7, u32::MAX])), Ok(()));
    assert_eq!(check_merge::<Number>(&[]), Ok(()), "of no values nothing can be said");
}

#[test]
fn a_sum_is_not_idempotent() {
    let broken = check_merge(&numbers(Rule::Sum, [0, 5]));
    assert_eq!(broken, Err(MergeError::NotIdempotent { value: 1 }), "0 + 0 is 0");
}

#[test]
fn taking_the_first_is_not_commutative() {
    let broken = check_merge(&numbers(Rule::First, [3, 3, 4]));
    assert_eq!(broken, Err(MergeError::NotCommutative { left: 0, right: 2 }));
}

#[test]
fn the_middle_is_not_associative() {
    let broken = check_merge(&numbers(Rule::Middle, [0, 8]));
    assert_eq!(broken, Err(MergeError::NotAssociative { values: [0, 0, 1] }));
    assert_eq!(check_merge(&numbers(Rule::Middle, [8])), Ok(()), "one value does not show it");
}

#[test]
fn a_merged_value_of_another_key_is_found() {
    let broken = check_merge(&numbers(Rule::Flags, [1, 1, 2]));
    assert_eq!(broken, Err(MergeError::KeyChanged { left: 0, right: 2 }));
    assert_eq!(check_merge(&numbers(Rule::Flags, [0, 1, 4, 5])), Ok(()), "they do not show it");
}

#[test]
fn values_of_different_keys_are_no_test_of_it() {
    let mut values = numbers(Rule::Highest, [1, 2]);
    values[1].id = 2;
    assert_eq!(check_merge(&values), Err(MergeError::DifferentKeys { left: 0, right: 1 }));
}

#[test]
fn a_schema_without_a_function_has_none_to_check() {
    let broken = check_merge(&[note("hi", "there")]);
    assert_eq!(broken, Err(MergeError::NoMerge { schema: "note" }));
}

#[test]
fn what_cannot_be_encoded_is_found() {
    let broken = check_merge(&numbers(Rule::Unencodable, [1]));
    assert_eq!(broken, Err(MergeError::Encode(EncodeError::ZeroSizedElement)));
}
