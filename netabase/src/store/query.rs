//! Reads: one record, pages of many, and what the store can tell of itself. Nothing here changes a row.

mod capacity;

mod distance;

mod places;

mod page;

mod publisher;

mod raw;

mod read;

#[cfg(test)]
mod tests;

mod view;

mod walk;

pub use self::{
    capacity::{BudgetInfo, SchemaInfo, StoreCapacityInfo},
    distance::RecordDistance,
    publisher::PublisherRecords,
    raw::{RawRecord, RawRecords},
};
pub(crate) use self::{
    page::{Page, PageRequest, PageSource},
    view::View,
};
