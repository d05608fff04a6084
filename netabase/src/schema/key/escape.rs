//! Text and bytes end with `00`, so `00` in them becomes `01 00`, and `01` becomes `01 01`.
//!
//! An escape starts with the byte after the terminator and both keep their order behind it: that is
//! why the escaped forms compare as the plain ones do.

pub(super) const TERMINATOR: u8 = 0;
pub(super) const ESCAPE: u8 = 1;

/// Where the first terminator or escape is.
#[inline]
pub(super) fn find(bytes: &[u8]) -> Option<usize> {
    const CHUNK: usize = 16;
    // Counted without early exit: that lets the compiler look at all of a chunk at once.
    let plain = |chunk: &&[u8]| chunk.iter().filter(|&&byte| byte <= ESCAPE).count() == 0;
    let skipped = bytes.chunks_exact(CHUNK).take_while(plain).count() * CHUNK;
    bytes[skipped..].iter().position(|&byte| byte <= ESCAPE).map(|at| skipped + at)
}
