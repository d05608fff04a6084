//! Types of other crates as keys, with nothing turned on but netabase's own features.

use std::error::Error;

use libp2p::PeerId;
use netabase::{NetabaseSchema, NetabaseStore};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
struct Session {
    #[netabase(key)]
    id: Uuid,
    #[netabase(index)]
    peer: PeerId,
    #[netabase(index(multi))]
    seen: Vec<Uuid>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "open", key(peer, session))]
struct Contact {
    peer: PeerId,
    session: Uuid,
    #[netabase(index(unique))]
    by: Option<PeerId>,
    name: String,
}

#[test]
fn a_uuid_is_a_key_and_an_index() -> Result<(), Box<dyn Error>> {
    let sessions = NetabaseStore::new().database::<Session>()?;
    let (id, other) = (Uuid::from_u128(7), Uuid::from_u128(8));
    let session = Session { id, peer: PeerId::random(), seen: vec![id, other] };
    sessions.put(&session)?;

    assert_eq!(sessions.get(&id)?, Some(session.clone()));
    assert_eq!(sessions.get(&other)?, None);
    assert_eq!(sessions.range(id..other)?.count(), 1);
    assert_eq!(sessions.index(Session::SEEN).get(other)?.count(), 1);
    assert_eq!(sessions.index(Session::PEER).get_one(session.peer)?, Some(session));
    Ok(())
}

#[test]
fn a_peer_id_is_a_key_and_an_index() -> Result<(), Box<dyn Error>> {
    let contacts = NetabaseStore::new().database::<Contact>()?;
    let (peer, by) = (PeerId::random(), PeerId::random());
    let session = Uuid::from_u128(7);
    let contact = Contact { peer, session, by: Some(by), name: "Ada".into() };
    contacts.put(&contact)?;

    assert_eq!(contacts.get(&(peer, session))?, Some(contact.clone()));
    assert_eq!(contacts.prefix(&(peer,))?.count(), 1);
    assert_eq!(contacts.index(Contact::BY).get_one(by)?, Some(contact.clone()));
    let record = contacts.to_record(&contact)?;
    assert_eq!(Contact::try_from(&record)?, contact);
    Ok(())
}
