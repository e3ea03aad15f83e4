//! gzip (RFC 1952).

use std::cell::RefCell;

use libdeflater::{CompressionLvl, Compressor};

thread_local! {
    /// Made once: it has tables of a megabyte, and most of what is compressed is small.
    static COMPRESSOR: RefCell<Compressor> = RefCell::new(Compressor::new(CompressionLvl::default()));
}

/// Compresses. The checksum at the end tells a whole file from a part, whatever a server does.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    COMPRESSOR.with_borrow_mut(|compressor| {
        let mut packed = vec![0; compressor.gzip_compress_bound(bytes.len())];
        let size = compressor.gzip_compress(bytes, &mut packed).expect("the bound is enough");
        packed.truncate(size);
        packed
    })
}

/// Compresses, and fills the header up to a length that is a multiple of `unit`: with a comment of spaces, which ends
/// with a zero (2.3: flag FCOMMENT).
pub(crate) fn gzip_filled(bytes: &[u8], unit: usize) -> Vec<u8> {
    const HEAD: usize = 10;
    const FLAGS: usize = 3;
    const COMMENT: u8 = 1 << 4;
    let mut packed = gzip(bytes);
    let missing = packed.len().next_multiple_of(unit) - packed.len();
    if missing > 0 {
        packed[FLAGS] |= COMMENT;
        let comment = std::iter::repeat_n(b' ', missing - 1).chain([0]);
        packed.splice(HEAD..HEAD, comment);
    }
    packed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_up_is_still_gzip() {
        for length in 0..600 {
            let text: Vec<u8> = (0..length).map(|at| (at * at % 251) as u8).collect();
            let packed = gzip_filled(&text, 128);
            assert_eq!(packed.len() % 128, 0);
            let mut read = vec![0; length];
            let unpacked = libdeflater::Decompressor::new().gzip_decompress(&packed, &mut read);
            assert_eq!((unpacked, read), (Ok(length), text));
        }
    }
}
