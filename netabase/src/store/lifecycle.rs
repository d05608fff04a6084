//! What ends by itself: expired rows, evicted ones, and the task that takes them out.

mod maintain;

mod sweep;

pub use self::maintain::{Maintenance, StoreMaintenanceResult};
