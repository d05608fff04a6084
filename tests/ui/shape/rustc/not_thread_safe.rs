use std::{
    cell::{Cell, RefCell},
    marker::PhantomData,
};

use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct Counter {
    #[netabase(key)]
    id: u64,
    hits: Cell<u64>,
    names: Vec<RefCell<String>>,
    marker: PhantomData<*const u8>,
}

fn main() {}
