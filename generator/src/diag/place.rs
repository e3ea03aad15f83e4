//! Places: a file, a stretch of its text, or a cell of a table.

use std::fmt;
use std::sync::Arc;

/// Where a finding stands. Paths are relative to the site's folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A whole file or folder.
    File { path: Arc<str> },
    /// Characters of one line: line and column count from 1, in characters.
    Line { path: Arc<str>, line: u32, column: u32, length: u32, text: String },
    /// A cell; row and column count from 1, the header row included, as a spreadsheet shows them.
    Cell { path: Arc<str>, sheet: Option<String>, row: u32, column: u32 },
    /// A whole row of a table.
    Row { path: Arc<str>, sheet: Option<String>, row: u32 },
}

/// Longest part of a source line that a message repeats, in characters.
const LONGEST_EXCERPT: usize = 120;

impl Place {
    pub(crate) fn file(path: &Arc<str>) -> Place {
        Place::File { path: path.clone() }
    }

    /// The line that holds the byte range `start..end` of `text`.
    pub(crate) fn range(path: &Arc<str>, text: &str, start: usize, end: usize) -> Place {
        let start = floor_char_boundary(text, start);
        let end = floor_char_boundary(text, end.max(start));
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let line = 1 + text[..start].matches('\n').count();
        let column = 1 + text[line_start..start].chars().count();
        let length = text[start..end.clamp(start, line_end)].chars().count().max(1);
        let excerpt: String = text[line_start..line_end].trim_end_matches('\r').chars().take(LONGEST_EXCERPT).collect();
        Place::Line {
            path: path.clone(),
            line: count(line),
            column: count(column),
            length: count(length),
            text: excerpt,
        }
    }

    /// The place without what stands there: a line is quoted with these characters covered.
    #[must_use]
    pub(crate) fn covered(self) -> Place {
        let Place::Line { path, line, column, length, text } = self else { return self };
        let from = column as usize - 1;
        let own = from..from + length as usize;
        let text = text.chars().enumerate().map(|(at, c)| if own.contains(&at) { '*' } else { c }).collect();
        Place::Line { path, line, column, length, text }
    }

    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Place::File { path } | Place::Line { path, .. } | Place::Cell { path, .. } | Place::Row { path, .. } => {
                path
            }
        }
    }
}

/// `content/penalty/2025.xlsx · Sheet1!F17`, a whole row as a spreadsheet names it (`17:17`), a line of
/// text as `content/news/a.md:3:1`.
impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::File { path } => write!(out, "{path}"),
            Place::Line { path, line, column, .. } => write!(out, "{path}:{line}:{column}"),
            Place::Cell { path, sheet: Some(sheet), row, column } => {
                write!(out, "{path} · {sheet}!{}{row}", column_letters(*column))
            }
            Place::Cell { path, sheet: None, row, column } => write!(out, "{path} · {}{row}", column_letters(*column)),
            Place::Row { path, sheet: Some(sheet), row } => write!(out, "{path} · {sheet}!{row}:{row}"),
            Place::Row { path, sheet: None, row } => write!(out, "{path} · {row}:{row}"),
        }
    }
}

/// Spreadsheet column letters: 1 is A, 27 is AA.
pub(crate) fn column_letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column;
    while rest > 0 {
        let digit = (rest - 1) % 26;
        letters.push(char::from(b'A' + u8::try_from(digit).expect("a remainder of 26 fits a byte")));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn floor_char_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_follow_the_spreadsheet() {
        for (column, expected) in [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (703, "AAA")] {
            assert_eq!(column_letters(column), expected);
        }
    }

    #[test]
    fn a_range_becomes_line_and_character_column() {
        let place = Place::range(&Arc::from("a.md"), "标题\n日期 = \"坏\"\n", 16, 19);
        assert_eq!(place.to_string(), "a.md:2:6");
    }
}
