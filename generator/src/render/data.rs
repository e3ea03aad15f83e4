//! Data files: CSV, JSON, calendar, sitemap, the data package and what hosts need.

use jiff::civil::Date;
use serde_json::json;

use super::feeds;
use super::rows::{self, Rows};
use crate::embedded;
use crate::format::facts::Facts;
use crate::format::moment::Moment;
use crate::format::{calendar, csv, datapackage, expiry, headers, json, sitemap};
use crate::plan::{ListingId, Planned, Recipe, in_sitemap};
use crate::register::Visibility;
use crate::route::Route;
use crate::site::{Entry, EntryId};
use crate::view::{self, Scene};

/// The bytes of a data output, or none when the recipe is a page.
pub(super) fn bytes(scene: Scene<'_>, rows: &Rows, planned: &Planned) -> Option<Vec<u8>> {
    Some(match planned.recipe {
        Recipe::ListingCsv(id) => listing_csv(scene, rows, id),
        Recipe::ListingJson(id) => listing_json(scene, rows, id),
        Recipe::EntryJson(id) => entry_json(scene, id),
        Recipe::DossierJson(at) => dossier_json(scene, rows, at),
        Recipe::Atom(of) => feeds::atom(scene, of),
        Recipe::JsonFeed(of) => feeds::json(scene, of),
        Recipe::CalendarIcs => ics(scene),
        Recipe::CatalogueCsv => catalogue_csv(scene),
        Recipe::CatalogueJson => catalogue_json(scene),
        Recipe::DataPackage => datapackage::datapackage(&view::package(scene)),
        Recipe::Sitemap { file } => sitemaps(scene, file),
        Recipe::Robots => robots(scene),
        Recipe::Expiry => expiry_list(scene),
        Recipe::Facts => publishing_facts(scene),
        Recipe::SearchClient => embedded::search_client().text().as_bytes().to_vec(),
        Recipe::Headers => host_headers(scene),
        _ => return None,
    })
}

fn json_bytes(value: &impl serde::Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec(value).expect("views have text keys, so they can always be written");
    bytes.push(b'\n');
    bytes
}

/// A record whole, its text last: the Markdown, as written.
fn entry_json(scene: Scene<'_>, id: EntryId) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(8 * 1024);
    serde_json::to_writer(
        &mut bytes,
        &view::RecordJson { scene, record: scene.site.entry(id), extent: view::Extent::Whole },
    )
    .expect("writing to memory cannot fail");
    if let Some(body) = &scene.site.entry(id).body {
        bytes.pop();
        bytes.extend_from_slice(b",\"body\":");
        json::string(&mut bytes, body.as_str().trim());
        bytes.push(b'}');
    }
    bytes.push(b'\n');
    bytes
}

fn listing_csv(scene: Scene<'_>, rows: &Rows, id: ListingId) -> Vec<u8> {
    let listing = &scene.plan.listings[id.0 as usize];
    let register = scene.site.registers.get(scene.site.column(listing.column).register);
    let titles = view::record_titles(scene, register);
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    let mut bytes = csv::CsvWriter::new(&titles).finish();
    rows::csv(scene, rows, &listing.folder, &listing.entries, &mut bytes);
    bytes
}

fn listing_json(scene: Scene<'_>, rows: &Rows, id: ListingId) -> Vec<u8> {
    let listing = &scene.plan.listings[id.0 as usize];
    let column = scene.site.column(listing.column);
    records_json(scene, rows, &column.title, &format!("{}/index.html", listing.folder), &listing.entries)
}

fn dossier_json(scene: Scene<'_>, rows: &Rows, at: u32) -> Vec<u8> {
    let code = &scene.plan.dossiers[at as usize];
    let dossier = &scene.site.joins.dossiers[code];
    let title = dossier.names.first().unwrap_or(code);
    records_json(scene, rows, title, crate::plan::dossier_route(code).as_str(), &dossier.entries)
}

/// `{title, url, publisher, notice, total, records: [...]}`.
fn records_json(scene: Scene<'_>, rows: &Rows, title: &str, url: &str, ids: &[EntryId]) -> Vec<u8> {
    let head = json!({
        "title": title,
        "url": scene.absolute(url),
        "publisher": scene.site.settings.site.organizer,
        "notice": scene.site.settings.site.demo,
        "total": ids.len(),
    });
    let mut bytes = serde_json::to_vec(&head).expect("a JSON value can always be written");
    bytes.pop();
    bytes.extend_from_slice(if ids.is_empty() { b",\"records\":[" } else { b",\"records\":[\n" });
    rows::json(scene, rows, url, ids, &mut bytes);
    bytes.extend_from_slice(b"\n]}\n");
    bytes
}

fn catalogue_csv(scene: Scene<'_>) -> Vec<u8> {
    let titles = match scene.language() {
        crate::text::Language::Chinese => ["索引号", "名称", "内容概述", "生成日期", "公开属性", "发布机构", "网址"],
        crate::text::Language::English => ["index_no", "title", "summary", "date", "openness", "issuer", "address"],
    };
    let mut writer = csv::CsvWriter::new(&titles);
    for id in &scene.plan.catalogue {
        let row = view::catalogue_row(scene, *id);
        let absolute = scene.absolute(&row.url);
        let address = if absolute.is_empty() { row.url.as_str() } else { absolute.as_str() };
        writer.row([row.index_no.as_str(), row.title, &row.summary, &row.date, &row.openness, row.issuer, address]);
    }
    writer.finish()
}

fn catalogue_json(scene: Scene<'_>) -> Vec<u8> {
    let rows: Vec<_> = scene.plan.catalogue.iter().map(|id| view::catalogue_row(scene, *id)).collect();
    json_bytes(&json!({ "total": rows.len(), "records": rows }))
}

fn ics(scene: Scene<'_>) -> Vec<u8> {
    struct Line {
        uid: String,
        url: String,
        location: String,
        happening: view::Happening,
    }
    let lines: Vec<Line> = view::happenings(scene)
        .into_iter()
        .map(|happening| {
            let entry = scene.site.entry(happening.id);
            let url = scene.url(happening.id);
            let place = scene.site.register_of(entry).field_named("place").map_or("", |field| entry.text(field));
            Line {
                uid: format!("{}@gongkai", entry.route),
                url: scene.absolute(&url),
                location: place.to_owned(),
                happening,
            }
        })
        .collect();
    let events = lines.iter().map(|line| {
        let entry = scene.site.entry(line.happening.id);
        calendar::Event {
            uid: &line.uid,
            from: line.happening.from,
            to: line.happening.to,
            summary: &entry.title,
            description: &entry.summary,
            url: &line.url,
            location: &line.location,
            categories: Vec::new(),
        }
    });
    let settings = &scene.site.settings.site;
    calendar::calendar(&calendar::Calendar {
        name: &settings.name,
        description: &settings.description,
        url: &scene.absolute("calendar/index.html"),
        stamp: Moment { date: scene.site.as_of, time: None },
        events: events.collect(),
    })
}

fn sitemaps(scene: Scene<'_>, file: u32) -> Vec<u8> {
    let root = scene.site.settings.absolute_root();
    let pages = scene.plan.outputs.iter().filter(|output| in_sitemap(output));
    let urls: Vec<(String, Option<String>)> =
        pages.map(|output| (format!("{root}{}", output.route), changed(scene, output))).collect();
    let mut files = sitemap::sitemap(&root, &urls);
    files.swap_remove(file as usize).1
}

/// The day a page last changed, where the content says so.
fn changed(scene: Scene<'_>, output: &Planned) -> Option<String> {
    match output.recipe {
        Recipe::Entry(id) => scene.site.entry(id).news_day.map(|day| Moment::day(day).w3c()),
        _ => None,
    }
}

fn robots(scene: Scene<'_>) -> Vec<u8> {
    let sitemap = scene.absolute("sitemap.xml");
    sitemap::robots(&sitemap::Robots { sitemap: &sitemap, disallow: &[] })
}

/// The one file of the search data whose address stays is asked for each time.
fn host_headers(scene: Scene<'_>) -> Vec<u8> {
    let settings = &scene.site.settings.site;
    let (mutable, immutable): (&[&str], Vec<&str>) = if settings.search {
        (&["search/root.json"], [headers::HASHED, headers::HASHED_SEARCH].concat())
    } else {
        (&[], headers::HASHED.to_vec())
    };
    headers::headers(&settings.base_path, mutable, &immutable).into_bytes()
}

/// Records with the first day on which they may no longer be public.
fn ends<'a>(scene: Scene<'a>) -> impl Iterator<Item = (Date, &'a Route)> + use<'a> {
    scene.site.entries.iter().filter_map(|entry| Some((entry.until?.0.tomorrow().ok()?, &entry.route)))
}

fn expiry_list(scene: Scene<'_>) -> Vec<u8> {
    expiry::expiry(scene.site.as_of, ends(scene).map(|(day, route)| (day, route.as_str())))
}

fn publishing_facts(scene: Scene<'_>) -> Vec<u8> {
    let site = scene.site;
    let settings = &site.settings;
    let mut facts = Facts::new(site.as_of.to_string(), settings.absolute_root(), settings.site.base_path.clone());
    for (day, route) in ends(scene) {
        for route in [route.clone(), route.twin("json")].iter().filter(|route| scene.plan.makes(route.as_str())) {
            facts.expires.insert(route.to_string(), day.to_string());
        }
    }
    facts.ended =
        site.stubs.iter().flat_map(|stub| [&stub.route, &stub.route.twin("json")].map(Route::to_string)).collect();
    facts.moved =
        site.redirects.iter().map(|(from, to)| (from.to_string(), site.entry(*to).route.to_string())).collect();
    let of_persons = |entry: &&Entry| {
        let register = site.register_of(entry);
        entry.values.iter().any(|(field, _)| register.field(*field).definition.visibility == Visibility::Masked)
    };
    let registers = site.entries.iter().filter(of_persons).map(|entry| &site.register_of(entry).definition.name);
    facts.personal = registers.cloned().collect();
    facts.to_bytes()
}
