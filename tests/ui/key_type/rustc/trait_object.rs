use std::any::Any;

use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct User {
    #[netabase(key)]
    id: Box<dyn Any>,
}

fn main() {}
