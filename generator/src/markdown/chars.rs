//! Characters and escaping: which characters count as Chinese, as punctuation or as special in HTML.
//! Pure tables and byte loops; knows nothing of Markdown but the marks of links.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use memchr::{memchr_iter, memchr2_iter};
use pulldown_cmark_escape::{escape_href, escape_html, escape_html_body_text};

/// U+FDD0, a non-character: the emphasis pre-pass puts it beside a delimiter run, the writer takes it out again.
pub(super) const MARK: char = '\u{FDD0}';

/// The scripts that are written without spaces between words, with their punctuation and full-width forms.
pub(super) fn is_cjk(c: char) -> bool {
    matches!(u32::from(c),
        0x1100..=0x11FF | 0x2329..=0x232A | 0x2E80..=0x303E | 0x3041..=0x33FF | 0x3400..=0xA4CF
        | 0xA960..=0xA97C | 0xAC00..=0xD7FB | 0xF900..=0xFAFF | 0xFE10..=0xFE19 | 0xFE30..=0xFE6B
        | 0xFF01..=0xFFEE | 0x16FE0..=0x18DF2 | 0x1AFF0..=0x1B2FB | 0x1F200..=0x1F265 | 0x20000..=0x3FFFD)
}

/// Punctuation and symbols as CommonMark counts them, closely enough for flanking rules.
pub(super) fn is_punctuation(c: char) -> bool {
    match u32::from(c) {
        0..=0x7F => c.is_ascii_punctuation(),
        0xA1..=0xBF => !matches!(c, 'ª' | '²' | '³' | 'µ' | '¹' | 'º' | '¼' | '½' | '¾' | '\u{AD}'),
        0xD7 | 0xF7 => true,
        0x2010..=0x2027 | 0x2030..=0x205E | 0x20A0..=0x20C1 | 0x2190..=0x245F | 0x249C..=0x24E9 => true,
        0x2500..=0x2775 | 0x2794..=0x2BFF | 0x2E00..=0x2E5D | 0x2E80..=0x2FFF => true,
        0x3001..=0x3004 | 0x3008..=0x3020 | 0x3030 | 0x3036..=0x3037 | 0x303D..=0x303F => true,
        0x309B..=0x309C | 0x30A0 | 0x30FB | 0x3200..=0x321E | 0x322A..=0x3247 | 0x3250 => true,
        0x3260..=0x327F | 0x328A..=0x32B0 | 0x32C0..=0x33FF | 0x4DC0..=0x4DFF => true,
        0xFE10..=0xFE19 | 0xFE30..=0xFE6B | 0xFF01..=0xFF0F | 0xFF1A..=0xFF20 => true,
        0xFF3B..=0xFF40 | 0xFF5B..=0xFF65 | 0xFFE0..=0xFFEE | 0x1F000..=0x1FAFF => true,
        _ => false,
    }
}

/// A line break between two such characters is a layout break, not a space. Korean separates words and is left out.
pub(super) fn joins_lines(before: char, after: char) -> bool {
    let hangul =
        |c: char| matches!(u32::from(c), 0x1100..=0x11FF | 0x3131..=0x318E | 0xA960..=0xA97C | 0xAC00..=0xD7FB);
    let solid = |c: char| is_cjk(c) && !hangul(c);
    let quote = |c: char| matches!(c, '“' | '”' | '‘' | '’' | '—' | '…' | '·');
    (solid(before) && (solid(after) || quote(after))) || (quote(before) && solid(after))
}

static MARKS: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\u{FDD0}"));

/// Whether the text holds U+FDD0.
pub(super) fn has_mark(text: &str) -> bool {
    MARKS.find(text.as_bytes()).is_some()
}

/// What stands before, between and after U+FDD0: one piece more than there are marks.
pub(super) fn between_marks(text: &str) -> impl Iterator<Item = &str> {
    let ends = MARKS.find_iter(text.as_bytes()).chain([text.len()]);
    let mut start = 0;
    ends.map(move |end| &text[std::mem::replace(&mut start, end + MARK.len_utf8())..end])
}

/// Whether a link may stand in the text: `[…](…)`, `[…]: …` or an element.
pub(super) fn may_link(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr2_iter(b']', b'<', bytes).any(|at| bytes[at] == b'<' || matches!(bytes.get(at + 1), Some(b'(' | b':')))
}

/// Whether `[…]: …` may stand in the text: a link or a note that is defined apart.
pub(super) fn may_define(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr_iter(b']', bytes).any(|at| bytes.get(at + 1) == Some(&b':'))
}

/// Escapes for HTML text.
pub(super) fn escape(text: &str, out: &mut String) {
    escape_html_body_text(out, text).expect("a string takes everything");
}

/// Escapes for an attribute value in quotes.
pub(super) fn escape_attribute(text: &str, out: &mut String) {
    escape_html(out, text).expect("a string takes everything");
}

/// Percent-encodes what may not stand in an address and escapes the rest for an attribute.
pub(super) fn escape_address(address: &str, out: &mut String) {
    escape_href(out, address).expect("a string takes everything");
}

/// Six letters and digits that stand for a text: enough to tell the headings of one page apart.
pub(super) fn short_hash(text: &str) -> String {
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    for &byte in text.as_bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    }
    // The low bits of FNV are its weakest; fold the halves together before cutting.
    hash ^= hash >> 32;
    (0..6).map(|i| char::from(BASE32[usize::try_from((hash >> (i * 5)) & 31).unwrap_or_default()])).collect()
}

const BASE32: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes() {
        fn check(input: &str, text: &str, attribute: &str, address: &str) {
            let mut out = [String::new(), String::new(), String::new()];
            escape(input, &mut out[0]);
            escape_attribute(input, &mut out[1]);
            escape_address(input, &mut out[2]);
            assert_eq!(out, [text, attribute, address]);
        }
        check("", "", "", "");
        check("安全", "安全", "安全", "%E5%AE%89%E5%85%A8");
        check("a<b>&\"'", "a&lt;b&gt;&amp;\"'", "a&lt;b&gt;&amp;&quot;&#39;", "a%3Cb%3E&amp;%22&#x27;");
        let long = format!("{}<", "安".repeat(30));
        check(
            &long,
            &format!("{}&lt;", "安".repeat(30)),
            &format!("{}&lt;", "安".repeat(30)),
            &format!("{}%3C", "%E5%AE%89".repeat(30)),
        );
    }

    #[test]
    fn marks_are_found() {
        let check = |text: &str, expected: [bool; 3]| {
            let long = format!("{}{text}{}", "安".repeat(50), "全".repeat(50));
            for text in [text, &long] {
                assert_eq!([has_mark(text), may_link(text), may_define(text)], expected, "{text}");
            }
        };
        check("", [false; 3]);
        check("a\u{FDD0}b", [true, false, false]);
        check("a\u{FDD1}b", [false; 3]);
        check("[a](b)", [false, true, false]);
        check("[a] (b): ] c", [false; 3]);
        check("[^1]: a", [false, true, true]);
        check("a<b", [false, true, false]);
        check("a]", [false; 3]);
    }

    #[test]
    fn lines_join_between_chinese_only() {
        fn check(pair: &str, expected: bool) {
            let mut chars = pair.chars();
            let (a, b) = (chars.next().expect("two characters"), chars.next().expect("two characters"));
            assert_eq!(joins_lines(a, b), expected, "{pair}");
        }
        check("安全", true);
        check("，安", true);
        check("”安", true);
        check("安“", true);
        check("安a", false);
        check("a安", false);
        check("ab", false);
        check("한국", false);
    }
}
