//! Every record has one key and one address, and keeps them whatever stands beside it.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use rayon::prelude::*;

use crate::diag::{Diagnostics, Place};
use crate::literal::iso_day;
use crate::parse::{At, ParsedFile};
use crate::register::{FieldId, Register, RegisterId, Value, Visibility, fold};
use crate::route::{Route, ascii_words, short_hash, slug};
use crate::rules::document_number;
use crate::site::{Absent, Column};

use super::{Context, Fate, Placed, Said};

/// Letters of the hash behind a readable slug, and of a slug that is only a hash.
const SHORT: usize = 6;
const LONG: usize = 10;

/// Finds records with one key or one index number: those that say the same are one, others are an error that
/// names both places.
pub(super) fn unique(context: &Context<'_>, drafts: &mut [Placed<'_>], diags: &mut Diagnostics) {
    let suspects = alike(drafts);
    let mut keys: HashMap<(RegisterId, Arc<str>), usize> = HashMap::new();
    let mut indexes: HashMap<String, usize> = HashMap::new();
    for at in suspects {
        let draft = &drafts[at];
        let said = draft.said(context.registers);
        let first = *keys.entry((draft.record.register, draft.key.clone())).or_insert(at);
        if first != at {
            let first = &drafts[first];
            let differing = differing(said.register, first.said(context.registers).values, said.values);
            if differing.is_empty() && said.body.is_none() {
                drafts[at].fate = Fate::Absent(Absent::Repeated);
                continue;
            }
            let key = labels(said.register, &said.register.key);
            let differing = labels(said.register, &differing);
            diags.duplicate_key(place(context, draft), place(context, first), &key, &differing);
        }
        if let Some(number) = index_no(context, said) {
            let first = *indexes.entry(fold(number)).or_insert(at);
            if first != at {
                diags.duplicate_index_no(place(context, draft), place(context, &drafts[first]), number);
            }
        }
    }
}

/// Hashes of what no two records may have in common.
#[derive(Clone, Copy, Debug)]
pub(super) struct Marks {
    key: u64,
    index_no: Option<u64>,
}

impl Marks {
    pub(super) fn of(context: &Context<'_>, said: Said<'_>, key: &str) -> Marks {
        let key = hash(&(&said.register.definition.name, key));
        Marks { key, index_no: index_no(context, said).map(|number| hash(&fold(number))) }
    }
}

fn hash(what: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

fn index_no<'a>(context: &Context<'_>, said: Said<'a>) -> Option<&'a str> {
    match said.first(context.registers.envelope.index_no) {
        Some(Value::Text(number)) => Some(number),
        _ => None,
    }
}

/// Positions of the drafts that have a mark in common with another one.
fn alike(drafts: &[Placed<'_>]) -> BTreeSet<usize> {
    fn marks(draft: &Placed<'_>) -> impl Iterator<Item = u64> {
        let Marks { key, index_no } = draft.marks;
        std::iter::once(key).chain(index_no)
    }
    let mut sorted: Vec<u64> = drafts.par_iter().flat_map_iter(marks).collect();
    sorted.par_sort_unstable();
    let common: HashSet<u64> = sorted.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    if common.is_empty() {
        return BTreeSet::new();
    }
    let has_common = |(_, draft): &(usize, &Placed<'_>)| marks(draft).any(|mark| common.contains(&mark));
    drafts.iter().enumerate().filter(has_common).map(|(at, _)| at).collect()
}

/// The fields in which two records of one key differ.
fn differing(register: &Register, a: &[(FieldId, Value)], b: &[(FieldId, Value)]) -> Vec<FieldId> {
    // A running number says nothing of the record.
    let telling = register.ids().filter(|field| register.field(*field).definition.visibility != Visibility::Internal);
    telling.filter(|field| !say_the_same(a, b, *field)).collect()
}

/// Whether two records say the same in a field.
pub(crate) fn say_the_same(a: &[(FieldId, Value)], b: &[(FieldId, Value)], field: FieldId) -> bool {
    let mut left = a.iter().filter(|(id, _)| *id == field);
    let mut right = b.iter().filter(|(id, _)| *id == field);
    loop {
        match (left.next(), right.next()) {
            (None, None) => return true,
            (Some((_, one)), Some((_, two))) if one.says_the_same(two) => {}
            _ => return false,
        }
    }
}

fn labels(register: &Register, fields: &[FieldId]) -> String {
    fields.iter().map(|field| register.field(*field).definition.label.zh.as_str()).collect::<Vec<_>>().join("、")
}

pub(super) fn place(context: &Context<'_>, draft: &Placed<'_>) -> Place {
    place_in(&context.parsed.files[draft.file as usize], draft.at)
}

/// Where a record of a file was written.
pub(super) fn place_in(file: &ParsedFile, at: At) -> Place {
    if file.is_page() { Place::file(&file.source.path) } else { file.place(at) }
}

/// The canonical form of the key fields; a page without them is known by its file, a row by its values.
pub(super) fn key(context: &Context<'_>, said: Said<'_>) -> String {
    let parts: Vec<String> =
        said.register.key.iter().map(|field| said.first(*field).map(canonical).unwrap_or_default()).collect();
    let complete = !parts.is_empty() && parts.iter().all(|part| !part.is_empty());
    match said.name {
        Some(name) if !complete => format!("file:{name}"),
        None if parts.iter().all(String::is_empty) => {
            let id = said.first(context.registers.envelope.id).map(canonical);
            id.unwrap_or_else(|| {
                said.values
                    .iter()
                    .map(|(field, value)| format!("{}={}", field.0, canonical(value)))
                    .collect::<Vec<_>>()
                    .join("|")
            })
        }
        _ => parts.join("|"),
    }
}

/// The same value always in the same spelling.
pub(super) fn canonical(value: &Value) -> String {
    match value {
        Value::DocumentNumber(number) => document_number::fold(number),
        Value::Date(date) => iso_day(date.date),
        Value::Datetime(moment) => iso_day(moment.date),
        Value::Code(code) => format!("{}/{}", code.list, code.code),
        Value::Boolean(yes) => yes.to_string(),
        other => match (other.text(), other.number()) {
            (Some(text), _) => fold(text),
            (None, Some(number)) => number.normalize().to_string(),
            (None, None) => String::new(),
        },
    }
}

/// The address of a record whose key is known.
pub(super) fn route(context: &Context<'_>, column: &Column, said: Said<'_>, key: &str) -> Route {
    let name = match (said.name, said.first(context.registers.envelope.id)) {
        (_, Some(Value::Text(id))) => slug(id),
        (Some(name), None) => {
            // A page that asked for another column keeps only its own name.
            let own = || name.rsplit('/').next().unwrap_or_default();
            let below = name.strip_prefix(column.path.as_str()).unwrap_or_else(own).trim_start_matches('/');
            below.split('/').map(slug).collect::<Vec<_>>().join("/")
        }
        _ => {
            let readable =
                said.register.slug.and_then(|field| said.first(field)).map(|value| ascii_words(&spelled(value)));
            let named = format!("{}|{key}", said.register.definition.name);
            match readable.filter(|text| !text.is_empty()) {
                Some(text) => format!("{text}-{}", short_hash(&named, SHORT)),
                None => short_hash(&named, LONG),
            }
        }
    };
    let name = if name == "index" { "index-page".to_owned() } else { name };
    let folder = if Route::parse(&column.path).is_some() { column.path.as_str() } else { "" };
    Route::new(if folder.is_empty() { format!("{name}.html") } else { format!("{folder}/{name}.html") })
}

fn spelled(value: &Value) -> String {
    value.day().map_or_else(|| value.text().unwrap_or_default().to_owned(), iso_day)
}

/// Former addresses of a record, as written in `aliases`.
pub(super) fn aliases(
    context: &Context<'_>,
    said: Said<'_>,
    place: &dyn Fn() -> Place,
    diags: &mut Diagnostics,
) -> Vec<Route> {
    let field = context.registers.envelope.aliases;
    let written = said.values.iter().filter(|(id, _)| *id == field).filter_map(|(_, value)| value.text());
    let mut routes = Vec::new();
    for alias in written {
        let path = alias.trim_start_matches('/');
        // An address without an ending is a folder's; a folder cannot stand where a file does.
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
        let path =
            if name.contains('.') { path.to_owned() } else { format!("{}/index.html", path.trim_end_matches('/')) };
        match Route::parse(&path).filter(|_| !folders.contains('.')) {
            Some(route) => routes.push(route),
            None => diags.bad_alias(place(), alias),
        }
    }
    routes
}
