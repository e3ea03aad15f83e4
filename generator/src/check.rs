//! Parsed files become a `Site`: typed, unique, linked, fixed to one day, with nothing internal left.
//!
//! All findings of all records are collected before anything is refused. No record is dropped: each is
//! public, or counted as absent with its reason, or refused with its place.

mod columns;
mod dated;
mod former;
mod identity;
mod intake;
mod joins;
mod known;
mod lifecycle;
mod outliers;
mod records;
mod references;
mod retext;
mod review;
mod tables;
mod titles;

use identity::Marks;
pub(crate) use identity::say_the_same;
pub(crate) use intake::{Ground, Intake, Taken, intake};
pub(crate) use known::Known;
pub(crate) use retext::retext;

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::config::Settings;
use crate::diag::Diagnostics;
use crate::markdown::Links;
use crate::parse::{At, Parsed};
use crate::register::{FieldId, Register, RegisterId, Registers, Value};
use crate::route::Route;
use crate::site::{Absent, Assets, Entry, EntryId, Origin, Record, Site, Stub, StubKind};
use crate::source::{Slice, Sources};

/// A record on its way: what a row or a page says, whatever stands beside it. Never leaves this module.
#[derive(Clone, Debug)]
struct Draft {
    at: At,
    /// The row of a table, counted from 1.
    row: u32,
    /// File name the record's address comes from; table rows have none.
    name: Option<Arc<str>>,
    /// What it is known by: two of a register with one key are one record.
    key: Arc<str>,
    marks: Marks,
    /// What of it anyone may read.
    record: Arc<Record>,
    /// What it says to those who wrote it, if that is not the same.
    written: Option<Box<Written>>,
    /// Whether it names other records.
    refers: bool,
    /// Former addresses.
    aliases: Box<[Route]>,
    /// Whether somebody answers for it.
    signed: bool,
    /// Whether nothing was found wrong or doubtful in it.
    silent: bool,
    fate: Fate,
}

/// Values and text of a record of which not everything is for everybody.
#[derive(Clone, Debug)]
struct Written {
    values: Values,
    body: Option<Slice>,
}

/// A row or a page as it was written, and the register it belongs to.
#[derive(Clone, Copy)]
struct Said<'a> {
    register: &'a Register,
    /// File name its address comes from; table rows have none.
    name: Option<&'a str>,
    values: &'a [(FieldId, Value)],
    body: Option<&'a Slice>,
}

impl<'a> Said<'a> {
    fn first(&self, field: FieldId) -> Option<&'a Value> {
        records::first(self.values, field)
    }

    /// The first value of a field that only some registers have.
    fn named(&self, field: &str) -> Option<&'a Value> {
        self.first(self.register.field_named(field)?)
    }

    fn day(&self, field: FieldId) -> Option<Date> {
        self.first(field).and_then(Value::day)
    }
}

/// Values sorted by field.
type Values = Vec<(FieldId, Value)>;

impl Draft {
    fn said<'a>(&'a self, registers: &'a Registers) -> Said<'a> {
        let (values, body) = match &self.written {
            Some(written) => (&written.values, &written.body),
            None => (&self.record.values, &self.record.body),
        };
        let register = registers.get(self.record.register);
        Said { register, name: self.name.as_deref(), values, body: body.as_ref() }
    }

    fn is_public(&self) -> bool {
        self.fate == Fate::Public
    }
}

/// A draft among all others. What was made of its file alone is left as it was, and copied to be changed.
struct Placed<'d> {
    file: u32,
    alone: &'d Draft,
    changed: Option<Box<Draft>>,
}

impl Deref for Placed<'_> {
    type Target = Draft;

    fn deref(&self) -> &Draft {
        self.changed.as_deref().unwrap_or(self.alone)
    }
}

impl DerefMut for Placed<'_> {
    fn deref_mut(&mut self) -> &mut Draft {
        self.changed.get_or_insert_with(|| Box::new(self.alone.clone()))
    }
}

impl Placed<'_> {
    fn origin(&self) -> Origin {
        Origin { file: self.file, row: self.row }
    }
}

/// What becomes of a record on the day of the build.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fate {
    Public,
    Absent(Absent),
    Stub(StubKind),
}

/// How many rows and files of a register are not public, by reason.
type AbsentCounts = BTreeMap<(RegisterId, Absent), usize>;

/// What every part of the check may look at.
struct Context<'a> {
    settings: &'a Settings,
    registers: &'a Registers,
    parsed: &'a Parsed,
    assets: &'a Assets,
    as_of: Date,
    with_drafts: bool,
}

/// What the site is to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) as_of: Date,
    /// Drafts are shown as if they were public.
    pub(crate) drafts: bool,
}

/// Checks everything. The diagnostics of a good site are its warnings. `known` holds what the last
/// check left.
///
/// # Errors
/// All findings, if any of them is an error.
pub(crate) fn check(
    sources: Sources,
    parsed: Parsed,
    registers: Arc<Registers>,
    settings: Settings,
    asked: Asked,
    known: &mut Known,
) -> Result<(Site, Diagnostics), Diagnostics> {
    let Asked { as_of, drafts: with_drafts } = asked;
    let mut diags = Diagnostics::new();
    let none = Assets::default();
    let context =
        Context { settings: &settings, registers: &registers, parsed: &parsed, assets: &none, as_of, with_drafts };
    let language = settings.language();
    known.begin(&registers, asked, language);
    let mut columns = columns::find(&context, &mut diags);
    let tables::Settled { parsed, workbooks, mappings } =
        tables::settle(&registers, &columns, parsed, known, &mut diags);
    let assets = Assets::new(sources.assets.into_iter().filter(|asset| !workbooks.contains(&asset.path)).collect());
    let context =
        Context { settings: &settings, registers: &registers, parsed: &parsed, assets: &assets, as_of, with_drafts };
    let typed = records::typed(&context, &columns, known, &mut diags);
    let mut drafts = records::placed(typed);
    let referring: Vec<usize> = (0..drafts.len()).into_par_iter().filter(|at| drafts[*at].refers).collect();
    identity::unique(&context, &mut drafts, &mut diags);
    references::resolve(&context, &mut drafts, &referring, &mut diags);
    lifecycle::follow_parents(&context, &mut drafts, &referring);
    titles::rewrite(&context, &mut drafts, &referring);
    joins::contradictions(&context, &drafts, &mut diags);
    if diags.errors() > 0 {
        return Err(diags);
    }
    let mut absent = AbsentCounts::new();
    records::absent(typed, &mut absent);
    columns::absent(&columns, &sources.skipped, &mut absent);
    let unreviewed = review::missing(&drafts);
    let (entries, stubs, redirects) = settle(&context, drafts, &referring, &mut absent);
    columns::fill(&context, &mut columns.list, &entries);
    known.rows.release();
    let joins = joins::joins(&registers, &columns.list, &entries, &mut known.areas);
    known.areas.release();
    let links = links(&registers, &entries);
    if diags.errors() > 0 {
        return Err(diags);
    }
    let pages = pages(&parsed, &entries);
    let files = parsed.files.par_iter().map(|file| file.source.clone()).collect();
    // There are many, and what is done with them takes its time.
    parsed.files.into_par_iter().for_each(drop);
    let columns = columns.list;
    let site = Site {
        settings,
        as_of,
        registers,
        columns: columns.into(),
        entries,
        stubs: stubs.into(),
        redirects: redirects.into(),
        joins: joins.into(),
        links: links.into(),
        assets: assets.into(),
        files,
        pages: pages.into(),
        mappings: mappings.into(),
        absent,
        unreviewed,
    };
    dated::undated(&site, &mut diags);
    Ok((site, diags))
}

/// Public drafts become entries with final numbers; the others become stubs or counts.
fn settle(
    context: &Context<'_>,
    mut drafts: Vec<Placed<'_>>,
    referring: &[usize],
    absent: &mut AbsentCounts,
) -> (Vec<Entry>, Vec<Stub>, Vec<(Route, EntryId)>) {
    let numbers = final_numbers(&drafts);
    references::renumber(&mut drafts, referring, &numbers);
    let mut stubs = Vec::new();
    for draft in drafts.iter().zip(&numbers).filter(|(_, number)| number.is_none()).map(|(draft, _)| draft) {
        let register = draft.record.register;
        match &draft.fate {
            Fate::Public => unreachable!("what is public has a number"),
            Fate::Stub(kind) => {
                let reason = if *kind == StubKind::Expired { Absent::Expired } else { Absent::Withdrawn };
                *absent.entry((register, reason)).or_default() += 1;
                if context.registers.get(register).definition.pages {
                    let Record { route, column, .. } = &*draft.record;
                    stubs.push(Stub {
                        route: route.clone(),
                        column: *column,
                        kind: kind.clone(),
                        origin: draft.origin(),
                    });
                }
            }
            Fate::Absent(reason) => *absent.entry((register, *reason)).or_default() += 1,
        }
    }
    let public = || drafts.par_iter().zip(&numbers).filter_map(|(draft, number)| Some((draft, (*number)?)));
    let moved =
        public().flat_map_iter(|(draft, number)| draft.aliases.iter().map(move |alias| (alias.clone(), number)));
    let redirects = moved.collect();
    let entries = public().map(|(draft, _)| Entry { origin: draft.origin(), record: draft.record.clone() }).collect();
    (entries, stubs, redirects)
}

fn final_numbers(drafts: &[Placed<'_>]) -> Vec<Option<EntryId>> {
    let are_public: Vec<bool> = drafts.par_iter().map(|draft| draft.is_public()).collect();
    let mut next = 0;
    let number = |is_public: bool| {
        is_public.then(|| {
            next += 1;
            EntryId(next - 1)
        })
    };
    are_public.into_iter().map(number).collect()
}

/// The page that each file is.
fn pages(parsed: &Parsed, entries: &[Entry]) -> Vec<Option<EntryId>> {
    let are_pages: Vec<bool> = parsed.files.par_iter().map(|file| file.is_page()).collect();
    let mut pages = vec![None; parsed.files.len()];
    for (at, entry) in entries.iter().enumerate() {
        let file = entry.origin.file as usize;
        if are_pages[file] {
            pages[file] = Some(EntryId(u32::try_from(at).expect("a site has fewer than 2^32 records")));
        }
    }
    pages
}

/// Titles that `《…》` may cite, and glossary terms, with the pages they lead to.
fn links(registers: &Registers, entries: &[Entry]) -> Links {
    let mut documents = Vec::new();
    let mut terms = Vec::new();
    let is_linked = |entry: &&Entry| {
        let definition = &registers.get(entry.register).definition;
        definition.citable || definition.glossary.is_some()
    };
    for entry in entries.par_iter().filter(is_linked).collect::<Vec<_>>() {
        let register = registers.get(entry.register);
        if register.definition.citable {
            let also = register.definition.also_cited_as.as_deref().and_then(|name| register.field_named(name));
            let further = also.into_iter().flat_map(|field| entry.values(field)).filter_map(Value::text);
            for title in std::iter::once(entry.title.as_str()).chain(further) {
                let bare = title.trim_start_matches('《').trim_end_matches('》');
                documents.push((bare.to_owned(), entry.route.to_string()));
            }
        }
        let Some(glossary) = &register.definition.glossary else { continue };
        let text = |name: &str| register.field_named(name).map_or("", |field| entry.text(field));
        let explanation = text(&glossary.explanation);
        terms.push((text(&glossary.term).to_owned(), entry.route.to_string(), explanation.to_owned()));
        if let Some(field) = glossary.aliases.as_deref().and_then(|name| register.field_named(name)) {
            for alias in entry.values(field).filter_map(Value::text) {
                terms.push((alias.to_owned(), entry.route.to_string(), explanation.to_owned()));
            }
        }
    }
    Links::new(documents, terms)
}
