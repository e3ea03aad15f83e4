//! Turns a Markdown source into one whose emphasis works next to Chinese punctuation.
//! CommonMark leaves `请见**《安全生产法》**第五条` literal, because a delimiter run between punctuation and a letter
//! may only open or only close. Where a neighbour is Chinese, U+FDD0 between run and punctuation lifts that.
//! Remembers where it changed the text, so that offsets still point into the source. Knows no other Markdown.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memchr2;

use super::chars::{MARK, between_marks, has_mark, is_cjk, is_punctuation};

/// The source made ready for the parser, with the way back.
pub(super) struct Prepared<'a> {
    pub(super) text: Cow<'a, str>,
    /// Where marks stand in `text`.
    inserted: Vec<usize>,
    /// Where marks of the author's stood, in the text without them.
    removed: Vec<usize>,
}

pub(super) fn prepare(source: &str) -> Prepared<'_> {
    let (text, removed) = if has_mark(source) { without_marks(source) } else { (Cow::Borrowed(source), Vec::new()) };
    let points = insertion_points(&text);
    if points.is_empty() {
        return Prepared { text, inserted: points, removed };
    }
    let mut marked = String::with_capacity(text.len() + points.len() * MARK.len_utf8());
    let mut inserted = Vec::with_capacity(points.len());
    let mut from = 0;
    for point in points {
        marked.push_str(&text[from..point]);
        inserted.push(marked.len());
        marked.push(MARK);
        from = point;
    }
    marked.push_str(&text[from..]);
    Prepared { text: Cow::Owned(marked), inserted, removed }
}

impl Prepared<'_> {
    /// Whether events of the parser can hold marks.
    pub(super) fn is_marked(&self) -> bool {
        !self.inserted.is_empty()
    }

    /// Whether marks stand in this part of `text`.
    pub(super) fn has_marks_in(&self, part: &Range<usize>) -> bool {
        let next = self.inserted.partition_point(|at| *at < part.start);
        self.inserted.get(next).is_some_and(|at| *at < part.end)
    }

    /// The place in the author's source of a place in `text`.
    pub(super) fn source_range(&self, range: Range<usize>) -> Range<usize> {
        self.source_offset(range.start)..self.source_offset(range.end)
    }

    fn source_offset(&self, offset: usize) -> usize {
        let width = MARK.len_utf8();
        let stripped = offset - width * self.inserted.partition_point(|&at| at < offset);
        stripped + width * self.removed.partition_point(|&at| at <= stripped)
    }
}

/// The text without U+FDD0.
pub(super) fn strip(text: &str) -> Cow<'_, str> {
    if has_mark(text) { Cow::Owned(between_marks(text).collect()) } else { Cow::Borrowed(text) }
}

fn without_marks(source: &str) -> (Cow<'_, str>, Vec<usize>) {
    let mut text = String::with_capacity(source.len());
    let mut removed = Vec::new();
    for (i, piece) in between_marks(source).enumerate() {
        if i > 0 {
            removed.push(text.len());
        }
        text.push_str(piece);
    }
    (Cow::Owned(text), removed)
}

fn insertion_points(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let mut points = Vec::new();
    let mut at = 0;
    while let Some(found) = memchr2(b'*', b'~', &bytes[at..]) {
        let mut start = at + found;
        let delimiter = bytes[start];
        let end = start + bytes[start..].iter().take_while(|&&b| b == delimiter).count();
        at = end;
        let backslashes = bytes[..start].iter().rev().take_while(|&&b| b == b'\\').count();
        start += backslashes % 2; // an escaped delimiter is a literal character
        // A single `~` is a range (5~10) in Chinese text, not a delimiter.
        if start < end && (delimiter == b'*' || end - start == 2) {
            points.extend(insertion_point(text, start..end));
        }
    }
    points
}

fn insertion_point(text: &str, run: Range<usize>) -> Option<usize> {
    let before = text[..run.start].chars().next_back()?;
    let after = text[run.end..].chars().next()?;
    // A `|` may be the border of a table cell, which ends the text like a space.
    let border = |c: char| c.is_whitespace() || c == '|';
    if border(before) || border(after) || !(is_cjk(before) || is_cjk(after)) {
        return None;
    }
    match (is_punctuation(before), is_punctuation(after)) {
        (true, false) => Some(run.start),
        (false, true) => Some(run.end),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_stand_where_a_run_touches_punctuation() {
        fn check(source: &str, expected: &str) {
            assert_eq!(prepare(source).text.replace(MARK, "^"), expected, "{source}");
        }
        check("没有标记", "没有标记");
        check("见**《法》**第", "见**^《法》^**第");
        check("见 **《法》** 第", "见 **《法》** 第");
        check("a**(b)**c", "a**(b)**c");
        check("见~~（旧）~~新", "见~~^（旧）^~~新");
        check("约5~（十）人", "约5~（十）人");
        check(r"见\*（注）", r"见\*（注）");
        check(r"见\**（注）*文", r"见\**（注）^*文");
        check("|**中**|**（二）**|", "|**中**|**（二）**|");
        check("作者\u{FDD0}写的", "作者写的");
    }

    #[test]
    fn offsets_lead_back_to_the_source() {
        fn check(source: &str, needle: &str) {
            let prepared = prepare(source);
            let at = prepared.text.find(needle).expect("the needle is in the text");
            assert_eq!(&source[prepared.source_range(at..at + needle.len())], needle, "{source}");
        }
        check("见**《法》**第五条", "第五条");
        check("见**《法》**第五条", "《法》");
        check("\u{FDD0}见\u{FDD0}\u{FDD0}**《法》**第\u{FDD0}五条", "五条");
        check("一\u{FDD0}二三", "二三");
    }
}
