//! Says why a store refuses something: one error for each kind of operation, and the causes that several share.

mod arrival;

mod build;

mod cause;

mod open;

mod reason;

mod write;

pub use self::{
    arrival::ArrivalError,
    build::BuildError,
    cause::{ClockAhead, OutOfRoom, TooLarge},
    open::OpenError,
    reason::RefusalReason,
    write::WriteError,
};
