//! Data files: CSV, JSON, calendar, sitemap, the data package and what hosts need.

use serde_json::json;

use super::feeds;
use crate::embedded;
use crate::format::moment::Moment;
use crate::format::{calendar, csv, datapackage, expiry, headers, sitemap};
use crate::plan::{ListingId, Planned, Recipe, in_sitemap};
use crate::site::EntryId;
use crate::view::{self, Scene};

/// The bytes of a data output, or none when the recipe is a page.
pub(super) fn bytes(scene: Scene<'_>, planned: &Planned) -> Option<Vec<u8>> {
    Some(match planned.recipe {
        Recipe::ListingCsv(id) => listing_csv(scene, id),
        Recipe::ListingJson(id) => listing_json(scene, id),
        Recipe::EntryJson(id) => json_bytes(&view::RecordJson { scene, id, with_body: true }),
        Recipe::DossierJson(at) => dossier_json(scene, at),
        Recipe::Atom(of) => feeds::atom(scene, of),
        Recipe::JsonFeed(of) => feeds::json(scene, of),
        Recipe::CalendarIcs => ics(scene),
        Recipe::CatalogueCsv => catalogue_csv(scene),
        Recipe::CatalogueJson => catalogue_json(scene),
        Recipe::DataPackage => datapackage::datapackage(&view::package(scene)),
        Recipe::Sitemap { file } => sitemaps(scene, file),
        Recipe::Robots => robots(scene),
        Recipe::Expiry => expiry_list(scene),
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

fn listing_csv(scene: Scene<'_>, id: ListingId) -> Vec<u8> {
    let listing = &scene.plan.listings[id.0 as usize];
    let register = scene.site.registers.get(scene.site.column(listing.column).register);
    let titles = view::record_titles(scene, register);
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    let mut writer = csv::CsvWriter::new(&titles);
    for entry in &listing.entries {
        view::record_row(scene, *entry, &register.open, &mut |cell| {
            writer.cell(cell);
        });
        writer.end_row();
    }
    writer.finish()
}

fn listing_json(scene: Scene<'_>, id: ListingId) -> Vec<u8> {
    let listing = &scene.plan.listings[id.0 as usize];
    let column = scene.site.column(listing.column);
    records_json(scene, &column.title, &format!("{}/index.html", listing.folder), &listing.entries)
}

fn dossier_json(scene: Scene<'_>, at: u32) -> Vec<u8> {
    let code = &scene.plan.dossiers[at as usize];
    let dossier = &scene.site.joins.dossiers[code];
    let title = dossier.names.first().unwrap_or(code);
    records_json(scene, title, crate::plan::dossier_route(code).as_str(), &dossier.entries)
}

/// `{title, url, publisher, notice, total, records: [...]}`.
fn records_json(scene: Scene<'_>, title: &str, url: &str, ids: &[EntryId]) -> Vec<u8> {
    let head = json!({
        "title": title,
        "url": scene.absolute(url),
        "publisher": scene.site.settings.site.organizer,
        "notice": scene.site.settings.site.demo,
        "total": ids.len(),
    });
    let mut bytes = serde_json::to_vec(&head).expect("a JSON value can always be written");
    bytes.pop();
    bytes.extend_from_slice(b",\"records\":[");
    for (at, id) in ids.iter().enumerate() {
        bytes.extend_from_slice(if at == 0 { b"\n" } else { b",\n" });
        serde_json::to_writer(&mut bytes, &view::RecordJson { scene, id: *id, with_body: false })
            .expect("writing to memory cannot fail");
    }
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
        writer.row([row.index_no.as_str(), row.title, row.summary, &row.date, &row.openness, row.issuer, address]);
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
        Recipe::Entry(id) => scene.site.news_day(id).map(|day| day.to_string()),
        _ => None,
    }
}

fn robots(scene: Scene<'_>) -> Vec<u8> {
    let sitemap = scene.absolute("sitemap.xml");
    sitemap::robots(&sitemap::Robots { sitemap: &sitemap, disallow: &[] })
}

/// Search data stands in folders and files with a hash in their names, but for the one file that names them.
fn host_headers(scene: Scene<'_>) -> Vec<u8> {
    const HASHED: [&str; 2] = ["assets/*", "files/*"];
    const SEARCH: [&str; 5] =
        ["search/archive-*", "search/year-*", "search/recent-*", "search/client-*", "search/han-*"];
    let settings = &scene.site.settings.site;
    let (searched, mutable): (&[&str], &[&str]) =
        if settings.search { (&SEARCH, &["search/root.json"]) } else { (&[], &[]) };
    headers::headers(&settings.base_path, mutable, &[&HASHED, searched].concat()).into_bytes()
}

fn expiry_list(scene: Scene<'_>) -> Vec<u8> {
    let pages = scene.site.entries.iter().filter_map(|entry| {
        let (last, _) = entry.until?;
        Some((last.tomorrow().ok()?, entry.route.as_str()))
    });
    expiry::expiry(scene.site.as_of, pages)
}
