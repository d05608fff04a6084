//! Keys that are newtypes are looked up by what is in them.
use netabase::{DatabaseError, NetabaseSchema, NetabaseSchemaKey, NetabaseStore};
use serde::{Deserialize, Serialize};

#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, NetabaseSchemaKey,
)]
struct SensorId(String);

#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, NetabaseSchemaKey,
)]
struct Hash {
    bytes: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
struct Sensor {
    #[netabase(key)]
    id: SensorId,
    #[netabase(index)]
    hash: Hash,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
struct Blob {
    #[netabase(key)]
    hash: Hash,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(key(sensor, at))]
struct Reading {
    sensor: SensorId,
    at: u64,
}

fn main() -> Result<(), DatabaseError> {
    let store = NetabaseStore::new();
    let id = SensorId("roof".to_owned());
    let hash = Hash { bytes: vec![7] };

    let sensors = store.database::<Sensor>()?;
    let sensor = Sensor { id: id.clone(), hash: hash.clone() };
    sensors.put(&sensor)?;
    assert_eq!(sensors.get("roof")?.as_ref(), Some(&sensor));
    assert_eq!(sensors.get(&id)?, Some(sensor));
    assert_eq!(sensors.index(Sensor::HASH).get(&[7][..])?.count(), 1);

    let blobs = store.database::<Blob>()?;
    blobs.put(&Blob { hash: hash.clone() })?;
    assert_eq!(blobs.get(&[7][..])?, Some(Blob { hash }));

    let readings = store.database::<Reading>()?;
    let reading = Reading { sensor: id.clone(), at: 3 };
    readings.put(&reading)?;
    assert_eq!(readings.get(&("roof", 3))?.as_ref(), Some(&reading));
    // A number takes a literal.
    assert_eq!(readings.get(&ReadingKey::new(id, 3))?, Some(reading));
    assert_eq!(readings.prefix(&("roof",))?.count(), 1);
    Ok(())
}
