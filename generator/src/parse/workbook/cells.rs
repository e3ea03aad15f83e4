//! Cells of a foreign reader become rows of placed cells, counted while they come.

use std::sync::Arc;

use calamine::{Data, DataRef, DataType, ExcelDateTime, Range};

use super::{Fault, place_of};
use crate::parse::LIMITS;
use crate::parse::table::{At, Cell, Raw, Row, Shape};

/// Rows as they arrive. Most files are in order; the others are sorted at the end.
#[derive(Debug, Default)]
pub(super) struct Collector {
    rows: Vec<Row>,
    cells: usize,
    text: usize,
}

impl Collector {
    /// Adds a cell; row and column count from 0.
    pub(super) fn push(&mut self, row: u32, column: u32, raw: Raw) -> Result<(), Fault> {
        let (number, column) = place_of(row, column);
        self.cells += 1;
        if let Raw::Text(text) = &raw {
            self.text += text.len();
        }
        if self.cells > LIMITS.cells || self.text > LIMITS.text {
            return Err(Fault::too_many_cells());
        }
        if column >= LIMITS.columns || number > LIMITS.rows {
            return Err(Fault::TooLarge(format!("{} rows and {} columns", LIMITS.rows, LIMITS.columns)));
        }
        let cell = Cell { column, raw, at: At::Grid { row: number, column: crate::parse::table::small(column + 1) } };
        match self.rows.last_mut() {
            Some(last) if self::number(last) == number => last.cells.push(cell),
            last => {
                // A row is mostly as long as the one before.
                let mut cells = Vec::with_capacity(last.map_or(1, |last| last.cells.len()));
                cells.push(cell);
                self.rows.push(Row { at: At::Row(number), cells });
            }
        }
        Ok(())
    }

    /// The rows in order, each number once, the cells of each in order and each place once.
    pub(super) fn rows(self) -> Vec<Row> {
        let mut rows = self.rows;
        if !rows.is_sorted_by(|a, b| number(a) < number(b)) {
            rows.sort_by_key(number);
            rows.dedup_by(|later, first| {
                let same = number(later) == number(first);
                if same {
                    first.cells.append(&mut later.cells);
                }
                same
            });
        }
        for row in &mut rows {
            if !row.cells.is_sorted_by(|a, b| a.column < b.column) {
                row.cells.sort_by_key(|cell| cell.column);
                row.cells.dedup_by_key(|cell| cell.column);
            }
        }
        rows
    }
}

/// The number of a grid's row.
pub(super) fn number(row: &Row) -> u32 {
    match row.at {
        At::Row(number) => number,
        At::Grid { row, .. } => row,
        At::Range { .. } => unreachable!("a grid's rows have numbers"),
    }
}

/// The used cells of a sheet that the reader holds whole.
pub(super) fn of_range(range: &Range<Data>, numbers: Shape, from_1904: bool) -> Result<Collector, Fault> {
    let mut collector = Collector::default();
    let Some((first_row, first_column)) = range.start() else { return Ok(collector) };
    for (row, column, value) in range.used_cells() {
        let at = |offset: u32, at: usize| offset.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
        let raw = match value {
            Data::String(text) => written(text),
            Data::DateTimeIso(text) | Data::DurationIso(text) => written(text),
            Data::DateTime(day) => Some(day_or_length(*day, from_1904)),
            Data::Error(error) => Some(Raw::Text(error.to_string().into())),
            Data::Empty => None,
            other => plain(other.get_bool(), other.as_f64(), numbers, from_1904),
        };
        if let Some(raw) = raw {
            collector.push(at(first_row, row), at(first_column, column), raw)?;
        }
    }
    Ok(collector)
}

/// The texts met last, by where the workbook keeps them: a column of types or offices has few.
pub(super) struct Shared<'a>(Vec<Option<(&'a str, Arc<str>)>>);

impl<'a> Shared<'a> {
    pub(super) fn new() -> Shared<'a> {
        Shared(vec![None; 251])
    }

    fn text(&mut self, text: &'a str) -> Arc<str> {
        let slots = self.0.len();
        let slot = &mut self.0[text.as_ptr().addr() / 8 % slots];
        match slot {
            Some((known, shared)) if std::ptr::eq(*known, text) => shared.clone(),
            _ => slot.insert((text, text.into())).1.clone(),
        }
    }
}

/// One cell of a streaming reader.
pub(super) fn raw<'a>(value: &DataRef<'a>, shared: &mut Shared<'a>, numbers: Shape, from_1904: bool) -> Option<Raw> {
    match value {
        DataRef::SharedString(text) => (!text.trim().is_empty()).then(|| Raw::Text(shared.text(text))),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => written(text),
        DataRef::DateTime(day) => Some(day_or_length(*day, from_1904)),
        DataRef::Error(error) => Some(Raw::Text(error.to_string().into())),
        DataRef::Empty => None,
        other => plain(other.get_bool(), other.as_f64(), numbers, from_1904),
    }
}

fn written(text: &str) -> Option<Raw> {
    (!text.trim().is_empty()).then(|| Raw::Text(text.into()))
}

fn day_or_length(day: ExcelDateTime, from_1904: bool) -> Raw {
    let shape = if day.is_datetime() { Shape::Day } else { Shape::Plain };
    Raw::Number { value: day.as_f64(), shape, from_1904 }
}

fn plain(yes: Option<bool>, number: Option<f64>, shape: Shape, from_1904: bool) -> Option<Raw> {
    match (yes, number) {
        (Some(yes), _) => Some(Raw::Text(if yes { "TRUE" } else { "FALSE" }.into())),
        (None, Some(value)) => Some(Raw::Number { value, shape, from_1904 }),
        (None, None) => None,
    }
}
