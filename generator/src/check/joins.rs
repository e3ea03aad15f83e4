//! What belongs together across registers: districts, sectors, companies, parents, mentions.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use crate::diag::Diagnostics;
use crate::register::{CodeId, FieldId, FieldKind, Register, Registers, Value, fold};
use crate::site::{Column, Entry, EntryId, Joins};

use super::identity::place;
use super::records::first;
use super::{Context, Draft};

/// Warns where one name stands beside two credit codes: one of them is wrong, or two companies look alike.
pub(super) fn contradictions(context: &Context<'_>, drafts: &[Draft], diags: &mut Diagnostics) {
    let mut known: HashMap<String, (&str, &Draft)> = HashMap::new();
    for draft in drafts {
        let register = context.registers.get(draft.register);
        let Some(key) = &register.definition.dossier else { continue };
        let text =
            |name: &str| register.field_named(name).and_then(|field| first(&draft.values, field)).and_then(Value::text);
        let (Some(code), Some(name)) = (text(&key.code), text(&key.name)) else { continue };
        let (other, earlier) = *known.entry(fold(name)).or_insert((code, draft));
        if other != code {
            diags.name_with_two_codes(place(context, draft), place(context, earlier), name, code, other);
        }
    }
}

/// Joins all public entries. Every list follows the listing order of the columns.
pub(super) fn joins(registers: &Registers, columns: &[Column], entries: &[Entry]) -> Joins {
    let areas: Vec<Vec<Area>> = entries.par_iter().map(|entry| areas(registers, entry)).collect();
    let of_columns = columns.par_iter().map(|column| of_column(registers, column, entries, &areas));
    let mut joins = Joins::default();
    let mut spellings = Spellings::new();
    for (part, spelt) in of_columns.collect::<Vec<_>>() {
        part.districts.into_iter().for_each(|(code, ids)| joins.districts.entry(code).or_default().extend(ids));
        part.sectors.into_iter().for_each(|(code, ids)| joins.sectors.entry(code).or_default().extend(ids));
        part.children.into_iter().for_each(|(parent, ids)| joins.children.entry(parent).or_default().extend(ids));
        part.backlinks.into_iter().for_each(|(named, ids)| joins.backlinks.entry(named).or_default().extend(ids));
        for (code, dossier) in part.dossiers {
            joins.dossiers.entry(code).or_default().entries.extend(dossier.entries);
        }
        for (code, names) in spelt {
            let all = spellings.entry(code).or_default();
            names.into_iter().for_each(|(name, times)| *all.entry(name).or_default() += times);
        }
    }
    for (code, dossier) in &mut joins.dossiers {
        let mut names: Vec<(String, usize)> = spellings.remove(code).unwrap_or_default().into_iter().collect();
        names.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        dossier.names = names.into_iter().map(|(name, _)| name).collect();
        dossier.entries.sort_by_key(|id| std::cmp::Reverse(entries[id.0 as usize].date.map(|date| date.date)));
    }
    joins
}

/// How often each name stands beside a company's code.
type Spellings = HashMap<String, BTreeMap<String, usize>>;

/// What the entries of one column join.
fn of_column(registers: &Registers, column: &Column, entries: &[Entry], areas: &[Vec<Area>]) -> (Joins, Spellings) {
    let mut joins = Joins::default();
    let mut spellings = Spellings::new();
    let register = registers.get(column.register);
    let refers = register.ids().any(|field| register.field(field).definition.kind == FieldKind::Reference);
    for id in column.entries.iter().copied() {
        for area in &areas[id.0 as usize] {
            match area {
                Area::District(code) => joins.districts.entry(*code).or_default().push(id),
                Area::Sector(code) => joins.sectors.entry(*code).or_default().push(id),
            }
        }
        if register.definition.dossier.is_some() {
            dossier(register, &entries[id.0 as usize], id, &mut joins, &mut spellings);
        }
        if refers {
            mentions(register, &entries[id.0 as usize], id, &mut joins);
        }
    }
    (joins, spellings)
}

/// A district or sector that a record concerns.
enum Area {
    District(CodeId),
    Sector(CodeId),
}

fn areas(registers: &Registers, entry: &Entry) -> Vec<Area> {
    let codes = |field: FieldId| entry.values(field).filter_map(Value::code);
    let districts = codes(registers.envelope.district).map(Area::District);
    districts.chain(codes(registers.envelope.sector).map(Area::Sector)).collect()
}

fn dossier(register: &Register, entry: &Entry, id: EntryId, joins: &mut Joins, spellings: &mut Spellings) {
    let Some(key) = &register.definition.dossier else { return };
    let value = |name: &str| register.field_named(name).map_or("", |field| entry.text(field));
    let (code, name) = (value(&key.code), value(&key.name));
    if code.is_empty() {
        return;
    }
    joins.dossiers.entry(code.to_owned()).or_default().entries.push(id);
    if !name.is_empty() {
        *spellings.entry(code.to_owned()).or_default().entry(name.to_owned()).or_default() += 1;
    }
}

fn mentions(register: &Register, entry: &Entry, id: EntryId, joins: &mut Joins) {
    let mut seen: Vec<(FieldId, EntryId)> = Vec::new();
    for (field, value) in entry.values.iter() {
        let Value::Reference(target) = value else { continue };
        if seen.contains(&(*field, *target)) {
            continue;
        }
        seen.push((*field, *target));
        let map = if register.parent == Some(*field) { &mut joins.children } else { &mut joins.backlinks };
        let list = map.entry(*target).or_default();
        if list.last() != Some(&id) {
            list.push(id);
        }
    }
}
