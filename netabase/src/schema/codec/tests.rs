//! Tests of the payload codec.

mod shapes;

mod golden;

mod encoding;

mod round_trip;

mod canonical;

mod hostile;

mod depth;

mod allocation;

mod arbitrary;

use std::thread;

use serde::Serialize;

use super::{EncodeError, encode};

/// The stack that every accepted value fits on, in a debug build too.
const SMALL_STACK: usize = 256 * 1024;

fn encoded<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, EncodeError> {
    let mut bytes = Vec::new();
    encode(value, &mut bytes, usize::MAX)?;
    Ok(bytes)
}

fn on_a_small_stack<R: Send>(run: impl FnOnce() -> R + Send) -> R {
    thread::scope(|scope| {
        thread::Builder::new()
            .stack_size(SMALL_STACK)
            .spawn_scoped(scope, run)
            .expect("a thread starts")
            .join()
            .expect("the test does not panic")
    })
}
