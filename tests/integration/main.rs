//! What netabase promises, through its public API. One module a behaviour.

mod key_bytes;

mod records;

mod database;

mod walks;

mod indexes;

mod unique;

mod transactions;

mod watch;

mod model;

mod limits;

mod states;

mod clocks;

mod lifetimes;

mod budgets;

mod capacity;

mod hostile_records;

mod generic_code;

mod locking;

mod kad_contract;

mod swarms;

mod airports;

mod misuse;

mod compile_errors_page;

mod schemas;
