//! The one shape every reader yields: titled columns, rows, cells that know where they stand.

use crate::diag::Place;
use crate::source::Source;

/// Rows under titled columns, as written, nothing interpreted.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// Name of the sheet in a workbook; none in other formats.
    pub(crate) sheet: Option<String>,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Row>,
    /// Rows left out because every cell is empty.
    pub(crate) empty_rows: usize,
}

#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) title: String,
    pub(crate) at: At,
}

#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) at: At,
    /// Cells that hold something; at most one per column, in column order.
    pub(crate) cells: Vec<Cell>,
}

#[derive(Debug)]
pub(crate) struct Cell {
    /// Index into `Table::columns`.
    pub(crate) column: usize,
    pub(crate) raw: Raw,
    pub(crate) at: At,
}

/// What stands in a cell. Numbers, dates and booleans keep the spelling of the file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Raw {
    Text(String),
    List(Vec<String>),
}

/// A position inside one file, small enough to keep for every cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// Row and column of a grid, from 1.
    Grid { row: u32, column: u32 },
    /// A whole row of a grid, from 1.
    Row(u32),
    /// Bytes of the text.
    Range { start: u32, end: u32 },
}

impl At {
    pub(crate) fn range(range: &std::ops::Range<usize>) -> At {
        At::Range { start: small(range.start), end: small(range.end) }
    }
}

impl Table {
    /// The place a person can find: line and column in a text, cell name in a grid.
    pub(crate) fn place(&self, source: &Source, at: At) -> Place {
        match at {
            At::Grid { row, column } => {
                Place::Cell { path: source.path.clone(), sheet: self.sheet.clone(), row, column }
            }
            At::Row(row) => Place::Row { path: source.path.clone(), sheet: self.sheet.clone(), row },
            At::Range { start, end } => match source.text() {
                Ok(text) => Place::range(&source.path, text, start as usize, end as usize),
                Err(_) => Place::file(&source.path),
            },
        }
    }

    /// The index of the column with this title, adding it when it is new.
    pub(crate) fn column(&mut self, title: &str, at: At) -> usize {
        if let Some(index) = self.columns.iter().position(|column| column.title == title) {
            return index;
        }
        self.columns.push(Column { title: title.to_owned(), at });
        self.columns.len() - 1
    }
}

/// Offsets and counts of a file; reading refuses files beyond 4 GiB long before.
pub(crate) fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
