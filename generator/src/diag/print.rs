//! Diagnostics as text for a terminal and as JSON for programs.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde_json::{Value, json};

use super::{Diagnostic, Diagnostics, Place, Severity};
use crate::text::Language;

/// The findings as a compiler would print them, one after another, in one language.
#[must_use]
pub fn terminal(diagnostics: &Diagnostics, language: Language, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for diagnostic in diagnostics.iter() {
        out.push_str(&one(diagnostic, language, &renderer));
        out.push_str("\n\n");
    }
    out
}

fn one(diagnostic: &Diagnostic, language: Language, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.clone().primary_title(diagnostic.message.pick(language)).id(diagnostic.code);
    let mut group = Group::with_title(title);
    if let Some(place) = &diagnostic.place {
        group = with_place(group, place, AnnotationKind::Primary, "");
    }
    for (place, part) in &diagnostic.related {
        group = with_place(group, place, AnnotationKind::Context, part.pick(language));
    }
    if !diagnostic.help.zh.is_empty() {
        group = group.element(Level::HELP.message(diagnostic.help.pick(language)));
    }
    renderer.render(&[group])
}

/// A line is shown with its text and a caret; a cell or file by its name alone.
fn with_place<'a>(group: Group<'a>, place: &'a Place, kind: AnnotationKind, label: &'a str) -> Group<'a> {
    match place {
        Place::Line { path, line, column, length, text } => {
            let start = char_offset(text, *column as usize - 1);
            let end = char_offset(text, *column as usize - 1 + *length as usize).max(start);
            let snippet = Snippet::source(text.as_str())
                .line_start(*line as usize)
                .path(&**path)
                .annotation(kind.span(start..end).label(label));
            group.element(snippet)
        }
        _ if label.is_empty() => group.element(annotate_snippets::Origin::path(place.to_string())),
        _ => group.element(annotate_snippets::Origin::path(place.to_string())).element(Level::NOTE.message(label)),
    }
}

fn char_offset(text: &str, characters: usize) -> usize {
    text.char_indices().nth(characters).map_or(text.len(), |(at, _)| at)
}

/// `{"errors": n, "warnings": n, "diagnostics": [...]}`: stable names, both languages.
#[must_use]
pub fn json(diagnostics: &Diagnostics) -> Value {
    json!({
        "errors": diagnostics.errors(),
        "warnings": diagnostics.warnings(),
        "diagnostics": diagnostics.iter().map(json_one).collect::<Vec<_>>(),
    })
}

fn json_one(diagnostic: &Diagnostic) -> Value {
    json!({
        "severity": match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        },
        "code": diagnostic.code,
        "message": { "zh": diagnostic.message.zh, "en": diagnostic.message.en },
        "help": { "zh": diagnostic.help.zh, "en": diagnostic.help.en },
        "place": diagnostic.place.as_ref().map(json_place),
        "related": diagnostic.related.iter().map(|(place, part)| json!({
            "place": json_place(place), "zh": part.zh, "en": part.en,
        })).collect::<Vec<_>>(),
    })
}

fn json_place(place: &Place) -> Value {
    match place {
        Place::File { path } => json!({ "path": &**path }),
        Place::Line { path, line, column, .. } => json!({ "path": &**path, "line": line, "column": column }),
        Place::Cell { path, sheet, row, column } => json!({
            "path": &**path, "sheet": sheet, "row": row, "column": column,
            "cell": format!("{}{row}", super::place::column_letters(*column)),
        }),
        Place::Row { path, sheet, row } => json!({ "path": &**path, "sheet": sheet, "row": row }),
    }
}
