//! Draws numbers from a seed.

use libp2p::kad::KBucketKey;

/// Draws number `number` of the sequence that `seed`, `purpose` and `detail` name.
///
/// This is SHA-256, which is the same on every machine and in every release, unlike the generators
/// of `rand`. The place of a key in kad is that hash, so no crate is needed for it.
pub(super) fn draw(seed: u64, purpose: &str, detail: &[u8], number: u64) -> [u8; 32] {
    let named = [purpose.as_bytes(), &seed.to_be_bytes(), &number.to_be_bytes(), detail].concat();
    let mut drawn = [0; 32];
    drawn.copy_from_slice(KBucketKey::new(named).hashed_bytes());
    drawn
}

/// Draws as [`draw`], a number below `bound`; 0 if that is 0.
pub(super) fn draw_below(bound: u64, seed: u64, purpose: &str, detail: &[u8], number: u64) -> u64 {
    let drawn = draw(seed, purpose, detail, number);
    let mut first = [0; 8];
    first.copy_from_slice(&drawn[..8]);
    u64::from_be_bytes(first).checked_rem(bound).unwrap_or(0)
}
