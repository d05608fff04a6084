//! A private struct inside a function.
#![deny(warnings)]

use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

fn main() {
    #[derive(Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
    struct Local {
        #[netabase(key)]
        id: u64,
        text: String,
    }

    let local = Local { id: 7, text: String::new() };
    assert_eq!(local.key(), LocalKey(7));
}
