use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

/// A place where aircraft take off and land.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "owned", index(name = "place", fields(country, city)))]
pub struct Airport {
    /// The ICAO code, or a local one where there is none.
    #[netabase(key)]
    pub icao: String,
    /// The IATA code of three letters, if it has one.
    #[netabase(index(unique))]
    pub iata: Option<String>,
    /// Its name.
    pub name: String,
    /// The city it serves.
    pub city: String,
    /// The state, province or region.
    pub subdivision: String,
    /// The country, as ISO 3166 alpha-2.
    #[netabase(index)]
    pub country: String,
    /// Its height above the sea, in feet.
    #[netabase(index)]
    pub elevation_ft: i32,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// The IANA time zone.
    pub timezone: String,
}
