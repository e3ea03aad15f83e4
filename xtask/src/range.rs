//! A part of a file, as `Range: bytes=0-9` asks for it. Anything else is answered with the whole.

use std::ops::Range;

/// The asked part of content of some length, and its `Content-Range`.
pub(crate) fn part(field: &str, length: usize) -> Option<(Range<usize>, String)> {
    let (from, to) = field.trim().strip_prefix("bytes=")?.split_once('-')?;
    let (from, to): (usize, usize) = (from.parse().ok()?, to.parse().ok()?);
    if from > to || from >= length {
        return None;
    }
    let end = length.min(to + 1);
    Some((from..end, format!("bytes {from}-{}/{length}", end - 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_ten_bytes() {
        assert_eq!(part("bytes=2-4", 10), Some((2..5, "bytes 2-4/10".to_owned())));
        assert_eq!(part("bytes=8-20", 10), Some((8..10, "bytes 8-9/10".to_owned())));
        for whole in ["bytes=10-12", "bytes=4-2", "bytes=4-", "lines=1-2"] {
            assert_eq!(part(whole, 10), None, "{whole}");
        }
    }
}
