//! A record that a swarm would serve, made by hand.
use libp2p::{
    PeerId,
    kad::{
        Record, RecordKey,
        store::{MemoryStore, RecordStore},
    },
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut store = MemoryStore::new(PeerId::random());
    let key = RecordKey::new(b"BIKF");
    store.put(Record::new(key.clone(), b"Keflavik".to_vec()))?;
    let found = store.get(&key).ok_or("it was put")?;
    println!("{}", std::str::from_utf8(&found.value)?);
    Ok(())
}
