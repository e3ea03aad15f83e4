//! The one shape every reader yields: titled columns, rows, cells that know where they stand.

use std::borrow::Cow;
use std::sync::Arc;

use crate::diag::Place;
use crate::source::Source;

/// Rows under titled columns, as written, nothing interpreted.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// Name of the sheet in a workbook; none in other formats.
    pub(crate) sheet: Option<String>,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Row>,
    /// Rows that hold no record, in the order of the file, each with its number and the reason.
    pub(crate) skipped: Vec<(u32, Skip)>,
}

impl Table {
    /// The row of a number.
    pub(crate) fn row(&self, number: u32) -> Option<&Row> {
        self.rows.iter().enumerate().find(|(at, row)| row.number(*at) == number).map(|(_, row)| row)
    }
}

impl Row {
    /// What its sheet counts it as; elsewhere its place among the rows of its file, from 1.
    pub(crate) fn number(&self, at: usize) -> u32 {
        match self.at {
            At::Row(number) => number,
            _ => u32::try_from(at + 1).unwrap_or(u32::MAX),
        }
    }
}

/// Why a row of a sheet is not a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Skip {
    /// Every cell is empty.
    Empty,
    /// It stands before the head: a title, the office, the unit.
    Heading,
    /// The head once more, as on every printed page.
    RepeatedHead,
    /// 合计, 小计.
    Total,
    /// 填表人, 注, 填表说明.
    Footer,
    /// The sheet hides it.
    Hidden,
}

#[derive(Debug, Default)]
pub(crate) struct Column {
    pub(crate) title: String,
    pub(crate) at: At,
    /// What is said of it beside its title; of the fields of a page, and there are many pages, nothing.
    pub(crate) reading: Option<Box<Reading>>,
}

/// What sheet and mapping say of a column's cells, as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reading {
    /// The title or field name it goes by, where that is not its own title.
    pub(crate) known_as: Option<String>,
    /// The unit of bare numbers: of the title, the unit row or the mapping.
    pub(crate) unit: Option<String>,
    /// How dates are written, in the notation of `strftime`.
    pub(crate) date_format: Option<String>,
    /// What stands between several values of one cell.
    pub(crate) split: Option<String>,
}

impl Column {
    pub(crate) fn reading(&self) -> &Reading {
        const PLAIN: &Reading = &Reading { known_as: None, unit: None, date_format: None, split: None };
        self.reading.as_deref().unwrap_or(PLAIN)
    }

    /// The title that says which field the column is.
    pub(crate) fn known_as(&self) -> &str {
        self.reading().known_as.as_deref().unwrap_or(&self.title)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) at: At,
    /// Cells that hold something; at most one per column, in column order.
    pub(crate) cells: Vec<Cell>,
}

#[derive(Clone, Debug)]
pub(crate) struct Cell {
    /// Index into `Table::columns`.
    pub(crate) column: usize,
    pub(crate) raw: Raw,
    pub(crate) at: At,
}

/// What stands in a cell. In text formats numbers, dates and booleans keep the spelling of the file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Raw {
    /// Most tables say the same thing in row after row: such cells share their text.
    Text(Arc<str>),
    List(Vec<String>),
    /// A number of a spreadsheet. Whether it is a day is for the column to say.
    Number {
        value: f64,
        shape: Shape,
        /// Days are counted from 1904 instead of 1900.
        from_1904: bool,
    },
}

/// How a spreadsheet shows a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Plain,
    Day,
    PerCent,
    /// The format does not say whether it is shown in per cent.
    Unknown,
}

impl Raw {
    /// What stands in the cell, for messages and for finding the head; a day is its number here.
    pub(crate) fn text(&self) -> Cow<'_, str> {
        match self {
            Raw::Text(text) => Cow::Borrowed(text),
            Raw::List(items) => Cow::Owned(items.join("、")),
            Raw::Number { value, .. } => Cow::Owned(value.to_string()),
        }
    }

    /// The text of a cell that holds words; a number is none.
    pub(crate) fn words(&self) -> Option<&str> {
        if let Raw::Text(text) = self { Some(text) } else { None }
    }
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

impl Default for At {
    /// The whole file, from its first row.
    fn default() -> At {
        At::Row(1)
    }
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
        self.columns.push(Column { title: title.to_owned(), at, reading: None });
        self.columns.len() - 1
    }
}

/// Offsets and counts of a file; reading refuses files beyond 4 GiB long before.
pub(crate) fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
