//! The page of one record: fields in groups, body, children, timeline, what refers to it.

use std::borrow::Cow;

use jiff::civil::Date;
use serde::Serialize;

use super::Scene;
use super::page::{Kind, Page, page};
use super::shapes::{Card, Chart, CounterView, EventView, FieldGroup, Item, Table};
use super::values::date_iso;
use crate::format::chart;
use crate::literal::PartialDate;
use crate::markdown::Heading;
use crate::plan::dossier_route;
use crate::register::{FieldId, FieldKind, ListingStyle, RegisterId, Value, display};
use crate::route::Route;
use crate::rules::deadline::{DayKind, Verdict};
use crate::rules::workdays::days_between;
use crate::site::{Column, Entry, EntryId, Until};
use crate::text::Language;

/// A headline of the table of contents.
#[derive(Debug, Serialize)]
pub(crate) struct Toc {
    id: String,
    text: String,
    level: u8,
}

#[derive(Debug, Serialize)]
pub(crate) struct Register<'a> {
    title: &'a str,
    url: String,
    name: &'a str,
}

#[derive(Debug, Serialize)]
pub(crate) struct Attachment<'a> {
    title: &'a str,
    url: String,
    #[serde(rename = "type")]
    kind: String,
    size: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct Children<'a> {
    title: &'a str,
    register: &'a str,
    table: Table<'a>,
    cards: Vec<Card<'a>>,
    style: ListingStyle,
}

#[derive(Debug, Serialize)]
pub(crate) struct Related<'a> {
    title: Cow<'a, str>,
    cards: Vec<Card<'a>>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Meter<'a> {
    text: String,
    state: &'static str,
    /// The law that sets the deadline.
    basis: &'a str,
}

#[derive(Debug, Serialize)]
pub(crate) struct Period {
    text: String,
    until: String,
    until_iso: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct Record<'a> {
    title: &'a str,
    register: Register<'a>,
    status: Option<Item<'a>>,
    status_note: &'a str,
    summary: &'a str,
    plain: String,
    date: String,
    date_iso: String,
    formed: String,
    formed_iso: String,
    source: &'a str,
    author: &'a str,
    issuer: &'a str,
    index_no: String,
    doc_no: &'a str,
    published: String,
    tags: Vec<Item<'a>>,
    groups: Vec<FieldGroup<'a>>,
    body: String,
    toc: Vec<Toc>,
    attachments: Vec<Attachment<'a>>,
    children: Vec<Children<'a>>,
    charts: Vec<Chart<'a>>,
    related: Vec<Related<'a>>,
    timeline: Vec<EventView<'a>>,
    deadline: Option<Meter<'a>>,
    retention: Option<Period>,
    corrections_html: String,
    dossier: Option<Item<'a>>,
    prev: Option<Item<'a>>,
    next: Option<Item<'a>>,
    countdown: Option<Countdown>,
    counters: Vec<CounterView<'a>>,
}

/// The view of one record and of its page.
pub(crate) fn record<'a>(scene: Scene<'a>, id: EntryId) -> (Page<'a>, Record<'a>) {
    let entry = scene.site.entry(id);
    let site = scene.site;
    let envelope = &site.registers.envelope;
    let file = &site.files[entry.origin.file as usize].path;
    let rendered = entry.body.as_ref().map(|body| scene.slice_html(body, file, &entry.route));
    let (body, toc) = rendered.map_or((String::new(), Vec::new()), |rendered| (rendered.html, rendered.toc));
    let html = |field: FieldId| {
        entry.value(field).and_then(Value::text).map(|text| scene.html(text, scene.folder_of(entry), &entry.route).html)
    };
    let status = scene.status(entry);
    let moment = |field: FieldId| {
        entry.moment(field).map(|moment| display::moment(moment, scene.language())).unwrap_or_default()
    };
    let (children, charts) = children(scene, id);
    let record = Record {
        title: &entry.title,
        register: register(scene, entry),
        status_note: status.as_ref().map_or("", |status| status.note),
        status,
        summary: entry.value(envelope.summary).and_then(Value::text).unwrap_or_default(),
        plain: html(envelope.plain).unwrap_or_default(),
        date: scene.date_text(entry.date),
        date_iso: date_iso(entry.date),
        formed: scene.date_text(entry.formed),
        formed_iso: date_iso(entry.formed),
        source: entry.text(envelope.source),
        author: entry.text(envelope.author),
        issuer: entry.text(envelope.issuer),
        index_no: index_no(scene, entry),
        doc_no: entry.text(envelope.doc_no),
        published: moment(envelope.published_on),
        tags: scene.tags(entry),
        groups: groups(scene, entry),
        body,
        toc: toc.into_iter().map(|Heading { id, text, level }| Toc { id, text, level }).collect(),
        attachments: attachments(scene, entry),
        children,
        charts,
        related: related(scene, id),
        timeline: timeline(scene, entry),
        deadline: entry.deadline.map(|(due, verdict)| meter(scene, entry, due, verdict)),
        retention: entry.until.map(|(day, until)| period(scene, day, until)),
        corrections_html: html(envelope.correction).unwrap_or_default(),
        dossier: dossier_link(scene, entry),
        prev: neighbour(scene, id, -1),
        next: neighbour(scene, id, 1),
        countdown: countdown(scene, entry),
        counters: scene.counter_of(entry).into_iter().collect(),
    };
    (record_page(scene, id), record)
}

/// How long until something that happens every year begins again.
#[derive(Debug, Serialize)]
pub(crate) struct Countdown {
    /// Zero while it runs.
    days: i64,
    text: &'static str,
}

fn countdown(scene: Scene<'_>, entry: &Entry) -> Option<Countdown> {
    let as_of = scene.site.as_of;
    let (from, to) = scene.site.days_in(entry, as_of.year())?;
    let next = if as_of > to { scene.site.days_in(entry, as_of.year() + 1)?.0 } else { from };
    let days = days_between(as_of, next).max(0);
    let chinese = scene.language() == Language::Chinese;
    let text = match (days, chinese) {
        (0, true) => "正在进行",
        (0, false) => "running now",
        (_, true) => "距下一次开始还有",
        (_, false) => "days until it begins again:",
    };
    Some(Countdown { days, text })
}

fn record_page<'a>(scene: Scene<'a>, id: EntryId) -> Page<'a> {
    let entry = scene.site.entry(id);
    let mut page = page(scene, Kind::Article, entry.title.as_str(), &entry.route).of_record(scene, id);
    if scene.site.settings.site.twins {
        page.json = entry.route.twin("json").to_string();
    }
    let breadcrumbs = page.breadcrumb_node(scene);
    let thing = super::linked::thing(scene, entry, &page.canonical);
    page.with_json_ld(&[thing, breadcrumbs])
}

fn register<'a>(scene: Scene<'a>, entry: &'a Entry) -> Register<'a> {
    Register {
        title: &scene.site.column(entry.column).title,
        url: scene.site.column(entry.column).index(),
        name: &scene.site.register_of(entry).definition.name,
    }
}

/// The record's index number (索引号): its own, or made from the site's pattern and its address, so that
/// it never changes and is never used again.
pub(super) fn index_no(scene: Scene<'_>, entry: &Entry) -> String {
    let own = entry.text(scene.site.registers.envelope.index_no);
    let settings = &scene.site.settings.site;
    if !own.is_empty() || settings.index_no_pattern.is_empty() {
        return own.to_owned();
    }
    let year = entry.formed.or(entry.date).map(|date| date.date.year().to_string()).unwrap_or_default();
    let pattern = if year.is_empty() {
        settings.index_no_pattern.replace("{year}-", "")
    } else {
        settings.index_no_pattern.clone()
    };
    let pattern = if settings.org_code.is_empty() { pattern.replace("{org_code}/", "") } else { pattern };
    let id = crate::route::short_hash(entry.route.as_str(), 8).to_ascii_uppercase();
    pattern.replace("{org_code}", &settings.org_code).replace("{year}", &year).replace("{id}", &id)
}

/// The register's own fields under their headings, without the title that stands above them.
fn groups<'a>(scene: Scene<'a>, entry: &'a Entry) -> Vec<FieldGroup<'a>> {
    let register = scene.site.register_of(entry);
    let envelope = &scene.site.registers.envelope;
    let elsewhere =
        [envelope.title, envelope.summary, envelope.plain, envelope.correction, envelope.district, envelope.sector];
    let mut groups: Vec<FieldGroup<'a>> = Vec::new();
    for field in register.order.iter().filter(|field| !elsewhere.contains(field)) {
        let definition = &register.field(*field).definition;
        if entry.value(*field).is_none() || definition.kind == FieldKind::Counter || !definition.on_page {
            continue;
        }
        let title = register.field(*field).definition.group.pick(scene.language());
        let view = scene.field(entry, *field, &entry.route);
        match groups.iter_mut().find(|group| group.title == title) {
            Some(group) => group.fields.push(view),
            None => groups.push(FieldGroup { title, fields: vec![view] }),
        }
    }
    groups
}

fn attachments<'a>(scene: Scene<'a>, entry: &'a Entry) -> Vec<Attachment<'a>> {
    let attached = entry.values(scene.site.registers.envelope.attachments);
    let files = attached.filter_map(|value| match value {
        Value::Attachment(path) => scene.site.assets.get(path).map(|(asset, route)| (path, asset, route)),
        _ => None,
    });
    files
        .map(|(path, asset, route)| Attachment {
            title: path.rsplit('/').next().unwrap_or(path),
            url: route.to_string(),
            kind: path.rsplit_once('.').map_or(String::new(), |(_, extension)| extension.to_ascii_uppercase()),
            size: size(asset.published().size),
        })
        .collect()
}

/// A size a person can read: `12 KB`, `3.4 MB`.
fn size(bytes: u64) -> String {
    const KB: u64 = 1024;
    match bytes {
        0..KB => format!("{bytes} B"),
        KB..1_048_576 => format!("{} KB", bytes / KB),
        _ => format!("{}.{} MB", bytes / (KB * KB), bytes % (KB * KB) * 10 / (KB * KB)),
    }
}

/// The records whose parent this is, register by register; those that make a chart are in it.
fn children<'a>(scene: Scene<'a>, id: EntryId) -> (Vec<Children<'a>>, Vec<Chart<'a>>) {
    let (mut children, mut charts) = (Vec::new(), Vec::new());
    let Some(ids) = scene.site.joins.children.get(&id) else { return (children, charts) };
    let on = &scene.site.entry(id).route;
    for (column, ids) in scene.by_column(ids) {
        let Column { title, register, .. } = scene.site.column(column);
        let (title, register) = (title.as_str(), *register);
        if let Some(chart) = draw(scene, register, id, &ids, on) {
            charts.push(chart);
            continue;
        }
        let definition = scene.site.registers.get(register);
        let style = definition.definition.listing;
        let tabular = style == ListingStyle::Table;
        children.push(Children {
            title,
            register: &definition.definition.name,
            table: scene.table(register, title, if tabular { &ids } else { &[] }, definition.parent, on),
            cards: if tabular { Vec::new() } else { ids.iter().map(|id| scene.card_with_fields(*id, on)).collect() },
            style,
        });
    }
    (children, charts)
}

/// The children of a series as a chart, oldest first.
fn draw<'a>(scene: Scene<'a>, register: RegisterId, parent: EntryId, ids: &[EntryId], on: &Route) -> Option<Chart<'a>> {
    let definition = scene.site.registers.get(register);
    let key = definition.definition.chart.as_ref()?;
    let (x, y) = (definition.field_named(&key.x)?, definition.field_named(&key.y)?);
    let owner = scene.site.entry(parent);
    let of_owner = |name: &str| scene.site.register_of(owner).field_named(name).and_then(|field| owner.value(field));
    let lines =
        of_owner("chart_kind").and_then(Value::code).map(|code| scene.site.registers.codes.get(code).id == "line");
    let mut ordered: Vec<EntryId> = ids.to_vec();
    ordered.sort_by_key(|id| scene.site.entry(*id).date.map(|date| date.date));
    let points = ordered.iter().map(|id| {
        let entry = scene.site.entry(*id);
        let label = entry.value(x).map(|value| scene.item(entry, x, value).text.into_owned()).unwrap_or_default();
        (label, entry.value(y).and_then(Value::number))
    });
    let series = chart::Series {
        title: owner.title.clone(),
        unit: of_owner("unit").and_then(Value::text).unwrap_or_default().to_owned(),
        kind: lines.map_or(key.kind, |lines| if lines { chart::Kind::Line } else { chart::Kind::Bar }),
        points: points.collect(),
    };
    let table = scene.table(register, &owner.title, &ordered, definition.parent, on);
    Some(Chart { drawing: chart::chart(&series), table: Some(table) })
}

/// Records this one names in `related`, and records that name it, by column.
fn related<'a>(scene: Scene<'a>, id: EntryId) -> Vec<Related<'a>> {
    let entry = scene.site.entry(id);
    let mut ids: Vec<EntryId> = entry
        .values(scene.site.registers.envelope.related)
        .filter_map(|value| match value {
            Value::Reference(target) => Some(*target),
            _ => None,
        })
        .collect();
    for back in scene.site.joins.backlinks.get(&id).into_iter().flatten() {
        if !ids.contains(back) {
            ids.push(*back);
        }
    }
    let groups = scene.by_column(&ids).into_iter();
    groups
        .map(|(column, ids)| Related {
            title: Cow::Borrowed(scene.site.column(column).title.as_str()),
            cards: ids.iter().map(|id| scene.card(*id)).collect(),
        })
        .collect()
}

/// The steps of the register's timeline: done, next, late or still to come.
fn timeline<'a>(scene: Scene<'a>, entry: &'a Entry) -> Vec<EventView<'a>> {
    let register = scene.site.register_of(entry);
    let as_of = scene.site.as_of;
    let packs = &scene.site.registers.packs;
    let day = |name: &str| register.field_named(name).and_then(|field| entry.value(field)).and_then(Value::day);
    let mut events = Vec::new();
    let mut open = true;
    let steps = &register.definition.timeline;
    let reached = steps.iter().rposition(|step| day(&step.date).is_some_and(|day| day <= as_of));
    for (at, step) in steps.iter().enumerate() {
        if step.optional && day(&step.date).is_none() {
            continue;
        }
        let done = day(&step.date).filter(|day| *day <= as_of);
        let due =
            step.due.as_ref().and_then(|due| packs.deadlines.due(&due.rule, day(&due.from)?, &packs.working_days));
        let planned = day(&step.date).filter(|day| *day > as_of).or(due.map(|due| due.date));
        // A step whose date nobody wrote down is done when a later one is.
        let passed = reached.is_some_and(|reached| at < reached);
        let state = match (done, planned) {
            _ if passed => "done",
            (Some(_), _) => "done",
            (None, Some(due)) if due < as_of => "late",
            (None, _) if open => "now",
            (None, _) => "todo",
        };
        open &= done.is_some() || passed;
        let text = step.text.as_deref().and_then(|name| register.field_named(name));
        let text = text.and_then(|field| Some(scene.item(entry, field, entry.value(field)?).text.into_owned()));
        let expected = planned.filter(|_| done.is_none() && !passed);
        let date = match (done, expected) {
            (Some(day), _) => day_text(scene, day),
            (None, Some(day)) => format!("{} {}", scene.say("期限", "due"), day_text(scene, day)),
            (None, None) => String::new(),
        };
        events.push(EventView {
            date,
            label: Cow::Borrowed(step.label.pick(scene.language())),
            text: text.unwrap_or_default(),
            state,
            url: String::new(),
        });
    }
    events
}

pub(super) fn day_text(scene: Scene<'_>, day: Date) -> String {
    display::partial_date(PartialDate::day(day), scene.language())
}

/// How punctually the record was published, in the days the law counts.
fn meter<'a>(scene: Scene<'a>, entry: &Entry, due: Date, verdict: Verdict) -> Meter<'a> {
    let rule = scene.site.register_of(entry).definition.deadline.as_ref().map_or("", |rule| rule.rule.as_str());
    let working = scene.site.registers.packs.deadlines.day_kind(rule) == DayKind::Working;
    let days = match (working, scene.chinese()) {
        (true, true) => "个工作日",
        (false, true) => "天",
        (true, _) => " working days",
        (false, _) => " days",
    };
    let due = day_text(scene, due);
    let chinese = scene.chinese();
    let (state, text) = match (verdict, chinese) {
        (Verdict::OnTime { days_taken }, true) => ("ok", format!("{days_taken}{days}内公开，法定期限 {due}")),
        (Verdict::OnTime { days_taken }, false) => ("ok", format!("public after {days_taken}{days}; due {due}")),
        (Verdict::Late { days: late }, true) => ("late", format!("逾期 {late}{days}，法定期限 {due}")),
        (Verdict::Late { days: late }, false) => ("late", format!("{late}{days} late; due {due}")),
        (Verdict::Pending { days_left }, true) => ("due", format!("还有 {days_left}{days}，法定期限 {due}")),
        (Verdict::Pending { days_left }, false) => ("due", format!("{days_left}{days} left; due {due}")),
    };
    Meter { text, state, basis: scene.site.registers.packs.deadlines.source(rule).unwrap_or_default() }
}

fn period(scene: Scene<'_>, day: Date, until: Until) -> Period {
    let on = day_text(scene, day);
    let text = match until {
        Until::Own => scene.say("公开至", "Public until"),
        Until::Publicity => scene.say("公示期至", "Publicity period until"),
        Until::Discredit => scene.say("列入名单至", "On the list until"),
    };
    Period { text: format!("{text} {on}"), until: on, until_iso: day.to_string() }
}

fn dossier_link<'a>(scene: Scene<'a>, entry: &'a Entry) -> Option<Item<'a>> {
    let register = scene.site.register_of(entry);
    let key = register.definition.dossier.as_ref()?;
    let code = entry.text(register.field_named(&key.code)?);
    let dossier = scene.site.joins.dossiers.get(code)?;
    let name = dossier.names.first().map_or(code, String::as_str);
    Some(Item { text: Cow::Borrowed(name), url: Cow::Owned(dossier_route(code).to_string()), ..Item::default() })
}

fn neighbour<'a>(scene: Scene<'a>, id: EntryId, step: i64) -> Option<Item<'a>> {
    let entry = scene.site.entry(id);
    let at = i64::from(scene.plan.positions[id.0 as usize]) + step;
    let other = *scene.site.column(entry.column).entries.get(usize::try_from(at).ok()?)?;
    let other_entry = scene.site.entry(other);
    Some(Item {
        text: Cow::Borrowed(&other_entry.title),
        url: Cow::Owned(other_entry.route.to_string()),
        ..Item::default()
    })
}
