//! What the derives write, as files to read. `UPDATE_SNAPSHOTS=1` writes them anew.

use std::{env, fs, path::Path};

use proc_macro2::TokenStream;
use quote::quote;

fn assert_snapshot(name: &str, expansion: TokenStream) {
    let file = syn::parse2(expansion).expect("the expansion is items");
    let found = prettyplease::unparse(&file);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots").join(format!("{name}.rs"));
    if env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(&path, &found).expect("the snapshot can be written");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, expected, "{} differs: UPDATE_SNAPSHOTS=1 rewrites it", path.display());
}

#[test]
fn a_text_key_and_a_borrowed_view() {
    assert_snapshot(
        "airport",
        crate::schema(quote! {
            #[netabase(name = "airport", version = 2, access = "owned", ttl = "48h")]
            pub struct Airport {
                /// The four letters.
                #[netabase(key)]
                pub icao: String,
                #[netabase(index(unique))]
                pub iata: Option<String>,
                #[netabase(index)]
                pub elevation_ft: i32,
                photo: Vec<u8>,
            }
        }),
    );
}

#[test]
fn a_composite_key_and_nothing_to_borrow() {
    assert_snapshot(
        "reading",
        crate::schema(quote! {
            #[netabase(key(station, at), merge = newest, validate = plausible, max_size = 64)]
            pub(crate) struct Reading {
                pub(crate) station: u32,
                at: u64,
                pub(crate) celsius: f64,
            }
        }),
    );
}

#[test]
fn types_known_to_nobody_here_and_serde_attributes() {
    assert_snapshot(
        "booking",
        crate::schema(quote! {
            #[netabase(access = "open", crate = "crate::database")]
            struct Booking {
                #[netabase(key)]
                seat: Seat,
                #[serde(with = "as_text")]
                name: String,
                note: String,
                price: Price,
            }
        }),
    );
}

#[test]
fn a_key_enum() {
    assert_snapshot(
        "place",
        crate::key::derive(quote! {
            pub enum Place {
                Airport(String),
                Coordinates { latitude: i32, longitude: i32 },
                Nowhere,
            }
        }),
    );
}

#[test]
fn a_mistake_leaves_a_stub() {
    assert_snapshot(
        "stub",
        crate::schema(quote! {
            struct Keyless {
                name: String,
            }
        }),
    );
}
