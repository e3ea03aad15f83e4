//! A grid becomes a table of one register's columns: the head is found, what is no record is set aside.
//!
//! Knows the register's titles, the mapping and how offices lay out their sheets; types no value and
//! knows no other file. Every row of the grid is a row of the table or in its list of skipped rows.

mod fill;
mod head;
mod rows;
mod suggest;

use rayon::prelude::*;

use crate::diag::{Diagnostics, Place};
use crate::literal::MoneyUnit;
use crate::parse::{At, Book, Cell, Column, Grid, Known, Mapping, Raw, Reading, Row, Skip, Table};
use crate::register::{FieldKind, Register, fold};
use crate::source::Source;
use crate::text::Text;

pub(crate) use suggest::suggest;

use head::Head;

/// What is known of a table while its grid is read.
struct Sheet<'a> {
    source: &'a Source,
    register: &'a Register,
    mapping: &'a Mapping,
    name: Option<String>,
}

/// The table of a book's only sheet, or of the one that the mapping names.
///
/// # Errors
/// A book of several sheets, a head that is ambiguous, a mapping that does not fit, cells that show an error.
pub(crate) fn table(
    source: &Source,
    book: Book,
    mapping: &Mapping,
    register: &Register,
) -> Result<(Table, Diagnostics), Diagnostics> {
    let mut diags = Diagnostics::new();
    let file = || Place::file(&source.path);
    if let Some(name) = book.encoding {
        diags.encoding_found(file(), name);
    }
    if !book.hidden_sheets.is_empty() {
        let names = |between: &str| book.hidden_sheets.join(between);
        diags.hidden_left_out(
            file(),
            Text::new(format!("工作表（{}）", names("、")), format!("sheets ({})", names(", "))),
        );
    }
    let mut grids = book.grids;
    if grids.len() > 1 {
        let names: Vec<&str> = grids.iter().filter_map(|grid| grid.sheet.as_deref()).collect();
        diags.several_sheets(file(), &names);
        return Err(diags);
    }
    let Some(grid) = grids.pop() else {
        diags.empty_table(file());
        return Err(diags);
    };
    let sheet = Sheet { source, register, mapping, name: grid.sheet.clone() };
    sheet.check_mapping(&mut diags);
    let table = sheet.table(grid, &mut diags);
    if diags.errors() > 0 { Err(diags) } else { Ok((table, diags)) }
}

impl Sheet<'_> {
    fn table(&self, mut grid: Grid, diags: &mut Diagnostics) -> Table {
        let mut skipped: Vec<(u32, Skip)> = grid.empty.iter().map(|number| (*number, Skip::Empty)).collect();
        if grid.layout == Known::No {
            diags.layout_unknown(Place::file(&self.source.path));
        }
        self.leave_out_hidden(&mut grid, &mut skipped, diags);
        let Some(head) = head::find(self, &grid) else {
            diags.empty_table(Place::file(&self.source.path));
            return Table::default();
        };
        head.report(self, diags);
        let unit = self.mapping.unit.clone().or_else(|| head::unit_above(&grid.rows[..head.first]));
        skipped.extend(grid.rows[..head.first].iter().map(|row| (number(row), Skip::Heading)));
        let mut columns = self.columns(&head, unit.as_deref());
        let body = grid.rows.split_off(head.last + 1);
        let (mut body, set_aside) = rows::records(&head, body);
        skipped.extend(set_aside);
        skipped.sort_unstable();
        self.untitled_cells(&columns, &body, diags);
        self.error_cells(&columns, &body, &grid.unsaved, diags);
        fill::down(self, &grid, &columns, &mut body, diags);
        self.constants(&mut columns, &mut body);
        self.acknowledge(&mut columns, &mut body);
        Table { sheet: self.name.clone(), columns, rows: body, skipped }
    }

    fn place(&self, row: u32, column: usize) -> Place {
        let column = u32::try_from(column + 1).unwrap_or(u32::MAX);
        Place::Cell { path: self.source.path.clone(), sheet: self.name.clone(), row, column }
    }

    /// Takes hidden rows and columns out, and says what was taken.
    fn leave_out_hidden(&self, grid: &mut Grid, skipped: &mut Vec<(u32, Skip)>, diags: &mut Diagnostics) {
        let hidden = |row: &Row| grid.hidden_rows.binary_search(&number(row)).is_ok();
        let out: Vec<u32> = grid.rows.iter().filter(|row| hidden(row)).map(number).collect();
        let file = Place::file(&self.source.path);
        if !out.is_empty() {
            grid.rows.retain(|row| out.binary_search(&number(row)).is_err());
            skipped.extend(out.iter().map(|row| (*row, Skip::Hidden)));
            let list = ranges(&out);
            diags.hidden_left_out(file.clone(), Text::new(format!("行（第 {list} 行）"), format!("rows ({list})")));
        }
        if grid.hidden_columns.is_empty() {
            return;
        }
        let mut used: Vec<usize> = Vec::new();
        for row in &mut grid.rows {
            row.cells.retain(|cell| {
                let hidden = grid.hidden_columns.binary_search(&cell.column).is_ok();
                if hidden && !used.contains(&cell.column) {
                    used.push(cell.column);
                }
                !hidden
            });
        }
        grid.rows.retain(|row| {
            if row.cells.is_empty() {
                skipped.push((number(row), Skip::Empty));
            }
            !row.cells.is_empty()
        });
        if !used.is_empty() {
            used.sort_unstable();
            let letter = |column: &usize| crate::diag::column_letters(u32::try_from(column + 1).unwrap_or(u32::MAX));
            let letters: Vec<String> = used.iter().map(letter).collect();
            diags.hidden_left_out(
                file,
                Text::new(format!("列（{}）", letters.join("、")), format!("columns ({})", letters.join(", "))),
            );
        }
    }

    /// The columns by position in the sheet; those without a title stay empty.
    fn columns(&self, head: &Head, unit: Option<&str>) -> Vec<Column> {
        let width = head.titles.iter().map(|title| title.column + 1).max().unwrap_or(0);
        let mut columns: Vec<Column> = (0..width).map(|_| Column::default()).collect();
        for (at, column) in columns.iter_mut().enumerate() {
            column.at = grid_at(head.row, at);
        }
        for title in &head.titles {
            let field = title.known_as.as_deref().and_then(|name| self.register.field_titled(name));
            let kind = field.map(|field| self.register.field(field).definition.kind);
            let money = kind == Some(FieldKind::Money);
            let split = field.and_then(|field| self.named(&self.mapping.split, field));
            columns[title.column] = Column {
                title: title.text.clone(),
                at: grid_at(title.row, title.column),
                reading: Some(Box::new(Reading {
                    known_as: Some(title.known_as.clone().unwrap_or_else(|| title.text.clone())),
                    unit: title.unit.clone().or_else(|| unit.map(str::to_owned)).filter(|_| money),
                    date_format: self.mapping.date_format.clone(),
                    split: split.cloned(),
                })),
            };
        }
        columns
    }

    /// What a map of the mapping says of a field, under whichever of its names.
    fn named<'m, T>(
        &self,
        map: &'m std::collections::BTreeMap<String, T>,
        field: crate::register::FieldId,
    ) -> Option<&'m T> {
        map.iter().find(|(name, _)| self.register.field_titled(name) == Some(field)).map(|(_, value)| value)
    }

    /// Cells beyond the head, and columns of cells without a title.
    fn untitled_cells(&self, columns: &[Column], rows: &[Row], diags: &mut Diagnostics) {
        let mut said: Vec<usize> = Vec::new();
        let untitled = |cell: &&Cell| columns.get(cell.column).is_none_or(|column| column.title.is_empty());
        let with_some: Vec<&Row> = rows.par_iter().filter(|row| row.cells.iter().any(|cell| untitled(&cell))).collect();
        for row in with_some {
            for cell in row.cells.iter().filter(untitled) {
                if said.contains(&cell.column) {
                    continue;
                }
                said.push(cell.column);
                diags.cell_without_title(self.place(number(row), cell.column), &shown(&cell.raw));
            }
        }
    }

    /// Cells that show an error of the spreadsheet, and formulas saved without a result.
    fn error_cells(&self, columns: &[Column], rows: &[Row], unsaved: &[(u32, usize)], diags: &mut Diagnostics) {
        const ERRORS: [&str; 6] = ["#DIV/0!", "#REF!", "#NAME?", "#VALUE!", "#NUM!", "#NULL!"];
        let title = |column: usize| columns.get(column).map_or("", |column| column.title.as_str());
        let error = |cell: &Cell| {
            let text = cell.raw.words().filter(|text| text.starts_with('#'))?.trim();
            ERRORS.iter().copied().find(|error| *error == text)
        };
        let with_some: Vec<&Row> =
            rows.par_iter().filter(|row| row.cells.iter().any(|cell| error(cell).is_some())).collect();
        for row in with_some {
            for (cell, error) in row.cells.iter().filter_map(|cell| Some((cell, error(cell)?))) {
                diags.cell_error(self.place(number(row), cell.column), title(cell.column), error);
            }
        }
        for (row, column) in unsaved {
            let record = rows.binary_search_by_key(row, number).is_ok();
            if record && !title(*column).is_empty() {
                diags.formula_without_result(self.place(*row, *column), title(*column));
            }
        }
    }

    /// Adds a column for every constant; a row that has its own value keeps it.
    fn constants(&self, columns: &mut Vec<Column>, rows: &mut [Row]) {
        for (name, value) in &self.mapping.constants {
            let Some(field) = self.register.field_titled(name) else { continue };
            let own = columns.iter().position(|column| self.register.field_titled(column.known_as()) == Some(field));
            let column = own.unwrap_or(columns.len());
            if own.is_none() {
                columns.push(Column { title: name.clone(), ..Column::default() });
            }
            for row in &mut *rows {
                let at = row.cells.partition_point(|cell| cell.column < column);
                if row.cells.get(at).is_none_or(|cell| cell.column != column) {
                    row.cells.insert(at, Cell { column, raw: Raw::Text(value.as_str().into()), at: row.at });
                }
            }
        }
    }

    /// Writes what the mapping acknowledges into the rows that it is about.
    fn acknowledge(&self, columns: &mut Vec<Column>, rows: &mut [Row]) {
        const FIELD: &str = "acknowledged";
        let known: Vec<String> = self.mapping.acknowledged.iter().map(|value| fold(value)).collect();
        let Some(field) = self.register.field_titled(FIELD).filter(|_| !known.is_empty()) else { return };
        let own = columns.iter().position(|column| self.register.field_titled(column.known_as()) == Some(field));
        let column = own.unwrap_or_else(|| {
            columns.push(Column { title: FIELD.to_owned(), ..Column::default() });
            columns.len() - 1
        });
        for row in rows {
            let texts = row.cells.iter().map(|cell| cell.raw.text().into_owned());
            let meant: Vec<String> = texts.filter(|text| known.contains(&fold(text))).collect();
            let at = row.cells.partition_point(|cell| cell.column < column);
            let empty = row.cells.get(at).is_none_or(|cell| cell.column != column);
            if !meant.is_empty() && empty {
                row.cells.insert(at, Cell { column, raw: Raw::Text(meant.join("；").into()), at: row.at });
            }
        }
    }

    /// Names in the mapping that lead nowhere.
    fn check_mapping(&self, diags: &mut Diagnostics) {
        let mapping = self.mapping;
        let place = || Place::file(&format!("{}{}", self.source.path, crate::parse::MAPPING_ENDING).into());
        let fields = mapping
            .columns
            .values()
            .filter(|name| !name.is_empty())
            .map(|name| ("columns", name))
            .chain(mapping.constants.keys().map(|name| ("constants", name)))
            .chain(mapping.split.keys().map(|name| ("split", name)))
            .chain(mapping.fill_down.iter().map(|name| ("fill_down", name)));
        for (key, name) in fields.filter(|(_, name)| self.register.field_titled(name).is_none()) {
            diags.unknown_mapped_field(place(), key, name, self.register.titles());
        }
        if let Some(unit) = mapping.unit.as_deref().filter(|unit| MoneyUnit::from_name(unit).is_none()) {
            diags.bad_mapping(place(), &format!("unit = \"{unit}\""));
        }
    }
}

/// The number of a grid's row.
fn number(row: &Row) -> u32 {
    match row.at {
        At::Row(number) => number,
        At::Grid { row, .. } => row,
        At::Range { .. } => unreachable!("a grid's rows have numbers"),
    }
}

fn grid_at(row: u32, column: usize) -> At {
    At::Grid { row, column: u32::try_from(column + 1).unwrap_or(u32::MAX) }
}

/// What a message may repeat of a cell nobody knows the field of.
fn shown(raw: &Raw) -> String {
    crate::rules::mask::middle(&raw.text().chars().take(20).collect::<String>())
}

/// `3、5-8`: numbers as a person lists them.
fn ranges(numbers: &[u32]) -> String {
    let mut parts: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == *number => *last = *number,
            _ => parts.push((*number, *number)),
        }
    }
    let words = parts.iter().map(|(a, b)| if a == b { a.to_string() } else { format!("{a}-{b}") });
    words.collect::<Vec<_>>().join("、")
}
