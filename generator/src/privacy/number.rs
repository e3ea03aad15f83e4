//! A number however it is spread: digits in groups, and what stands between them.

use super::fold::{Step, digit, is_inline, step};

/// What stands between two groups of digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    Space,
    Tag,
    Hyphen,
    Dot,
    /// `)` after an area code.
    Bracket,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Group {
    /// Positions in `Number::digits`.
    pub(super) from: usize,
    pub(super) to: usize,
    /// Bytes of the text.
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Digits that may be one number, or several side by side.
#[derive(Clone, Debug, Default)]
pub(super) struct Number {
    /// `0`-`9`, and an `X` where a number may end with one.
    pub(super) digits: Vec<u8>,
    pub(super) groups: Vec<Group>,
    /// One less than groups.
    pub(super) gaps: Vec<Gap>,
    /// The character after, as the eye sees it.
    pub(super) after: Option<char>,
    /// A tag with more than its name stands between two groups.
    pub(super) has_attributes: bool,
}

/// Digits of the shortest number that is private without a word before it and begins with this one: a zero, an area code
/// and seven more, or a mobile number.
pub(super) fn shortest(first: u8) -> usize {
    if first == b'0' { 10 } else { 11 }
}

/// Longer than any number that is looked for; a table of figures may be much longer.
const MOST_DIGITS: usize = 400;

impl Number {
    /// Reads the number that begins at `at`; gives where it ends. The buffers are used again.
    pub(super) fn read(&mut self, text: &str, at: usize) -> usize {
        self.digits.clear();
        self.groups.clear();
        self.gaps.clear();
        self.after = None;
        self.has_attributes = false;
        let mut tagged = false;
        let mut here = at;
        let mut end = at;
        let mut gap: Option<Gap> = None;
        let mut spaces = 0;
        loop {
            // Most digits are plain ones, and stand together.
            let run = digits_at(&text.as_bytes()[here..]).min(MOST_DIGITS - self.digits.len());
            if run > 0 {
                self.push(&text.as_bytes()[here..here + run], gap.take(), here, here + run);
                spaces = 0;
                here += run;
                end = here;
                self.has_attributes |= tagged;
            }
            let Some((found, next)) = step(text, here) else { break };
            let value = match found {
                Step::Char(c) => match digit(c) {
                    Some(value) => Some(b'0' + value),
                    None if self.ends_with_x(c, text, next, gap) => Some(b'X'),
                    None => match between(c, gap) {
                        Some(wider) => {
                            gap = Some(wider);
                            None
                        }
                        None => {
                            self.after = Some(c);
                            break;
                        }
                    },
                },
                Step::Space => {
                    spaces += 1;
                    // Words end where the space grows wide.
                    if spaces > 4 {
                        break;
                    }
                    gap = gap.or(Some(Gap::Space));
                    None
                }
                Step::Tag => {
                    gap = gap.or(Some(Gap::Tag));
                    tagged |= text[here..next].contains(' ');
                    None
                }
                Step::Nothing => None,
                Step::Break => break,
            };
            if let Some(value) = value {
                if self.digits.len() >= MOST_DIGITS {
                    break;
                }
                self.push(&[value], gap.take(), here, next);
                spaces = 0;
                end = next;
                self.has_attributes |= tagged;
            }
            here = next;
        }
        end
    }

    fn ends_with_x(&self, c: char, text: &str, next: usize, gap: Option<Gap>) -> bool {
        let long = self.digits.len() >= 17 && !matches!(gap, Some(Gap::Dot | Gap::Bracket));
        let x = matches!(c, 'X' | 'x' | 'Χ' | 'χ' | 'Х' | 'х' | '×');
        long && x && !matches!(step(text, next), Some((Step::Char(c), _)) if c.is_ascii_alphanumeric())
    }

    fn push(&mut self, digits: &[u8], gap: Option<Gap>, start: usize, end: usize) {
        let from = self.digits.len();
        self.digits.extend_from_slice(digits);
        let to = self.digits.len();
        match (gap, self.groups.last_mut()) {
            (None, Some(group)) => {
                group.to = to;
                group.end = end;
            }
            (gap, last) => {
                if last.is_some() {
                    self.gaps.push(gap.unwrap_or(Gap::Space));
                }
                self.groups.push(Group { from, to, start, end });
            }
        }
    }

    /// The digits of groups `from..to` together.
    pub(super) fn joined(&self, from: usize, to: usize) -> &[u8] {
        &self.digits[self.groups[from].from..self.groups[to - 1].to]
    }

    /// The gap before a group, none before the first.
    pub(super) fn gap_before(&self, group: usize) -> Option<Gap> {
        group.checked_sub(1).map(|at| self.gaps[at])
    }

    /// The gap after the last of the groups before `to`.
    pub(super) fn gap_after(&self, to: usize) -> Option<Gap> {
        self.gaps.get(to - 1).copied()
    }

    /// Sizes of the groups `from..to`.
    pub(super) fn shape(&self, from: usize, to: usize) -> impl Iterator<Item = usize> + '_ {
        self.groups[from..to].iter().map(|group| group.to - group.from)
    }
}

/// How many ASCII digits a text begins with.
pub(super) fn digits_at(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// Where the last digit of a number ends that is surely too short to be private; none where only reading tells.
///
/// Most numbers of a page are dates, counts and addresses of pages: this looks no further than it must.
/// `run` says how many digits the text begins with, `goes_on` whether a number may go on at a character beyond ASCII.
pub(super) fn short(text: &[u8], run: usize, goes_on: impl Fn(&[u8]) -> bool) -> Option<usize> {
    let (mut at, mut end, mut digits) = (run, run, run);
    while digits < shortest(text[0]) {
        let Some((byte, rest)) = text[at..].split_first() else { return Some(end) };
        at += 1;
        match byte {
            b'0'..=b'9' => {
                digits += 1;
                end = at;
            }
            b' ' | b'\r' | b'\n' | b'-' | b')' | b'.' | b'_' => {}
            b'<' => match plain_tag(rest) {
                PlainTag::Ends => return Some(end),
                PlainTag::Inline(length) => at += length,
                PlainTag::Other => return None,
            },
            b'&' | b'\\' => return None,
            0x80.. if goes_on(&text[at - 1..]) => return None,
            _ => return Some(end),
        }
    }
    None
}

enum PlainTag {
    /// A paragraph ends here.
    Ends,
    /// A tag without attributes inside a line; its length after the bracket.
    Inline(usize),
    Other,
}

/// What a `<` begins, by the bytes after it.
fn plain_tag(rest: &[u8]) -> PlainTag {
    let slash = usize::from(rest.first() == Some(&b'/'));
    let name = &rest[slash..];
    let name = &name[..name.iter().take_while(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()).count()];
    match rest.get(slash + name.len()) {
        Some(b'>') if is_inline(name) => PlainTag::Inline(slash + name.len() + 1),
        Some(b'>' | b' ') if !name.is_empty() && !is_inline(name) && !matches!(name, b"br" | b"wbr") => PlainTag::Ends,
        _ => PlainTag::Other,
    }
}

/// The gap that a character makes, together with what stands before it in the gap.
fn between(c: char, gap: Option<Gap>) -> Option<Gap> {
    match (c, gap) {
        ('-', None | Some(Gap::Space | Gap::Tag | Gap::Bracket)) => Some(Gap::Hyphen),
        ('-', Some(Gap::Hyphen)) => Some(Gap::Hyphen),
        (')', None | Some(Gap::Space | Gap::Tag)) => Some(Gap::Bracket),
        ('.' | '·' | '•' | '_', None | Some(Gap::Tag)) => Some(Gap::Dot),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Random;

    #[test]
    fn numbers_are_read_across_gaps() {
        let check = |input: &str, expected: &str| {
            let mut number = Number::default();
            let end = number.read(input, 0);
            let groups: Vec<String> = (0..number.groups.len())
                .map(|at| String::from_utf8_lossy(number.joined(at, at + 1)).into_owned())
                .collect();
            assert_eq!(format!("{}|{}", groups.join(","), &input[end..]), expected, "{input}");
            assert_eq!(number.gaps.len() + 1, number.groups.len().max(1));
        };
        check("138 1234 5678 转", "138,1234,5678| 转");
        check("１３８\u{200B}12", "13812|");
        check("1<b>3</b>8", "1,3,8|");
        check("0371)6717-0000", "0371,6717,0000|");
        check("11010519491231002X。", "11010519491231002X|。");
        check("11010519491231002XA", "11010519491231002|XA");
        check("12X", "12|X");
        check("一三八1234", "1381234|");
        check("1,3", "1|,3");
        assert_eq!(Number::default().read(&"1".repeat(MOST_DIGITS + 1), 0), MOST_DIGITS);
        check("1     2", "1|     2");
    }

    #[test]
    fn what_is_called_short_has_few_digits() {
        const PIECES: [&str; 20] = [
            "1",
            "23",
            "456",
            "7890",
            " ",
            "  ",
            "-",
            ".",
            ")",
            "_",
            "\n",
            "\n\n",
            "<b>",
            "</small>",
            "<li>",
            "</a x=\"1\">",
            "<br>",
            "年",
            "\u{200B}",
            "四",
        ];
        let mut random = Random(7);
        let goes_on = |rest: &[u8]| !rest.starts_with("年".as_bytes());
        let mut called = 0;
        for _ in 0..20_000 {
            let text: String = (0..12).map(|_| PIECES[random.below(PIECES.len())]).collect();
            let Some(from) = text.find(|c: char| c.is_ascii_digit()) else { continue };
            let mut number = Number::default();
            let end = number.read(&text, from);
            let rest = &text.as_bytes()[from..];
            if let Some(length) = short(rest, digits_at(rest), goes_on) {
                assert!(number.digits.len() < shortest(number.digits[0]) && from + length >= end, "{text}");
                called += 1;
            }
        }
        assert!(called > 2000, "{called}");
    }
}
