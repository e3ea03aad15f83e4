//! A number however it is spread: digits in groups, and what stands between them.

use super::fold::{Step, digit, step};

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
    /// The character before and after, as the eye sees it.
    pub(super) before: Option<char>,
    pub(super) after: Option<char>,
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
        let mut here = at;
        let mut end = at;
        let mut gap: Option<Gap> = None;
        let mut spaces = 0;
        while let Some((found, next)) = step(text, here) {
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
                    None
                }
                Step::Nothing => None,
                Step::Break => break,
            };
            if let Some(value) = value {
                if self.digits.len() >= MOST_DIGITS {
                    break;
                }
                self.push(value, gap.take(), here, next);
                spaces = 0;
                end = next;
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

    fn push(&mut self, value: u8, gap: Option<Gap>, start: usize, end: usize) {
        let at = self.digits.len();
        self.digits.push(value);
        match (gap, self.groups.last_mut()) {
            (None, Some(group)) => {
                group.to = at + 1;
                group.end = end;
            }
            (gap, last) => {
                if last.is_some() {
                    self.gaps.push(gap.unwrap_or(Gap::Space));
                }
                self.groups.push(Group { from: at, to: at + 1, start, end });
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
        check("1     2", "1|     2");
    }
}
