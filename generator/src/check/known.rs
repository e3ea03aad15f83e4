//! What the last check of a site left for the next one: tables whose head is found, rows that are typed, the
//! beginnings of texts. Each is used again only where everything it was made of is the very same.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::civil::Date;

use super::{Context, Draft};
use crate::diag::Diagnostics;
use crate::memo::Memo;
use crate::parse::{Mapping, ParsedBook, ParsedFile};
use crate::register::{RegisterId, Registers};
use crate::site::ColumnId;
use crate::source::{Slice, Source};

/// Results of the last check.
pub(crate) struct Known {
    /// Whether anything is remembered at all; a build forgets everything.
    remembers: bool,
    basis: Option<Basis>,
    tables: HashMap<Arc<str>, Table>,
    rows: HashMap<Arc<str>, Rows>,
    pub(super) summaries: Memo<Slice, String>,
}

/// What all rows depend on.
struct Basis {
    registers: Arc<Registers>,
    as_of: Date,
    /// Paths of assets: a cell may name one.
    assets: Vec<Arc<str>>,
}

/// A table and what it was made of, beside the registers.
struct Table {
    source: Source,
    mapping: Mapping,
    register: RegisterId,
    file: Arc<ParsedFile>,
    notes: Diagnostics,
}

/// The rows of one file, typed.
struct Rows {
    file: Arc<ParsedFile>,
    column: ColumnId,
    register: RegisterId,
    drafts: Vec<Draft>,
    problems: Diagnostics,
}

impl Known {
    pub(crate) fn forgetful() -> Known {
        Known {
            remembers: false,
            basis: None,
            tables: HashMap::new(),
            rows: HashMap::new(),
            summaries: Memo::forgetful(),
        }
    }

    pub(crate) fn remembering() -> Known {
        Known { remembers: true, summaries: Memo::remembering(), ..Known::forgetful() }
    }

    /// Forgets what was made of other registers, on another day, or beside other assets.
    pub(super) fn begin(&mut self, registers: &Arc<Registers>, as_of: Date, mut assets: Vec<Arc<str>>) {
        if !self.remembers {
            return;
        }
        assets.sort();
        let (same_registers, same_rest) = self.basis.as_ref().map_or((false, false), |basis| {
            (Arc::ptr_eq(&basis.registers, registers), basis.as_of == as_of && basis.assets == assets)
        });
        if !same_registers {
            self.tables.clear();
        }
        if !same_registers || !same_rest {
            self.rows.clear();
        }
        self.basis = Some(Basis { registers: registers.clone(), as_of, assets });
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

    /// The rows of a file, as if they were typed now; `at` is the file's position now.
    pub(super) fn rows(
        &self,
        at: u32,
        file: &Arc<ParsedFile>,
        column: ColumnId,
        register: RegisterId,
    ) -> Option<(Vec<Draft>, Diagnostics)> {
        let rows = self.rows.get(&file.source.path)?;
        let same = Arc::ptr_eq(&rows.file, file) && rows.column == column && rows.register == register;
        same.then(|| {
            let mut drafts = rows.drafts.clone();
            drafts.iter_mut().for_each(|draft| draft.origin.file = at);
            (drafts, rows.problems.clone())
        })
    }

    pub(super) fn keep_rows(
        &mut self,
        file: &Arc<ParsedFile>,
        column: ColumnId,
        register: RegisterId,
        typed: &(Vec<Draft>, Diagnostics),
    ) {
        if self.remembers {
            let (drafts, problems) = typed.clone();
            let rows = Rows { file: file.clone(), column, register, drafts, problems };
            self.rows.insert(file.source.path.clone(), rows);
        }
    }

    /// Forgets the files that are gone.
    pub(super) fn end(&mut self, context: &Context<'_>) {
        if self.rows.len() > context.parsed.files.len() {
            let there: HashSet<&Arc<str>> = context.parsed.files.iter().map(|file| &file.source.path).collect();
            self.rows.retain(|path, _| there.contains(path));
            self.tables.retain(|path, _| there.contains(path));
        }
    }
}
