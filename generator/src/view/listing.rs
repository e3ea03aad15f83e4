//! The page of a listing: a column, whole or narrowed by one facet, one page at a time.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use super::Scene;
use super::home::{counters, of_register};
use super::page::{Kind, Page, page};
use super::record::day_text;
use super::shapes::{Card, ColumnLink, CounterView, FacetLink, FacetView, Field, Item, Pager, PagerLink, Table};
use super::site::column_link;
use crate::plan::{FacetValue, Listing, ListingId, facet_name, page_route, pages_of};
use crate::register::{Facet, ListingStyle, Value};
use crate::route::Route;
use crate::site::EntryId;

#[derive(Debug, Serialize)]
pub(crate) struct ListingView<'a> {
    style: ListingStyle,
    intro_html: String,
    description: &'a str,
    basis: &'a [String],
    total: usize,
    table: Option<Table<'a>>,
    cards: Vec<Card<'a>>,
    current: Vec<Current<'a>>,
    pager: Pager,
    months: Vec<Month>,
    children: Vec<ColumnLink<'a>>,
    updated: String,
    counters: Vec<CounterView<'a>>,
    letters: Vec<Letter<'a>>,
    board: Vec<BoardGroup<'a>>,
    freshness: Freshness,
}

#[derive(Debug, Serialize)]
struct Current<'a> {
    label: &'a str,
    text: Cow<'a, str>,
}

/// One month of a year, named even when nothing happened in it.
#[derive(Debug, Serialize)]
struct Month {
    label: String,
    count: usize,
    text: String,
}

#[derive(Debug, Serialize)]
struct Letter<'a> {
    letter: String,
    cards: Vec<Card<'a>>,
}

#[derive(Debug, Serialize)]
struct BoardGroup<'a> {
    title: Cow<'a, str>,
    cards: Vec<Target<'a>>,
}

#[derive(Debug, Serialize)]
struct Target<'a> {
    title: &'a str,
    url: String,
    text: &'a str,
    baseline: String,
    target: String,
    actual: String,
    due: String,
    state: Option<Item<'a>>,
    percent: Option<u32>,
    counter: String,
    evidence: Vec<Item<'a>>,
    fields: Vec<Field<'a>>,
}

#[derive(Debug, Serialize)]
struct Freshness {
    text: String,
    late: bool,
}

/// The view of one page of a listing.
pub(crate) fn listing<'a>(scene: Scene<'a>, id: ListingId, number: u32, route: &Route) -> (Page<'a>, ListingView<'a>) {
    let listing = &scene.plan.listings[id.0 as usize];
    let column = scene.site.column(listing.column);
    let register = scene.site.registers.get(column.register);
    let style = register.definition.listing;
    let whole = matches!(style, ListingStyle::Board | ListingStyle::Glossary);
    let shown =
        if whole { &listing.entries[..] } else { slice(&listing.entries, number, scene.site.settings.site.per_page) };
    let first = number == 1 && listing.narrowed.is_none();
    let intro = column.intro.as_ref().zip(column.file.as_ref()).filter(|_| first);
    let tabular = style == ListingStyle::Table && !register.list.is_empty();
    let view = ListingView {
        style: if tabular || style != ListingStyle::Table { style } else { ListingStyle::Articles },
        intro_html: intro.map(|(intro, file)| scene.slice_html(intro, file, route).html).unwrap_or_default(),
        description: &column.description,
        basis: &register.definition.basis,
        total: listing.entries.len(),
        table: tabular.then(|| scene.table(column.register, &column.title, shown, None, route)),
        cards: cards(scene, style, shown, route),
        current: listing.narrowed.map(|(facet, value)| current(scene, listing, facet, value)).into_iter().collect(),
        pager: if whole {
            Pager::default()
        } else {
            pager(&listing.folder, number, pages_of(listing.entries.len(), scene.site.settings.site.per_page))
        },
        months: months(scene, listing),
        children: if first {
            column.children.iter().map(|child| column_link(scene, *child)).collect()
        } else {
            Vec::new()
        },
        updated: listing.updated.map(|day| day_text(scene, day)).unwrap_or_default(),
        counters: if first {
            counters(scene).into_iter().filter(|counter| of_register(scene, counter, column.register)).collect()
        } else {
            Vec::new()
        },
        letters: if style == ListingStyle::Glossary { letters(scene, shown, route) } else { Vec::new() },
        board: if style == ListingStyle::Board { board(scene, shown, route) } else { Vec::new() },
        freshness: freshness(scene, listing),
    };
    (listing_page(scene, listing, number, route), view)
}

fn listing_page<'a>(scene: Scene<'a>, listing: &'a Listing, number: u32, route: &Route) -> Page<'a> {
    let column = scene.site.column(listing.column);
    let heading = match listing.narrowed {
        Some((facet, value)) => Cow::Owned(format!("{}：{}", column.title, current(scene, listing, facet, value).text)),
        None => Cow::Borrowed(column.title.as_str()),
    };
    let mut page = page(scene, Kind::Column, heading, route).of_column(scene, listing.column);
    if listing.narrowed.is_some() {
        page.breadcrumbs.push(super::page::Crumb { title: page.heading.clone(), url: String::new() });
    }
    if number > 1 {
        page.title = Cow::Owned(format!("{} ({number})", page.title));
    }
    let open_data = scene.site.registers.get(column.register).definition.open_data;
    if open_data {
        page.csv = format!("{}/index.csv", listing.folder);
        page.json = format!("{}/index.json", listing.folder);
    }
    let mut nodes = vec![page.breadcrumb_node(scene)];
    if open_data && number == 1 {
        nodes.insert(0, super::data::dataset(scene, listing, &page));
    }
    page.with_json_ld(&nodes)
}

fn slice(entries: &[EntryId], number: u32, per_page: usize) -> &[EntryId] {
    let start = (number as usize - 1) * per_page;
    &entries[start.min(entries.len())..(start + per_page).min(entries.len())]
}

fn cards<'a>(scene: Scene<'a>, style: ListingStyle, shown: &[EntryId], on: &Route) -> Vec<Card<'a>> {
    match style {
        ListingStyle::Cards | ListingStyle::Gallery | ListingStyle::Directory => {
            shown.iter().map(|id| scene.card_with_fields(*id, on)).collect()
        }
        ListingStyle::Articles => shown.iter().map(|id| scene.card(*id)).collect(),
        ListingStyle::Table | ListingStyle::Board | ListingStyle::Glossary => Vec::new(),
    }
}

/// The values of every facet with their counts: among the narrowed records for other facets the counts
/// of the whole column are shown, because a link leads there. All pages of a listing have the same.
pub(crate) fn facets(scene: Scene<'_>, id: ListingId) -> Vec<FacetView<'_>> {
    let listing = &scene.plan.listings[id.0 as usize];
    let column = scene.site.column(listing.column);
    let register = scene.site.registers.get(column.register);
    let views = register.facets.iter().map(|facet| {
        let counts = scene.plan.facet_counts.get(&(listing.column, *facet));
        let label = match facet {
            Facet::Year => scene.say("年份", "Year"),
            Facet::Field(field) => register.field(*field).definition.label.pick(scene.language()),
        };
        let values = counts.into_iter().flatten().map(|(value, count)| FacetLink {
            text: value_text(scene, *value),
            url: scene.plan.facet_routes[&(listing.column, *facet, *value)].as_str(),
            count: *count,
            current: listing.narrowed == Some((*facet, *value)),
            color: match value {
                FacetValue::Code(code) => &scene.site.registers.codes.get(*code).color,
                _ => "",
            },
        });
        FacetView { name: facet_name(scene.site, column.register, *facet), label, values: values.collect() }
    });
    views.filter(|facet| !facet.values.is_empty()).collect()
}

pub(super) fn value_text<'a>(scene: Scene<'a>, value: FacetValue) -> Cow<'a, str> {
    match value {
        FacetValue::Year(year) => {
            Cow::Owned(if scene.chinese() { format!("{}年", year.0) } else { year.0.to_string() })
        }
        FacetValue::Code(code) => Cow::Borrowed(scene.site.registers.codes.get(code).label(scene.language())),
        FacetValue::Boolean(true) => Cow::Borrowed(scene.say("是", "yes")),
        FacetValue::Boolean(false) => Cow::Borrowed(scene.say("否", "no")),
    }
}

fn current<'a>(scene: Scene<'a>, listing: &Listing, facet: Facet, value: FacetValue) -> Current<'a> {
    let register = scene.site.registers.get(scene.site.column(listing.column).register);
    let label = match facet {
        Facet::Year => scene.say("年份", "Year"),
        Facet::Field(field) => register.field(field).definition.label.pick(scene.language()),
    };
    let text = match value {
        FacetValue::Boolean(true) => Cow::Borrowed(label),
        _ => value_text(scene, value),
    };
    Current { label, text }
}

/// Links to the pages of a list: first, last, and those around the current one.
pub(crate) fn pager(folder: &str, current: u32, total: u32) -> Pager {
    let url = |page: u32| page_route(folder, page).to_string();
    let near = |page: u32| page == 1 || page == total || page.abs_diff(current) <= 2;
    let mut pages: Vec<PagerLink> = Vec::new();
    for page in 1..=total {
        if near(page) {
            pages.push(PagerLink { n: page, url: url(page), current: page == current, gap: false });
        } else if pages.last().is_some_and(|last| !last.gap) {
            pages.push(PagerLink { n: 0, url: String::new(), current: false, gap: true });
        }
    }
    Pager {
        current,
        total,
        prev: if current > 1 { url(current - 1) } else { String::new() },
        next: if current < total { url(current + 1) } else { String::new() },
        pages,
    }
}

/// Every month of a year's listing up to the day of the build, with an explicit nil return (本月无).
fn months(scene: Scene<'_>, listing: &Listing) -> Vec<Month> {
    let register = scene.site.registers.get(scene.site.column(listing.column).register);
    let Some((Facet::Year, FacetValue::Year(year))) = listing.narrowed else { return Vec::new() };
    if !register.definition.nil_return {
        return Vec::new();
    }
    let as_of = scene.site.as_of;
    let last = if as_of.year() == year.0 { as_of.month() } else { 12 };
    let chinese = scene.chinese();
    let month = |month: i8| {
        let count = listing
            .entries
            .iter()
            .filter(|id| scene.site.entry(**id).date.is_some_and(|date| date.date.month() == month))
            .count();
        let text = match (count, chinese) {
            (0, true) => "本月无".to_owned(),
            (0, false) => "none this month".to_owned(),
            (count, true) => format!("{count} 条"),
            (count, false) => count.to_string(),
        };
        Month { label: if chinese { format!("{month}月") } else { format!("{}-{month:02}", year.0) }, count, text }
    };
    (1..=last).map(month).collect()
}

fn freshness(scene: Scene<'_>, listing: &Listing) -> Freshness {
    let register = scene.site.registers.get(scene.site.column(listing.column).register);
    let (Some(limit), Some(updated), None) = (register.definition.stale_after_days, listing.updated, listing.narrowed)
    else {
        return Freshness { text: String::new(), late: false };
    };
    let days = crate::rules::workdays::days_between(updated, scene.site.as_of).max(0);
    let text = if scene.chinese() { format!("{days} 天前更新") } else { format!("updated {days} days ago") };
    Freshness { text, late: days > limit }
}

/// Terms by the first letter of their pronunciation.
fn letters<'a>(scene: Scene<'a>, shown: &[EntryId], on: &Route) -> Vec<Letter<'a>> {
    let mut letters: BTreeMap<String, Vec<EntryId>> = BTreeMap::new();
    for id in shown {
        letters.entry(initial(&scene.site.entry(*id).title)).or_default().push(*id);
    }
    let cards = |ids: Vec<EntryId>| ids.iter().map(|id| scene.card_with_fields(*id, on)).collect();
    letters.into_iter().map(|(letter, ids)| Letter { letter, cards: cards(ids) }).collect()
}

/// The Latin letter under which a name is looked up: `安全` under A, digits under #.
pub(super) fn initial(title: &str) -> String {
    use pinyin::ToPinyin;
    let first = title.chars().find(|c| c.is_alphanumeric());
    match first {
        Some(c) if c.is_ascii_alphabetic() => c.to_ascii_uppercase().to_string(),
        Some(c) => c.to_pinyin().map_or_else(|| "#".to_owned(), |pinyin| pinyin.first_letter().to_ascii_uppercase()),
        None => "#".to_owned(),
    }
}

/// Targets under the sections of the plan they come from.
fn board<'a>(scene: Scene<'a>, shown: &[EntryId], on: &Route) -> Vec<BoardGroup<'a>> {
    let mut groups: Vec<BoardGroup<'a>> = Vec::new();
    for id in shown {
        let entry = scene.site.entry(*id);
        let section = scene
            .site
            .register_of(entry)
            .field_named("plan_section")
            .and_then(|field| Some(scene.item(entry, field, entry.value(field)?).text));
        let title = section.unwrap_or(Cow::Borrowed(""));
        let card = target(scene, *id, on);
        match groups.iter_mut().find(|group| group.title == title) {
            Some(group) => group.cards.push(card),
            None => groups.push(BoardGroup { title, cards: vec![card] }),
        }
    }
    groups
}

fn target<'a>(scene: Scene<'a>, id: EntryId, on: &Route) -> Target<'a> {
    let entry = scene.site.entry(id);
    let register = scene.site.register_of(entry);
    let value = |name: &str| register.field_named(name).and_then(|field| entry.value(field));
    let word = |name: &str| {
        let field = register.field_named(name)?;
        Some(scene.item(entry, field, entry.value(field)?).text.into_owned())
    };
    let unit = word("unit").unwrap_or_default();
    let with_unit = |name: &str| word(name).map(|number| format!("{number}{unit}")).unwrap_or_default();
    let counter = scene.counter_of(entry);
    let evidence =
        register.field_named("evidence").map(|field| scene.field(entry, field, on).items).unwrap_or_default();
    let shown = ["owner", "actual_on", "evidence_note"].into_iter().filter_map(|name| register.field_named(name));
    Target {
        title: &entry.title,
        url: scene.url(id),
        text: value("goal_text").and_then(Value::text).unwrap_or_default(),
        baseline: with_unit("baseline"),
        target: with_unit("goal"),
        actual: with_unit("actual"),
        due: word("due_on").unwrap_or_default(),
        state: scene.status(entry),
        percent: counter.as_ref().map(|counter| counter.percent),
        counter: counter.map(|counter| format!("{} / {}", counter.value, counter.goal)).unwrap_or_default(),
        evidence,
        fields: shown
            .filter(|field| entry.value(*field).is_some())
            .map(|field| scene.field(entry, field, on))
            .collect(),
    }
}
