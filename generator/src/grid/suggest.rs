//! A first mapping for a table that does not fit: the nearest field for every unknown title.

use std::fmt::Write;

use crate::parse::{Book, Mapping};
use crate::register::{FieldId, Register, Visibility};
use crate::source::Source;
use crate::text;

use super::{Sheet, head};

/// The text of a `.map.toml`, with what was found out in its comments.
pub(crate) fn suggest(source: &Source, book: &Book, mapping: &Mapping, register: &Register) -> String {
    let mut out = String::new();
    let name = source.path.rsplit_once('/').map_or(&*source.path, |(_, name)| name);
    line(&mut out, &format!("# {name}{}  →  {}", crate::parse::MAPPING_ENDING, register.definition.title.zh));
    if let Some(encoding) = book.encoding {
        line(&mut out, &format!("encoding = {}", quoted(encoding)));
    }
    let Some(grid) = book.grids.iter().max_by_key(|grid| grid.rows.len()) else { return out };
    if let Some(sheet) = &grid.sheet {
        let others = book.grids.iter().filter_map(|other| other.sheet.as_deref()).filter(|other| *other != sheet);
        let others: Vec<&str> = others.collect();
        let remark = if others.is_empty() { String::new() } else { format!("  # {}", others.join("、")) };
        line(&mut out, &format!("sheet = {}{remark}", quoted(sheet)));
    }
    let sheet = Sheet { source, register, mapping, name: grid.sheet.clone() };
    let Some(head) = head::find(&sheet, grid) else { return out };
    line(&mut out, &format!("header_row = {}", head.row));
    if let Some(unit) = head::unit_above(&grid.rows[..head.first]) {
        line(&mut out, &format!("unit = {}", quoted(&unit)));
    }
    line(&mut out, "\n[columns]");
    let taken: Vec<FieldId> =
        head.titles.iter().filter_map(|title| register.field_titled(title.known_as.as_deref()?)).collect();
    for title in &head.titles {
        match title.known_as.as_deref().and_then(|name| register.field_titled(name)) {
            Some(field) => {
                line(&mut out, &format!("# {} = {}", quoted(&title.text), quoted(field_name(register, field))))
            }
            None => {
                let near = nearest(register, &title.text, &taken);
                let also: Vec<&str> = near.iter().skip(1).map(|field| field_name(register, *field)).collect();
                let remark = if also.is_empty() { String::new() } else { format!("  # {}", also.join(" / ")) };
                let best = near.first().map_or("", |field| field_name(register, *field));
                line(&mut out, &format!("{} = {}{remark}", quoted(&title.text), quoted(best)));
            }
        }
    }
    let missing = register.ids().filter(|field| register.field(*field).definition.required && !taken.contains(field));
    let missing: Vec<FieldId> = missing.collect();
    if !missing.is_empty() {
        line(&mut out, "\n[constants]");
        for field in missing {
            let definition = &register.field(field).definition;
            line(&mut out, &format!("# {} = \"\"  # {}", definition.name, definition.label.zh));
        }
    }
    out
}

/// Up to three fields that no other column has yet, the likeliest first. What is internal is no guess:
/// a column is left out by writing an empty name.
fn nearest(register: &Register, title: &str, taken: &[FieldId]) -> Vec<FieldId> {
    let open =
        register.order.iter().copied().filter(|field| {
            !taken.contains(field) && register.field(*field).definition.visibility != Visibility::Internal
        });
    let mut words: Vec<(String, FieldId)> = Vec::new();
    for field in open {
        let definition = &register.field(field).definition;
        let spellings = [&definition.name, &definition.label.zh].into_iter().chain(&definition.headers);
        words.extend(spellings.map(|word| (word.clone(), field)));
    }
    let mut found: Vec<FieldId> = Vec::new();
    for word in text::nearest(title, words.iter().map(|(word, _)| word.as_str()), 12) {
        let field = words.iter().find(|(known, _)| known == word).map(|(_, field)| *field);
        found.extend(field.filter(|field| !found.contains(field)));
    }
    found.truncate(3);
    found
}

fn field_name(register: &Register, field: FieldId) -> &str {
    &register.field(field).definition.name
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn line(out: &mut String, text: &str) {
    writeln!(out, "{text}").expect("writing to memory cannot fail");
}
