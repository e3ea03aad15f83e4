//! CSV text becomes a table: first row the titles, RFC 4180 quoting.

use csv::{ReaderBuilder, StringRecord};

use super::table::{At, Cell, Column, Raw, Row, Table, small};
use crate::diag::{Diagnostics, Place};
use crate::source::Source;

/// Reads a CSV file.
///
/// # Errors
/// Rows with more cells than the head has titles, and quoting that never closes.
pub(crate) fn table(source: &Source, text: &str) -> Result<Table, Diagnostics> {
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut diags = Diagnostics::new();
    let mut table = Table::default();
    let mut record = StringRecord::new();
    let mut row = 0;
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => row += 1,
            Ok(false) => break,
            Err(error) => {
                diags.malformed(Place::file(&source.path), &error.to_string());
                break;
            }
        }
        if row == 1 {
            table.columns = head(&record);
        } else if record.iter().all(|cell| cell.trim().is_empty()) {
            table.empty_rows += 1;
        } else {
            table.rows.push(cells(&record, row, source, table.columns.len(), &mut diags));
        }
    }
    if table.columns.is_empty() {
        diags.empty_table(Place::file(&source.path));
    }
    if diags.errors() > 0 { Err(diags) } else { Ok(table) }
}

fn head(record: &StringRecord) -> Vec<Column> {
    let titled = |(index, title): (usize, &str)| Column {
        title: title.trim().to_owned(),
        at: At::Grid { row: 1, column: small(index + 1) },
    };
    record.iter().enumerate().map(titled).collect()
}

fn cells(record: &StringRecord, row: u32, source: &Source, columns: usize, diags: &mut Diagnostics) -> Row {
    let mut cells = Vec::with_capacity(columns.min(record.len()));
    for (column, text) in record.iter().enumerate() {
        let at = At::Grid { row, column: small(column + 1) };
        if text.trim().is_empty() {
            continue;
        }
        if column >= columns {
            let place = Place::Cell { path: source.path.clone(), sheet: None, row, column: small(column + 1) };
            diags.cell_without_title(place, text);
            continue;
        }
        cells.push(Cell { column, raw: Raw::Text(text.to_owned()), at });
    }
    Row { at: At::Row(row), cells }
}
