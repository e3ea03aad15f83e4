//! Text as an eye sees it: markup gone, character references and escapes read, full-width and old forms
//! of characters made plain, invisible characters left out. Every character knows the bytes it came from.
//!
//! Works on any output alike (HTML, JSON, feeds, tables): what looks like a tag is no text in any of them.

use unicode_normalization::UnicodeNormalization;

/// One step through a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Char(char),
    /// White space and line breaks.
    Space,
    /// A tag inside a line: nothing to the eye, but the end of what was typed in one go.
    Tag,
    /// Nothing to the eye.
    Nothing,
    /// The end of a paragraph or cell.
    Break,
}

/// What stands at `at`, and where the next thing begins. None at the end.
#[inline]
pub(super) fn step(text: &str, at: usize) -> Option<(Step, usize)> {
    let bytes = text.as_bytes();
    let first = *bytes.get(at)?;
    Some(match first {
        b'<' => tag(text, at, at + 1),
        b'&' => reference(text, at),
        b'\\' => escape(text, at),
        b' ' | b'\r' => (Step::Space, at + 1),
        b'\n' => line_break(bytes, at),
        b'\t' => (Step::Break, at + 1),
        0..0x80 => (Step::Char(char::from(first)), at + 1),
        _ => {
            let c = text[at..].chars().next().expect("there is a byte");
            (seen(c), at + c.len_utf8())
        }
    })
}

/// One line break is a space to the eye, two are the end of a paragraph.
fn line_break(bytes: &[u8], at: usize) -> (Step, usize) {
    let blank = bytes[at + 1..].iter().take(40).take_while(|byte| matches!(byte, b' ' | b'\r' | b'\t')).count();
    match bytes.get(at + 1 + blank) {
        Some(b'\n') => (Step::Break, at + 1),
        _ => (Step::Space, at + 1 + blank),
    }
}

/// Longest tag that is taken for one.
const LONGEST_TAG: usize = 2000;

/// Whether a tag does not end a line of text.
pub(super) fn is_inline(name: &[u8]) -> bool {
    match name {
        b"a" | b"abbr" | b"b" | b"bdi" | b"bdo" | b"big" | b"cite" | b"code" | b"data" | b"del" | b"dfn" | b"em"
        | b"font" | b"i" | b"ins" | b"kbd" | b"mark" | b"q" | b"s" | b"samp" | b"small" | b"span" | b"strong"
        | b"sub" | b"sup" | b"time" | b"u" => true,
        name => name.iter().any(u8::is_ascii_uppercase) && is_inline(&name.to_ascii_lowercase()),
    }
}

fn tag(text: &str, at: usize, inside: usize) -> (Step, usize) {
    let rest = &text[inside..];
    let head = rest.as_bytes().first().copied().unwrap_or(b' ');
    let as_char = (Step::Char('<'), inside);
    if rest.starts_with("!--") {
        return rest.find("-->").map_or(as_char, |end| (Step::Nothing, inside + end + 3));
    }
    if !(head.is_ascii_alphabetic() || matches!(head, b'/' | b'!')) {
        return as_char;
    }
    let name: &str = rest.trim_start_matches('/');
    let name = &name[..name.bytes().take_while(u8::is_ascii_alphanumeric).count()];
    // A tag written as text ends with a written bracket.
    let is_written = inside - at > 1;
    let mut limit = rest.len().min(LONGEST_TAG);
    while !rest.is_char_boundary(limit) {
        limit -= 1;
    }
    let (end, length) = if is_written { (rest[..limit].find("&gt;"), 4) } else { (rest[..limit].find('>'), 1) };
    let Some(end) = end else { return as_char };
    let step = match name {
        "wbr" => Step::Nothing,
        "br" => Step::Space,
        name if is_inline(name.as_bytes()) => Step::Tag,
        _ => Step::Break,
    };
    (step, inside + end + length)
}

/// `&#49;`, `&#x31;`, `&nbsp;`; an ampersand that begins no reference is itself.
fn reference(text: &str, at: usize) -> (Step, usize) {
    let rest = &text.as_bytes()[at + 1..];
    let itself = (Step::Char('&'), at + 1);
    let Some(end) = rest.iter().take(12).position(|byte| *byte == b';') else { return itself };
    let name = &text[at + 1..at + 1 + end];
    let after = at + end + 2;
    let c = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            code.ok().and_then(char::from_u32)
        }
        None => named(name),
    };
    match c {
        Some('<') => tag(text, at, after),
        Some(c) => (seen(c), after),
        None => itself,
    }
}

fn named(name: &str) -> Option<char> {
    Some(match name {
        "nbsp" | "ensp" | "emsp" | "thinsp" => ' ',
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "commat" => '@',
        "hyphen" | "dash" | "ndash" | "mdash" => '-',
        "shy" | "zwj" | "zwnj" | "ZeroWidthSpace" | "NoBreak" => '\u{200B}',
        "lpar" => '(',
        "rpar" => ')',
        "period" => '.',
        "middot" => '·',
        _ => return None,
    })
}

/// Escapes of JSON and of scripts.
fn escape(text: &str, at: usize) -> (Step, usize) {
    let rest = &text[at + 1..];
    match rest.as_bytes().first() {
        Some(b'n' | b'r') => (Step::Space, at + 2),
        Some(b't') => (Step::Break, at + 2),
        Some(b'"' | b'/' | b'\\') => (Step::Char(char::from(rest.as_bytes()[0])), at + 2),
        Some(b'u') => {
            let unit = |from: usize| rest.get(from..from + 4).and_then(|hex| u16::from_str_radix(hex, 16).ok());
            let pair = |high| Some([high, unit(7).filter(|_| rest.get(5..7) == Some("\\u"))?]);
            let Some(high) = unit(1) else { return (Step::Char('\\'), at + 1) };
            match char::from_u32(u32::from(high)) {
                Some(c) => (seen(c), at + 6),
                None => match pair(high).and_then(|pair| char::decode_utf16(pair).next()?.ok()) {
                    Some(c) => (seen(c), at + 12),
                    None => (Step::Nothing, at + 6),
                },
            }
        }
        _ => (Step::Char('\\'), at + 1),
    }
}

/// A character as an eye sees it.
fn seen(c: char) -> Step {
    match c {
        '!'..='~' | '\u{3400}'..='\u{9FFF}' => Step::Char(c),
        '\u{FF01}'..='\u{FF5E}' => {
            Step::Char(char::from_u32(u32::from(c) - 0xFEE0).expect("the full-width block mirrors ASCII"))
        }
        c if is_invisible(c) => Step::Nothing,
        c if c.is_whitespace() => Step::Space,
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '﹣' | '⁃' => Step::Char('-'),
        '\u{2E80}'..='\u{2FDF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{2070}'..='\u{209F}'
        | '\u{2460}'..='\u{24FF}'
        | '\u{1D400}'..='\u{1D7FF}'
        | '\u{2F800}'..='\u{2FA1F}'
        | '\u{A0}'..='\u{FF}' => Step::Char(once(c).nfkc().next().unwrap_or(c)),
        c => Step::Char(c),
    }
}

fn once(c: char) -> std::iter::Once<char> {
    std::iter::once(c)
}

fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{300}'..='\u{36F}'
        | '\u{E0000}'..='\u{E0FFF}')
        || (c.is_control() && c != '\n')
}

/// Characters that are read as digits.
pub(super) const CHINESE_DIGITS: [(char, u8); 29] = [
    ('〇', 0),
    ('零', 0),
    ('○', 0),
    ('一', 1),
    ('二', 2),
    ('三', 3),
    ('四', 4),
    ('五', 5),
    ('六', 6),
    ('七', 7),
    ('八', 8),
    ('九', 9),
    ('壹', 1),
    ('贰', 2),
    ('叁', 3),
    ('肆', 4),
    ('伍', 5),
    ('陆', 6),
    ('柒', 7),
    ('捌', 8),
    ('玖', 9),
    ('幺', 1),
    ('貳', 2),
    ('參', 3),
    ('陸', 6),
    ('弌', 1),
    ('弍', 2),
    ('弎', 3),
    ('〡', 1),
];

/// The digit that a character stands for when numbers are read out: 0-9 in any script, 〇 to 九, 壹 to 玖.
#[inline]
pub(super) fn digit(c: char) -> Option<u8> {
    match c {
        '0'..='9' => Some(c as u8 - b'0'),
        '\u{660}'..='\u{669}' => u8::try_from(u32::from(c) - 0x660).ok(),
        '\u{6F0}'..='\u{6F9}' => u8::try_from(u32::from(c) - 0x6F0).ok(),
        c if c.is_ascii() => None,
        c => CHINESE_DIGITS.iter().find(|(known, _)| *known == c).map(|(_, value)| *value),
    }
}

/// A character as the eye sees it, and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub(super) c: char,
    /// Bytes of the text.
    pub(super) start: usize,
    end: usize,
    /// Whether a space or tag stands before it.
    spaced: bool,
}

/// The characters from `at` on, up to a break. Spaces are left out.
///
/// Most looks end at the first character that does not fit, so no more are read than are asked for.
pub(super) fn characters(text: &str, at: usize) -> impl Iterator<Item = Seen> {
    let mut here = at;
    let mut spaced = false;
    std::iter::from_fn(move || {
        while let Some((step, end)) = step(text, here) {
            let start = std::mem::replace(&mut here, end);
            match step {
                Step::Break => {
                    here = text.len();
                    break;
                }
                Step::Char(c) => return Some(Seen { c, start, end, spaced: std::mem::take(&mut spaced) }),
                Step::Space | Step::Tag => spaced = true,
                Step::Nothing => {}
            }
        }
        None
    })
}

/// The first of so many characters from `at` on that does not lead from a word to its number, as `：` and `号码为` do.
pub(super) fn after_lead(text: &str, at: usize, within: usize) -> Option<Seen> {
    let leads = |c: char| matches!(c, ':' | '号' | '码' | '为' | '是' | '(' | '（');
    characters(text, at).take(within).find(|seen| !leads(seen.c))
}

/// Shows one by one the characters of about `bytes` bytes before `at`, and nothing for a break.
fn look_back(text: &str, at: usize, bytes: usize, mut show: impl FnMut(Option<Seen>)) {
    let mut here = at.saturating_sub(bytes);
    while !text.is_char_boundary(here) {
        here -= 1;
    }
    // Half a tag at the beginning is no text.
    if here > 0 {
        let stretch = &text[here..at];
        if let Some(end) = stretch.find('>').filter(|end| !stretch[..*end].contains('<')) {
            here += end + 1;
        }
    }
    let mut spaced = false;
    while here < at
        && let Some((step, end)) = step(text, here)
    {
        match step {
            Step::Break => show(None),
            Step::Char(c) if end <= at => {
                show(Some(Seen { c, start: here, end, spaced: std::mem::take(&mut spaced) }));
            }
            Step::Space | Step::Tag => spaced = true,
            _ => {}
        }
        here = end;
    }
}

/// The last of the characters of about `bytes` bytes before `at`.
pub(super) fn last_before(text: &str, at: usize, bytes: usize) -> Option<char> {
    let mut last = None;
    look_back(text, at, bytes, |seen| last = seen.map(|seen| seen.c));
    last
}

/// The character before `at` in the same paragraph, if it is not far.
pub(super) fn char_before(text: &str, at: usize) -> Option<char> {
    match text.as_bytes()[..at].last()? {
        // Not the end of a tag, a reference or an escape.
        byte if byte.is_ascii_punctuation() && !b">;\\\"/".contains(byte) => Some(char::from(*byte)),
        _ => last_before(text, at, 24),
    }
}

/// A stretch of text as the eye sees it, with the place of each character.
#[derive(Clone, Debug, Default)]
pub(super) struct Window {
    pub(super) chars: Vec<char>,
    /// First byte of each character.
    pub(super) starts: Vec<usize>,
    ends: Vec<usize>,
    /// Whether a space or tag stands before each character.
    pub(super) spaced: Vec<bool>,
}

impl Window {
    /// Up to `length` characters from `at`. Spaces are left out; a break ends it.
    pub(super) fn after(text: &str, at: usize, length: usize) -> Window {
        let mut window = Window::with_capacity(length);
        for seen in characters(text, at).take(length) {
            window.push(seen);
        }
        window
    }

    /// The characters of about `bytes` bytes before `at`; what stands before a break is left out.
    pub(super) fn before(text: &str, at: usize, bytes: usize) -> Window {
        let mut window = Window::with_capacity(bytes);
        look_back(text, at, bytes, |seen| match seen {
            Some(seen) => window.push(seen),
            None => window.clear(),
        });
        window
    }

    fn clear(&mut self) {
        self.chars.clear();
        self.starts.clear();
        self.ends.clear();
        self.spaced.clear();
    }

    fn with_capacity(length: usize) -> Window {
        let (chars, spaced) = (Vec::with_capacity(length), Vec::with_capacity(length));
        Window { chars, starts: Vec::with_capacity(length), ends: Vec::with_capacity(length), spaced }
    }

    fn push(&mut self, seen: Seen) {
        self.chars.push(seen.c);
        self.starts.push(seen.start);
        self.ends.push(seen.end);
        self.spaced.push(seen.spaced);
    }

    /// Where the characters `from..to` stand in the text; at least one.
    pub(super) fn bytes(&self, from: usize, to: usize) -> (usize, usize) {
        (self.starts[from], self.ends[to - 1])
    }

    pub(super) fn text(&self) -> String {
        self.chars.iter().collect()
    }
}

/// The whole text as the eye sees it, for texts with characters that only look like others.
pub(super) fn plain(text: &str) -> String {
    text.nfkc().filter(|c| !is_invisible(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eye_sees_through_markup_and_forms() {
        let check = |input: &str, expected: &str| {
            let window = Window::after(input, 0, 100);
            assert_eq!(window.text(), expected, "{input}");
        };
        check("1<b>3</b>8", "138");
        check("1&#51;&#x38;&nbsp;0", "1380");
        check("１３８", "138");
        check("1\u{200B}3\u{AD}8\u{FE0F}", "138");
        check("1\\n3\\u0038\\uff11", "1381");
        check("1&lt;b&gt;3", "13");
        check("1<td>3", "1");
        check("1\n3", "13");
        check("1\n\n3", "1");
        check("⼀⼆①²𝟑", "一二123");
        check("a < b & c", "a<b&c");
        check("a<", "a<");
        check("1<!-- 2 -->3", "13");
        check("—–", "--");
        check("\\ud83d\\ude00\\x", "😀\\x");
        assert_eq!(Window::before("a<b>cd", 6, 3).text(), "cd");
        assert_eq!(Window::before("住址：x1", 10, 9).text(), "住址:x");
        assert_eq!(plain("⾝份\u{200B}证"), "身份证");
    }
}
