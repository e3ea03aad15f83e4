//! Files become tables of placed cells, each file alone and in parallel.
//!
//! A Markdown page is a table of one row whose columns are the keys of its front matter. So there is
//! one shape behind every format: titled columns, rows, and cells that know their place. Cannot see
//! registers, other files or the site.

mod delimited;
mod front;
mod structured;
mod table;

pub(crate) use table::{At, Cell, Raw, Row, Table};

use rayon::prelude::*;

use crate::diag::{Diagnostics, Place};
use crate::source::{Slice, Source, Sources, stem};

/// Every parsed file of the content folder, sorted by path.
pub(crate) struct Parsed {
    pub(crate) files: Vec<ParsedFile>,
}

/// One file: its rows, and for a page the Markdown after the front matter.
pub(crate) struct ParsedFile {
    pub(crate) source: Source,
    pub(crate) table: Table,
    pub(crate) body: Option<Slice>,
}

impl ParsedFile {
    /// Whether the file describes its folder (`_index.md`) instead of holding records.
    pub(crate) fn is_column(&self) -> bool {
        stem(&self.source.path) == "_index"
    }

    pub(crate) fn is_page(&self) -> bool {
        self.body.is_some()
    }

    pub(crate) fn place(&self, at: At) -> Place {
        self.table.place(&self.source, at)
    }
}

/// Parses all content. Definitions, code lists and rule packs are left to `register`.
///
/// # Errors
/// Every file that is not well-formed, all at once.
pub(crate) fn parse(sources: &Sources) -> Result<Parsed, Diagnostics> {
    let wanted: Vec<&Source> = sources.content.iter().filter(|source| !is_definition(&source.path)).collect();
    let results: Vec<_> = wanted.par_iter().map(|source| file(source)).collect();
    let mut files = Vec::with_capacity(results.len());
    let mut diags = Diagnostics::new();
    for result in results {
        match result {
            Ok(file) => files.push(file),
            Err(found) => diags.extend(found),
        }
    }
    if diags.errors() > 0 { Err(diags) } else { Ok(Parsed { files }) }
}

/// Files that define instead of hold: `_register.toml`, `_codes/`, `_rules/`, `_privacy.toml`.
pub(crate) fn is_definition(path: &str) -> bool {
    path.ends_with("/_register.toml")
        || path == "content/_privacy.toml"
        || path.starts_with("content/_codes/")
        || path.starts_with("content/_rules/")
}

/// Parses one file.
///
/// # Errors
/// A file that is not well-formed.
pub(crate) fn file(source: &Source) -> Result<ParsedFile, Diagnostics> {
    let text = source.text().map_err(|line| {
        let mut diags = Diagnostics::new();
        diags.not_utf8(Place::file(&source.path), line);
        diags
    })?;
    match source.extension() {
        "md" => front::page(source, text),
        "csv" => delimited::table(source, text).map(|table| without_body(source, table)),
        "json" => structured::json(source, text).map(|table| without_body(source, table)),
        _ => structured::toml(source, text).map(|table| without_body(source, table)),
    }
}

fn without_body(source: &Source, table: Table) -> ParsedFile {
    ParsedFile { source: source.clone(), table, body: None }
}
