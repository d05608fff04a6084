//! Names that are keywords, or nearly. The name on the wire has no `r#`.
use netabase::{NetabaseSchema, NetabaseSchemaKey};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(key(r#type, self_))]
struct Struct {
    r#type: String,
    self_: u8,
    #[netabase(index)]
    r#match: Option<String>,
    out: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
struct HTTPRoute {
    #[netabase(key)]
    r#fn: String,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, NetabaseSchemaKey)]
struct Key {
    r#type: String,
    input: u8,
}

fn main() {
    assert_eq!(Struct::SCHEMA_NAME, "struct");
    assert_eq!(HTTPRoute::SCHEMA_NAME, "http_route");
    let key = StructKey::new("a", 1);
    assert_eq!(key, StructKey { r#type: "a".to_owned(), self_: 1 });
    assert_eq!(format!("{key:?}"), r#"StructKey { type: "a", self_: 1 }"#);
    assert_eq!(HTTPRouteKey::from("/"), HTTPRouteKey("/".to_owned()));
}
