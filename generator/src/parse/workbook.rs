//! A workbook becomes grids, one for each visible sheet: XLSX, XLSM, XLSB, XLS, ODS.
//!
//! Formats are told by their first bytes. What a file claims is checked before it is opened, cells are
//! counted while they are read, and a reader that fails on a damaged file fails here and nowhere else.

mod cells;
mod compound;
mod contained;
mod kind;
mod ods;
mod package;
mod xls;
mod xlsb;
mod xlsx;

use std::io::Cursor;

use calamine::{Ods, Reader, Sheet, SheetType, SheetVisible, Xls, Xlsb, Xlsx};

use super::LIMITS;
use super::grid::{Area, Book, Grid, Known};
use super::table::{Shape, small};
use crate::diag::{Diagnostics, Place};
use crate::source::Source;
use cells::Collector;
use kind::Kind;

/// What a sheet says of its rows and columns beside their cells.
#[derive(Debug, Default)]
struct Layout {
    merged: Option<Vec<Area>>,
    hidden_rows: Vec<u32>,
    hidden_columns: Vec<usize>,
    unsaved: Vec<(u32, usize)>,
    known: Known,
}

/// Why a workbook cannot be read.
#[derive(Debug)]
enum Fault {
    Password,
    TooLarge(String),
    Damaged(String),
}

type Bytes<'a> = Cursor<&'a [u8]>;

/// Which sheets are wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted<'a> {
    /// Every sheet a person sees.
    Visible,
    Named(&'a str),
    /// Hidden ones too; only to measure the reader.
    #[cfg(test)]
    All,
}

/// Reads the wanted sheets of a workbook.
///
/// # Errors
/// A file that is no workbook, has a password, is damaged or too large, or lacks the sheet.
pub(crate) fn book(source: &Source, wanted: Wanted<'_>) -> Result<Book, Diagnostics> {
    let mut diags = Diagnostics::new();
    let file = || Place::file(&source.path);
    let kind = match kind::kind(source.bytes()) {
        Ok(kind) if kind.ending_fits(source.extension()) => kind,
        Ok(kind) => {
            diags.wrong_ending(file(), kind.name(), source.extension());
            return Err(diags);
        }
        Err(other) => {
            diags.not_a_workbook(file(), other);
            return Err(diags);
        }
    };
    let read = contained::contained(|| kind_book(kind, source, wanted));
    match read.unwrap_or_else(Fault::gave_up) {
        Ok(book) => {
            if let (Wanted::Named(name), true) = (wanted, book.grids.is_empty()) {
                diags.unknown_sheet(file(), name, book.sheets.iter().map(String::as_str));
            }
            if diags.errors() > 0 { Err(diags) } else { Ok(book) }
        }
        Err(Fault::Password) => {
            diags.workbook_has_password(file());
            Err(diags)
        }
        Err(Fault::TooLarge(what)) => {
            diags.workbook_too_large(file(), &what);
            Err(diags)
        }
        Err(Fault::Damaged(why)) => {
            diags.damaged_workbook(file(), &why);
            Err(diags)
        }
    }
}

fn kind_book(kind: Kind, source: &Source, wanted: Wanted<'_>) -> Result<Book, Fault> {
    let bytes = source.bytes();
    match kind {
        Kind::Xlsx => {
            package::check(bytes)?;
            let mut workbook: Xlsx<Bytes<'_>> = Xlsx::new(Cursor::new(bytes))?;
            let parts = xlsx::sheet_parts(bytes)?;
            let sheets = workbook.sheets_metadata().to_vec();
            read(&sheets, wanted, |at, name| {
                let part = parts.get(at).filter(|_| parts.len() == sheets.len());
                // Each runs on a thread of its own, so each is contained by itself.
                let (cells, layout) = rayon::join(
                    || contained::contained(|| xlsx::cells(&mut workbook, name)).unwrap_or_else(Fault::gave_up),
                    || part.map_or_else(|| Ok(Layout::unknown()), |part| xlsx::layout(bytes, part)),
                );
                Ok((cells?, layout?))
            })
        }
        Kind::Xlsb => {
            package::check(bytes)?;
            let mut workbook: Xlsb<Bytes<'_>> = Xlsb::new(Cursor::new(bytes))?;
            let parts = xlsb::sheet_parts(bytes)?;
            let sheets = workbook.sheets_metadata().to_vec();
            read(&sheets, wanted, |at, name| {
                let part = parts.get(at).filter(|_| parts.len() == sheets.len());
                let layout = part.map_or_else(|| Ok(Layout::unknown()), |part| xlsb::layout(bytes, part))?;
                Ok((xlsb::cells(&mut workbook, name)?, layout))
            })
        }
        Kind::Xls => {
            compound::check(bytes)?;
            let mut layouts = xls::layouts(bytes)?;
            let mut workbook: Xls<Bytes<'_>> = Xls::new(Cursor::new(bytes))?;
            let from_1904 = workbook.has_1904_epoch();
            let sheets = workbook.sheets_metadata().to_vec();
            read(&sheets, wanted, |at, name| {
                let range = workbook.worksheet_range(name)?;
                let mut layout = layouts.get_mut(at).map_or_else(Layout::unknown, std::mem::take);
                let merged = workbook.merge_cells_by_sheet_name(name)?;
                layout.merged = Some(merged.iter().map(area).collect());
                Ok((cells::of_range(&range, Shape::Unknown, from_1904)?, layout))
            })
        }
        Kind::Ods => {
            package::check(bytes)?;
            let mut layouts = ods::layouts(bytes)?;
            let mut workbook: Ods<Bytes<'_>> = Ods::new(Cursor::new(bytes))?;
            let sheets = workbook.sheets_metadata().to_vec();
            read(&sheets, wanted, |at, name| {
                let range = workbook.worksheet_range(name)?;
                let layout = layouts.get_mut(at).map_or_else(Layout::unknown, std::mem::take);
                Ok((cells::of_range(&range, Shape::Unknown, false)?, layout))
            })
        }
    }
}

/// Reads the wanted sheets with one function for cells and layout.
fn read(
    sheets: &[Sheet],
    wanted: Wanted<'_>,
    mut sheet: impl FnMut(usize, &str) -> Result<(Collector, Layout), Fault>,
) -> Result<Book, Fault> {
    let mut book = Book::default();
    for (at, known) in sheets.iter().enumerate() {
        let visible = known.visible == SheetVisible::Visible;
        let asked = match wanted {
            Wanted::Visible => visible && known.typ == SheetType::WorkSheet,
            Wanted::Named(name) => known.name == name,
            #[cfg(test)]
            Wanted::All => true,
        };
        if visible {
            book.sheets.push(known.name.clone());
        } else if !asked {
            book.hidden_sheets.push(known.name.clone());
        }
        if !asked {
            continue;
        }
        let (cells, layout) = match sheet(at, &known.name) {
            // Charts and macro sheets hold no table, whatever else they hold.
            Err(Fault::Damaged(_)) if known.typ != SheetType::WorkSheet => Default::default(),
            read => read?,
        };
        let grid = cells.grid(&known.name, layout);
        if !grid.rows.is_empty() || !matches!(wanted, Wanted::Visible) {
            book.grids.push(grid);
        }
    }
    Ok(book)
}

fn area(dimensions: &calamine::Dimensions) -> Area {
    Area {
        rows: (dimensions.start.0 + 1, dimensions.end.0 + 1),
        columns: (dimensions.start.1 as usize, dimensions.end.1 as usize),
    }
}

impl Layout {
    fn unknown() -> Layout {
        Layout { known: Known::No, ..Layout::default() }
    }
}

impl Collector {
    fn grid(self, name: &str, mut layout: Layout) -> Grid {
        let rows = self.rows();
        layout.hidden_rows.sort_unstable();
        layout.hidden_rows.dedup();
        layout.hidden_columns.sort_unstable();
        layout.hidden_columns.dedup();
        let mut empty = Vec::new();
        let mut next = 1;
        for row in &rows {
            let number = cells::number(row);
            empty.extend(next..number);
            next = number + 1;
        }
        Grid {
            sheet: Some(name.to_owned()),
            rows,
            empty,
            merged: layout.merged,
            hidden_rows: layout.hidden_rows,
            hidden_columns: layout.hidden_columns,
            layout: layout.known,
            unsaved: layout.unsaved,
        }
    }
}

impl Fault {
    fn too_many_cells() -> Fault {
        Fault::TooLarge(format!("{} cells", LIMITS.cells))
    }

    fn gave_up<T>() -> Result<T, Fault> {
        Err(Fault::Damaged("the reader gave up".to_owned()))
    }

    fn damaged(error: &impl std::fmt::Display) -> Fault {
        Fault::Damaged(error.to_string())
    }
}

/// The errors of one reader; a missing password is told from damage.
macro_rules! faults {
    ($($error:ident),*) => {$(
        impl From<calamine::$error> for Fault {
            fn from(error: calamine::$error) -> Fault {
                match error {
                    calamine::$error::Password => Fault::Password,
                    other => Fault::damaged(&other),
                }
            }
        }
    )*};
}

faults!(XlsxError, XlsbError, XlsError, OdsError);

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Fault {
        Fault::damaged(&error)
    }
}

impl From<zip::result::ZipError> for Fault {
    fn from(error: zip::result::ZipError) -> Fault {
        Fault::damaged(&error)
    }
}

impl From<quick_xml::Error> for Fault {
    fn from(error: quick_xml::Error) -> Fault {
        Fault::damaged(&error)
    }
}

/// Where a cell stands, from positions that count from 0.
fn place_of(row: u32, column: u32) -> (u32, usize) {
    (row.saturating_add(1), small(column as usize) as usize)
}
