use std::{
    borrow::Cow,
    cell::Cell,
    collections::{HashSet, LinkedList},
    ffi::CString,
    net::SocketAddr,
    num::NonZeroU64,
    path::PathBuf,
    sync::Mutex,
};

use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(key(path, bytes, name, number, address, set, list, cell, lock, unit))]
struct File {
    path: PathBuf,
    bytes: CString,
    name: Cow<'static, str>,
    number: NonZeroU64,
    address: SocketAddr,
    set: HashSet<String>,
    list: LinkedList<u8>,
    cell: Cell<u8>,
    lock: Mutex<u8>,
    unit: (),
}

fn main() {}
