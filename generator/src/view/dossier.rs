//! A company's dossier: all that is public about one credit code, and the list of all companies.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Scene;
use super::page::{Kind, Page, page};
use super::record::day_text;
use super::shapes::{EventView, Figure, Link, Section};
use crate::plan::dossier_route;
use crate::register::{FieldId, Standing, Value};
use crate::route::Route;
use crate::site::{ColumnId, Dossier, EntryId};

#[derive(Debug, Serialize)]
pub(crate) struct DossierView<'a> {
    name: &'a str,
    code: &'a str,
    names: &'a [String],
    district: String,
    sectors: String,
    grade: String,
    figures: Vec<Figure<'a>>,
    sections: Vec<Section<'a>>,
    timeline: Vec<EventView<'a>>,
    conflicts: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct CompaniesView<'a> {
    total: usize,
    letters: Vec<Letter<'a>>,
}

#[derive(Debug, Serialize)]
struct Letter<'a> {
    letter: Cow<'a, str>,
    items: Vec<Link<'a>>,
}

/// Events on a dossier's timeline.
const EVENTS: usize = 12;

/// The view of one dossier.
pub(crate) fn dossier<'a>(scene: Scene<'a>, at: u32, route: &Route) -> (Page<'a>, DossierView<'a>) {
    let code = scene.plan.dossiers[at as usize].as_str();
    let dossier = &scene.site.joins.dossiers[code];
    let name = name(dossier, code);
    let groups = scene.by_column(&dossier.entries);
    let figures = groups.iter().map(|(column, ids)| Figure {
        label: Cow::Borrowed(scene.site.column(*column).title.as_str()),
        value: ids.len().to_string(),
        unit: scene.say("条", ""),
        ..Figure::default()
    });
    let figures = figures.collect();
    let view = DossierView {
        name,
        code,
        names: dossier.names.get(1..).unwrap_or_default(),
        district: words(scene, dossier, scene.site.registers.envelope.district),
        sectors: words(scene, dossier, scene.site.registers.envelope.sector),
        grade: grade(scene, dossier),
        figures,
        sections: groups
            .iter()
            .map(|(column, ids)| scene.section(*column, ids, String::new(), named(scene, *column), route))
            .collect(),
        timeline: dossier.entries.iter().take(EVENTS).map(|id| event(scene, *id)).collect(),
        conflicts: conflicts(scene, dossier),
    };
    let mut page = page(scene, Kind::Service, name, route);
    let parent = super::page::Crumb {
        title: Cow::Borrowed(scene.say("企业档案", "Companies")),
        url: "org/index.html".to_owned(),
    };
    page.breadcrumbs.insert(1, parent);
    page.group = "credit";
    page.json = route.twin("json").to_string();
    (page, view)
}

/// The field with the company's name: on its own dossier it says nothing new.
fn named(scene: Scene<'_>, column: ColumnId) -> Option<FieldId> {
    let register = scene.site.registers.get(scene.site.column(column).register);
    register.field_named(&register.definition.dossier.as_ref()?.name)
}

fn name<'a>(dossier: &'a Dossier, code: &'a str) -> &'a str {
    dossier.names.first().map_or(code, String::as_str)
}

/// The districts or sectors that the records give, each once.
fn words(scene: Scene<'_>, dossier: &Dossier, field: FieldId) -> String {
    let codes: BTreeSet<_> =
        dossier.entries.iter().flat_map(|id| scene.site.entry(*id).values(field)).filter_map(Value::code).collect();
    let words: Vec<&str> =
        codes.iter().map(|code| scene.site.registers.codes.get(*code).label(scene.language())).collect();
    words.join("、")
}

/// The newest grade that a register of grades gives.
fn grade(scene: Scene<'_>, dossier: &Dossier) -> String {
    let graded = dossier.entries.iter().find_map(|id| {
        let entry = scene.site.entry(*id);
        let register = scene.site.register_of(entry);
        let field = register.field_named(register.definition.dossier.as_ref()?.grade.as_deref()?)?;
        Some(scene.item(entry, field, entry.value(field)?).text.into_owned())
    });
    graded.unwrap_or_default()
}

fn event<'a>(scene: Scene<'a>, id: EntryId) -> EventView<'a> {
    let entry = scene.site.entry(id);
    EventView {
        date: entry.date.map(|date| day_text(scene, date.date)).unwrap_or_default(),
        label: Cow::Owned(format!("{}：{}", scene.site.column(entry.column).title, entry.title)),
        text: String::new(),
        state: "",
        url: scene.url(id),
    }
}

/// Contradictions a reader should see: an honour beside an offence that is still public.
fn conflicts(scene: Scene<'_>, dossier: &Dossier) -> Vec<String> {
    let of = |standing: Standing| {
        let found = dossier.entries.iter().find(|id| {
            let register = scene.site.register_of(scene.site.entry(**id));
            register.definition.standing == Some(standing)
        });
        found.map(|id| scene.site.column(scene.site.entry(*id).column).title.as_str())
    };
    match (of(Standing::Honour), of(Standing::Offence)) {
        (Some(honour), Some(offence)) if scene.chinese() => {
            vec![format!("该单位在“{honour}”中，同时有公示期内的“{offence}”记录，请主管部门复核。")]
        }
        (Some(honour), Some(offence)) => {
            vec![format!("Listed under “{honour}” while a record under “{offence}” is public: to be reviewed.")]
        }
        _ => Vec::new(),
    }
}

/// The list of all companies, by the first letter of their name's pronunciation.
pub(crate) fn companies<'a>(scene: Scene<'a>, route: &Route) -> (Page<'a>, CompaniesView<'a>) {
    let mut letters: BTreeMap<String, Vec<Link<'a>>> = BTreeMap::new();
    for (code, dossier) in &scene.site.joins.dossiers {
        let name = name(dossier, code);
        letters.entry(super::listing::initial(name)).or_default().push(Link {
            text: Cow::Borrowed(name),
            url: dossier_route(code).to_string(),
            count: dossier.entries.len(),
            note: words(scene, dossier, scene.site.registers.envelope.district),
            ..Link::default()
        });
    }
    let letters = letters.into_iter().map(|(letter, mut items)| {
        items.sort_by(|a, b| a.text.cmp(&b.text));
        Letter { letter: Cow::Owned(letter), items }
    });
    let view = CompaniesView { total: scene.site.joins.dossiers.len(), letters: letters.collect() };
    let about = scene.say(
        "按统一社会信用代码汇集每家企业的许可、检查、处罚、隐患、事故和荣誉。",
        "Permits, inspections, penalties, hazards, accidents and honours of each company.",
    );
    let mut page = page(scene, Kind::Service, scene.say("企业档案", "Companies"), route).describing(about);
    page.group = "credit";
    (page, view)
}
