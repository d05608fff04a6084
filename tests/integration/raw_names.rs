//! Fields whose names are keywords: options may name them with or without `r#`.

use std::error::Error;

use netabase::{NetabaseSchema, NetabaseStore, WriteError};
use serde::{Deserialize, Serialize};

#[allow(clippy::duplicated_attributes, reason = "a field may be in several indexes")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(
    key(tenant, type, r#fn),
    index(name = "by_kind", unique, fields(type, tenant)),
    index(name = "by_type", fields(type)),
    index(name = "by_raw_type", fields(r#type)),
    index(name = "by_fn_and_type", fields(r#fn, type))
)]
struct Device {
    tenant: u32,
    r#type: String,
    r#fn: u8,
    #[netabase(index)]
    r#in: bool,
}

fn device(tenant: u32, kind: &str, function: u8) -> Device {
    Device { tenant, r#type: kind.into(), r#fn: function, r#in: function == 0 }
}

#[test]
fn a_unique_index_over_a_keyword_tells_values_apart() -> Result<(), Box<dyn Error>> {
    let devices = NetabaseStore::new().database::<Device>()?;
    devices.put(&device(1, "lamp", 0))?;
    devices.put(&device(1, "door", 0))?;
    devices.put(&device(2, "lamp", 0))?;

    let collides = devices.put(&device(1, "lamp", 1));

    assert!(
        matches!(collides, Err(WriteError::NotUnique { index: "by_kind", .. })),
        "{collides:?}"
    );
    assert_eq!(devices.len(), 3);
    let found = devices.index(Device::BY_KIND).get_one(("door", 1))?;
    assert_eq!(found, Some(device(1, "door", 0)));
    Ok(())
}

#[test]
fn an_index_of_one_keyword_is_looked_up_by_its_type() -> Result<(), Box<dyn Error>> {
    let devices = NetabaseStore::new().database::<Device>()?;
    devices.put(&device(1, "lamp", 0))?;
    devices.put(&device(1, "door", 1))?;

    for index in [Device::BY_TYPE, Device::BY_RAW_TYPE] {
        let lamps = devices.index(index).get("lamp")?.collect::<Result<Vec<_>, _>>()?;
        assert_eq!(lamps, [device(1, "lamp", 0)], "{index:?}");
    }
    assert_eq!(devices.index(Device::BY_FN_AND_TYPE).prefix((1,))?.count(), 1);
    assert_eq!(devices.index(Device::IN).get(false)?.count(), 1);
    Ok(())
}

#[test]
fn a_key_of_keywords_is_made_of_all_of_them() -> Result<(), Box<dyn Error>> {
    let devices = NetabaseStore::new().database::<Device>()?;
    devices.put(&device(1, "lamp", 7))?;

    assert_eq!(devices.get(&(1, "lamp", 7))?, Some(device(1, "lamp", 7)));
    assert_eq!(devices.get(&DeviceKey::new(1, "lamp", 8))?, None);
    assert_eq!(devices.prefix(&(1, "lamp"))?.count(), 1);
    Ok(())
}
