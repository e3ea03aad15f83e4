//! Which characters are worth stopping at: what may begin there, and whether a number may go on there.

use std::sync::LazyLock;

use super::fold::{CHINESE_DIGITS, Step, digit, step};
use super::words::{Look, WORDS};

/// What may begin at a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seed {
    Nothing,
    /// A form of another character, as PDF readers give them, and no digit.
    LookAlike,
    Digit,
    At,
    /// One of the words of a group in `Seeds::words`.
    Word(u8),
}

pub(super) struct Seeds {
    /// Of each character of the basic plane: a seed as a number, and `GOES_ON`.
    traits: Box<[u8; 0x1_0000]>,
    /// A bit for each character of three bytes that is a seed, in rows of the characters that differ only in their
    /// last byte: few enough are used to stay near the processor. Rows of other first bytes are full.
    stops: Box<[u64; 0x4000]>,
    groups: Vec<Group>,
}

/// Telling words that begin with the same character.
struct Group {
    /// A bit for each last byte (its low six bits) of the second characters.
    seconds: u64,
    /// The longer first.
    words: Vec<(&'static str, Look)>,
}

/// A number may go on at this character.
const GOES_ON: u8 = 0x80;

/// Seeds as numbers; words from `WORD` on.
const LOOK_ALIKE: u8 = 1;
const DIGIT: u8 = 2;
const AT: u8 = 3;
const WORD: u8 = 4;

pub(super) static SEEDS: LazyLock<Seeds> = LazyLock::new(|| {
    let mut seeds = Seeds { traits: Box::new([0; 0x1_0000]), stops: Box::new([u64::MAX; 0x4000]), groups: Vec::new() };
    // The ideographs stand for themselves.
    let forms = ('\0'..'\u{3400}').chain('\u{F900}'..='\u{FFFF}');
    for c in forms.chain(CHINESE_DIGITS.iter().map(|(c, _)| *c)) {
        seeds.traits[c as usize] = traits(c);
    }
    let mut words = WORDS.to_vec();
    words.sort_by_key(|(word, _)| (first(word), std::cmp::Reverse(word.len())));
    for group in words.chunk_by(|(a, _), (b, _)| first(a) == first(b)) {
        let number = u8::try_from(seeds.groups.len()).expect("fewer groups than a byte can count");
        seeds.traits[first(group[0].0) as usize] |= WORD + number;
        let seconds = group.iter().fold(0, |seconds, (word, _)| seconds | second(word));
        seeds.groups.push(Group { seconds, words: group.to_vec() });
    }
    seeds.stops[0xE0 << 6..0xF0 << 6].fill(0);
    for (code, _) in seeds.traits.iter().enumerate().filter(|(_, traits)| **traits & !GOES_ON != 0) {
        seeds.stops[(0xE0 << 6) + code / 64] |= 1 << (code % 64);
    }
    seeds
});

/// The bits of `Group::seconds` for a word; all of them for one of a single character.
fn second(word: &str) -> u64 {
    let mut chars = word.char_indices().skip(1);
    let Some((from, _)) = chars.next() else { return u64::MAX };
    let to = chars.next().map_or(word.len(), |(next, _)| next);
    debug_assert_eq!(to - from, 3, "second characters have three bytes");
    1 << (word.as_bytes()[to - 1] & 0x3F)
}

fn first(word: &str) -> char {
    word.chars().next().expect("a word has a character")
}

fn traits(c: char) -> u8 {
    let seen = match step(c.encode_utf8(&mut [0; 4]), 0) {
        Some((Step::Char(seen), _)) => Some(seen),
        _ => None,
    };
    let goes_on = seen.is_none_or(|seen| digit(seen).is_some() || "-).·•Xx".contains(seen));
    let seed = match seen {
        Some('@') => AT,
        Some(seen) if digit(seen).is_some() => DIGIT,
        _ if is_look_alike(c) => LOOK_ALIKE,
        _ => 0,
    };
    seed | if goes_on { GOES_ON } else { 0 }
}

/// Radicals and their supplement: forms of characters that only look like others.
pub(super) fn is_look_alike(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{2FDF}')
}

impl Seeds {
    /// The next character of three bytes from `at` on that is a seed, or the next byte of another kind.
    ///
    /// Chinese text is a run of such characters, and few of them are seeds.
    #[inline]
    pub(super) fn next_seed(&self, bytes: &[u8], from: usize) -> usize {
        let is_stop = |first: u8, second: u8, third: u8| {
            let row = usize::from(first) << 6 | usize::from(second & 0x3F);
            self.stops[row] >> (third & 0x3F) & 1 != 0
        };
        let mut at = from;
        // Two at a time, as long as there are two.
        while let Some(&[a, b, c, d, e, f]) = bytes.get(at..).and_then(<[u8]>::first_chunk::<6>) {
            if is_stop(a, b, c) {
                return at;
            }
            if is_stop(d, e, f) {
                return at + 3;
            }
            at += 6;
        }
        match bytes.get(at..).and_then(<[u8]>::first_chunk::<3>) {
            Some(&[a, b, c]) if !is_stop(a, b, c) => at + 3,
            _ => at,
        }
    }

    /// What may begin at the character with this number.
    pub(super) fn of(&self, code: u32) -> Seed {
        let Some(traits) = self.traits.get(code as usize) else {
            let is_digit = matches!(code, 0x1D7CE..=0x1D7FF);
            return if is_digit { Seed::Digit } else { Seed::Nothing };
        };
        match traits & !GOES_ON {
            0 => Seed::Nothing,
            LOOK_ALIKE => Seed::LookAlike,
            DIGIT => Seed::Digit,
            AT => Seed::At,
            word => Seed::Word(word - WORD),
        }
    }

    /// Whether a number may go on at this character: a digit, a space, something that cannot be seen.
    pub(super) fn goes_on(&self, code: u32) -> bool {
        self.traits.get(code as usize).is_none_or(|traits| traits & GOES_ON != 0)
    }

    /// The longest word of a group that stands at the beginning of a text.
    pub(super) fn word(&self, group: u8, text: &str) -> Option<(&'static str, Look)> {
        // The first character is the same in all of them, and most texts go on otherwise.
        let rest = &text.as_bytes()[first(text).len_utf8()..];
        let group = &self.groups[usize::from(group)];
        let third = rest.get(2).map_or(0, |byte| byte & 0x3F);
        if group.seconds >> third & 1 == 0 {
            return None;
        }
        let stands = |word: &str| match &word.as_bytes()[first(word).len_utf8()..] {
            [] => true,
            [a, b, c, more @ ..] => rest.starts_with(&[*a, *b, *c]) && rest[3..].starts_with(more),
            short => rest.starts_with(short),
        };
        group.words.iter().find(|(word, _)| stands(word)).copied()
    }
}

/// The next byte that is a digit, an `@` or part of a character beyond ASCII, or the end.
///
/// Eight bytes at a time: most of a page is markup.
pub(super) fn next_telling(bytes: &[u8], from: usize) -> usize {
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    const fn all(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
    let mut at = from;
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let eight = u64::from_le_bytes(*chunk);
        // Without their high bits no sum carries into the next byte; the high bit of each sum is the answer.
        let low = eight & !HIGH;
        let from_zero = low + all(0x80 - b'0');
        let beyond_nine = low + all(0x80 - b'9' - 1);
        let is_no_at = (low ^ all(b'@')) + all(0x7F);
        let telling = (eight | (from_zero & !beyond_nine) | !is_no_at) & HIGH;
        if telling != 0 {
            return at + (telling.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    let tells = |byte: &u8| byte.is_ascii_digit() || *byte == b'@' || !byte.is_ascii();
    bytes[at..].iter().position(tells).map_or(bytes.len(), |found| at + found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_telling_byte_is_found() {
        for byte in 0..=u8::MAX {
            for place in 0..19 {
                let mut bytes = [b'a'; 19];
                bytes[place] = byte;
                let tells = byte.is_ascii_digit() || byte == b'@' || byte >= 0x80;
                assert_eq!(next_telling(&bytes, 0), if tells { place } else { 19 }, "{byte:#x} at {place}");
                assert_eq!(next_telling(&bytes, place + 1), 19);
            }
        }
    }

    #[test]
    fn characters_are_told_apart() {
        let of = |c: char| SEEDS.of(c as u32);
        assert_eq!(of('三'), Seed::Digit);
        assert_eq!(of('３'), Seed::Digit);
        assert_eq!(of('𝟑'), Seed::Digit);
        assert_eq!(of('＠'), Seed::At);
        assert_eq!(of('⼿'), Seed::LookAlike);
        assert_eq!(of('的'), Seed::Nothing);
        let Seed::Word(group) = of('户') else { panic!("a telling word begins with 户") };
        assert_eq!(SEEDS.word(group, "户籍所在地址").map(|(word, _)| word), Some("户籍所在地"));
        assert_eq!(SEEDS.word(group, "户口"), None);
        assert!(SEEDS.goes_on('\u{200B}' as u32) && SEEDS.goes_on('—' as u32) && !SEEDS.goes_on('年' as u32));
    }
}
