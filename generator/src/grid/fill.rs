//! Cells that take the value above: merged ones, and empty ones where a format cannot merge. Only in
//! columns that the register or the mapping declares; a merged cell elsewhere is pointed out.

use crate::diag::Diagnostics;
use crate::parse::{Cell, Column, Grid, Row};

use super::{Sheet, grid_at, number};

/// Fills, and says how many cells were filled.
pub(super) fn down(sheet: &Sheet<'_>, grid: &Grid, columns: &[Column], rows: &mut [Row], diags: &mut Diagnostics) {
    let declared: Vec<bool> = columns.iter().map(|column| sheet.fills_down(column)).collect();
    let mut filled = 0;
    match &grid.merged {
        Some(areas) => {
            let mut pointed_out = Vec::new();
            for area in areas.iter().filter(|area| area.rows.1 > area.rows.0) {
                let column = area.columns.0;
                let Some(titled) = columns.get(column).filter(|titled| !titled.title.is_empty()) else { continue };
                let first = rows.partition_point(|row| number(row) < area.rows.0);
                let after = rows.partition_point(|row| number(row) <= area.rows.1);
                if after - first < 2 {
                    continue;
                }
                if declared[column] {
                    filled += fill(&mut rows[first..after], column);
                } else if !pointed_out.contains(&column) && sheet.register.field_titled(titled.known_as()).is_some() {
                    pointed_out.push(column);
                    diags.merged_not_filled(sheet.place(area.rows.0, column), &titled.title);
                }
            }
        }
        None => {
            for column in (0..columns.len()).filter(|column| declared[*column]) {
                filled += fill(rows, column);
            }
        }
    }
    if filled > 0 {
        diags.filled_down(crate::diag::Place::file(&sheet.source.path), filled);
    }
}

/// Gives every empty cell of a column the last value above it.
fn fill(rows: &mut [Row], column: usize) -> usize {
    let mut above = None;
    let mut filled = 0;
    for row in rows {
        let at = row.cells.partition_point(|cell| cell.column < column);
        match (row.cells.get(at).filter(|cell| cell.column == column), &above) {
            (Some(cell), _) => above = Some(cell.raw.clone()),
            (None, Some(raw)) => {
                let at_cell = grid_at(number(row), column);
                row.cells.insert(at, Cell { column, raw: raw.clone(), at: at_cell });
                filled += 1;
            }
            (None, None) => {}
        }
    }
    filled
}

impl Sheet<'_> {
    fn fills_down(&self, column: &Column) -> bool {
        let Some(field) = self.register.field_titled(column.known_as()) else { return false };
        let mapped = self.mapping.fill_down.iter().any(|name| self.register.field_titled(name) == Some(field));
        mapped || self.register.field(field).definition.fill_down
    }
}
