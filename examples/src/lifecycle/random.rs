use netabase::libp2p::identity::{DecodingError, Keypair};
use rand::{Rng, RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};

/// What all chance in the story follows from: whoever runs it sees the same numbers.
pub const SEED: u64 = 1944;

/// Chance of one's own, so that what one part of the story draws changes nothing in the others.
pub(super) fn chance(part: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(SEED + part)
}

/// An identity that comes of chance alone.
pub(super) fn identity(chance: &mut impl Rng) -> Result<Keypair, DecodingError> {
    Keypair::ed25519_from_bytes(chance.random::<[u8; 32]>())
}
