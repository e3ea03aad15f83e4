//! Workbooks and files of separated values become tables of the register their column holds.
//!
//! A workbook is an attachment when a text of the site names it, when it lies in a column of texts, or
//! below `_assets`. Every other one is a table, and is then no attachment: nobody can download it.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::diag::{Diagnostics, Place};
use crate::grid;
use crate::parse::{Mapping, Parsed, ParsedBook, ParsedFile, Role};
use crate::register::{ListingStyle, Register, RegisterId, Registers};
use crate::site::Column;

use super::Known;
use super::columns::Columns;

/// Every file of the site as what it turned out to be.
pub(super) struct Settled {
    /// The parsed files with every table among them.
    pub(super) parsed: Parsed,
    /// The paths of the workbooks that are tables.
    pub(super) workbooks: Vec<Arc<str>>,
    /// What was written beside a table, by the table's path.
    pub(super) mappings: HashMap<Arc<str>, Mapping>,
}

/// Tells tables from attachments, and reads the tables by the registers of their columns.
pub(super) fn settle(
    registers: &Registers,
    columns: &Columns,
    mut parsed: Parsed,
    known: &mut Known,
    diags: &mut Diagnostics,
) -> Settled {
    for source in parsed.stray.drain(..) {
        diags.mapping_without_table(Place::file(&source.path));
    }
    let books = std::mem::take(&mut parsed.books);
    let tables = books.into_iter().filter_map(|book| Some((register_of(registers, columns, &book)?, book)));
    let tables: Vec<(RegisterId, ParsedBook)> = tables.collect();
    let workbooks = tables.iter().filter(|(_, book)| book.role == Role::Either);
    let workbooks = workbooks.map(|(_, book)| book.source.path.clone()).collect();
    let mapped = tables.iter().filter(|(_, book)| book.mapping != Mapping::default());
    let mappings = mapped.map(|(_, book)| (book.source.path.clone(), book.mapping.clone())).collect();
    let settled = |(register, book): (RegisterId, ParsedBook)| {
        let mapping = book.mapping.clone();
        let table = known.table(&book, register).map_or_else(|| table(registers.get(register), book), Ok);
        table.map(|(file, notes)| (register, mapping, file, notes))
    };
    let results: Vec<_> = tables.into_par_iter().map(settled).collect();
    known.tables.clear();
    for result in results {
        match result {
            Ok((register, mapping, file, notes)) => {
                known.keep_table(&mapping, register, &file, &notes);
                diags.extend(notes);
                parsed.files.push(file);
            }
            Err(found) => diags.extend(found),
        }
    }
    parsed.files.par_sort_by(|a, b| a.source.path.cmp(&b.source.path));
    Settled { parsed, workbooks, mappings }
}

fn table(register: &Register, book: ParsedBook) -> Result<(Arc<ParsedFile>, Diagnostics), Diagnostics> {
    let (table, notes) = grid::table(&book.source, Arc::unwrap_or_clone(book.book?), &book.mapping, register)?;
    Ok((Arc::new(ParsedFile { source: book.source, table, body: None }), notes))
}

/// The register whose records a file holds; none for an attachment.
fn register_of(registers: &Registers, columns: &Columns, book: &ParsedBook) -> Option<RegisterId> {
    let column = &columns.list[columns.holding(&book.source.path)?.0 as usize];
    match book.role {
        Role::Table => Some(column.register),
        Role::Either => holds_tables(registers, column).then_some(column.register),
        Role::Attachment => None,
    }
}

/// Whether a column lists records in columns; pages and articles come with attachments.
fn holds_tables(registers: &Registers, column: &Column) -> bool {
    let definition = &registers.get(column.register).definition;
    let listed = !definition.list.is_empty() || definition.listing != ListingStyle::Table;
    listed && definition.listing != ListingStyle::Articles
}
