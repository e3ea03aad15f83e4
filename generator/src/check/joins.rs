//! What belongs together across registers: districts, sectors, companies, parents, mentions.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use crate::diag::Diagnostics;
use crate::register::{FieldId, FieldKind, Register, Registers, Value, fold};
use crate::site::{Column, Entry, EntryId, Joins};

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

/// Records that one thread looks at together.
const SOME: usize = 2048;

/// Joins all public entries. Every list follows the listing order of the columns.
pub(super) fn joins(registers: &Registers, columns: &[Column], entries: &[Entry]) -> Joins {
    let parts = columns.iter().flat_map(|column| column.entries.chunks(SOME).map(move |ids| (column, ids)));
    let parts: Vec<(&Column, &[EntryId])> = parts.collect();
    let joined =
        parts.into_par_iter().map(|(column, ids)| of_part(registers, registers.get(column.register), ids, entries));
    let joined: Vec<(Joins, Spellings)> = joined.collect();
    let mut joins = Joins::default();
    let mut spellings = Spellings::new();
    for (part, spelt) in joined {
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

/// What some records of one register join, which stand in listing order.
fn of_part(registers: &Registers, register: &Register, ids: &[EntryId], entries: &[Entry]) -> (Joins, Spellings) {
    let mut joins = Joins::default();
    let mut spellings = Spellings::new();
    let refers = register.ids().any(|field| register.field(field).definition.kind == FieldKind::Reference);
    let areas = [(registers.envelope.district, &mut joins.districts), (registers.envelope.sector, &mut joins.sectors)];
    for (field, map) in areas {
        for id in ids {
            let codes = entries[id.0 as usize].values(field).filter_map(Value::code);
            codes.for_each(|code| map.entry(code).or_default().push(*id));
        }
    }
    for id in ids.iter().copied() {
        let entry = &entries[id.0 as usize];
        if register.definition.dossier.is_some() {
            dossier(register, entry, id, &mut joins, &mut spellings);
        }
        if refers {
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
