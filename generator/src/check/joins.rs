//! What belongs together across registers: districts, sectors, companies, parents, mentions.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rayon::prelude::*;
use smallvec::SmallVec;

use crate::diag::Diagnostics;
use crate::memo::Memo;
use crate::register::{CodeId, FieldId, Register, Registers, Value, fold};
use crate::site::{Column, Entry, EntryId, Joins, Record};

use super::identity::place;
use super::{Context, Placed};

/// Warns where one name stands beside two credit codes: one of them is wrong, or two companies look alike.
pub(super) fn contradictions(context: &Context<'_>, drafts: &[Placed<'_>], diags: &mut Diagnostics) {
    let mut known: HashMap<String, (&str, &Placed<'_>)> = HashMap::new();
    let of_register = |draft: &&Placed<'_>| context.registers.get(draft.record.register).definition.dossier.is_some();
    for draft in drafts.par_iter().filter(of_register).collect::<Vec<_>>() {
        let said = draft.said(context.registers);
        let Some(key) = &said.register.definition.dossier else { continue };
        let text = |name: &str| said.named(name).and_then(Value::text);
        let (Some(code), Some(name)) = (text(&key.code), text(&key.name)) else { continue };
        let (other, earlier) = *known.entry(fold(name)).or_insert((code, draft));
        if other != code {
            diags.name_with_two_codes(place(context, draft), place(context, earlier), name, code, other);
        }
    }
}

/// What a record says to joins.
#[derive(Default)]
pub(super) struct Areas {
    districts: SmallVec<[CodeId; 2]>,
    sectors: SmallVec<[CodeId; 2]>,
    /// Whether it may name a company or another record.
    names: bool,
}

fn areas(registers: &Registers, record: &Record) -> Areas {
    let codes = |field: FieldId| record.values(field).filter_map(Value::code).collect();
    let refers = || record.values.iter().any(|(_, value)| matches!(value, Value::Reference(_)));
    Areas {
        districts: codes(registers.envelope.district),
        sectors: codes(registers.envelope.sector),
        names: registers.get(record.register).definition.dossier.is_some() || refers(),
    }
}

/// Joins all public entries. Every list follows the listing order of the columns.
pub(super) fn joins(
    registers: &Registers,
    columns: &[Column],
    entries: &[Entry],
    known: &mut Memo<Arc<Record>, Areas>,
) -> Joins {
    let areas = known.map("", entries.iter().map(|entry| &entry.record), |record| areas(registers, record));
    let of_columns = columns.par_iter().map(|column| of_column(registers, column, entries, areas));
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

/// What the entries of one column say of areas, of companies and of other records.
fn of_column(
    registers: &Registers,
    column: &Column,
    entries: &[Entry],
    areas: &[(Arc<Record>, Areas)],
) -> (Joins, Spellings) {
    let mut joins = Joins::default();
    let mut spellings = Spellings::new();
    for id in column.entries.iter().copied() {
        let (_, areas) = &areas[id.0 as usize];
        areas.districts.iter().for_each(|code| joins.districts.entry(*code).or_default().push(id));
        areas.sectors.iter().for_each(|code| joins.sectors.entry(*code).or_default().push(id));
        if areas.names {
            let (register, entry) = (registers.get(column.register), &entries[id.0 as usize]);
            dossier(register, entry, id, &mut joins, &mut spellings);
            mentions(register, entry, id, &mut joins);
        }
    }
    (joins, spellings)
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
