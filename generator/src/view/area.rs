//! The page of one district or one sector: everything there, register by register.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Serialize;

use super::Scene;
use super::page::{Kind, Page, page};
use super::shapes::{Chart, Field, Figure, Item, Link, Section, Table, TableColumn, TableRow};
use crate::format::chart;
use crate::plan::{Area, FacetValue, area_route};
use crate::register::{CodeId, Facet, FieldKind};
use crate::route::Route;
use crate::site::{ColumnId, EntryId};

#[derive(Debug, Serialize)]
pub(crate) struct AreaView<'a> {
    kind: &'static str,
    title: &'a str,
    note: &'a str,
    figures: Vec<Figure<'a>>,
    sections: Vec<Section<'a>>,
    charts: Vec<Chart<'a>>,
    feed: String,
    others: Vec<Link<'a>>,
}

#[derive(Debug, Serialize)]
pub(crate) struct AreasView<'a> {
    kind: &'static str,
    title: &'a str,
    items: Vec<Link<'a>>,
}

/// Years on the chart of an area.
const YEARS: usize = 10;
/// Figures shown at the top of an area's page.
const FIGURES: usize = 6;

fn title(scene: Scene<'_>, area: Area) -> &'static str {
    match (area, scene.chinese()) {
        (Area::District, true) => "县（市、区）",
        (Area::District, _) => "Districts",
        (Area::Sector, true) => "行业领域",
        (Area::Sector, _) => "Sectors",
    }
}

fn entries<'a>(scene: Scene<'a>, area: Area, code: CodeId) -> &'a [EntryId] {
    let map = match area {
        Area::District => &scene.site.joins.districts,
        Area::Sector => &scene.site.joins.sectors,
    };
    map.get(&code).map_or(&[], Vec::as_slice)
}

/// The view of one district or sector.
pub(crate) fn area<'a>(scene: Scene<'a>, area: Area, code: CodeId, route: &Route) -> (Page<'a>, AreaView<'a>) {
    let listed = scene.site.registers.codes.get(code);
    let name = listed.label(scene.language());
    let groups = scene.by_column(entries(scene, area, code));
    let folder = route.as_str().trim_end_matches("index.html");
    let view = AreaView {
        kind: area.folder(),
        title: name,
        note: listed.note.pick(scene.language()),
        figures: figures(scene, area, code, &groups),
        sections: groups
            .iter()
            .map(|(column, ids)| scene.section(*column, ids, narrowed(scene, *column, area, code), None, route))
            .collect(),
        charts: yearly(scene, name, entries(scene, area, code)).into_iter().collect(),
        feed: format!("{folder}feed.xml"),
        others: links(scene, area, Some(code)),
    };
    let mut page = page(scene, Kind::Service, name, route);
    let parent =
        super::page::Crumb { title: Cow::Borrowed(title(scene, area)), url: format!("{}/index.html", area.folder()) };
    page.breadcrumbs.insert(1, parent);
    page.feed = format!("{folder}feed.xml");
    page.feed_json = format!("{folder}feed.json");
    page.feed_title = name;
    (page, view)
}

/// How many records each year brought, where there are several years.
fn yearly<'a>(scene: Scene<'a>, name: &str, ids: &[EntryId]) -> Option<Chart<'a>> {
    let mut years: BTreeMap<i16, i64> = BTreeMap::new();
    for date in ids.iter().filter_map(|id| scene.site.entry(*id).date) {
        *years.entry(date.date.year()).or_default() += 1;
    }
    // A year that brought nothing is shown, not left out.
    if let (Some((first, _)), Some((last, _))) = (years.first_key_value(), years.last_key_value()) {
        for year in *first..=*last {
            years.entry(year).or_default();
        }
    }
    let title = scene.say("各年公开的信息", "Records by year");
    let points = years.iter().rev().take(YEARS).rev();
    let series = chart::Series {
        title: format!("{name}：{title}"),
        unit: scene.say("条", "records").to_owned(),
        kind: chart::Kind::Bar,
        points: points.map(|(year, count)| (year.to_string(), Some(Decimal::from(*count)))).collect(),
    };
    (years.len() > 1).then(|| Chart { drawing: chart::chart(&series), table: Some(by_year(scene, &years)) })
}

/// The numbers of the chart, for those who do not see it.
fn by_year<'a>(scene: Scene<'a>, years: &BTreeMap<i16, i64>) -> Table<'a> {
    let labels = [("year", scene.say("年份", "Year")), ("count", scene.say("条数", "Records"))];
    let cell = |(name, label): (&'a str, &'a str), number: i64| Field {
        name,
        label,
        kind: FieldKind::Integer,
        items: vec![Item { text: Cow::Owned(number.to_string()), ..Item::default() }],
        html: String::new(),
        help: "",
    };
    let row = |(year, count): (&i16, &i64)| TableRow {
        url: String::new(),
        cells: vec![cell(labels[0], i64::from(*year)), cell(labels[1], *count)],
        status: None,
    };
    Table {
        caption: scene.say("各年公开的信息", "Records by year"),
        columns: labels.map(|(name, label)| TableColumn { name, label, kind: FieldKind::Integer }).to_vec(),
        rows: years.iter().rev().take(YEARS).map(row).collect(),
        total: years.len(),
    }
}

fn figures<'a>(scene: Scene<'a>, area: Area, code: CodeId, groups: &[(ColumnId, Vec<EntryId>)]) -> Vec<Figure<'a>> {
    let figure = |(column, ids): &(ColumnId, Vec<EntryId>)| Figure {
        label: Cow::Borrowed(scene.site.column(*column).title.as_str()),
        value: ids.len().to_string(),
        unit: scene.say("条", ""),
        note: String::new(),
        url: narrowed(scene, *column, area, code),
    };
    let mut largest: Vec<&(ColumnId, Vec<EntryId>)> = groups.iter().collect();
    largest.sort_by_key(|(_, ids)| std::cmp::Reverse(ids.len()));
    largest.into_iter().take(FIGURES).map(figure).collect()
}

/// The column's listing narrowed to the area, or its whole listing when it has no such facet.
fn narrowed(scene: Scene<'_>, column: ColumnId, area: Area, code: CodeId) -> String {
    let envelope = &scene.site.registers.envelope;
    let field = match area {
        Area::District => envelope.district,
        Area::Sector => envelope.sector,
    };
    match scene.plan.facet_routes.get(&(column, Facet::Field(field), FacetValue::Code(code))) {
        Some(route) => route.to_string(),
        None => scene.site.column(column).index(),
    }
}

fn links<'a>(scene: Scene<'a>, area: Area, current: Option<CodeId>) -> Vec<Link<'a>> {
    let list = match area {
        Area::District => scene.site.registers.district,
        Area::Sector => scene.site.registers.sector,
    };
    let codes = scene.site.registers.codes.ids(list).filter(|code| !entries(scene, area, *code).is_empty());
    codes
        .map(|code| {
            let listed = scene.site.registers.codes.get(code);
            let figures = if current.is_none() {
                figures(scene, area, code, &scene.by_column(entries(scene, area, code)))
            } else {
                Vec::new()
            };
            Link {
                text: Cow::Borrowed(listed.label(scene.language())),
                url: area_route(scene.site, area, code).to_string(),
                count: entries(scene, area, code).len(),
                current: Some(code) == current,
                note: listed.note.pick(scene.language()).to_owned(),
                figures: figures.into_iter().take(3).collect(),
                ..Link::default()
            }
        })
        .collect()
}

/// The view of all districts or all sectors.
pub(crate) fn areas<'a>(scene: Scene<'a>, area: Area, route: &Route) -> (Page<'a>, AreasView<'a>) {
    let title = title(scene, area);
    (
        page(scene, Kind::Service, title, route),
        AreasView { kind: area.folder(), title, items: links(scene, area, None) },
    )
}
