//! The changes that editors make most: the text of one page, its title, its summary, and nothing else of it. A site
//! with the new words is the one that a whole check would make, and shares all the rest with the one before.

use std::sync::Arc;

use super::{Context, Said, Values, lifecycle, records, titles};
use crate::parse::{Parsed, ParsedFile, Raw};
use crate::register::{FieldId, fold};
use crate::rules::document_number;
use crate::site::{Entry, EntryId, Record, Site};

/// The site with the words that a page has now. Nothing if more of the site may depend on the change: then it is to
/// be checked as a whole.
pub(crate) fn retext(site: &Site, last: &ParsedFile, next: &ParsedFile) -> Option<Site> {
    let (old, new) = (last.body.as_ref()?, next.body.as_ref()?);
    if last.source.path != next.source.path {
        return None;
    }
    let id = site.page(&next.source.path)?;
    let entry = site.entry(id);
    // A record whose content is given on request shows no text.
    entry.body.as_ref()?;
    let before = |file: &ParsedFile, end: usize| file.source.text().ok().map(|text| text[..end].to_owned());
    let (values, title) = if before(last, old.start())? == before(next, new.start())? {
        // A page without a title is called by its first heading.
        let same = titles::first_heading(old.as_str()) == titles::first_heading(new.as_str());
        same.then(|| (entry.values.clone(), entry.title.clone()))?
    } else {
        reworded(site, id, last, next)?
    };
    let mut record = Record { values, title, body: Some(new.clone()), ..Record::clone(entry) };
    record.summary = titles::summary(&site.registers, &record);
    let mut site = site.clone();
    site.files[entry.origin.file as usize] = next.source.clone();
    site.entries[id.0 as usize].record = Arc::new(record);
    Some(site)
}

/// The values and the title of a page whose front matter says some things in other words.
fn reworded(site: &Site, id: EntryId, last: &ParsedFile, next: &ParsedFile) -> Option<(Values, String)> {
    let entry = site.entry(id);
    let register = site.register_of(entry);
    let definition = &register.definition;
    let envelope = &site.registers.envelope;
    let words = [envelope.title, envelope.summary, envelope.source, envelope.author];
    let is_free = |field: FieldId| {
        words.contains(&field)
            && !register.key.contains(&field)
            && !register.sort.iter().any(|(by, _)| *by == field)
            && register.slug != Some(field)
    };
    let is_bound = |(title, _): &(&str, &Raw)| !register.field_titled(title).is_some_and(is_free);
    // The rest of the front matter says the same.
    if !cells(last)?.filter(is_bound).eq(cells(next)?.filter(is_bound)) {
        return None;
    }
    let parsed = Parsed { files: Vec::new(), books: Vec::new(), stray: Vec::new() };
    let context = Context {
        settings: &site.settings,
        registers: &site.registers,
        parsed: &parsed,
        assets: &site.assets,
        as_of: site.as_of,
        with_drafts: true,
    };
    let (rows, found) = records::rows(&context, next, entry.register);
    let [row] = &rows[..] else { return None };
    if !found.is_empty() || lifecycle::holds_private(register, &row.values) {
        return None;
    }
    let name = records::page_name(&next.source.path);
    let title =
        titles::own(&context, Said { register, name: Some(&name), values: &row.values, body: next.body.as_ref() })?;
    let is_cited = definition.citable || definition.glossary.is_some();
    if title != entry.title && (is_cited || is_named(site, id, &title)) {
        return None;
    }
    let kept = entry.values.iter().filter(|(field, _)| !is_free(*field));
    let new = row.values.iter().filter(|(field, _)| is_free(*field));
    let mut values: Values = kept.chain(new).cloned().collect();
    values.sort_by_key(|(field, _)| *field);
    Some((values, title))
}

/// The titles and cells of a front matter.
fn cells(page: &ParsedFile) -> Option<impl Iterator<Item = (&str, &Raw)>> {
    let [row] = &page.table.rows[..] else { return None };
    Some(row.cells.iter().map(|cell| (page.table.columns[cell.column].known_as(), &cell.raw)))
}

/// Whether another record names this one, or one that goes by its new title too.
fn is_named(site: &Site, id: EntryId, title: &str) -> bool {
    let (name, number) = (fold(title), document_number::fold(title));
    let goes_by = |entry: &Entry| {
        let stem = crate::source::stem(entry.route.as_str());
        let texts = entry.values.iter().filter_map(|(_, value)| value.text());
        let mut names = texts.chain([entry.title.as_str(), stem]);
        names.any(|known| fold(known) == name || document_number::fold(known) == number)
    };
    let joins = &site.joins;
    let mut named = joins.children.keys().chain(joins.backlinks.keys());
    named.any(|named| *named == id || goes_by(site.entry(*named)))
}
