//! TOML and JSON files of records become tables.
//!
//! TOML: `[[record]]` tables. JSON: an array of objects, or an object whose `record` is one.
//! A table inside a record (`review = { by = "…" }`) is written as columns `review_by`.

use serde_json::Value as Json;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::table::{At, Cell, Raw, Row, Table, small};
use crate::diag::{Diagnostics, Place};
use crate::source::Source;

/// Reads a TOML file of `[[record]]` tables.
///
/// # Errors
/// Text that is not TOML, or anything beside `[[record]]`.
pub(crate) fn toml(source: &Source, text: &str) -> Result<Table, Diagnostics> {
    let mut diags = Diagnostics::new();
    let mut table = Table::default();
    match DeTable::parse(text) {
        Err(error) => diags.malformed(toml_place(source, text, 0, &error), error.message()),
        Ok(document) => {
            for (key, value) in document.get_ref() {
                match (key.get_ref().as_ref(), value.get_ref()) {
                    ("record", DeValue::Array(records)) => {
                        for record in records {
                            toml_row(record, &mut table, source, &mut diags);
                        }
                    }
                    (other, _) => diags
                        .not_a_record_list(Place::range(&source.path, text, key.span().start, key.span().end), other),
                }
            }
        }
    }
    if diags.errors() > 0 { Err(diags) } else { Ok(table) }
}

fn toml_row(record: &Spanned<DeValue<'_>>, table: &mut Table, source: &Source, diags: &mut Diagnostics) {
    let mut row = Row { at: At::range(&record.span()), cells: Vec::new() };
    if let DeValue::Table(fields) = record.get_ref() {
        toml_cells(fields, "", 0, table, &mut row, &mut |range| {
            let text = source.text().unwrap_or_default();
            diags.nested_value(Place::range(&source.path, text, range.start, range.end));
        });
    }
    table.rows.push(row);
}

/// Turns the keys of one TOML table into cells; `offset` is where its text starts in the file.
pub(super) fn toml_cells(
    fields: &DeTable<'_>,
    prefix: &str,
    offset: usize,
    table: &mut Table,
    row: &mut Row,
    nested: &mut dyn FnMut(std::ops::Range<usize>),
) {
    row.cells.reserve_exact(fields.len());
    for (key, value) in fields {
        let title = if prefix.is_empty() { key.get_ref().to_string() } else { format!("{prefix}_{}", key.get_ref()) };
        let shift = |range: std::ops::Range<usize>| range.start + offset..range.end + offset;
        if let DeValue::Table(inner) = value.get_ref() {
            toml_cells(inner, &title, offset, table, row, nested);
            continue;
        }
        let column = table.column(&title, At::range(&shift(key.span())));
        match toml_raw(value.get_ref()) {
            Some(raw) => row.cells.push(Cell { column, raw, at: At::range(&shift(value.span())) }),
            None => nested(shift(value.span())),
        }
    }
}

fn toml_raw(value: &DeValue<'_>) -> Option<Raw> {
    if let DeValue::Array(items) = value {
        let texts: Option<Vec<String>> = items.iter().map(|item| toml_scalar(item.get_ref())).collect();
        return texts.map(Raw::List);
    }
    toml_scalar(value).map(|text| Raw::Text(text.into()))
}

fn toml_scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(yes) => Some(yes.to_string()),
        DeValue::Datetime(moment) => Some(moment.to_string()),
        DeValue::Array(_) | DeValue::Table(_) => None,
    }
}

/// Where a TOML error stands; `offset` is where the parsed text starts in the file.
pub(super) fn toml_place(source: &Source, text: &str, offset: usize, error: &toml::de::Error) -> Place {
    match error.span() {
        Some(span) => Place::range(&source.path, text, span.start + offset, span.end + offset),
        None => Place::file(&source.path),
    }
}

/// Reads a JSON file of records.
///
/// # Errors
/// Text that is not JSON, or a shape that is not a list of objects.
pub(crate) fn json(source: &Source, text: &str) -> Result<Table, Diagnostics> {
    let mut diags = Diagnostics::new();
    let mut table = Table::default();
    match serde_json::from_str::<Json>(text) {
        Err(error) => {
            let line_start =
                text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
            let at = line_start + error.column().saturating_sub(1);
            diags.malformed(Place::range(&source.path, text, at, at + 1), &error.to_string());
        }
        Ok(Json::Array(records)) => json_rows(&records, &mut table, source, &mut diags),
        Ok(Json::Object(mut object)) => match object.remove("record") {
            Some(Json::Array(records)) => json_rows(&records, &mut table, source, &mut diags),
            _ => diags.not_a_record_list(Place::file(&source.path), "{}"),
        },
        Ok(_) => diags.not_a_record_list(Place::file(&source.path), "…"),
    }
    if diags.errors() > 0 { Err(diags) } else { Ok(table) }
}

fn json_rows(records: &[Json], table: &mut Table, source: &Source, diags: &mut Diagnostics) {
    for (index, record) in records.iter().enumerate() {
        let at = At::Row(small(index + 1));
        let mut row = Row { at, cells: Vec::new() };
        let Json::Object(fields) = record else {
            diags.nested_value(table.place(source, at));
            continue;
        };
        json_cells(fields, "", at, table, &mut row, &mut |at, table| diags.nested_value(table.place(source, at)));
        table.rows.push(row);
    }
}

/// Turns the members of one JSON object (or YAML mapping) into cells.
pub(super) fn json_cells(
    fields: &serde_json::Map<String, Json>,
    prefix: &str,
    at: At,
    table: &mut Table,
    row: &mut Row,
    nested: &mut dyn FnMut(At, &Table),
) {
    row.cells.reserve_exact(fields.len());
    for (key, value) in fields {
        let title = if prefix.is_empty() { key.clone() } else { format!("{prefix}_{key}") };
        match value {
            Json::Null => {}
            Json::Object(inner) => json_cells(inner, &title, at, table, row, nested),
            _ => {
                let column = table.column(&title, at);
                match json_raw(value) {
                    Some(raw) => row.cells.push(Cell { column, raw, at }),
                    None => nested(at, table),
                }
            }
        }
    }
}

fn json_raw(value: &Json) -> Option<Raw> {
    if let Json::Array(items) = value {
        let texts: Option<Vec<String>> = items.iter().map(json_scalar).collect();
        return texts.map(Raw::List);
    }
    json_scalar(value).map(|text| Raw::Text(text.into()))
}

fn json_scalar(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(yes) => Some(yes.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

/// Reads JSON Lines: one object a line.
///
/// # Errors
/// Every line that is not a JSON object.
pub(crate) fn json_lines(source: &Source, text: &str) -> Result<Table, Diagnostics> {
    let mut diags = Diagnostics::new();
    let mut table = Table::default();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = At::Range { start: small(start), end: small(start + line.trim_end().len()) };
        start += line.len();
        if line.trim().is_empty() {
            continue;
        }
        let mut row = Row { at, cells: Vec::new() };
        match serde_json::from_str::<Json>(line) {
            Ok(Json::Object(fields)) => {
                json_cells(&fields, "", at, &mut table, &mut row, &mut |at, table| {
                    diags.nested_value(table.place(source, at));
                });
                table.rows.push(row);
            }
            Ok(_) => diags.not_a_record_list(table.place(source, at), "…"),
            Err(error) => diags.malformed(table.place(source, at), &error.to_string()),
        }
    }
    if diags.errors() > 0 { Err(diags) } else { Ok(table) }
}
