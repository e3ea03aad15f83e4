//! Definition files become `Registers`: parsed, the site's own over the built-in ones, names resolved.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;
use serde::de::DeserializeOwned;

use super::checks;
use super::codes::{CodeList, CodeLists};
use super::definition::{Definition, FieldDefinition, FieldKind, Visibility};
use super::{Envelope, Facet, Field, FieldId, Order, Register, RegisterId, Registers, fold};
use crate::diag::{Diagnostics, Place};
use crate::rules::Packs;
use crate::source::{Source, stem};

/// The fields of the envelope file.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct EnvelopeFile {
    field: Vec<FieldDefinition>,
}

/// Reads the built-in definitions and the site's own, which replace built-in ones of the same name.
///
/// # Errors
/// Every definition that is not well-formed or names a field, list, register or rule that is not there.
pub(crate) fn load(built_in: &[Source], rules: &[Source], site: &[Source]) -> Result<Registers, Diagnostics> {
    let mut diags = Diagnostics::new();
    let mut codes = CodeLists::default();
    let lists = rules.iter().filter(|source| source.path.starts_with("codes/"));
    let lists = lists.chain(site.iter().filter(|source| source.path.starts_with("content/_codes/")));
    for (_, list) in read::<CodeList>(lists.collect(), &mut diags) {
        codes.add(list);
    }
    let mut packs = Packs::default();
    let own_packs = site.iter().filter(|source| source.path.starts_with("content/_rules/"));
    for source in rules.iter().filter(|source| !source.path.starts_with("codes/")).chain(own_packs) {
        if let Err(message) = packs.add(stem(&source.path), source.text().unwrap_or_default()) {
            diags.bad_definition(Place::file(&source.path), &message);
        }
    }
    let own = site.iter().filter(|source| source.path.ends_with("/_register.toml"));
    let (envelopes, registers): (Vec<&Source>, Vec<&Source>) =
        built_in.iter().chain(own).partition(|source| source.path.ends_with("_envelope.toml"));
    let envelope = read::<EnvelopeFile>(envelopes, &mut diags).pop().map(|(_, file)| file.field).unwrap_or_default();
    let mut definitions: Vec<(Arc<str>, Definition)> = Vec::new();
    for (path, definition) in read::<Definition>(registers, &mut diags) {
        definitions.retain(|(_, known)| known.name != definition.name);
        definitions.push((path, definition));
    }
    if diags.errors() > 0 {
        return Err(diags);
    }
    definitions.sort_by(|a, b| a.1.name.cmp(&b.1.name));
    let registers = resolve(&definitions, envelope, codes, packs, &mut diags);
    if diags.errors() > 0 { Err(diags) } else { Ok(registers) }
}

/// What each file defines, with its path; files that cannot be read are reported and left out.
fn read<T: DeserializeOwned + Send>(sources: Vec<&Source>, diags: &mut Diagnostics) -> Vec<(Arc<str>, T)> {
    let results: Vec<Result<(Arc<str>, T), Diagnostics>> =
        sources.into_par_iter().map(|source| Ok((source.path.clone(), read_one(source)?))).collect();
    let mut values = Vec::with_capacity(results.len());
    for result in results {
        match result {
            Ok(value) => values.push(value),
            Err(found) => diags.extend(found),
        }
    }
    values
}

fn read_one<T: DeserializeOwned>(source: &Source) -> Result<T, Diagnostics> {
    let mut diags = Diagnostics::new();
    match source.text().map(|text| (text, toml::from_str::<T>(text))) {
        Ok((_, Ok(value))) => return Ok(value),
        Ok((text, Err(error))) => {
            let place = match error.span() {
                Some(span) => Place::range(&source.path, text, span.start, span.end),
                None => Place::file(&source.path),
            };
            diags.bad_definition(place, error.message());
        }
        Err(line) => diags.not_utf8(Place::file(&source.path), line),
    }
    Err(diags)
}

fn resolve(
    definitions: &[(Arc<str>, Definition)],
    envelope: Vec<FieldDefinition>,
    codes: CodeLists,
    packs: Packs,
    diags: &mut Diagnostics,
) -> Registers {
    let id = |at: usize| RegisterId(u16::try_from(at).expect("a site has fewer than 65,536 registers"));
    let by_name: HashMap<String, RegisterId> =
        definitions.iter().enumerate().map(|(at, (_, definition))| (definition.name.clone(), id(at))).collect();
    let names = Names { by_name: &by_name, codes: &codes };
    let mut list = Vec::with_capacity(definitions.len());
    for (path, definition) in definitions {
        let mut problems = Vec::new();
        let due = definition.timeline.iter().filter_map(|step| Some(&step.due.as_ref()?.rule));
        for rule in definition.deadline.iter().map(|deadline| &deadline.rule).chain(due) {
            if !packs.deadlines.names().any(|name| name == rule) {
                problems.push(format!("no deadline is named `{rule}`"));
            }
        }
        list.push(register(definition, &envelope, &names, &mut problems));
        for problem in problems {
            diags.bad_definition(Place::file(path), &problem);
        }
    }
    let known = |name: &str| {
        let at = envelope.iter().position(|field| field.name == name).expect("the shipped envelope has this field");
        FieldId(u16::try_from(at).expect("the envelope is short"))
    };
    Registers {
        list,
        by_name: by_name.clone(),
        district: codes.position("district").expect("the district list ships with the generator"),
        sector: codes.position("sector").expect("the sector list ships with the generator"),
        packs,
        envelope: envelope_positions(known),
        codes,
    }
}

fn envelope_positions(at: impl Fn(&str) -> FieldId) -> Envelope {
    Envelope {
        id: at("id"),
        title: at("title"),
        summary: at("summary"),
        plain: at("plain"),
        date: at("date"),
        published_on: at("published_on"),
        expire_at: at("expire_at"),
        draft: at("draft"),
        source: at("source"),
        author: at("author"),
        issuer: at("issuer"),
        index_no: at("index_no"),
        doc_no: at("doc_no"),
        openness: at("openness"),
        district: at("district"),
        sector: at("sector"),
        audience: at("audience"),
        keywords: at("keywords"),
        attachments: at("attachments"),
        aliases: at("aliases"),
        related: at("related"),
        withdrawn_on: at("withdrawn_on"),
        withdrawn_reason: at("withdrawn_reason"),
        correction: at("correction"),
        acknowledged: at("acknowledged"),
    }
}

/// What a definition may refer to.
struct Names<'a> {
    by_name: &'a HashMap<String, RegisterId>,
    codes: &'a CodeLists,
}

fn register(
    definition: &Definition,
    envelope: &[FieldDefinition],
    names: &Names<'_>,
    problems: &mut Vec<String>,
) -> Register {
    let mut merged: Vec<FieldDefinition> = envelope.to_vec();
    let mut order = Vec::new();
    for own in &definition.field {
        let at = merged.iter().position(|field| field.name == own.name).unwrap_or(merged.len());
        if at == merged.len() {
            merged.push(own.clone())
        } else {
            merged[at] = own.clone()
        }
        order.push(FieldId(u16::try_from(at).expect("a register has fewer than 65,536 fields")));
    }
    let fields = merged.iter().map(|field| resolve_field(field, &merged, names, problems)).collect::<Vec<_>>();
    let mut register = Register {
        definition: definition.clone(),
        heads: heads(&merged, &order),
        open: open_fields(&merged, &order),
        fields,
        order,
        key: Vec::new(),
        list: Vec::new(),
        facets: Vec::new(),
        date: None,
        status: None,
        summary: None,
        slug: None,
        parent: None,
        sort: Vec::new(),
    };
    resolve_roles(&mut register, problems);
    register
}

/// Envelope fields that open data gives beside a register's own.
const OPEN: [&str; 6] = ["doc_no", "index_no", "district", "sector", "audience", "published_on"];

fn open_fields(fields: &[FieldDefinition], own: &[FieldId]) -> Vec<FieldId> {
    let shared = OPEN.iter().filter_map(|name| position(fields, name)).filter(|field| !own.contains(field));
    let open = |field: &FieldId| fields[field.0 as usize].visibility != Visibility::Internal;
    own.iter().copied().chain(shared).filter(open).collect()
}

/// Own fields claim their spellings before the envelope's, and names before further spellings.
fn heads(fields: &[FieldDefinition], own: &[FieldId]) -> HashMap<String, FieldId> {
    let mut heads = HashMap::new();
    let all = (0..u16::try_from(fields.len()).expect("a register has fewer than 65,536 fields")).map(FieldId);
    let ranked: Vec<FieldId> = own.iter().copied().chain(all.filter(|id| !own.contains(id))).collect();
    for id in &ranked {
        let field = &fields[id.0 as usize];
        for title in
            [Some(&field.name), Some(&field.label.zh), Some(&field.label.en), field.code.as_ref()].into_iter().flatten()
        {
            heads.entry(fold(title)).or_insert(*id);
        }
    }
    for id in &ranked {
        for title in &fields[id.0 as usize].headers {
            heads.entry(fold(title)).or_insert(*id);
        }
    }
    heads
}

fn position(fields: &[FieldDefinition], name: &str) -> Option<FieldId> {
    let at = fields.iter().position(|field| field.name == name)?;
    u16::try_from(at).ok().map(FieldId)
}

fn resolve_field(
    field: &FieldDefinition,
    all: &[FieldDefinition],
    names: &Names<'_>,
    problems: &mut Vec<String>,
) -> Field {
    let list = match field.kind {
        FieldKind::District => Some("district"),
        FieldKind::Sector => Some("sector"),
        FieldKind::Code => Some(field.codes.as_deref().unwrap_or("")),
        _ => None,
    };
    let codes = list.and_then(|list| {
        let found = names.codes.position(list);
        if found.is_none() {
            problems.push(format!("field `{}`: no code list `{list}`", field.name));
        }
        found
    });
    let target = field.register.as_deref().and_then(|name| {
        let found = names.by_name.get(name).copied();
        if found.is_none() {
            problems.push(format!("field `{}`: no register `{name}`", field.name));
        }
        found
    });
    let mask_if = field.mask_if.as_deref().and_then(|condition| {
        let found = mask_condition(condition, all, names);
        if found.is_none() {
            problems.push(format!("field `{}`: `mask_if = \"{condition}\"` is not `field=code`", field.name));
        }
        found
    });
    if let Some(rule) = field.compute.as_deref().filter(|rule| !checks::known_computation(rule)) {
        problems.push(format!("field `{}`: no rule computes `{rule}`", field.name));
    }
    let compute_from = field.compute_from.iter().filter_map(|name| {
        let found = position(all, name);
        if found.is_none() {
            problems.push(format!("field `{}`: compute_from names no field `{name}`", field.name));
        }
        found
    });
    let compute_from = compute_from.collect();
    Field { definition: field.clone(), codes, target, mask_if, compute_from }
}

fn mask_condition(condition: &str, all: &[FieldDefinition], names: &Names<'_>) -> Option<(FieldId, super::CodeId)> {
    let (name, word) = condition.split_once('=')?;
    let id = position(all, name.trim())?;
    let list = names.codes.position(all[id.0 as usize].codes.as_deref()?)?;
    Some((id, names.codes.find(list, word.trim())?))
}

/// Names of own fields that the stages look up when they need them.
fn further_names(definition: &Definition) -> Vec<&str> {
    let mut names: Vec<&String> = Vec::new();
    if let Some(dossier) = &definition.dossier {
        names.extend([&dossier.code, &dossier.name].into_iter().chain(&dossier.grade));
    }
    for span in [&definition.calendar, &definition.yearly].into_iter().flatten() {
        names.extend(std::iter::once(&span.from).chain(&span.to));
    }
    if let Some(chart) = &definition.chart {
        names.extend([&chart.x, &chart.y]);
    }
    if let Some(banner) = &definition.banner {
        names.extend([&banner.from, &banner.to, &banner.lifted, &banner.level]);
    }
    if let Some(glossary) = &definition.glossary {
        names.extend([&glossary.term, &glossary.explanation].into_iter().chain(&glossary.aliases));
    }
    if let Some(deadline) = &definition.deadline {
        names.extend([&deadline.from, &deadline.to]);
    }
    for step in &definition.timeline {
        names.extend(std::iter::once(&step.date).chain(&step.text).chain(step.due.as_ref().map(|due| &due.from)));
    }
    names.extend(&definition.also_cited_as);
    names.into_iter().map(String::as_str).collect()
}

/// Turns the names in a definition's keys into positions.
fn resolve_roles(register: &mut Register, problems: &mut Vec<String>) {
    let definition = register.definition.clone();
    for check in definition.checks.iter().filter(|check| !checks::known_check(check)) {
        problems.push(format!("no check is named `{check}`"));
    }
    let mut find = |role: &str, name: &str| {
        let found = register.field_named(name);
        if found.is_none() {
            problems.push(format!("`{role}` names no field `{name}`"));
        }
        found
    };
    let key = definition.key.iter().filter_map(|name| find("key", name)).collect();
    let list = definition.list.iter().filter_map(|name| find("list", name)).collect();
    let date = definition.date.as_deref().and_then(|name| find("date", name));
    let status = definition.status.as_deref().and_then(|name| find("status", name));
    let summary = definition.summary.as_deref().and_then(|name| find("summary", name));
    let slug = definition.slug.as_deref().and_then(|name| find("slug", name));
    let parent = definition.parent.as_deref().and_then(|name| find("parent", name));
    let mut facets = Vec::new();
    for name in &definition.facets {
        match name.as_str() {
            "year" => facets.push(Facet::Year),
            _ => facets.extend(find("facets", name).map(Facet::Field)),
        }
    }
    let mut sort = Vec::new();
    for written in &definition.sort {
        let (name, order) = match written.strip_prefix('-') {
            Some(name) => (name, Order::Descending),
            None => (written.as_str(), Order::Ascending),
        };
        sort.extend(find("sort", name).map(|field| (field, order)));
    }
    for name in further_names(&definition) {
        find("dossier, calendar, chart, timeline, deadline, banner, glossary, yearly or also_cited_as", name);
    }
    if slug.is_some_and(|field| register.field(field).definition.visibility != Visibility::Public) {
        problems.push("`slug` names a field that is not public: its text would stand in the address".to_owned());
    }
    (register.key, register.list, register.facets, register.sort) = (key, list, facets, sort);
    (register.date, register.status, register.summary) = (date, status, summary);
    (register.slug, register.parent) = (slug, parent);
}
