//! A part of a file by its bytes (RFC 9110, 14). Pure. Several parts at once are answered with the whole, which a
//! server may always do.

use std::ops::Range;

/// What a `Range` field asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Whole,
    Of(Range<usize>),
    /// Nothing of the file lies there.
    Beyond,
}

/// Reads the field for a file of this length.
pub(crate) fn part(field: &str, length: usize) -> Part {
    let Some((from, to)) = field.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Part::Whole;
    };
    let number =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<usize>().ok()).flatten();
    let range = match (from.is_empty(), to.is_empty()) {
        (true, true) => return Part::Whole,
        (true, false) => number(to).map(|last| length.saturating_sub(last)..length),
        (false, true) => number(from).map(|from| from..length),
        (false, false) => match (number(from), number(to)) {
            (Some(from), Some(to)) if from <= to => Some(from..length.min(to.saturating_add(1))),
            _ => None,
        },
    };
    match range {
        None => Part::Whole,
        Some(range) if range.start >= range.end => Part::Beyond,
        Some(range) => Part::Of(range),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_ten_bytes() {
        for (field, expected) in [
            ("bytes=0-0", Part::Of(0..1)),
            ("bytes=2-", Part::Of(2..10)),
            ("bytes=-3", Part::Of(7..10)),
            ("bytes=-30", Part::Of(0..10)),
            ("bytes=5-99", Part::Of(5..10)),
            ("bytes=10-", Part::Beyond),
            ("bytes=-0", Part::Beyond),
            ("bytes=5-2", Part::Whole),
            ("bytes=0-1,3-4", Part::Whole),
            ("bytes=a-b", Part::Whole),
            ("bytes=99999999999999999999-", Part::Whole),
            ("lines=0-1", Part::Whole),
        ] {
            assert_eq!(part(field, 10), expected, "{field}");
        }
    }
}
