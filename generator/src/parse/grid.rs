//! A sheet before its head is known: rows of cells by position, what is merged and what is hidden.
//!
//! Which row holds the titles can only be said where the register is known; see `grid`.

use super::table::Row;

/// One sheet of a workbook, or a file of separated values.
#[derive(Clone, Debug, Default)]
pub(crate) struct Grid {
    pub(crate) sheet: Option<String>,
    /// Rows that hold something, by number. A cell's `column` is its position in the sheet, from 0.
    pub(crate) rows: Vec<Row>,
    /// Numbers of the empty rows between them.
    pub(crate) empty: Vec<u32>,
    /// Merged areas; none where the format cannot merge.
    pub(crate) merged: Option<Vec<Area>>,
    /// Rows the sheet hides, by number, sorted.
    pub(crate) hidden_rows: Vec<u32>,
    /// Columns the sheet hides, from 0, sorted.
    pub(crate) hidden_columns: Vec<usize>,
    /// Whether the format let us see what is hidden and merged.
    pub(crate) layout: Known,
    /// Cells whose formula was saved without its result: row from 1, column from 0.
    pub(crate) unsaved: Vec<(u32, usize)>,
}

/// Whether something could be found out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Known {
    #[default]
    Yes,
    No,
}

/// Merged cells: rows from 1, columns from 0, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) rows: (u32, u32),
    pub(crate) columns: (usize, usize),
}

/// What a file of tables holds besides its grids.
#[derive(Clone, Debug, Default)]
pub(crate) struct Book {
    /// Visible sheets that hold something, or the one that was asked for.
    pub(crate) grids: Vec<Grid>,
    /// Names of sheets that were not read because they are hidden.
    pub(crate) hidden_sheets: Vec<String>,
    /// Names of all visible sheets, for messages.
    pub(crate) sheets: Vec<String>,
    /// The encoding that was found, where it was not UTF-8.
    pub(crate) encoding: Option<&'static str>,
}

impl Area {
    pub(crate) fn holds(&self, row: u32, column: usize) -> bool {
        (self.rows.0..=self.rows.1).contains(&row) && (self.columns.0..=self.columns.1).contains(&column)
    }
}
