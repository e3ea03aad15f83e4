//! Tables: what stands in a cell is read under the title of its column, so that eight digits below `台胞证`
//! are what they are.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::{Finding, Known, Title, title, under, words};

/// A finding and the cell it stands in; both count from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CellFinding {
    pub(crate) row: u32,
    pub(crate) column: u32,
    /// The whole cell.
    pub(crate) text: String,
    pub(crate) finding: Finding,
}

/// Longest text that can be a title.
const LONGEST_TITLE: usize = 40;

/// Everything private in a table of cells separated by `delimiter`.
pub(crate) fn table(text: &str, delimiter: u8, known: &Known) -> Vec<CellFinding> {
    let quoting = delimiter == b',';
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .quoting(quoting)
        .from_reader(text.trim_start_matches('\u{FEFF}').as_bytes());
    let mut titles: Vec<Title> = Vec::new();
    let none = Title::default();
    let mut found = Vec::new();
    let mut record = csv::StringRecord::new();
    let mut row = 0;
    while reader.read_record(&mut record).unwrap_or(false) {
        row += 1;
        for (column, cell) in record.iter().enumerate() {
            if cell.is_empty() {
                continue;
            }
            let title = titles.get(column).unwrap_or(&none);
            for finding in under(title, cell, known) {
                found.push(CellFinding { row, column: place(column + 1), text: cell.to_owned(), finding });
            }
            if is_title(cell) {
                titles.resize(titles.len().max(column + 1), Title::default());
                titles[column] = Title::new(cell);
            }
        }
    }
    found
}

/// Whether a column below this cell needs it to be understood.
fn is_title(cell: &str) -> bool {
    static TITLES: LazyLock<AhoCorasick> = LazyLock::new(|| {
        let numbers = words::PAPERS.iter().chain(&words::REGISTERS).chain(&words::BANKS).copied();
        title::automaton(title::telling().map(|(word, _)| word).chain(numbers))
    });
    cell.len() <= LONGEST_TITLE && !cell.bytes().any(|byte| byte.is_ascii_digit()) && TITLES.is_match(cell)
}

/// Whether a table is worth reading cell by cell.
pub(crate) fn may_tell(text: &str, known: &Known) -> bool {
    title::may_tell(text) || !super::scan(text, known).is_empty()
}

fn place(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
