//! The home page, and the counters that it shares with listings and plan targets.

use std::borrow::Cow;

use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;

use super::page::{Kind, Page, page};
use super::services::{Happening, happenings};
use super::shapes::{Card, CounterView, Figure, Link, NavGroup, Section};
use super::site::{emergency, nav};
use super::{Scene, record};
use crate::config::Counter;
use crate::format::json_ld;
use crate::plan::{Area, SEARCH_PAGE, area_route};
use crate::register::{FieldKind, ListingStyle, RegisterId, Value};
use crate::route::Route;
use crate::rules::deadline::Verdict;
use crate::site::{Entry, EntryId};

/// Lines under one register on the home page.
const LATEST: usize = 6;
/// Campaigns announced at once.
const CAMPAIGNS: usize = 2;

#[derive(Debug, Serialize)]
pub(crate) struct Home<'a> {
    intro_html: String,
    figures: Vec<Figure<'a>>,
    latest: Vec<Section<'a>>,
    campaigns: Vec<Card<'a>>,
    targets: Targets,
    counters: Vec<CounterView<'a>>,
    districts: Vec<Link<'a>>,
    sectors: Vec<Link<'a>>,
    groups: Vec<NavGroup<'a>>,
    emergency: bool,
    punctuality: Punctuality<'a>,
}

/// How many plan targets ended how.
#[derive(Debug, Default, Serialize)]
struct Targets {
    met: usize,
    unmet: usize,
    ongoing: usize,
    nodata: usize,
    total: usize,
    url: String,
}

/// How many records with a statutory deadline were published in time.
#[derive(Debug, Default, Serialize)]
struct Punctuality<'a> {
    on_time: usize,
    total: usize,
    percent: u32,
    rows: Vec<PunctualityRow<'a>>,
}

#[derive(Debug, Serialize)]
struct PunctualityRow<'a> {
    title: &'a str,
    url: String,
    on_time: usize,
    total: usize,
    percent: u32,
}

/// The view of the home page.
pub(crate) fn home<'a>(scene: Scene<'a>) -> (Page<'a>, Home<'a>) {
    let route = Route::new("index.html");
    let settings = &scene.site.settings;
    let root = &scene.site.columns[0];
    let intro =
        root.intro.as_ref().zip(root.file.as_ref()).map(|(intro, file)| scene.slice_html(intro, file, &route).html);
    let named = |names: &'a [String]| {
        names.iter().filter_map(|name| scene.site.registers.find(name)).filter(|id| scene.site.column_of(*id).is_some())
    };
    let home = Home {
        intro_html: intro.unwrap_or_default(),
        figures: named(&settings.home.figures).map(|id| figure(scene, id)).collect(),
        latest: named(&settings.home.latest).map(|id| latest(scene, id)).collect(),
        campaigns: campaigns(scene),
        targets: targets(scene),
        counters: counters(scene),
        districts: areas(scene, Area::District),
        sectors: areas(scene, Area::Sector),
        groups: nav(scene),
        emergency: emergency(scene),
        punctuality: punctuality(scene),
    };
    let page = page(scene, Kind::Home, settings.site.name.as_str(), &route);
    let canonical = page.canonical.clone();
    let node = json_ld::web_site(&json_ld::WebSite {
        name: &settings.site.name,
        alternate_name: &settings.site.short_name,
        url: &canonical,
        description: &settings.site.description,
        language: scene.language().tag(),
        publisher: &settings.site.organizer,
        search: &search_address(scene),
    });
    (page.with_json_ld(&[node]), home)
}

/// Where a search engine may send a visitor with words; nothing without search or without an origin.
fn search_address(scene: Scene<'_>) -> String {
    let page = scene.absolute(SEARCH_PAGE);
    if page.is_empty() || !scene.site.settings.site.search {
        return String::new();
    }
    format!("{page}?q={{search_term_string}}")
}

fn figure<'a>(scene: Scene<'a>, register: RegisterId) -> Figure<'a> {
    let year = scene.site.as_of.year();
    let ids: Vec<EntryId> = scene.site.records(register).collect();
    let this_year =
        ids.iter().filter(|id| scene.site.entry(**id).date.is_some_and(|date| date.date.year() == year)).count();
    let chinese = scene.chinese();
    let dated = scene.site.registers.get(register).date.is_some();
    Figure {
        label: Cow::Borrowed(scene.register_title(register)),
        value: ids.len().to_string(),
        unit: scene.say("条", ""),
        note: match (dated && this_year > 0, chinese) {
            (true, true) => format!("{year}年 {this_year} 条"),
            (true, false) => format!("{this_year} in {year}"),
            (false, _) => String::new(),
        },
        url: url(scene, register),
    }
}

fn url(scene: Scene<'_>, register: RegisterId) -> String {
    scene.site.column_of(register).map(|id| scene.site.column(id).index()).unwrap_or_default()
}

fn latest<'a>(scene: Scene<'a>, register: RegisterId) -> Section<'a> {
    let mut ids: Vec<EntryId> = scene.site.records(register).collect();
    ids.sort_by_key(|id| std::cmp::Reverse(scene.site.entry(*id).date.map(|date| date.date)));
    Section {
        title: scene.register_title(register),
        url: url(scene, register),
        count: ids.len(),
        listing: ListingStyle::Articles,
        table: None,
        cards: ids.iter().take(LATEST).map(|id| scene.card(*id)).collect(),
    }
}

/// Campaigns that run on the day of the build, then the next ones, with the days until they begin.
fn campaigns<'a>(scene: Scene<'a>) -> Vec<Card<'a>> {
    let as_of = scene.site.as_of;
    let announced = |happening: &Happening| {
        let register = scene.site.register_of(scene.site.entry(happening.id));
        register.definition.teaser && happening.to >= as_of
    };
    let card = |Happening { from, to, id }| {
        let chinese = scene.chinese();
        let date = match (from > as_of, chinese) {
            (true, true) => format!("距开始还有 {} 天", crate::rules::workdays::days_between(as_of, from)),
            (true, false) => format!("{} days to go", crate::rules::workdays::days_between(as_of, from)),
            (false, true) => format!("进行中，至 {}", record::day_text(scene, to)),
            (false, false) => format!("running until {}", record::day_text(scene, to)),
        };
        Card { date, date_iso: from.to_string(), ..scene.card(id) }
    };
    happenings(scene).into_iter().filter(announced).take(CAMPAIGNS).map(card).collect()
}

fn targets(scene: Scene<'_>) -> Targets {
    let mut targets = Targets::default();
    for register in scene.site.registers.ids() {
        let definition = scene.site.registers.get(register);
        if definition.definition.listing != ListingStyle::Board {
            continue;
        }
        for id in scene.site.records(register) {
            let entry = scene.site.entry(id);
            let state = definition.status.and_then(|field| entry.value(field)).and_then(Value::code);
            targets.total += 1;
            match state.map(|code| scene.site.registers.codes.get(code).id.as_str()) {
                Some("met") => targets.met += 1,
                Some("unmet") => targets.unmet += 1,
                Some("ongoing") => targets.ongoing += 1,
                _ => targets.nodata += 1,
            }
        }
        targets.url = url(scene, register);
    }
    targets
}

/// Records whose deadline has come, register by register; those still within it do not count yet.
fn punctuality<'a>(scene: Scene<'a>) -> Punctuality<'a> {
    let mut all = Punctuality::default();
    for register in scene.site.registers.ids() {
        let (mut on_time, mut total) = (0, 0);
        for id in scene.site.records(register) {
            match scene.site.entry(id).deadline {
                Some((_, Verdict::OnTime { .. })) => (on_time, total) = (on_time + 1, total + 1),
                Some((_, Verdict::Late { .. })) => total += 1,
                Some((_, Verdict::Pending { .. })) | None => {}
            }
        }
        if total > 0 {
            let title = scene.register_title(register);
            all.rows.push(PunctualityRow {
                title,
                url: url(scene, register),
                on_time,
                total,
                percent: percent(on_time, total as u64),
            });
            all.on_time += on_time;
            all.total += total;
        }
    }
    all.percent = percent(all.on_time, all.total as u64);
    all
}

pub(super) fn areas<'a>(scene: Scene<'a>, area: Area) -> Vec<Link<'a>> {
    let (list, map) = match area {
        Area::District => (scene.site.registers.district, &scene.site.joins.districts),
        Area::Sector => (scene.site.registers.sector, &scene.site.joins.sectors),
    };
    let present = scene.site.registers.codes.ids(list).filter_map(|code| map.get(&code).map(|ids| (code, ids.len())));
    present
        .map(|(code, count)| Link {
            text: Cow::Borrowed(scene.site.registers.codes.get(code).label(scene.language())),
            url: area_route(scene.site, area, code).to_string(),
            count,
            ..Link::default()
        })
        .collect()
}

/// The site's counters, computed from the registers themselves.
pub(super) fn counters<'a>(scene: Scene<'a>) -> Vec<CounterView<'a>> {
    let counters = &scene.site.settings.counter;
    counters.iter().filter_map(|counter| counter_view(scene, counter)).collect()
}

fn counter_view<'a>(scene: Scene<'a>, counter: &'a Counter) -> Option<CounterView<'a>> {
    let register = scene.site.registers.find(&counter.register)?;
    let conditions: Vec<(&str, &str)> =
        counter.conditions.iter().map(|(field, word)| (field.as_str(), word.as_str())).collect();
    let value = count(scene, register, &conditions);
    let goal = counter.goal;
    let percent = percent(value, u64::from(goal));
    Some(CounterView {
        id: &counter.register,
        label: &counter.label,
        value,
        goal,
        percent,
        url: url(scene, register),
        met: value >= goal as usize,
    })
}

/// Whether a counter counts records of this register.
pub(super) fn of_register(scene: Scene<'_>, counter: &CounterView<'_>, register: RegisterId) -> bool {
    scene.site.registers.find(counter.id) == Some(register)
}

/// Records of a register that have all the given codes.
fn count(scene: Scene<'_>, register: RegisterId, conditions: &[(&str, &str)]) -> usize {
    let definition = scene.site.registers.get(register);
    let codes = &scene.site.registers.codes;
    let holds = |id: &EntryId, field: &str, word: &str| {
        let Some(field) = definition.field_named(field) else { return false };
        let Some(list) = definition.field(field).codes else { return false };
        let wanted = codes.find(list, word);
        wanted.is_some() && scene.site.entry(*id).values(field).any(|value| value.code() == wanted)
    };
    scene.site.records(register).filter(|id| conditions.iter().all(|(field, word)| holds(id, field, word))).count()
}

fn percent(value: usize, goal: u64) -> u32 {
    let value = value as u64;
    u32::try_from((value * 100).checked_div(goal).unwrap_or(0).min(100)).expect("at most 100")
}

/// A count of records, and the list that holds them.
pub(super) struct Counted {
    pub(super) value: usize,
    pub(super) url: String,
}

impl Scene<'_> {
    /// The count that `register:field=code,field=code` stands for.
    pub(super) fn counted(self, written: &str) -> Option<Counted> {
        let (name, conditions) = written.split_once(':').unwrap_or((written, ""));
        let register = self.site.registers.find(name.trim())?;
        let pairs = conditions.split(',').filter_map(|condition| condition.split_once('='));
        let conditions: Vec<(&str, &str)> = pairs.map(|(field, word)| (field.trim(), word.trim())).collect();
        Some(Counted { value: count(self, register, &conditions), url: url(self, register) })
    }

    /// The counter of a record that has one: its count beside the goal of the same record.
    pub(super) fn counter_of<'a>(self, entry: &'a Entry) -> Option<CounterView<'a>> {
        let register = self.site.register_of(entry);
        let field = register.ids().find(|field| register.field(*field).definition.kind == FieldKind::Counter)?;
        let counted = self.counted(entry.text(field))?;
        let goal = register.field_named("counter_goal").and_then(|field| entry.value(field)).and_then(Value::number);
        let goal = goal.and_then(|goal| goal.to_u32()).unwrap_or(0);
        let Counted { value, url } = counted;
        Some(CounterView {
            id: "",
            label: &entry.title,
            value,
            goal,
            percent: percent(value, goal.into()),
            url,
            met: value >= goal as usize,
        })
    }
}
