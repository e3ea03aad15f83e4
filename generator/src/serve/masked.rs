//! What a record's own file says where readers see a mask or nothing: read from the file again for the editor who
//! asks, because no `Site` holds it. Never part of a page.

use serde_json::{Value, json};

use crate::Portal;
use crate::grid;
use crate::parse::{self, Table};
use crate::plan::{Planned, Recipe};
use crate::register::{Register, Visibility};
use crate::site::Site;
use crate::source::Source;

/// Label, visibility and text of each value that readers do not see as it was written. Nothing if the page is no
/// record's, or its file cannot be read any more.
pub(crate) fn of_page(portal: &Portal, planned: &Planned) -> Option<Value> {
    let (Recipe::Entry(id) | Recipe::EntryJson(id)) = planned.recipe else { return None };
    let entry = portal.site.entry(id);
    let register = portal.site.register_of(entry);
    let source = &portal.site.files[entry.origin.file as usize];
    let table = table(&portal.site, source, register)?;
    let row = table.row(entry.origin.row)?;
    let cells = row.cells.iter().filter_map(|cell| {
        let field = register.field_titled(table.columns[cell.column].known_as())?;
        let definition = &register.field(field).definition;
        let visibility = match definition.visibility {
            Visibility::Public => return None,
            Visibility::Masked => "masked",
            Visibility::Internal => "internal",
        };
        let label = json!({ "zh": definition.label.zh, "en": definition.label.en });
        Some(json!({ "label": label, "visibility": visibility, "written": cell.raw.text() }))
    });
    Some(cells.collect())
}

fn table(site: &Site, source: &Source, register: &Register) -> Option<Table> {
    if parse::holds_records(source) || source.extension() == "md" {
        return parse::file(source).ok().map(|file| file.table);
    }
    let mapping = site.mapping(&source.path);
    let book = parse::book(source, &mapping).ok()?;
    grid::table(source, book, &mapping, register).ok().map(|(table, _)| table)
}
