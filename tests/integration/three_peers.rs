//! Three peers against the model; a program runs far more of it: see `docs/testing.md`.

use std::error::Error;

use netabase_tests::model;

/// Of each seed.
const OPERATIONS: u64 = 12_000;

#[test]
fn three_peers_agree_with_a_model() -> Result<(), Box<dyn Error>> {
    for seed in [1, 2, 3] {
        model::run(seed, OPERATIONS, |_| ())?;
    }
    Ok(())
}

#[test]
fn threads_on_one_store_read_what_they_wrote_and_lose_no_money() {
    let run = netabase_tests::threads::run(1, 8, 1_000);
    assert!(run.is_ok(), "{run:?}");
}
