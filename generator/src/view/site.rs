//! The part of a view that is the same on every page: the site, its navigation, warnings in force.

use jiff::civil::Date;
use serde::Serialize;

use super::shapes::{Card, ColumnLink, NavGroup};
use super::{Scene, record};
use crate::config::{ExternalLink, Hotline};
use crate::embedded;
use crate::plan::SEARCH_PAGE;
use crate::register::Value;
use crate::route::Route;
use crate::site::{Column, ColumnId, EntryId};

/// Navigation groups in their order: id, Chinese, English.
const GROUPS: [(&str, &str, &str); 9] = [
    ("news", "新闻动态", "News"),
    ("disclosure", "信息公开", "Disclosure"),
    ("enforcement", "执法监管", "Enforcement"),
    ("accident", "事故与隐患", "Accidents and hazards"),
    ("credit", "企业诚信", "Company record"),
    ("culture", "安全文化", "Safety culture"),
    ("community", "安全社区", "Safe communities"),
    ("plan", "规划与统计", "Plan and figures"),
    ("service", "服务", "Services"),
];

/// Position of a group in the navigation; unknown ones come last.
pub(super) fn group_rank(id: &str) -> usize {
    GROUPS.iter().position(|(known, _, _)| *known == id).unwrap_or(GROUPS.len())
}

#[derive(Debug, Serialize)]
pub(crate) struct SiteView<'a> {
    name: &'a str,
    short_name: &'a str,
    slogan: &'a str,
    description: &'a str,
    url: String,
    /// Host name, for the page tag SiteDomain.
    domain: &'a str,
    as_of: String,
    as_of_iso: String,
    demo: &'a str,
    organizer: &'a str,
    undertaker: &'a str,
    contact: &'a str,
    address: &'a str,
    id_code: &'a str,
    icp: &'a str,
    police_record: &'a str,
    error_report_url: &'a str,
    hotlines: Vec<&'a Hotline>,
    links: Vec<&'a ExternalLink>,
    nav: Vec<NavGroup<'a>>,
    warnings: Vec<Card<'a>>,
    theme: &'a toml::Table,
    /// Whether there is a catalogue of public information.
    catalogue: bool,
    /// Route of the search page, and of the module that searches; empty without search.
    search_url: &'static str,
    search_client: &'static str,
}

/// The site as every template sees it.
pub(crate) fn site<'a>(scene: Scene<'a>) -> SiteView<'a> {
    let settings = &scene.site.settings;
    let site = &settings.site;
    let home = Route::new("index.html");
    SiteView {
        name: &site.name,
        short_name: if site.short_name.is_empty() { &site.name } else { &site.short_name },
        slogan: &site.slogan,
        description: &site.description,
        url: settings.absolute_root(),
        domain: site.url.split_once("://").map_or("", |(_, host)| host.trim_end_matches('/')),
        as_of: record::day_text(scene, scene.site.as_of),
        as_of_iso: scene.site.as_of.to_string(),
        demo: &site.demo,
        organizer: &site.organizer,
        undertaker: &site.undertaker,
        contact: &site.contact,
        address: &site.address,
        id_code: &site.id_code,
        icp: &site.icp,
        police_record: &site.police_record,
        error_report_url: &site.error_report_url,
        hotlines: settings.hotline.iter().collect(),
        links: settings.link.iter().collect(),
        nav: nav(scene),
        warnings: in_force(scene).into_iter().map(|id| scene.card_with_fields(id, &home)).collect(),
        theme: &scene.theme.settings,
        catalogue: site.catalogue,
        search_url: if site.search { SEARCH_PAGE } else { "" },
        search_client: if site.search { embedded::search_client().name() } else { "" },
    }
}

/// Columns under their groups. A group leads to its first column.
pub(super) fn nav<'a>(scene: Scene<'a>) -> Vec<NavGroup<'a>> {
    let mut groups = Vec::new();
    for (id, zh, en) in GROUPS {
        let mut columns: Vec<ColumnId> =
            scene.site.column_ids().filter(|column| in_group(scene.site.column(*column), id)).collect();
        columns.sort_by_key(|column| (scene.site.column(*column).order, *column));
        let items: Vec<ColumnLink<'a>> = columns.into_iter().map(|column| column_link(scene, column)).collect();
        if let Some(first) = items.first() {
            groups.push(NavGroup { id, title: scene.say(zh, en), url: first.url.clone(), items });
        }
    }
    groups
}

/// Top-level columns stand in the navigation; a column of no known group counts as a service.
fn in_group(column: &Column, id: &str) -> bool {
    let top = !column.path.is_empty() && !column.path.contains('/');
    let group = if group_rank(&column.group) == GROUPS.len() { "service" } else { column.group.as_str() };
    top && group == id
}

pub(super) fn column_link<'a>(scene: Scene<'a>, id: ColumnId) -> ColumnLink<'a> {
    let column = scene.site.column(id);
    ColumnLink {
        title: &column.title,
        url: column.index(),
        count: column.entries.len(),
        description: &column.description,
        children: column.children.iter().map(|child| column_link(scene, *child)).collect(),
    }
}

/// Warnings in force on the day of the build, the gravest first.
pub(super) fn in_force(scene: Scene<'_>) -> Vec<EntryId> {
    let mut found = Vec::new();
    for register in scene.site.registers.ids() {
        let definition = scene.site.registers.get(register);
        let Some(banner) = &definition.definition.banner else { continue };
        for id in scene.site.records(register) {
            let entry = scene.site.entry(id);
            let day = |name: &str| -> Option<Date> { entry.value(definition.field_named(name)?).and_then(Value::day) };
            let begun = day(&banner.from).is_some_and(|day| day <= scene.site.as_of);
            let ended = day(&banner.to).is_some_and(|day| day < scene.site.as_of);
            let lifted = day(&banner.lifted).is_some_and(|day| day <= scene.site.as_of);
            if begun && !ended && !lifted {
                let level =
                    definition.field_named(&banner.level).and_then(|field| entry.value(field)).and_then(Value::code);
                found.push((level, id));
            }
        }
    }
    found.sort_by_key(|(level, _)| *level);
    found.into_iter().map(|(_, id)| id).collect()
}

/// Whether a warning in force is grave enough for the emergency form of the home page.
pub(super) fn emergency(scene: Scene<'_>) -> bool {
    in_force(scene).into_iter().any(|id| {
        let entry = scene.site.entry(id);
        let definition = scene.site.register_of(entry);
        let Some(banner) = &definition.definition.banner else { return false };
        let level = definition.field_named(&banner.level).and_then(|field| entry.value(field)).and_then(Value::code);
        level.is_some_and(|code| banner.emergency.contains(&scene.site.registers.codes.get(code).id))
    })
}
