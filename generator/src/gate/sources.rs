//! The records of a site, searched where they were written: the message names file, sheet, cell or line.

use std::sync::Arc;

use rayon::prelude::*;

use crate::diag::{Diagnostics, Place};
use crate::memo::Memo;
use crate::parse::{self, At, Raw};
use crate::privacy::{self, Finding, Title};
use crate::register::{FieldId, Register, Value};
use crate::rules::privacy::Weight;
use crate::site::{Entry, Record, Site};
use crate::source::{Slice, Source};

use super::{Gate, Subject, fingerprint};

/// A finding, the text it stands in, and where.
struct Found<'a> {
    finding: Finding,
    text: &'a str,
    at: Where<'a>,
}

enum Where<'a> {
    Value(&'a Entry, FieldId),
    Body(&'a str, &'a Slice),
    Column(&'a str),
}

/// What the last search left for the next one: what is private in values and texts.
pub(crate) struct Searched {
    records: Memo<Arc<Record>, Private>,
}

/// What is private in a record.
struct Private {
    /// By the position of the value.
    values: Vec<(usize, Finding)>,
    body: Vec<Finding>,
}

impl Searched {
    pub(crate) fn forgetful() -> Searched {
        Searched { records: Memo::forgetful() }
    }

    pub(crate) fn remembering() -> Searched {
        Searched { records: Memo::remembering() }
    }
}

/// Searches everything public that was written. What a reviewer let pass is noted in the gate; `is_output`
/// knows the addresses that will be published; `known` is what the last
/// search left.
pub(crate) fn search(
    site: &Site,
    gate: &mut Gate,
    is_output: &dyn Fn(&str) -> bool,
    known: &mut Searched,
) -> Diagnostics {
    let titles: Vec<Vec<Title>> = site.registers.list.iter().map(telling_labels).collect();
    let records = site.entries.iter().map(|entry| &entry.record);
    // What is found depends on what is known to be public, which the gate's key stands for.
    let private = known.records.map(gate.key(), records, |record| private(gate, &titles, record));
    let private = private.par_iter().zip(&site.entries).filter(|((_, private), _)| !private.is_empty());
    let private: Vec<_> = private.map(|((_, private), entry)| (private, entry)).collect();
    let mut found: Vec<Found<'_>> = private.iter().flat_map(|(private, entry)| in_values(entry, private)).collect();
    found.extend(private.iter().flat_map(|(private, entry)| in_body(site, entry, private)));
    found.extend(site.columns.iter().flat_map(|column| in_column(gate, column)));
    let mut diags = Diagnostics::new();
    found.retain(|one| gate.is_heeded(&one.finding));
    for one in found {
        let mark = fingerprint(one.text, &one.finding);
        let path = one.path(site);
        let kind = one.finding.kind;
        if gate.allowed(&path, kind.name(), &mark) {
            gate.passed.insert((kind, one.finding.text.clone()));
            continue;
        }
        let grave = gate.policy.weight(kind.name()) == Weight::Error;
        diags.private_source(
            grave,
            one.place(site).covered(),
            &kind.label(),
            &one.finding.preview(),
            kind.name(),
            &mark,
        );
    }
    // Entries for attachments and outputs are judged when those have been searched.
    diags.extend(gate.unused(|allow| allow.subject(site, is_output) != Some(Subject::Output)));
    diags
}

/// Labels of a register's fields where they say what stands below; empty for the others.
fn telling_labels(register: &Register) -> Vec<Title> {
    let labels = register.ids().map(|id| Title::new(register.field(id).definition.label.zh.as_str()));
    labels.map(|label| if label.tells() { label } else { Title::default() }).collect()
}

impl Private {
    fn is_empty(&self) -> bool {
        self.values.is_empty() && self.body.is_empty()
    }
}

fn in_values<'a>(entry: &'a Entry, private: &'a Private) -> impl Iterator<Item = Found<'a>> {
    private.values.iter().map(move |(at, finding)| {
        let (field, value) = &entry.values[*at];
        let text = written(value).expect("only what was written is searched");
        Found { finding: finding.clone(), text, at: Where::Value(entry, *field) }
    })
}

fn in_body<'a>(site: &'a Site, entry: &'a Entry, private: &'a Private) -> impl Iterator<Item = Found<'a>> {
    let path = &site.files[entry.origin.file as usize].path;
    let found = entry.body.iter().flat_map(move |body| private.body.iter().map(move |finding| (body, finding)));
    found.map(move |(body, finding)| Found {
        finding: finding.clone(),
        text: body.as_str(),
        at: Where::Body(path, body),
    })
}

/// What is private in one record. What stands above a value says what it is.
fn private(gate: &Gate, titles: &[Vec<Title>], record: &Record) -> Private {
    let titles = &titles[usize::from(record.register.0)];
    let mut values = Vec::new();
    for (at, (field, value)) in record.values.iter().enumerate() {
        let Some(text) = written(value) else { continue };
        let own = privacy::under(&titles[usize::from(field.0)], text, &gate.known).into_iter();
        values.extend(own.map(|finding| (at, finding)));
    }
    let body = record.body.as_ref().map(|body| privacy::scan(body.as_str(), &gate.known)).unwrap_or_default();
    Private { values, body }
}

/// A value that holds what a person wrote.
fn written(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) | Value::Markdown(text) | Value::Url(text) | Value::DocumentNumber(text) => Some(text),
        _ => None,
    }
}

fn in_column<'a>(gate: &Gate, column: &'a crate::site::Column) -> Vec<Found<'a>> {
    let path = column.file.as_deref().unwrap_or("portal.toml");
    let mut found = Vec::new();
    for text in [&column.title, &column.description] {
        let own = privacy::scan(text, &gate.known).into_iter();
        found.extend(own.map(|finding| Found { finding, text, at: Where::Column(path) }));
    }
    if let Some(intro) = &column.intro {
        let own = privacy::scan(intro.as_str(), &gate.known).into_iter();
        found.extend(own.map(|finding| Found { finding, text: intro.as_str(), at: Where::Body(path, intro) }));
    }
    found
}

impl Found<'_> {
    fn path(&self, site: &Site) -> String {
        match &self.at {
            Where::Value(entry, _) => site.files[entry.origin.file as usize].path.to_string(),
            Where::Body(path, _) | Where::Column(path) => (*path).to_owned(),
        }
    }

    fn place(&self, site: &Site) -> Place {
        match &self.at {
            Where::Value(entry, field) => cell(site, entry, *field, self.text),
            Where::Column(path) => Place::file(&(*path).into()),
            Where::Body(path, slice) => {
                let source = site.file(path);
                let whole = source.and_then(|file| file.text().ok()).unwrap_or_default();
                let from = slice.start();
                Place::range(&(*path).into(), whole, from + self.finding.start, from + self.finding.end)
            }
        }
    }
}

/// The cell a value was written in. Its file is read once more: findings are rare.
fn cell(site: &Site, entry: &Entry, field: FieldId, text: &str) -> Place {
    let source = &site.files[entry.origin.file as usize];
    let holds = |raw: &Raw| match raw {
        Raw::Text(written) => written.contains(text) || text.contains(written.trim()),
        Raw::List(items) => items.iter().any(|item| item.contains(text)),
        Raw::Number { value, .. } => value.to_string().contains(text),
    };
    if !parse::holds_records(source) && source.extension() != "md" {
        return sheet_cell(site, source, entry.origin.row, &holds).unwrap_or_else(|| site.place(entry.origin));
    }
    let Ok(file) = parse::file(source) else { return site.place(entry.origin) };
    let register = site.register_of(entry);
    let of_field = file
        .table
        .row(entry.origin.row)
        .into_iter()
        .flat_map(|row| &row.cells)
        .filter(|cell| register.field_titled(&file.table.columns[cell.column].title) == Some(field));
    let cells: Vec<&parse::Cell> = of_field.collect();
    let own = cells.iter().find(|cell| holds(&cell.raw)).or(cells.first());
    own.map_or_else(|| site.place(entry.origin), |cell| file.place(cell.at))
}

/// The first cell of a row, in any sheet of a file of tables, that holds a text.
fn sheet_cell(site: &Site, source: &Source, number: u32, holds: &dyn Fn(&Raw) -> bool) -> Option<Place> {
    let book = parse::book(source, &site.mapping(&source.path)).ok()?;
    book.grids.iter().find_map(|grid| {
        let row = grid.rows.iter().find(|row| matches!(row.at, At::Row(at) if at == number))?;
        let cell = row.cells.iter().find(|cell| holds(&cell.raw))?;
        let column = u32::try_from(cell.column + 1).ok()?;
        Some(Place::Cell { path: source.path.clone(), sheet: grid.sheet.clone(), row: number, column })
    })
}
