//! A Markdown page becomes a table of one row (its front matter) and a body.

use serde_json::Value as Json;
use toml::de::DeTable;

use super::ParsedFile;
use super::structured::{json_cells, toml_cells, toml_place};
use super::table::{At, Row, Table, small};
use crate::diag::{Diagnostics, Place};
use crate::source::Source;

/// The two fences of front matter and what stands between them.
const FENCES: [(&str, Syntax); 2] = [("+++", Syntax::Toml), ("---", Syntax::Yaml)];

#[derive(Clone, Copy)]
enum Syntax {
    Toml,
    Yaml,
}

/// Reads a page: TOML between `+++` lines or YAML between `---` lines, then Markdown.
///
/// # Errors
/// Front matter that never closes or is not well-formed.
pub(crate) fn page(source: &Source, text: &str) -> Result<ParsedFile, Diagnostics> {
    let mut diags = Diagnostics::new();
    let mut table = Table::default();
    let mut body_start = 0;
    let mut row = Row { at: At::Range { start: 0, end: 0 }, cells: Vec::new() };
    if let Some((fence, syntax)) = FENCES.iter().find(|(fence, _)| first_line(text) == *fence) {
        match closing(text, fence) {
            None => diags.unclosed_front_matter(Place::range(&source.path, text, 0, fence.len()), fence),
            Some((start, end, after)) => {
                body_start = after;
                let matter = &text[start..end];
                match syntax {
                    Syntax::Toml => toml_front(source, text, matter, start, &mut table, &mut row, &mut diags),
                    Syntax::Yaml => yaml_front(source, text, matter, start, &mut table, &mut row, &mut diags),
                }
            }
        }
    }
    table.rows = vec![row];
    if diags.errors() > 0 {
        return Err(diags);
    }
    Ok(ParsedFile { source: source.clone(), table, body: source.slice_from(body_start) })
}

fn first_line(text: &str) -> &str {
    text.split('\n').next().unwrap_or_default().trim_end()
}

/// Byte offsets of the matter's start and end and of the text after the closing fence.
fn closing(text: &str, fence: &str) -> Option<(usize, usize, usize)> {
    let start = text.find('\n')? + 1;
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        if line.trim_end() == fence {
            return Some((start, at, at + line.len()));
        }
        at += line.len();
    }
    None
}

fn toml_front(
    source: &Source,
    text: &str,
    matter: &str,
    start: usize,
    table: &mut Table,
    row: &mut Row,
    diags: &mut Diagnostics,
) {
    match DeTable::parse(matter) {
        Ok(document) => {
            table.columns.reserve_exact(document.get_ref().len());
            toml_cells(document.get_ref(), "", start, table, row, &mut |range| {
                diags.nested_value(Place::range(&source.path, text, range.start, range.end));
            });
        }
        Err(error) => diags.malformed(toml_place(source, text, start, &error), error.message()),
    }
}

/// YAML keeps no positions through the value tree, so a cell is placed at the line of its key.
fn yaml_front(
    source: &Source,
    text: &str,
    matter: &str,
    start: usize,
    table: &mut Table,
    row: &mut Row,
    diags: &mut Diagnostics,
) {
    let whole = At::Range { start: small(start), end: small(start) };
    match serde_saphyr::from_str::<Json>(matter) {
        Ok(Json::Object(fields)) => {
            table.columns.reserve_exact(fields.len());
            json_cells(&fields, "", whole, table, row, &mut |at, table| diags.nested_value(table.place(source, at)));
            for cell in &mut row.cells {
                let at = key_line(matter, start, &table.columns[cell.column].title);
                cell.at = at;
                table.columns[cell.column].at = at;
            }
        }
        Ok(Json::Null) => {}
        Ok(_) => diags.not_a_record_list(Place::range(&source.path, text, start, start), "---"),
        Err(error) => diags.malformed(Place::range(&source.path, text, start, start), &error.to_string()),
    }
}

fn key_line(matter: &str, start: usize, key: &str) -> At {
    let mut at = start;
    for line in matter.split_inclusive('\n') {
        if line.trim_start().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(':')) {
            return At::Range { start: small(at), end: small(at + line.trim_end().len()) };
        }
        at += line.len();
    }
    At::Range { start: small(start), end: small(start) }
}
