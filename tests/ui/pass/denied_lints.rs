//! Nothing that is generated trips a lint.
#![deny(
    missing_docs,
    missing_debug_implementations,
    unsafe_code,
    unreachable_pub,
    unused,
    unused_qualifications,
    warnings,
    nonstandard_style,
    rust_2018_idioms,
    single_use_lifetimes,
    elided_lifetimes_in_paths,
    deprecated
)]

mod schemas {
    use netabase::{NetabaseSchema, NetabaseSchemaKey};
    use serde::{Deserialize, Serialize};

    /// Has every kind of field.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
    #[netabase(access = "owned", ttl = "48h", max_size = 1000, index(name = "a_b", fields(a, b)))]
    pub(crate) struct Mixed {
        /// The key.
        #[netabase(key)]
        pub(crate) id: Id,
        #[netabase(index)]
        a: String,
        #[netabase(index(unique))]
        pub b: Option<String>,
        pub(super) c: Vec<u8>,
        #[deprecated]
        d: f64,
        e: Kind,
        f: (String, u8),
        #[serde(default)]
        g: Vec<String>,
    }

    /// A key.
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
    pub(crate) struct Id {
        region: String,
        #[deprecated]
        number: u32,
    }

    /// Not a key.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub(crate) enum Kind {
        /// One.
        One,
        /// Two.
        Two(f64),
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
    struct Private {
        #[netabase(key)]
        name: String,
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
    #[netabase(key(a, b), validate = check, merge = first)]
    struct Several {
        a: u8,
        b: Vec<u8>,
        c: u16,
    }

    fn check(_: &Several) -> Result<(), String> {
        Ok(())
    }

    fn first(a: &Several, _: &Several) -> Several {
        a.clone()
    }

    #[allow(deprecated)]
    pub(crate) fn used() {
        let id = Id { region: String::new(), number: 1 };
        let e = if id.number > 0 { Kind::One } else { Kind::Two(0.5) };
        let mixed = Mixed {
            id,
            a: String::new(),
            b: None,
            c: Vec::new(),
            d: 0.0,
            e,
            f: (String::new(), 0),
            g: Vec::new(),
        };
        let private = Private { name: mixed.id.region.clone() };
        let several = Several { a: 1, b: mixed.c.clone(), c: 2 };
        let _ = (mixed, private, several);
    }
}

fn main() {
    schemas::used();
}
