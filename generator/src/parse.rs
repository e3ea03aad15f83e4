//! Files become tables of placed cells, each file alone and in parallel.
//!
//! A Markdown page is a table of one row whose columns are the keys of its front matter. So there is
//! one shape behind every format: titled columns, rows, and cells that know their place. Spreadsheets and
//! separated values stay grids here: which row holds the titles is for `grid` to say, which knows the
//! register. Cannot see registers, other files or the site.

mod decode;
mod delimited;
mod front;
mod grid;
mod mapping;
mod structured;
mod table;
mod workbook;

pub(crate) use grid::{Book, Grid, Known};
pub(crate) use mapping::{ENDING as MAPPING_ENDING, Mapping};
pub(crate) use table::{At, Cell, Column, Raw, Reading, Row, Shape, Skip, Table};

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use aho_corasick::AhoCorasick;
use rayon::prelude::*;

use crate::diag::{Diagnostics, Place};
use crate::memo::Memo;
use crate::source::{Slice, Source, Sources, stem};

/// How much of one file of tables is read.
#[derive(Debug)]
pub(crate) struct Limits {
    pub(crate) rows: u32,
    pub(crate) columns: usize,
    /// Cells that hold something.
    pub(crate) cells: usize,
    /// Bytes of all texts together.
    pub(crate) text: usize,
    /// Cells of the areas that readers without a stream hold whole, the empty ones too.
    pub(crate) dense: usize,
    /// Bytes of a package once it is unpacked.
    pub(crate) unpacked: u64,
}

/// A sheet of 100,000 rows and 30 columns is about half of each.
pub(crate) const LIMITS: Limits = Limits {
    rows: 1_048_576,
    columns: 16_384,
    cells: 6_000_000,
    text: 256 << 20,
    dense: 16_000_000,
    unpacked: 400 << 20,
};

/// Every parsed file of the content folder, sorted by path.
pub(crate) struct Parsed {
    pub(crate) files: Vec<Arc<ParsedFile>>,
    /// Files whose head is still to be found, sorted by path.
    pub(crate) books: Vec<ParsedBook>,
    /// Mappings without a table beside them.
    pub(crate) stray: Vec<Source>,
}

/// One file: its rows, and for a page the Markdown after the front matter.
pub(crate) struct ParsedFile {
    pub(crate) source: Source,
    pub(crate) table: Table,
    pub(crate) body: Option<Slice>,
}

/// A workbook or a file of separated values with its mapping.
pub(crate) struct ParsedBook {
    pub(crate) source: Source,
    pub(crate) mapping: Mapping,
    /// What could not be read matters only if the file turns out to be a table.
    pub(crate) book: Result<Arc<Book>, Diagnostics>,
    pub(crate) role: Role,
}

/// Whether a file can be something else than a table of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Table,
    /// A workbook that nothing names: a table, unless its column holds texts.
    Either,
    /// A workbook that some text names: an attachment.
    Attachment,
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

/// Texts as they were parsed last, so that the very same reading of a file need not be parsed again.
pub(crate) struct Files {
    texts: Memo<Source, Result<Arc<ParsedFile>, Diagnostics>>,
    /// Which workbooks each text names, by their places among all.
    named: Memo<Source, Vec<usize>>,
    remembers: bool,
    books: HashMap<Arc<str>, (Source, Mapping, Arc<Book>)>,
}

impl Files {
    pub(crate) fn forgetful() -> Files {
        Files { texts: Memo::forgetful(), named: Memo::forgetful(), remembers: false, books: HashMap::new() }
    }

    pub(crate) fn remembering() -> Files {
        Files { texts: Memo::remembering(), named: Memo::remembering(), remembers: true, books: HashMap::new() }
    }

    fn book(&self, source: &Source, mapping: &Mapping) -> Result<Arc<Book>, Diagnostics> {
        match self.books.get(&source.path) {
            Some((last, by, book)) if last.is_same(source) && by == mapping => Ok(book.clone()),
            _ => book(source, mapping).map(Arc::new),
        }
    }

    fn keep_books(&mut self, books: &[ParsedBook]) {
        if !self.remembers {
            return;
        }
        self.books = books
            .iter()
            .filter_map(|one| {
                let book = one.book.as_ref().ok()?.clone();
                Some((one.source.path.clone(), (one.source.clone(), one.mapping.clone(), book)))
            })
            .collect();
    }
}

/// Parses all content. Definitions, code lists and rule packs are left to `register`; `known` remembers texts.
///
/// # Errors
/// Every file that is not well-formed, all at once.
pub(crate) fn parse(sources: &Sources, known: &mut Files) -> Result<Parsed, Diagnostics> {
    let mut diags = Diagnostics::new();
    let kinds: Vec<Kind> = sources.content.par_iter().map(kind).collect();
    let of_kind = |wanted: Kind| {
        let content = sources.content.iter().zip(&kinds);
        content.filter(|(_, kind)| **kind == wanted).map(|(source, _)| source).collect::<Vec<&Source>>()
    };
    let (tables, maps, texts) = (of_kind(Kind::Table), of_kind(Kind::Mapping), of_kind(Kind::Text));
    let results = known.texts.map("", texts, |source| file(source).map(Arc::new));
    results.iter().filter_map(|(_, result)| result.as_ref().err()).for_each(|found| diags.extend(found.clone()));
    let files: Vec<Arc<ParsedFile>> =
        results.par_iter().filter_map(|(_, result)| result.as_ref().ok().cloned()).collect();
    known.texts.release();
    let (mut mappings, named) = (mappings(&maps, &mut diags), named(sources, &mut known.named));
    let workbooks = sources.workbooks.iter().map(|source| {
        let attached = named.contains(&*source.path) && !mappings.contains_key(&*source.path);
        (source, if attached { Role::Attachment } else { Role::Either })
    });
    let mut wanted: Vec<(&Source, Role)> =
        tables.into_iter().map(|source| (source, Role::Table)).chain(workbooks).collect();
    wanted.sort_by(|a, b| a.0.path.cmp(&b.0.path));
    let wanted: Vec<(&Source, Role, Mapping)> = wanted
        .into_iter()
        .map(|(source, role)| {
            (source, role, mappings.remove(&*source.path).map(|(_, mapping)| mapping).unwrap_or_default())
        })
        .collect();
    let stray = mappings.into_values().map(|(source, _)| source).collect();
    let books = wanted.into_par_iter().map(|(source, role, mapping)| ParsedBook {
        book: match role {
            Role::Attachment => Ok(Arc::default()),
            Role::Table | Role::Either => known.book(source, &mapping),
        },
        source: source.clone(),
        mapping,
        role,
    });
    let mut books: Vec<ParsedBook> = books.collect();
    known.keep_books(&books);
    // What can only be a table is refused with everything else that cannot be read.
    for book in books.iter_mut().filter(|book| book.role == Role::Table) {
        if let Err(found) = &mut book.book {
            diags.extend(std::mem::take(found));
        }
    }
    if diags.errors() > 0 { Err(diags) } else { Ok(Parsed { files, books, stray }) }
}

/// The grids of one file of tables.
///
/// # Errors
/// A file that cannot be read as what its name says.
pub(crate) fn book(source: &Source, mapping: &Mapping) -> Result<Book, Diagnostics> {
    if is_separated(source) || source.extension().eq_ignore_ascii_case("txt") {
        return delimited::book(source, mapping.encoding.as_deref());
    }
    workbook::book(source, mapping.sheet.as_deref().map_or(workbook::Wanted::Visible, workbook::Wanted::Named))
}

/// The mapping in a file.
///
/// # Errors
/// A mapping that cannot be understood.
pub(crate) fn mapping(source: &Source) -> Result<Mapping, Diagnostics> {
    mapping::mapping(source)
}

/// A file of JSON or TOML records as a table.
///
/// # Errors
/// Text that is not what its name says.
pub(crate) fn records(source: &Source) -> Result<ParsedFile, Diagnostics> {
    file(source)
}

/// Mappings by the path of the table they map.
fn mappings(sources: &[&Source], diags: &mut Diagnostics) -> BTreeMap<String, (Source, Mapping)> {
    let mut found = BTreeMap::new();
    for source in sources {
        match mapping::mapping(source) {
            Ok(mapping) => {
                let table = source.path.strip_suffix(MAPPING_ENDING).expect("chosen by its ending");
                found.insert(table.to_owned(), ((*source).clone(), mapping));
            }
            Err(found) => diags.extend(found),
        }
    }
    found
}

/// Paths of workbooks whose file name stands in a text of the site: those are attachments. `known` remembers which
/// of them each text names.
fn named<'s>(sources: &'s Sources, known: &mut Memo<Source, Vec<usize>>) -> BTreeSet<&'s str> {
    if sources.workbooks.is_empty() {
        return BTreeSet::new();
    }
    let names =
        sources.workbooks.iter().map(|source| source.path.rsplit_once('/').map_or(&*source.path, |(_, name)| name));
    // In a Markdown link a space is written %20.
    let spellings: Vec<(usize, String)> =
        names.enumerate().flat_map(|(at, name)| [(at, name.to_owned()), (at, name.replace(' ', "%20"))]).collect();
    let finder = AhoCorasick::new(spellings.iter().map(|(_, name)| name)).expect("a site has few workbooks");
    let basis = spellings.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join("\n");
    let texts = sources.content.iter().filter(|source| !source.path.ends_with(MAPPING_ENDING));
    let found = known.map(&basis, texts, |source| {
        let found = finder.find_overlapping_iter(source.text().unwrap_or_default());
        let mut named: Vec<usize> = found.map(|found| spellings[found.pattern().as_usize()].0).collect();
        named.sort_unstable();
        named.dedup();
        named
    });
    found.iter().flat_map(|(_, named)| named).map(|at| &*sources.workbooks[*at].path).collect()
}

/// What a text of the content is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Definition,
    /// Separated values.
    Table,
    Mapping,
    /// A page or a file of records.
    Text,
}

fn kind(source: &Source) -> Kind {
    match source {
        source if is_definition(&source.path) => Kind::Definition,
        source if is_separated(source) => Kind::Table,
        source if source.path.ends_with(MAPPING_ENDING) => Kind::Mapping,
        _ => Kind::Text,
    }
}

/// Files that define instead of hold: `_register.toml`, `_codes/`, `_rules/`, `_privacy.toml`.
pub(crate) fn is_definition(path: &str) -> bool {
    path.ends_with("/_register.toml")
        || path == "content/_privacy.toml"
        || path.starts_with("content/_codes/")
        || path.starts_with("content/_rules/")
}

/// Whether a file holds records by name instead of rows below a head.
pub(crate) fn holds_records(source: &Source) -> bool {
    ["json", "jsonl", "toml"].iter().any(|ending| source.extension().eq_ignore_ascii_case(ending))
}

fn is_separated(source: &Source) -> bool {
    ["csv", "tsv"].iter().any(|ending| source.extension().eq_ignore_ascii_case(ending))
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
    match source.extension().to_ascii_lowercase().as_str() {
        "md" => front::page(source, text),
        "json" => structured::json(source, text).map(|table| without_body(source, table)),
        "jsonl" => structured::json_lines(source, text).map(|table| without_body(source, table)),
        _ => structured::toml(source, text).map(|table| without_body(source, table)),
    }
}

fn without_body(source: &Source, table: Table) -> ParsedFile {
    ParsedFile { source: source.clone(), table, body: None }
}

#[cfg(test)]
mod tests;
