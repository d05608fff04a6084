//! Key bytes keep order, decode back, and refuse what encoding would not have written.

mod tree;

mod golden;

mod generators;

mod properties;

mod refused;

mod limits;

mod order_check;
