use super::{
    btree_map::Sorted,
    by_hand::ByHand,
    by_hand_indexed::ByHandIndexed,
    bytes::Bytes,
    figure::Figure,
    fjall::Fjall,
    hash_map::Plain,
    incoming::Foreign,
    measure::measure,
    native::Native,
    peer::Peer,
    people::People,
    redb::Redb,
    schemas::{Guest, Mate},
    sled::Sled,
    sqlite::Sqlite,
    typed::Typed,
    user::User,
};

/// Tells what it measures before it does.
type Measure = fn(&People, &mut dyn FnMut(&str)) -> Vec<Figure>;

/// A peer as the command line and the report know it.
pub(crate) struct PeerEntry {
    pub(crate) name: &'static str,
    pub(crate) indexed: bool,
    pub(crate) measure: Measure,
}

/// The peers, in the order they are shown.
pub(crate) const PEERS: [PeerEntry; 15] = [
    entry::<Typed<User>>(),
    entry::<Typed<Guest>>(),
    entry::<Foreign>(),
    entry::<ByHand>(),
    entry::<Plain>(),
    entry::<Bytes>(),
    entry::<Typed<Mate>>(),
    entry::<ByHandIndexed>(),
    entry::<Sorted>(),
    entry::<Native>(),
    entry::<Redb<false>>(),
    entry::<Redb<true>>(),
    entry::<Sqlite>(),
    entry::<Sled>(),
    entry::<Fjall>(),
];

const fn entry<P: Peer>() -> PeerEntry {
    PeerEntry { name: P::NAME, indexed: P::INDEXED, measure: measure::<P> }
}

/// The peers of these names; of all that differ only behind a `+`, the name before it will do.
///
/// # Errors
///
/// A message for the user.
pub(crate) fn find(names: &[String]) -> Result<Vec<&'static PeerEntry>, String> {
    let is = |entry: &PeerEntry, name: &String| {
        entry.name.eq_ignore_ascii_case(name)
            || entry.name.split('+').next().is_some_and(|of| of.eq_ignore_ascii_case(name))
    };
    if let Some(unknown) = names.iter().find(|name| !PEERS.iter().any(|peer| is(peer, name))) {
        let all: Vec<_> = PEERS.iter().map(|entry| entry.name).collect();
        return Err(format!("no peer is {unknown:?}: there are {}", all.join(", ")));
    }
    let wanted = |entry: &&PeerEntry| names.is_empty() || names.iter().any(|name| is(entry, name));
    Ok(PEERS.iter().filter(wanted).collect())
}
