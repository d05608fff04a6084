//! Panics that tests inject into the steps of a transition.

use std::cell::Cell;

thread_local! {
    static STEPS_LEFT: Cell<Option<usize>> = const { Cell::new(None) };
}

/// Lets this thread panic after so many further steps, once.
pub(in crate::store) fn panic_after(steps: usize) {
    STEPS_LEFT.set(Some(steps));
}

/// Takes back what was not reached; says whether it was there still.
pub(in crate::store) fn disarm() -> bool {
    STEPS_LEFT.take().is_some()
}

pub(super) fn step() {
    match STEPS_LEFT.get() {
        None => {}
        Some(0) => {
            STEPS_LEFT.set(None);
            panic!("a step failed");
        }
        Some(left) => STEPS_LEFT.set(Some(left - 1)),
    }
}
