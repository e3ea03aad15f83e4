//! What the last check of a site left for the next one: tables whose head is found, and the records of each file as
//! far as they depend on no other. Each is used again only where everything it was made of is the very same.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::columns::Columns;
use super::joins::Areas;
use super::lifecycle::Told;
use super::{Asked, Draft};
use crate::diag::Diagnostics;
use crate::memo::Memo;
use crate::parse::{Mapping, ParsedBook, ParsedFile};
use crate::register::{RegisterId, Registers};
use crate::site::{Absent, Assets, Column, Record};
use crate::source::Source;
use crate::text::Language;

/// Results of the last check.
pub(crate) struct Known {
    /// Whether anything is remembered at all; a build forgets everything.
    remembers: bool,
    basis: Option<Basis>,
    /// Path, title, register and review of every column.
    columns: Vec<(String, String, RegisterId, Option<Date>)>,
    /// Paths of assets: a cell may name one. With the columns they are all that a record depends on beside its own
    /// file.
    assets: Vec<Arc<str>>,
    /// Those of the last check, by path.
    pub(super) tables: HashMap<Arc<str>, Table>,
    pub(super) rows: Memo<Arc<ParsedFile>, Typed>,
    pub(super) areas: Memo<Arc<Record>, Areas>,
}

/// What all rows depend on.
struct Basis {
    registers: Arc<Registers>,
    asked: Asked,
    /// Titles are in it.
    language: Language,
}

/// A table and what it was made of, beside the registers.
pub(super) struct Table {
    source: Source,
    mapping: Mapping,
    register: RegisterId,
    file: Arc<ParsedFile>,
    notes: Diagnostics,
}

/// The records of one file.
#[derive(Default)]
pub(super) struct Typed {
    pub(super) drafts: Vec<Draft>,
    /// Rows that are no records, with the register that is not theirs and why.
    pub(super) absent: Vec<(RegisterId, Absent)>,
    pub(super) told: Told,
}

impl Known {
    pub(crate) fn forgetful() -> Known {
        Known {
            remembers: false,
            basis: None,
            tables: HashMap::new(),
            columns: Vec::new(),
            assets: Vec::new(),
            rows: Memo::forgetful(),
            areas: Memo::forgetful(),
        }
    }

    pub(crate) fn remembering() -> Known {
        Known { remembers: true, rows: Memo::remembering(), areas: Memo::remembering(), ..Known::forgetful() }
    }

    /// Forgets what was made of other registers, on another day, with or without drafts, or in another language.
    pub(super) fn begin(&mut self, registers: &Arc<Registers>, asked: Asked, language: Language) {
        if !self.remembers {
            return;
        }
        let (same_registers, same_rest) = self.basis.as_ref().map_or((false, false), |basis| {
            let same_rest = basis.asked == asked && basis.language == language;
            (Arc::ptr_eq(&basis.registers, registers), same_rest)
        });
        if !same_registers {
            self.tables.clear();
        }
        if !same_registers || !same_rest {
            self.rows.forget();
        }
        self.basis = Some(Basis { registers: registers.clone(), asked, language });
    }

    /// Forgets the rows that were made of other columns or beside other assets.
    pub(super) fn among(&mut self, columns: &Columns, assets: &Assets) {
        if !self.remembers {
            return;
        }
        let of_column =
            |column: &Column| (column.path.clone(), column.title.clone(), column.register, column.reviewed_on);
        let columns: Vec<_> = columns.list.iter().map(of_column).collect();
        let mut assets: Vec<Arc<str>> = assets.paths().cloned().collect();
        assets.sort_unstable();
        if self.columns != columns || self.assets != assets {
            (self.columns, self.assets) = (columns, assets);
            self.rows.forget();
        }
    }

    pub(super) fn table(&self, book: &ParsedBook, register: RegisterId) -> Option<(Arc<ParsedFile>, Diagnostics)> {
        let own = |table: &&Table| {
            table.source.is_same(&book.source) && table.mapping == book.mapping && table.register == register
        };
        self.tables.get(&book.source.path).filter(own).map(|table| (table.file.clone(), table.notes.clone()))
    }

    pub(super) fn keep_table(
        &mut self,
        mapping: &Mapping,
        register: RegisterId,
        file: &Arc<ParsedFile>,
        notes: &Diagnostics,
    ) {
        if self.remembers {
            let source = file.source.clone();
            let (path, notes) = (source.path.clone(), notes.clone());
            self.tables.insert(path, Table { source, mapping: mapping.clone(), register, file: file.clone(), notes });
        }
    }
}
