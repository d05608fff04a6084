//! Derives the peers' identities and acquaintances from a seed.

use libp2p::identity::Keypair;

use super::draw::{draw, draw_below};

/// Returns the ed25519 identity of peer `index` in the network of `seed`: the same in every run.
///
/// Anybody can compute it: for tests only.
///
/// ```
/// use netabase::testkit::identity;
///
/// assert_eq!(identity(1, 0).public(), identity(1, 0).public());
/// assert_ne!(identity(1, 0).public(), identity(1, 1).public());
/// assert_ne!(identity(1, 0).public(), identity(2, 0).public());
/// ```
#[must_use]
#[expect(clippy::missing_panics_doc, reason = "it cannot")]
pub fn identity(seed: u64, index: usize) -> Keypair {
    Keypair::ed25519_from_bytes(draw(seed, "identity", &[], index as u64))
        .expect("any 32 bytes are an ed25519 secret key")
}

/// Draws from `seed` the peers that each of `nodes` knows at first, by index: up to `each` others.
///
/// The first that a peer knows is the next one, in a ring, so that none is left out; hence each
/// knows one even when `each` is 0, unless there is only one peer. No peer knows itself, nor
/// another twice.
///
/// ```
/// use netabase::testkit::topology;
///
/// let known = topology(1, 50, 8);
/// assert_eq!(known, topology(1, 50, 8));
/// assert!(known.iter().all(|others| others.len() == 8));
/// assert_eq!(known[49][0], 0);
/// ```
#[must_use]
pub fn topology(seed: u64, nodes: usize, each: usize) -> Vec<Vec<usize>> {
    (0..nodes).map(|node| known_to(node, seed, nodes, each)).collect()
}

fn known_to(node: usize, seed: u64, nodes: usize, each: usize) -> Vec<usize> {
    let detail = (node as u64).to_be_bytes();
    // In the order of the ring, without the node itself.
    let mut others: Vec<usize> = (1..nodes).map(|step| (node + step) % nodes).collect();
    // The first steps of a Fisher-Yates shuffle; the next one stays in front.
    let chosen = each.max(1).min(others.len());
    for place in 1..chosen {
        let left = (others.len() - place) as u64;
        let drawn = draw_below(left, seed, "topology", &detail, place as u64);
        others.swap(place, place + usize::try_from(drawn).unwrap_or(0));
    }
    others.truncate(chosen);
    others
}
