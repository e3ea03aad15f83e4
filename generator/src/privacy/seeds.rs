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
    /// One of the words of a group in `Seeds::groups`.
    Word(u8),
}

pub(super) struct Seeds {
    /// Of each character of the basic plane: a seed as a number, and `GOES_ON`.
    traits: Box<[u8; 0x1_0000]>,
    /// A bit for each character of three bytes that is a seed, in rows of the characters that differ only in their
    /// last byte: few enough are used to stay near the processor. The first two bytes are the number of the row, the
    /// first one its low byte, and rows of other first bytes are full.
    stops: Box<[u64; 0x1_0000]>,
    /// A bit for each character of the basic plane that may follow a seed: everything but the ideographs that are no
    /// digit and no second character of a word.
    follows: Box<[u64; 0x400]>,
    /// Telling words that begin with the same character, the longer first.
    groups: Vec<Vec<(&'static str, Look)>>,
}

/// A number may go on at this character.
const GOES_ON: u8 = 0x80;

/// Seeds as numbers; words from `WORD` on.
const LOOK_ALIKE: u8 = 1;
const DIGIT: u8 = 2;
const AT: u8 = 3;
const WORD: u8 = 4;

/// Telling words of one character that mean something before any other. A plate's province stands before no ideograph.
const BEFORE_ANYTHING: [&str; 2] = ["住", "岁"];

pub(super) static SEEDS: LazyLock<Seeds> = LazyLock::new(|| {
    let mut seeds = Seeds {
        traits: Box::new([0; 0x1_0000]),
        stops: Box::new([u64::MAX; 0x1_0000]),
        follows: Box::new([u64::MAX; 0x400]),
        groups: Vec::new(),
    };
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
        seeds.groups.push(group.to_vec());
    }
    seeds.mark_stops();
    seeds.mark_follows();
    seeds
});

fn first(word: &str) -> char {
    word.chars().next().expect("a word has a character")
}

fn traits(c: char) -> u8 {
    let look_alike = if is_look_alike(u32::from(c)) { LOOK_ALIKE } else { 0 };
    match step(c.encode_utf8(&mut [0; 4]), 0) {
        Some((Step::Char('@'), _)) => AT,
        Some((Step::Char(seen), _)) if digit(seen).is_some() => DIGIT | GOES_ON,
        // Markup may be a tag, a reference or an escape.
        Some((Step::Char('-' | ')' | '.' | '_' | '·' | '•' | 'X' | 'x' | '<' | '&' | '\\'), _)) => {
            look_alike | GOES_ON
        }
        Some((Step::Char(_), _)) => look_alike,
        _ => look_alike | GOES_ON,
    }
}

/// Radicals and their supplement: forms of characters that only look like others.
pub(super) fn is_look_alike(code: u32) -> bool {
    matches!(code, 0x2E80..=0x2FDF)
}

impl Seeds {
    fn mark_stops(&mut self) {
        for row in self.stops.chunks_exact_mut(0x100) {
            row[0xE0..=0xEF].fill(0);
        }
        for (code, _) in self.traits.iter().enumerate().filter(|(_, traits)| **traits & !GOES_ON != 0) {
            self.stops[((0x80 + (code >> 6 & 0x3F)) << 8) + 0xE0 + (code >> 12)] |= 1 << (code & 0x3F);
        }
    }

    fn mark_follows(&mut self) {
        let ideographs = 0x3400 / 64..0xA000 / 64;
        self.follows[ideographs].fill(0);
        let seconds = WORDS.iter().filter_map(|(word, _)| word.chars().nth(1));
        for c in seconds.chain(CHINESE_DIGITS.iter().map(|(c, _)| *c)) {
            self.follows[c as usize / 64] |= 1 << (c as usize % 64);
        }
    }

    /// The next character of three bytes from `from` on at which something may begin, or the next byte of another kind.
    ///
    /// Chinese text is a run of such characters, and at few of them anything begins.
    #[inline]
    pub(super) fn next_seed(&self, bytes: &[u8], from: usize) -> usize {
        let mut rest = &bytes[from..];
        // Four bytes are read at once, so the last character of a text is left to whoever asked.
        while let Some(four) = rest.first_chunk::<4>() {
            let four = u32::from_le_bytes(*four);
            let row = self.stops[(four & 0xFFFF) as usize];
            if row >> (four >> 16 & 0x3F) & 1 != 0 && !self.is_alone(rest) {
                break;
            }
            rest = &rest[3..];
        }
        bytes.len() - rest.len()
    }

    /// Whether a text begins with a seed that comes to nothing before the ideograph after it, as most do: no telling
    /// word goes on so, no number, plate or mail address. Look-alikes are worth seeing whatever follows.
    fn is_alone(&self, text: &[u8]) -> bool {
        match text {
            [0xE3..=0xEF, _, _, first @ 0xE3..=0xE9, second, third, ..] => {
                let next = three_bytes(*first, *second, *third) as usize;
                self.follows[next / 64] >> (next % 64) & 1 == 0
                    && !BEFORE_ANYTHING.iter().any(|word| text.starts_with(word.as_bytes()))
            }
            _ => false,
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

    /// Whether a number may go on here: with a digit, a space, a tag, something that cannot be seen.
    #[inline]
    pub(super) fn number_goes_on(&self, rest: &[u8]) -> bool {
        let code = match rest {
            [] => return false,
            [first @ ..0x80, ..] => u32::from(*first),
            [0xE0..=0xEF, ..] => code_point(rest, 3),
            [..0xE0, ..] => code_point(rest, 2),
            // Digits and what cannot be seen are most of what is used beyond the basic plane.
            _ => return true,
        };
        self.traits[code as usize] & GOES_ON != 0
    }

    /// The longest word of a group that stands at the beginning of a text.
    pub(super) fn word(&self, group: u8, text: &str) -> Option<(&'static str, Look)> {
        self.groups[usize::from(group)].iter().find(|(word, _)| text.starts_with(word)).copied()
    }
}

/// The number of the character of two, three or four bytes that begins here.
pub(super) fn code_point(bytes: &[u8], length: usize) -> u32 {
    let low = |at: usize| u32::from(bytes.get(at).copied().unwrap_or(0) & 0x3F);
    match length {
        2 => u32::from(bytes[0] & 0x1F) << 6 | low(1),
        3 => three_bytes(bytes[0], bytes[1], bytes[2]),
        _ => u32::from(bytes[0] & 0x07) << 18 | low(1) << 12 | low(2) << 6 | low(3),
    }
}

fn three_bytes(first: u8, second: u8, third: u8) -> u32 {
    u32::from(first & 0x0F) << 12 | u32::from(second & 0x3F) << 6 | u32::from(third & 0x3F)
}

/// The next byte that is a digit, an `@` or part of a character beyond ASCII, or the end.
///
/// Eight bytes at a time: most of a page is markup.
pub(super) fn next_telling(bytes: &[u8], from: usize) -> usize {
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    const fn all(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
    let mut rest = &bytes[from..];
    while let Some((chunk, tail)) = rest.split_first_chunk::<8>() {
        let eight = u64::from_le_bytes(*chunk);
        // A subtraction borrows from the byte after only where a byte tells, so that the first to tell is right.
        let digit = (eight ^ all(b'0')).wrapping_sub(all(10));
        let at_sign = (eight ^ all(b'@')).wrapping_sub(all(1));
        let telling = (eight | digit | at_sign) & HIGH;
        if telling != 0 {
            return bytes.len() - rest.len() + (telling.trailing_zeros() / 8) as usize;
        }
        rest = tail;
    }
    let tells = |byte: &u8| byte.is_ascii_digit() || *byte == b'@' || !byte.is_ascii();
    bytes.len() - rest.len() + rest.iter().position(tells).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::super::number::{Number, short};
    use super::*;
    use crate::text::Random;

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
    fn the_first_telling_byte_is_found() {
        let mut random = Random(3);
        for _ in 0..20_000 {
            let bytes: Vec<u8> = (0..20).map(|_| b":;<=>?./0a 9@A\x7F\x80"[random.below(16)]).collect();
            let slow = bytes.iter().position(|byte| byte.is_ascii_digit() || *byte == b'@' || !byte.is_ascii());
            assert_eq!(next_telling(&bytes, 0), slow.unwrap_or(bytes.len()), "{bytes:?}");
        }
    }

    #[test]
    fn nothing_begins_at_what_is_called_alone() {
        let digits = || CHINESE_DIGITS.iter().map(|(c, _)| *c);
        let seconds = || WORDS.iter().filter_map(|(word, _)| word.chars().nth(1));
        let mut called = 0;
        for seed in WORDS.iter().map(|(word, _)| first(word)).chain(digits()).chain(['３', '＠', '⼀']) {
            for second in ('\u{3000}'..='\u{A000}').step_by(17).chain(seconds()).chain(digits()) {
                let text = format!("{seed}{second}A12345三");
                if !SEEDS.is_alone(text.as_bytes()) {
                    continue;
                }
                called += 1;
                match SEEDS.of(u32::from(seed)) {
                    Seed::Word(group) => {
                        let word = SEEDS.word(group, &text);
                        assert!(word.is_none_or(|(_, look)| look == Look::Province), "{text}");
                    }
                    Seed::Digit => assert!(!SEEDS.number_goes_on(&text.as_bytes()[3..]), "{text}"),
                    Seed::At => {}
                    Seed::LookAlike | Seed::Nothing => panic!("{text}"),
                }
            }
        }
        assert!(called > 100_000, "{called}");
    }

    #[test]
    fn a_short_number_ends_where_none_goes_on() {
        for c in '\0'..='\u{FFFF}' {
            let text = format!("12{c}3");
            let goes_on = |rest: &[u8]| SEEDS.number_goes_on(rest);
            if !goes_on(&text.as_bytes()[2..]) {
                assert_eq!(short(text.as_bytes(), 2, goes_on), Some(2), "{c:?}");
            }
        }
    }

    #[test]
    fn a_number_goes_on_wherever_it_is_read_on() {
        let mut number = Number::default();
        for c in '\0'..=char::MAX {
            let text = format!("1{c}2");
            number.read(&text, 0);
            assert!(number.digits.len() == 1 || SEEDS.number_goes_on(&text.as_bytes()[1..]), "{c:?}");
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
        let goes_on = |text: &str| SEEDS.number_goes_on(text.as_bytes());
        assert!(
            goes_on("\u{200B}") && goes_on("—") && goes_on("<b>") && !goes_on("年") && !goes_on(":") && !goes_on("")
        );
    }
}
