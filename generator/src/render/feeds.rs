//! Feeds of the site, its columns, districts and sectors.

use crate::format::feed::{self, Entry, Feed};
use crate::format::moment::Moment;
use crate::plan::{Area, FeedOf, feed_entries, feed_folder};
use crate::register::Value;
use crate::site::EntryId;
use crate::view::Scene;

pub(super) fn atom(scene: Scene<'_>, of: FeedOf) -> Vec<u8> {
    with_feed(scene, of, feed::atom)
}

pub(super) fn json(scene: Scene<'_>, of: FeedOf) -> Vec<u8> {
    with_feed(scene, of, feed::json_feed)
}

/// What an entry borrows for the moment of writing.
struct Line {
    id: String,
    url: String,
    moment: Moment,
    entry: EntryId,
}

fn with_feed(scene: Scene<'_>, of: FeedOf, write: fn(&Feed<'_>) -> Vec<u8>) -> Vec<u8> {
    let settings = &scene.site.settings.site;
    let ids = feed_entries(scene.site, of);
    let lines: Vec<Line> = ids.iter().map(|id| line(scene, *id)).collect();
    let folder = feed_folder(scene.site, of);
    let address = |name: &str| scene.absolute(&format!("{folder}{name}"));
    let (home, self_atom, self_json) = (address("index.html"), address("feed.xml"), address("feed.json"));
    let title = title(scene, of);
    let newest = lines.iter().map(|line| line.moment).max().unwrap_or(Moment { date: scene.site.as_of, time: None });
    // A subscriber can tell that nothing happened from a feed that stopped.
    let note = nil_note(scene, newest);
    let entries = lines.iter().map(|line| {
        let entry = scene.site.entry(line.entry);
        Entry {
            id: &line.id,
            url: &line.url,
            title: &entry.title,
            summary: &entry.summary,
            updated: line.moment,
            published: Some(line.moment),
            categories: vec![scene.site.column(entry.column).title.as_str()],
            author: None,
        }
    });
    let identity = if self_atom.is_empty() { format!("urn:gongkai:{folder}feed") } else { self_atom.clone() };
    write(&Feed {
        title: &title,
        subtitle: &settings.description,
        home: &home,
        self_atom: &self_atom,
        self_json: &self_json,
        id: &identity,
        updated: newest,
        author: if settings.organizer.is_empty() { &settings.name } else { &settings.organizer },
        language: scene.language().tag(),
        entries: entries.collect(),
        note: note.as_deref(),
    })
}

fn line(scene: Scene<'_>, id: EntryId) -> Line {
    let entry = scene.site.entry(id);
    let day = scene.site.entry(id).news_day.unwrap_or(scene.site.as_of);
    let time = match entry.value(scene.site.registers.envelope.published_on) {
        Some(Value::Datetime(moment)) => moment.time,
        _ => None,
    };
    let url = scene.absolute(&scene.url(id));
    let identity =
        if url.is_empty() { format!("urn:gongkai:{}", entry.route) } else { scene.absolute(entry.route.as_str()) };
    Line { id: identity, url, moment: Moment { date: day, time }, entry: id }
}

fn title(scene: Scene<'_>, of: FeedOf) -> String {
    let site = &scene.site.settings.site.name;
    match of {
        FeedOf::Site => site.clone(),
        FeedOf::Column(id) => format!("{} - {site}", scene.site.column(id).title),
        FeedOf::Area(Area::District | Area::Sector, code) => {
            format!("{} - {site}", scene.site.registers.codes.get(code).label(scene.language()))
        }
    }
}

fn nil_note(scene: Scene<'_>, newest: Moment) -> Option<String> {
    let as_of = scene.site.as_of;
    let this_month = newest.date.year() == as_of.year() && newest.date.month() == as_of.month();
    (!this_month).then(|| scene.say("本月无新增信息。", "Nothing new this month.").to_owned())
}
