//! Parsed files become a `Site`: typed, unique, linked, fixed to one day, with nothing internal left.
//!
//! All findings of all records are collected before anything is refused. No record is dropped: each is
//! public, or counted as absent with its reason, or refused with its place.

mod columns;
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

pub(crate) use identity::say_the_same;
pub(crate) use intake::{Ground, Intake, Taken, intake};
pub(crate) use known::Known;
pub(crate) use retext::retext;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use rayon::iter::Either;
use rayon::prelude::*;

use crate::config::Settings;
use crate::diag::Diagnostics;
use crate::markdown::Links;
use crate::memo::Memo;
use crate::parse::{At, Parsed};
use crate::register::{FieldId, RegisterId, Registers, Value};
use crate::route::Route;
use crate::rules::deadline::Verdict;
use crate::site::{Absent, Assets, ColumnId, Entry, EntryId, Origin, Site, Stub, StubKind, Until};
use crate::source::{Slice, Sources};

/// A record on its way: typed, not yet known to be public. Never leaves this module.
#[derive(Clone, Debug)]
struct Draft {
    register: RegisterId,
    column: ColumnId,
    origin: Origin,
    at: At,
    /// File name the record's address comes from; table rows have none.
    name: Option<Arc<str>>,
    /// What it is known by: two of a register with one key are one record.
    key: Arc<str>,
    values: Arc<Vec<(FieldId, Value)>>,
    body: Option<Slice>,
    route: Route,
    title: String,
    /// Whether every cell was understood and every rule kept.
    sound: bool,
    /// Its author is not done with it.
    unfinished: bool,
    fate: Fate,
    until: Option<(Date, Until)>,
    deadline: Option<(Date, Verdict)>,
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
#[derive(Clone, Copy, Debug)]
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
    known.begin(&registers, as_of, language, sources.assets.iter().map(|asset| asset.path.clone()).collect());
    let mut columns = columns::find(&context, &mut diags);
    let tables::Settled { parsed, workbooks, mappings } =
        tables::settle(&registers, &columns, parsed, known, &mut diags);
    let assets = Assets::new(sources.assets.into_iter().filter(|asset| !workbooks.contains(&asset.path)).collect());
    let context =
        Context { settings: &settings, registers: &registers, parsed: &parsed, assets: &assets, as_of, with_drafts };
    let mut absent = AbsentCounts::new();
    let mut drafts = records::typed(&context, &columns, known, &mut absent, &mut diags);
    identity::unique(&context, &mut drafts, &mut diags);
    references::resolve(&context, &mut drafts, &mut diags);
    lifecycle::decide(&context, &mut drafts, &mut diags);
    titles::rewrite(&context, &mut drafts);
    joins::contradictions(&context, &drafts, &mut diags);
    if diags.errors() > 0 {
        return Err(diags);
    }
    columns::absent(&columns, &sources.skipped, &mut absent);
    let unreviewed = review::missing(&context, &columns.list, &drafts);
    let (entries, stubs, redirects) = settle(&context, drafts, &mut absent, &mut known.summaries, &mut diags);
    columns::fill(&context, &mut columns.list, &entries);
    let joins = joins::joins(&registers, &columns.list, &entries);
    let links = links(&registers, &entries);
    if diags.errors() > 0 {
        return Err(diags);
    }
    let pages = pages(&parsed, &entries);
    let files = parsed.files.par_iter().map(|file| file.source.clone()).collect();
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
    Ok((site, diags))
}

/// Public drafts become entries with final numbers; the others become stubs or counts.
fn settle(
    context: &Context<'_>,
    drafts: Vec<Draft>,
    absent: &mut AbsentCounts,
    summaries: &mut Memo<Slice, String>,
    diags: &mut Diagnostics,
) -> (Vec<Entry>, Vec<Stub>, Vec<(Route, EntryId)>) {
    let numbers = final_numbers(&drafts);
    let redirects = redirects(context, &drafts, &numbers, diags);
    let by_fate = |draft: Draft| if draft.fate == Fate::Public { Either::Left(draft) } else { Either::Right(draft) };
    let (mut public, others): (Vec<Draft>, Vec<Draft>) = drafts.into_par_iter().partition_map(by_fate);
    let mut stubs = Vec::new();
    for draft in others {
        match &draft.fate {
            Fate::Public => unreachable!("put aside before"),
            Fate::Stub(kind) => {
                let reason = if *kind == StubKind::Expired { Absent::Expired } else { Absent::Withdrawn };
                *absent.entry((draft.register, reason)).or_default() += 1;
                if context.registers.get(draft.register).definition.pages {
                    stubs.push(Stub {
                        route: draft.route,
                        column: draft.column,
                        kind: kind.clone(),
                        origin: draft.origin,
                    });
                }
            }
            Fate::Absent(reason) => *absent.entry((draft.register, *reason)).or_default() += 1,
        }
    }
    public.par_iter_mut().for_each(|draft| conceal(context, draft, &numbers));
    let summaries = titles::summaries(context, &public, summaries);
    let entries =
        public.into_par_iter().zip(summaries).map(|(draft, summary)| entry(context, draft, summary)).collect();
    (entries, stubs, redirects)
}

/// Former addresses of public records, and what stands there now.
fn redirects(
    context: &Context<'_>,
    drafts: &[Draft],
    numbers: &[Option<EntryId>],
    diags: &mut Diagnostics,
) -> Vec<(Route, EntryId)> {
    let has_aliases = |draft: &Draft| records::has(&draft.values, context.registers.envelope.aliases);
    let public = drafts.par_iter().zip(numbers).filter_map(|(draft, number)| Some((draft, (*number)?)));
    let moved: Vec<(&Draft, EntryId)> = public.filter(|(draft, _)| has_aliases(draft)).collect();
    let mut redirects = Vec::new();
    for (draft, number) in moved {
        redirects.extend(identity::aliases(context, draft, diags).into_iter().map(|alias| (alias, number)));
    }
    redirects
}

fn final_numbers(drafts: &[Draft]) -> Vec<Option<EntryId>> {
    let mut next = 0;
    let number = |draft: &Draft| {
        (draft.fate == Fate::Public).then(|| {
            next += 1;
            EntryId(next - 1)
        })
    };
    drafts.iter().map(number).collect()
}

/// Private values go, references get final numbers.
fn conceal(context: &Context<'_>, draft: &mut Draft, numbers: &[Option<EntryId>]) {
    let register = context.registers.get(draft.register);
    // Values are shared with what the check remembers, so they are copied only to be changed.
    if lifecycle::holds_private(register, &draft.values) {
        let values = Arc::make_mut(&mut draft.values);
        lifecycle::hide_private(register, context.registers.packs.privacy.party_name, values);
    }
    if lifecycle::on_request_only(context, &draft.values) {
        lifecycle::keep_catalogue_entry(context, draft);
    }
    if !draft.values.iter().any(|(_, value)| matches!(value, Value::Reference(_))) {
        return;
    }
    Arc::make_mut(&mut draft.values).retain_mut(|(_, value)| match value {
        Value::Reference(target) => match numbers[target.0 as usize] {
            Some(number) => {
                *target = number;
                true
            }
            None => false,
        },
        _ => true,
    });
}

/// The last step of a record.
fn entry(context: &Context<'_>, draft: Draft, summary: String) -> Entry {
    let date = titles::date(context, &draft);
    let published = records::first(&draft.values, context.registers.envelope.published_on).and_then(Value::day);
    Entry {
        register: draft.register,
        column: draft.column,
        route: draft.route,
        title: draft.title,
        date,
        news_day: published.or(date.map(|date| date.date)),
        values: draft.values,
        body: draft.body,
        summary,
        origin: draft.origin,
        unfinished: draft.unfinished,
        until: draft.until,
        deadline: draft.deadline,
    }
}

/// The page that each file is.
fn pages(parsed: &Parsed, entries: &[Entry]) -> Vec<Option<EntryId>> {
    let mut pages = vec![None; parsed.files.len()];
    for (at, entry) in entries.iter().enumerate() {
        let file = entry.origin.file as usize;
        if parsed.files[file].is_page() {
            pages[file] = Some(EntryId(u32::try_from(at).expect("a site has fewer than 2^32 records")));
        }
    }
    pages
}

/// Titles that `《…》` may cite, and glossary terms, with the pages they lead to.
fn links(registers: &Registers, entries: &[Entry]) -> Links {
    let mut documents = Vec::new();
    let mut terms = Vec::new();
    for entry in entries {
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
