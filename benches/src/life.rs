//! What ends of life, publishers and budgets cost, and what their indexes save.

mod figure;

mod lives;

mod fill;

mod by_hand;

mod own;

mod foreign;

mod publishers;

mod sweep;

mod eviction;

mod waits;

mod table;

use indicatif::ProgressBar;
use netabase_benches::workload::Workload;

use self::{
    figure::{Figure, Notes},
    lives::Lives,
};
pub(crate) use self::{
    figure::{Figures, STEPS},
    table::table,
};

/// Each store is dropped before the next but one is filled.
pub(crate) fn measure(workload: &Workload, bar: &ProgressBar) -> Figures {
    let lives = Lives::new(&workload.ids);
    let mut notes = Notes::new(bar);

    let users = own::fill_without_ttl(&lives, &mut notes);
    notes.note(Figure::SweepTyped, sweep::typed(&users, &lives));
    drop(users);
    own::fill_with_ttl(&lives, &mut notes);
    let (guests, clock) = own::fill_with_own_ttl(&lives, &mut notes);
    notes.note(Figure::Sweep, sweep::maintain(&guests, &clock, &lives));
    drop(guests);

    let by_hand = by_hand::Leased::fill(&lives, &mut notes);
    notes.note(Figure::PublisherByHand, publishers::by_hand(&by_hand, &lives));
    notes.note(Figure::SweepByRetain, by_hand.sweep(&lives));
    notes.note(Figure::SweepByScan, by_hand::Deadlines::fill(&lives).sweep(&lives));

    foreign::fill_without_publisher(&lives, &mut notes);
    let mut store = foreign::fill_with_publisher(&lives, &mut notes);
    publishers::typed(&store, &lives, &mut notes);
    eviction::measure(&mut store, &lives, &mut notes);
    drop(store);
    let store = foreign::fill_with_source(&lives, &mut notes);
    eviction::measure_with_sources(&store, &lives, &mut notes);
    drop(store);

    waits::measure(&lives, &mut notes);
    notes.finish()
}
