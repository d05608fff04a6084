//! The crate has another name here, or is only reachable through another.
mod facade {
    pub use ::netabase as database;
}

mod inner {
    use crate::facade::database::{NetabaseSchema, NetabaseSchemaKey};
    use serde::{Deserialize, Serialize};

    // The name that the macro would use by default is not this.
    #[allow(unused)]
    mod netabase {}

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
    #[netabase(crate = "crate::facade::database", access = "open")]
    pub struct User {
        #[netabase(key)]
        pub id: Id,
        pub name: String,
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
        NetabaseSchemaKey,
    )]
    #[netabase(crate = "crate::facade::database")]
    pub enum Id {
        Number(u64),
        Name(String),
    }

    // `with` makes serde derive the view.
    #[derive(Serialize, Deserialize, NetabaseSchema)]
    #[netabase(crate = "crate::facade::database")]
    pub struct With {
        #[netabase(key)]
        pub a: String,
        #[serde(with = "passed_on")]
        pub b: String,
    }

    mod passed_on {
        use serde::{Deserialize, Deserializer, Serialize, Serializer};

        pub fn serialize<S: Serializer>(text: &str, to: S) -> Result<S::Ok, S::Error> {
            text.serialize(to)
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
            String::deserialize(from)
        }
    }
}

fn main() {
    use facade::database::NetabaseSchema;
    let id = inner::Id::Number(1);
    let user = inner::User { id: id.clone(), name: "Ada".to_owned() };
    assert_eq!(user.key(), inner::UserKey(id));
}
