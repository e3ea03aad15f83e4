//! Separated values become a grid: commas, tabs, semicolons or 、like commas; RFC 4180 quoting.

use std::borrow::Cow;

use csv::{ByteRecord, ReaderBuilder};

use super::grid::{Book, Grid};
use super::table::{At, Cell, Raw, Row, small};
use super::{LIMITS, decode};
use crate::diag::{Diagnostics, Place};
use crate::source::Source;

/// Lines that are looked at to find the separator.
const LOOKED_AT: usize = 20;

/// Reads a file of separated values.
///
/// # Errors
/// Bytes that are no text, a file without any cell, and too many cells.
pub(crate) fn book(source: &Source, declared: Option<&str>) -> Result<Book, Diagnostics> {
    let mut diags = Diagnostics::new();
    match decode::decode(source.bytes(), declared) {
        Ok(decoded) => {
            let grid = grid(source, &decoded.text, &mut diags);
            if grid.rows.is_empty() && diags.errors() == 0 {
                diags.empty_table(Place::file(&source.path));
            }
            if diags.errors() == 0 {
                return Ok(Book { grids: vec![grid], encoding: decoded.encoding, ..Book::default() });
            }
        }
        Err(decode::NotText::Line(line)) => diags.not_text(Place::file(&source.path), line),
        Err(decode::NotText::UnknownName) => {
            diags.unknown_encoding(Place::file(&source.path), declared.unwrap_or_default());
        }
    }
    Err(diags)
}

fn grid(source: &Source, text: &str, diags: &mut Diagnostics) -> Grid {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let (separator, text) = separated(source, text);
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes());
    let mut grid = Grid::default();
    let mut record = ByteRecord::new();
    let mut cells = 0;
    let mut number = 0;
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(true) => number += 1,
            Ok(false) => break,
            Err(error) => {
                diags.malformed(Place::file(&source.path), &error.to_string());
                break;
            }
        }
        if record.len() > LIMITS.columns {
            diags.too_many_columns(Place::Row { path: source.path.clone(), sheet: None, row: number }, record.len());
            break;
        }
        let row = row(&record, number);
        if row.cells.is_empty() {
            grid.empty.push(number);
            continue;
        }
        cells += row.cells.len();
        if cells > LIMITS.cells {
            diags.too_large(Place::file(&source.path), LIMITS.cells);
            break;
        }
        grid.rows.push(row);
    }
    grid
}

fn row(record: &ByteRecord, number: u32) -> Row {
    let mut cells = Vec::with_capacity(record.len());
    for (column, bytes) in record.iter().enumerate() {
        let text = std::str::from_utf8(bytes).expect("the fields of a text are text");
        if !text.trim().is_empty() {
            let at = At::Grid { row: number, column: small(column + 1) };
            cells.push(Cell { column, raw: Raw::Text(text.into()), at });
        }
    }
    Row { at: At::Row(number), cells }
}

/// The separator that cuts the first lines most often outside quotes. A tab file is always cut at tabs;
/// full-width commas separate only where they alone do, and are then read as plain ones.
fn separated<'a>(source: &Source, text: &'a str) -> (u8, Cow<'a, str>) {
    if source.extension().eq_ignore_ascii_case("tsv") {
        return (b'\t', Cow::Borrowed(text));
    }
    let counted = |separator: char| -> usize {
        let mut quoted = false;
        let mut lines = 0;
        let outside = text.chars().take_while(|c| {
            lines += usize::from(*c == '\n');
            lines < LOOKED_AT
        });
        outside
            .filter(|c| {
                quoted ^= *c == '"';
                !quoted && *c == separator
            })
            .count()
    };
    let plain = [b',', b'\t', b';'].into_iter().map(|separator| (counted(char::from(separator)), separator));
    let (most, separator) = plain.rev().max_by_key(|(count, _)| *count).expect("there are three");
    let wide_head = || text.lines().next().is_some_and(|line| line.contains('，'));
    if most == 0 && wide_head() {
        return (b',', Cow::Owned(with_plain_commas(text)));
    }
    (separator, Cow::Borrowed(text))
}

fn with_plain_commas(text: &str) -> String {
    let mut quoted = false;
    let plain = |c: char| {
        quoted ^= c == '"';
        if c == '，' && !quoted { ',' } else { c }
    };
    text.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> Vec<Vec<String>> {
        let source = Source::new(name.into(), text.as_bytes());
        let book = book(&source, None).expect("a table");
        let text = |cell: &Cell| cell.raw.text().into_owned();
        book.grids[0].rows.iter().map(|row| row.cells.iter().map(text).collect()).collect()
    }

    #[test]
    fn separators_are_found() {
        let expected = vec![vec!["甲".to_owned(), "乙".to_owned()], vec!["1".to_owned(), "2".to_owned()]];
        for (name, text) in [
            ("a.csv", "甲,乙\n1,2\n"),
            ("a.csv", "甲;乙\r\n1;2\r\n"),
            ("a.csv", "甲\t乙\n1\t2\n"),
            ("a.csv", "甲，乙\n1，2\n"),
            ("a.csv", "\"甲\",\"乙\"\n\"1\",\"2\"\n"),
            ("a.tsv", "甲\t乙\n1\t2"),
        ] {
            assert_eq!(read(name, text), expected, "{text}");
        }
        assert_eq!(read("a.csv", "甲,乙\n\"一\n二\",\"他说\"\"好\"\"；行\"\n")[1], ["一\n二", "他说\"好\"；行"]);
        assert_eq!(read("a.csv", "甲,乙；丙\n1,2；3\n")[1], ["1", "2；3"]);
    }
}
