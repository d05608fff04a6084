#![deny(private_interfaces)]

mod private {
    use netabase::{NetabaseSchema, NetabaseSchemaKey};
    use serde::{Deserialize, Serialize};

    #[derive(
        Clone,
        Debug,
        PartialEq,
        Eq,
        PartialOrd,
        Ord,
        Hash,
        Serialize,
        Deserialize,
        NetabaseSchemaKey,
    )]
    struct Id(u64);

    #[derive(Serialize, Deserialize, NetabaseSchema)]
    pub struct User {
        #[netabase(key)]
        pub id: Id,
        pub name: String,
    }
}

fn main() {
    let _ = std::any::type_name::<private::User>();
}
