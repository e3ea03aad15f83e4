//! Pages that serve the whole portal: calendar, catalogue, site map, notices, redirects.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::Scene;
use super::listing::pager;
use super::page::{Kind, Page, page};
use super::record::{day_text, index_no};
use super::shapes::{Card, ColumnLink, Pager};
use super::site::nav;
use super::values::date_iso;
use crate::plan::{CATALOGUE_ROWS, pages_of};
use crate::route::Route;
use crate::site::{Entry, EntryId, StubKind};

/// Something on the calendar: from a day to a day.
pub(crate) struct Happening {
    pub(crate) from: Date,
    pub(crate) to: Date,
    pub(crate) id: EntryId,
}

/// Everything dated that registers put on the calendar, oldest first.
pub(crate) fn happenings(scene: Scene<'_>) -> Vec<Happening> {
    let dated = scene.site.entry_ids().filter_map(|id| {
        let (from, to) = scene.site.days_of(scene.site.entry(id))?;
        Some(Happening { from, to, id })
    });
    let mut found: Vec<Happening> = dated.collect();
    found.sort_by_key(|happening| (happening.from, happening.id));
    found
}

#[derive(Debug, Serialize)]
pub(crate) struct Calendar<'a> {
    months: Vec<MonthView<'a>>,
    ics: &'static str,
}

#[derive(Debug, Serialize)]
struct MonthView<'a> {
    title: String,
    id: String,
    events: Vec<Card<'a>>,
}

/// The calendar by month: what is to come first, then what has been.
pub(crate) fn calendar<'a>(scene: Scene<'a>, route: &Route) -> (Page<'a>, Calendar<'a>) {
    let mut months: BTreeMap<(i16, i8), Vec<Card<'a>>> = BTreeMap::new();
    for happening in happenings(scene) {
        let mut card = scene.card_with_fields(happening.id, route);
        card.date = if happening.to > happening.from {
            format!("{} — {}", day_text(scene, happening.from), day_text(scene, happening.to))
        } else {
            day_text(scene, happening.from)
        };
        card.date_iso = happening.from.to_string();
        months.entry((happening.from.year(), happening.from.month())).or_default().push(card);
    }
    let this_month = (scene.site.as_of.year(), scene.site.as_of.month());
    let past: Vec<(i16, i8)> = months.keys().copied().filter(|month| *month < this_month).rev().collect();
    let coming: Vec<(i16, i8)> = months.keys().copied().filter(|month| *month >= this_month).collect();
    let chinese = scene.chinese();
    let ordered = coming.into_iter().chain(past).map(|(year, month)| MonthView {
        title: if chinese { format!("{year}年{month}月") } else { format!("{year}-{month:02}") },
        id: format!("m{year}-{month:02}"),
        events: months.remove(&(year, month)).unwrap_or_default(),
    });
    let view = Calendar { months: ordered.collect(), ics: "calendar/calendar.ics" };
    {
        let about = scene.say(
            "全市安全生产活动、宣传周和培训安排，可订阅到手机日历。",
            "Campaigns, events and training; subscribe to it in a calendar.",
        );
        (page(scene, Kind::Service, scene.say("活动日历", "Calendar"), route).describing(about), view)
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct Catalogue<'a> {
    rows: Vec<CatalogueRow<'a>>,
    pager: Pager,
    csv: &'static str,
    json: &'static str,
    total: usize,
}

/// The four elements of the catalogue (政府信息公开条例第十二条), and who is responsible.
#[derive(Debug, Serialize)]
pub(crate) struct CatalogueRow<'a> {
    pub(crate) index_no: String,
    pub(crate) title: &'a str,
    pub(crate) url: String,
    pub(crate) summary: Cow<'a, str>,
    pub(crate) date: String,
    pub(crate) openness: Cow<'a, str>,
    pub(crate) issuer: &'a str,
}

pub(crate) fn catalogue_row<'a>(scene: Scene<'a>, id: EntryId) -> CatalogueRow<'a> {
    let entry = scene.site.entry(id);
    let envelope = &scene.site.registers.envelope;
    let openness = entry.value(envelope.openness).map(|value| scene.item(entry, envelope.openness, value).text);
    let issuer = entry.text(envelope.issuer);
    CatalogueRow {
        index_no: index_no(scene, entry),
        title: &entry.title,
        url: scene.url(id),
        summary: if entry.summary.is_empty() { outline(scene, entry) } else { Cow::Borrowed(&entry.summary) },
        date: date_iso(entry.formed),
        openness: openness.unwrap_or(Cow::Borrowed(scene.say("主动公开", "published"))),
        issuer: if issuer.is_empty() { &scene.site.settings.site.organizer } else { issuer },
    }
}

/// What a record without a summary is about: its register, and what a list of it shows beside the title.
fn outline<'a>(scene: Scene<'a>, entry: &'a Entry) -> Cow<'a, str> {
    let register = scene.site.register_of(entry);
    let title = register.definition.title.pick(scene.language());
    let beside = register.list.iter().filter(|field| Some(**field) != register.date);
    let words: Vec<String> = beside
        .filter_map(|field| {
            let words: Vec<Cow<'_, str>> =
                entry.values(*field).map(|value| scene.words(entry, *field, value)).collect();
            let words = words.join(scene.say("、", ", "));
            let label = register.field(*field).definition.label.pick(scene.language());
            let says = !words.is_empty() && !entry.title.contains(&words);
            says.then(|| format!("{label}{}{words}", scene.say("：", ": ")))
        })
        .collect();
    if words.is_empty() {
        return Cow::Borrowed(title);
    }
    Cow::Owned([title, &words.join(scene.say("；", "; "))].join(scene.say("。", ". ")))
}

/// One page of the catalogue of public information.
pub(crate) fn catalogue<'a>(scene: Scene<'a>, number: u32, route: &Route) -> (Page<'a>, Catalogue<'a>) {
    let all = &scene.plan.catalogue;
    let start = (number as usize - 1) * CATALOGUE_ROWS;
    let shown = &all[start.min(all.len())..(start + CATALOGUE_ROWS).min(all.len())];
    let view = Catalogue {
        rows: shown.iter().map(|id| catalogue_row(scene, *id)).collect(),
        pager: pager("catalogue", number, pages_of(all.len(), CATALOGUE_ROWS)),
        csv: "catalogue/index.csv",
        json: "catalogue/index.json",
        total: all.len(),
    };
    let about = scene.say(
        "每条公开信息的索引号、名称、内容概述和生成日期。",
        "Index number, title, summary and date of every public record.",
    );
    let mut page = page(scene, Kind::Service, scene.say("政府信息公开目录", "Catalogue of public information"), route)
        .describing(about);
    (page.csv, page.json) = ("catalogue/index.csv".to_owned(), "catalogue/index.json".to_owned());
    for tag in &mut page.meta {
        if tag.name == "ColumnType" {
            tag.content = Cow::Borrowed("信息公开目录");
        }
    }
    (page, view)
}

#[derive(Debug, Serialize)]
pub(crate) struct SiteMap<'a> {
    groups: Vec<MapGroup<'a>>,
}

#[derive(Debug, Serialize)]
struct MapGroup<'a> {
    title: &'a str,
    items: Vec<ColumnLink<'a>>,
}

/// The site map: every column, and the pages that serve the whole portal.
pub(crate) fn site_map<'a>(scene: Scene<'a>, route: &Route) -> (Page<'a>, SiteMap<'a>) {
    let mut groups: Vec<MapGroup<'a>> =
        nav(scene).into_iter().map(|group| MapGroup { title: group.title, items: group.items }).collect();
    let link = |title: &'a str, url: &str| ColumnLink {
        title,
        url: url.to_owned(),
        count: 0,
        description: "",
        children: Vec::new(),
    };
    let mut services = vec![
        link(scene.say("活动日历", "Calendar"), "calendar/index.html"),
        link(scene.say("开放数据与数据字典", "Open data"), "data/index.html"),
    ];
    if !scene.plan.dossiers.is_empty() {
        services.push(link(scene.say("企业档案", "Companies"), "org/index.html"));
    }
    if !scene.site.joins.districts.is_empty() {
        services.push(link(scene.say("县（市、区）", "Districts"), "district/index.html"));
    }
    if !scene.site.joins.sectors.is_empty() {
        services.push(link(scene.say("行业领域", "Sectors"), "sector/index.html"));
    }
    if scene.site.settings.site.catalogue {
        services.push(link(scene.say("政府信息公开目录", "Catalogue of public information"), "catalogue/index.html"));
    }
    groups.push(MapGroup { title: scene.say("查阅", "Look up"), items: services });
    (page(scene, Kind::Service, scene.say("网站地图", "Site map"), route), SiteMap { groups })
}

#[derive(Debug, Serialize)]
pub(crate) struct Notice<'a> {
    kind: &'static str,
    heading: &'static str,
    text: &'static str,
    date: String,
    reason: &'a str,
    url: String,
}

/// The neutral page where a record was: no name, no number, nothing of what it said.
pub(crate) fn notice<'a>(scene: Scene<'a>, at: u32, route: &Route) -> (Page<'a>, Notice<'a>) {
    let stub = &scene.site.stubs[at as usize];
    let notice = match &stub.kind {
        StubKind::Expired => Notice {
            kind: "expired",
            heading: fixed(scene, "公示期已满", "No longer public"),
            text: fixed(
                scene,
                "这条信息的公示期已经届满，依照规定不再公开。",
                "The period for which this record may be public has ended.",
            ),
            date: String::new(),
            reason: "",
            url: scene.site.column(stub.column).index(),
        },
        StubKind::Withdrawn { on, reason } => Notice {
            kind: "withdrawn",
            heading: fixed(scene, "信息已撤回", "Withdrawn"),
            text: fixed(
                scene,
                "这条信息已经由发布机关撤回。",
                "This record was withdrawn by the authority that published it.",
            ),
            date: day_text(scene, *on),
            reason,
            url: scene.site.column(stub.column).index(),
        },
    };
    let mut page = page(scene, Kind::Service, notice.heading, route);
    page.noindex = true;
    page.description = Cow::Borrowed(notice.text);
    (page, notice)
}

fn fixed(scene: Scene<'_>, zh: &'static str, en: &'static str) -> &'static str {
    if scene.language() == crate::text::Language::English { en } else { zh }
}

#[derive(Debug, Serialize)]
pub(crate) struct Redirect {
    url: String,
}

/// A former address that leads to a record's present one.
pub(crate) fn redirect<'a>(scene: Scene<'a>, at: u32, route: &Route) -> (Page<'a>, Redirect) {
    let (_, target) = &scene.site.redirects[at as usize];
    let entry = scene.site.entry(*target);
    let url = scene.url(*target);
    let mut page = page(scene, Kind::Service, entry.title.as_str(), route);
    page.noindex = true;
    page.canonical = scene.absolute(&url);
    (page, Redirect { url })
}

/// The page for an address that does not exist. It is shown at any depth, so its links are absolute.
pub(crate) fn not_found<'a>(scene: Scene<'a>, route: &Route) -> Page<'a> {
    let mut page = page(scene, Kind::Service, scene.say("没有找到这个页面", "Page not found"), route);
    page.noindex = true;
    page.canonical = String::new();
    page
}
