//! A part of a file, as `Range: bytes=0-9` asks for it. Anything else is answered with the whole.

use std::ops::Range;

/// What a line of a request asks for, if it is a `Range`.
pub(crate) fn field(line: &str) -> Option<&str> {
    line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("range")).map(|(_, value)| value.trim())
}

/// The asked part of content of some length, and its `Content-Range`.
pub(crate) fn part(field: &str, length: usize) -> Option<(Range<usize>, String)> {
    let (from, to) = field.strip_prefix("bytes=")?.split_once('-')?;
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
    fn a_range_is_told_from_other_fields() {
        assert_eq!(field("range: bytes=2-4\r\n"), Some("bytes=2-4"));
        assert_eq!(field("If-Range: \"a\""), None);
        assert_eq!(field("\r\n"), None);
    }

    #[test]
    fn parts_of_ten_bytes() {
        assert_eq!(part("bytes=2-4", 10), Some((2..5, "bytes 2-4/10".to_owned())));
        assert_eq!(part("bytes=8-20", 10), Some((8..10, "bytes 8-9/10".to_owned())));
        for whole in ["bytes=10-12", "bytes=4-2", "bytes=4-", "lines=1-2"] {
            assert_eq!(part(whole, 10), None, "{whole}");
        }
    }
}
