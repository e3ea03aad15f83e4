//! What belongs together across registers: districts, sectors, companies, parents, mentions.

use std::collections::{BTreeMap, HashMap};

use crate::diag::Diagnostics;
use crate::register::{FieldId, Register, Registers, Value, fold};
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
    let mut joins = Joins::default();
    let mut spellings: HashMap<String, BTreeMap<String, usize>> = HashMap::new();
    for id in columns.iter().flat_map(|column| column.entries.iter().copied()) {
        let entry = &entries[id.0 as usize];
        let register = registers.get(entry.register);
        areas(registers, entry, id, &mut joins);
        dossier(register, entry, id, &mut joins, &mut spellings);
        mentions(register, entry, id, &mut joins);
    }
    for (code, dossier) in &mut joins.dossiers {
        let mut names: Vec<(String, usize)> = spellings.remove(code).unwrap_or_default().into_iter().collect();
        names.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        dossier.names = names.into_iter().map(|(name, _)| name).collect();
        dossier.entries.sort_by_key(|id| std::cmp::Reverse(entries[id.0 as usize].date.map(|date| date.date)));
    }
    joins
}

fn areas(registers: &Registers, entry: &Entry, id: EntryId, joins: &mut Joins) {
    for (field, map) in
        [(registers.envelope.district, &mut joins.districts), (registers.envelope.sector, &mut joins.sectors)]
    {
        for code in entry.values(field).filter_map(Value::code) {
            map.entry(code).or_default().push(id);
        }
    }
}

fn dossier(
    register: &Register,
    entry: &Entry,
    id: EntryId,
    joins: &mut Joins,
    spellings: &mut HashMap<String, BTreeMap<String, usize>>,
) {
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
