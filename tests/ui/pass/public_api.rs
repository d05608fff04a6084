//! A library's public schemas: everything is documented, nothing private leaks.
#![deny(missing_docs, private_interfaces, private_bounds, unnameable_types, warnings)]

pub mod schemas {
    //! Public ones.

    use netabase::NetabaseSchema;
    use serde::{Deserialize, Serialize};

    /// Its key is private.
    #[derive(Debug, Serialize, Deserialize, NetabaseSchema)]
    pub struct Hidden {
        #[netabase(key)]
        id: Id,
        /// Text.
        pub text: String,
    }

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
        netabase::NetabaseSchemaKey,
    )]
    struct Id(u8);

    impl Hidden {
        /// The only way to get one.
        pub fn new(text: &str) -> Self {
            Self { id: Id(1), text: text.to_owned() }
        }
    }

    /// Its key is public.
    #[derive(Debug, Serialize, Deserialize, NetabaseSchema)]
    #[netabase(key(region, number), access = "open")]
    pub struct Shown {
        /// Where.
        pub region: String,
        /// Which.
        pub number: u32,
        /// Raw.
        pub bytes: Vec<u8>,
    }
}

fn main() {
    use netabase::NetabaseSchema;
    let _ = schemas::Hidden::new("a").key();
    let key = schemas::ShownKey::new("is", 1_u32);
    let _ = (key.region, key.number);
}
