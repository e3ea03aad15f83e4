//! The demonstration portal, built once: what must hold on every one of its pages and files.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::markup::{Page, Tag};
use crate::support::{self, Tree};

/// The output of the repository's own portal, and its pages read.
struct Demo {
    files: Tree,
    pages: BTreeMap<String, Page>,
    base: String,
    notice: String,
}

fn demo() -> &'static Demo {
    static DEMO: OnceLock<Demo> = OnceLock::new();
    DEMO.get_or_init(|| {
        let folder = support::scratch();
        let out = folder.path().join("public");
        let root = support::repository();
        support::gongkai(&root, &["build", "--out", out.to_str().expect("a plain name")]).expect(0);
        let files = support::tree(&out);
        support::assert_manifest(&files);
        let pages = files.iter().filter(|(name, _)| name.ends_with(".html"));
        let pages = pages.map(|(name, bytes)| (name.clone(), Page::parse(&String::from_utf8_lossy(bytes)))).collect();
        let settings: toml::Table = support::text(&root.join("portal.toml")).parse().expect("settings are TOML");
        let site = |key: &str| settings["site"][key].as_str().expect("a text").to_owned();
        Demo { files, pages, base: format!("{}{}", site("url"), site("base_path")), notice: site("demo") }
    })
}

/// Pages that only lead to another one.
fn is_redirect(page: &Page) -> bool {
    page.named("meta").any(|tag| tag.get("http-equiv") == Some("refresh"))
}

fn each_page(mut look: impl FnMut(&'static str, &'static Page, &mut Vec<String>)) {
    let mut problems = Vec::new();
    for (name, page) in &demo().pages {
        let before = problems.len();
        look(name, page, &mut problems);
        for problem in &mut problems[before..] {
            *problem = format!("{name}: {problem}");
        }
    }
    support::assert_none("pages of the demonstration", &problems);
}

#[test]
fn pages_are_well_formed_with_one_heading_a_title_and_a_language() {
    each_page(|_, page, problems| {
        problems.extend(page.faults.iter().cloned());
        let headings = page.named("h1").count();
        if headings != 1 {
            problems.push(format!("{headings} h1"));
        }
        match page.named("title").next().map(|tag| tag.text.trim()) {
            Some("") | None => problems.push("no title".to_owned()),
            Some(_) => {}
        }
        let language = page.named("html").next().and_then(|tag| tag.get("lang"));
        if language != Some("zh-CN") {
            problems.push(format!("lang {language:?}"));
        }
        let (_, twice) = page.ids();
        problems.extend(twice.into_iter().map(|id| format!("the id {id} stands twice")));
        for image in page.named("img").filter(|image| image.get("alt").is_none()) {
            problems.push(format!("an image without alt: {image:?}"));
        }
    });
}

#[test]
fn no_page_holds_script_or_style_of_its_own() {
    each_page(|_, page, problems| {
        for tag in &page.tags {
            let json = |kind| matches!(kind, "application/ld+json" | "application/json");
            let data = tag.name == "script" && tag.get("type").is_some_and(json);
            if tag.name == "style" || (tag.name == "script" && tag.get("src").is_none() && !data) {
                problems.push(format!("<{}> with content", tag.name));
            }
            if data && serde_json::from_str::<serde_json::Value>(&tag.text).is_err() {
                problems.push(format!("data that is not JSON: {}", tag.text.chars().take(60).collect::<String>()));
            }
            for (name, value) in &tag.attributes {
                if name == "style" || name.starts_with("on") || value.trim_start().starts_with("javascript:") {
                    problems.push(format!("<{} {name}={value:?}>", tag.name));
                }
            }
        }
    });
}

/// Addresses in a page: the attribute and its value.
fn addresses(page: &Page) -> impl Iterator<Item = (&'static str, &str)> {
    const NAMES: [&str; 5] = ["href", "src", "action", "poster", "data"];
    page.tags.iter().flat_map(|tag| {
        let plain = NAMES.into_iter().filter_map(|name| Some((name, tag.get(name)?)));
        let refresh = tag.get("content").filter(|_| tag.get("http-equiv") == Some("refresh"));
        plain.chain(refresh.and_then(|content| content.split_once("url=")).map(|(_, url)| ("refresh", url)))
    })
}

/// The page that is shown at any depth writes whole addresses; they are read like relative ones.
fn inside<'a>(demo: &Demo, from: &str, address: &'a str) -> Option<(String, &'a str)> {
    let (path, fragment) = address.split_once('#').unwrap_or((address, ""));
    let path = path.split('?').next().unwrap_or_default();
    if let Some(rest) = path.strip_prefix(demo.base.as_str()) {
        return Some((rest.to_owned(), fragment));
    }
    let scheme = path.split('/').next().unwrap_or_default();
    if scheme.contains(':') || path.starts_with("//") {
        return None;
    }
    if path.is_empty() {
        return Some((from.to_owned(), fragment));
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => {
                if parts.pop().is_none() {
                    return Some((format!("(climbs out of the portal) {address}"), fragment));
                }
            }
            other => parts.push(other),
        }
    }
    Some((parts.join("/"), fragment))
}

#[test]
fn no_address_begins_at_the_root_of_the_host() {
    each_page(|_, page, problems| {
        for (attribute, address) in addresses(page).filter(|(_, address)| address.starts_with('/')) {
            problems.push(format!("{attribute}=\"{address}\""));
        }
    });
}

#[test]
fn every_link_leads_to_a_file_and_every_fragment_to_a_place() {
    let demo = demo();
    let ids: BTreeMap<&str, BTreeSet<&str>> =
        demo.pages.iter().map(|(name, page)| (name.as_str(), page.ids().0)).collect();
    each_page(|name, page, problems| {
        let mut seen = BTreeSet::new();
        for (attribute, address) in addresses(page) {
            if !seen.insert(address) {
                continue;
            }
            let Some((target, fragment)) = inside(demo, name, address) else { continue };
            if !demo.files.contains_key(&target) {
                problems.push(format!("{attribute}=\"{address}\" leads nowhere"));
            } else if !fragment.is_empty()
                && !ids.get(target.as_str()).is_some_and(|ids| ids.contains(percent_decoded(fragment).as_str()))
            {
                problems.push(format!("{attribute}=\"{address}\": no such place"));
            }
        }
    });
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        bytes.extend(&rest.as_bytes()[..at]);
        match rest.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &rest[at + 3..];
            }
            None => {
                bytes.push(b'%');
                rest = &rest[at + 1..];
            }
        }
    }
    bytes.extend(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Nothing is fetched from elsewhere: only links that a person follows leave the portal.
#[test]
fn no_page_asks_a_third_party_for_anything() {
    let base = demo().base.as_str();
    each_page(|_, page, problems| {
        for tag in &page.tags {
            let fetched = match tag.name.as_str() {
                "a" | "meta" => None,
                "link" if matches!(tag.get("rel"), Some("canonical" | "alternate")) => None,
                "link" => tag.get("href"),
                _ => tag.get("src").or_else(|| tag.get("href")).or_else(|| tag.get("action")),
            };
            if let Some(address) = fetched.filter(|address| address.contains("//") && !address.starts_with(base)) {
                problems.push(format!("<{}> fetches {address}", tag.name));
            }
        }
    });
    for (name, bytes) in demo().files.iter().filter(|(name, _)| name.ends_with(".css")) {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains("@import") && !text.contains("url(http") && !text.contains("url(//"), "{name}");
    }
}

#[test]
fn every_page_says_that_it_is_a_demonstration() {
    let notice = &demo().notice;
    each_page(|name, page, problems| {
        let text = String::from_utf8_lossy(&demo().files[name]);
        if !is_redirect(page) && !text.contains(notice.as_str()) {
            problems.push("no demonstration notice".to_owned());
        }
    });
    let mut silent = Vec::new();
    for (name, bytes) in demo().files.iter().filter(|(name, _)| name.ends_with("/index.json")) {
        if !String::from_utf8_lossy(bytes).contains("演示数据") {
            silent.push(name.clone());
        }
    }
    support::assert_none("downloads without the demonstration notice", &silent);
}

/// Values that ColumnType may have (国办发〔2017〕47号).
const COLUMN_TYPES: [&str; 18] = [
    "首页",
    "概况信息",
    "机构职能",
    "负责人信息",
    "工作动态",
    "政策文件",
    "信息公开指南",
    "信息公开目录",
    "信息公开年报",
    "依申请公开",
    "数据发布",
    "数据开放",
    "政策解读",
    "回应关切",
    "办事服务",
    "咨询投诉",
    "征集调查",
    "在线访谈",
];

const SITE_TAGS: [&str; 3] = ["SiteName", "SiteDomain", "SiteIDCode"];
const COLUMN_TAGS: [&str; 4] = ["ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType"];
const ARTICLE_TAGS: [&str; 3] = ["ArticleTitle", "PubDate", "ContentSource"];

/// The kind of a page, as its body says it.
fn kind(page: &Page) -> &str {
    let classes = page.named("body").next().and_then(|tag| tag.get("class")).unwrap_or_default();
    classes.split_whitespace().find_map(|class| class.strip_prefix("kind-")).unwrap_or(classes)
}

/// Navigation and filters show where the reader is.
#[test]
fn a_column_is_marked_where_it_is_named_among_others() {
    let mut marked = 0;
    each_page(|name, page, problems| {
        if is_redirect(page) || kind(page) != "column" {
            return;
        }
        let itself = format!("{}{name}", "../".repeat(name.matches('/').count()));
        let mut links = page.named("a").filter(|link| link.get("href") == Some(&itself)).peekable();
        if links.peek().is_none() {
            return;
        }
        if links.any(|link| link.get("aria-current").is_some()) {
            marked += 1;
        } else {
            problems.push("links to itself, and no link says so".to_owned());
        }
    });
    assert!(marked > 50, "{marked}");
}

/// site tags everywhere; column tags on the home page, columns and content; article tags on content.
#[test]
fn page_tags_stand_in_the_right_combination() {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    each_page(|name, page, problems| {
        if is_redirect(page) {
            return;
        }
        let kind = if name == "index.html" { "home" } else { kind(page) };
        *kinds.entry(kind).or_default() += 1;
        let (column, article) = match kind {
            "home" | "column" => (true, false),
            "article" => (true, true),
            "service" => (false, false),
            other => {
                problems.push(format!("unknown kind {other:?}"));
                return;
            }
        };
        let groups =
            [(&SITE_TAGS[..], Some(true)), (&COLUMN_TAGS, column.then_some(true)), (&ARTICLE_TAGS, Some(article))];
        for (tags, wanted) in groups {
            for tag in tags {
                match (page.meta(tag), wanted) {
                    // Nothing is invented: a record without any date has no day of publication either.
                    (None, Some(true)) if *tag == "PubDate" && !is_dated(name) => {}
                    (None | Some(""), Some(true)) => problems.push(format!("({kind}) no {tag}")),
                    (Some(_), Some(false)) => problems.push(format!("({kind}) has {tag}")),
                    _ => {}
                }
            }
        }
        if let Some(other) = page.meta("ColumnType").filter(|value| !COLUMN_TYPES.contains(value)) {
            problems.push(format!("ColumnType {other}"));
        }
        if page.meta("ColumnType") == Some("首页") && kind != "home" {
            problems.push("ColumnType 首页 belongs to the home page".to_owned());
        }
        if let Some(date) = page.meta("PubDate").filter(|date| !is_tag_time(date)) {
            problems.push(format!("PubDate {date:?} is not YYYY-MM-DD HH:MM"));
        }
    });
    for kind in ["home", "column", "article", "service"] {
        assert!(kinds.get(kind).is_some_and(|count| *count > 0), "no page of the kind {kind}: {kinds:?}");
    }
}

/// Whether the record of a page has a date, as its JSON twin says.
fn is_dated(name: &str) -> bool {
    let twin = demo().files.get(&name.replace(".html", ".json"));
    let twin: serde_json::Value = twin.and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default();
    twin["date"].is_string() || twin["fields"]["published_on"].is_string()
}

fn is_tag_time(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    shape == "0000-00-00 00:00"
}

/// A chart that leaves out a district or a year says something else.
#[test]
fn charts_come_first_and_leave_nothing_out() {
    let (mut of_years, mut of_names) = (0, 0);
    each_page(|name, page, problems| {
        let is = |tag: &Tag, class: &str| tag.get("class") == Some(class);
        let first = |class: &str| page.tags.iter().position(|tag| is(tag, class));
        let Some(chart) = first("chart") else { return };
        if first("facts").is_some_and(|at| at < chart) {
            problems.push("its particulars stand before the chart".to_owned());
        }
        let drawn = |part: &str| page.tags.iter().filter(|tag| is(tag, part)).count();
        let labels: Vec<&str> = page.tags.iter().filter(|tag| is(tag, "x-label")).map(|tag| tag.text.trim()).collect();
        let years: Vec<i32> = labels.iter().filter_map(|label| label.parse().ok()).collect();
        if !labels.iter().any(|label| label.contains(|c: char| c.is_ascii_digit())) {
            of_names += 1;
            if labels.len() != drawn("bar-mark") + drawn("dot-mark") {
                problems.push(format!("{} names under {} bars", labels.len(), drawn("bar-mark")));
            }
        } else if name.starts_with("district/") && years.windows(2).any(|pair| pair[0] + 1 != pair[1]) {
            problems.push(format!("years are left out: {years:?}"));
        } else {
            of_years += usize::from(years.len() > 1);
        }
    });
    assert!(of_years > 10 && of_names > 0, "{of_years} {of_names}");
}

#[test]
fn json_is_json_xml_is_xml_and_sheets_open_in_a_spreadsheet() {
    let mut problems = Vec::new();
    for (name, bytes) in &demo().files {
        let extension = name.rsplit('.').next().unwrap_or_default();
        let problem = match extension {
            "json" => serde_json::from_slice::<serde_json::Value>(bytes).err().map(|error| error.to_string()),
            "xml" | "svg" => not_well_formed(bytes),
            "csv" => bad_sheet(bytes),
            "ics" => bad_calendar(bytes),
            _ => None,
        };
        problems.extend(problem.map(|problem| format!("{name}: {problem}")));
    }
    support::assert_none("data files", &problems);
}

fn not_well_formed(bytes: &[u8]) -> Option<String> {
    let Ok(text) = std::str::from_utf8(bytes) else { return Some("it is not UTF-8".to_owned()) };
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut depth = 0_i32;
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Start(_)) => depth += 1,
            Ok(quick_xml::events::Event::End(_)) => depth -= 1,
            Ok(quick_xml::events::Event::Eof) => return (depth != 0).then(|| "an element never ends".to_owned()),
            Ok(_) => {}
            Err(error) => return Some(error.to_string()),
        }
    }
}

/// A mark at the beginning, rows of one length, and no cell that a spreadsheet would compute.
fn bad_sheet(bytes: &[u8]) -> Option<String> {
    let Some(text) = bytes.strip_prefix(b"\xEF\xBB\xBF") else { return Some("no byte-order mark".to_owned()) };
    let mut reader = csv::ReaderBuilder::new().from_reader(text);
    let titles = reader.headers().map_or(0, csv::StringRecord::len);
    if titles == 0 {
        return Some("no titles".to_owned());
    }
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => return Some(error.to_string()),
        };
        let computes = |cell: &str| {
            cell.starts_with(['=', '+', '@', '\t', '\r'])
                || (cell.starts_with('-') && cell[1..].parse::<f64>().is_err())
        };
        if let Some(cell) = record.iter().find(|cell| computes(cell)) {
            return Some(format!("a spreadsheet would compute {cell:?}"));
        }
    }
    None
}

fn bad_calendar(bytes: &[u8]) -> Option<String> {
    const LONGEST: usize = 75;
    let text = String::from_utf8_lossy(bytes);
    if !text.starts_with("BEGIN:VCALENDAR\r\n") || !text.ends_with("END:VCALENDAR\r\n") {
        return Some("not a calendar".to_owned());
    }
    let begun = text.matches("BEGIN:VEVENT").count();
    if begun == 0 || begun != text.matches("END:VEVENT").count() {
        return Some(format!("{begun} events begin"));
    }
    text.split("\r\n").find(|line| line.len() > LONGEST).map(|line| format!("a line of {} bytes", line.len()))
}

#[test]
fn the_sitemap_lists_the_pages_that_are_there() {
    let demo = demo();
    let text = String::from_utf8_lossy(&demo.files["sitemap.xml"]).into_owned();
    let listed: BTreeSet<String> = text
        .split("<loc>")
        .skip(1)
        .filter_map(|part| part.split("</loc>").next())
        .map(|address| address.strip_prefix(demo.base.as_str()).unwrap_or(address).to_owned())
        .collect();
    let open = |page: &Page| page.meta("robots").is_none_or(|words| !words.contains("noindex"));
    let pages: BTreeSet<String> =
        demo.pages.iter().filter(|(_, page)| open(page)).map(|(name, _)| name.clone()).collect();
    let extra: Vec<String> = listed.difference(&pages).cloned().collect();
    support::assert_none("listed, but no page for search engines", &extra);
    let missing: Vec<String> = pages.difference(&listed).cloned().collect();
    support::assert_none("pages that the sitemap does not list", &missing);
}

/// Paths and addresses inside data files lead to files too.
#[test]
fn data_files_name_files_that_exist() {
    let demo = demo();
    let mut problems = Vec::new();
    let package: serde_json::Value = serde_json::from_slice(&demo.files["datapackage.json"]).expect("JSON");
    for resource in package["resources"].as_array().expect("resources") {
        let path = resource["path"].as_str().unwrap_or_default();
        if !demo.files.contains_key(path) {
            problems.push(format!("datapackage.json: {path}"));
        }
    }
    for (name, bytes) in demo.files.iter().filter(|(name, _)| name.ends_with("/index.json")) {
        let listing: serde_json::Value = serde_json::from_slice(bytes).expect("JSON");
        for record in listing["records"].as_array().into_iter().flatten() {
            let Some(url) = record["url"].as_str() else { continue };
            let path = url.split('#').next().unwrap_or_default();
            let path = path.strip_prefix(demo.base.as_str()).unwrap_or(path);
            if !demo.files.contains_key(path) {
                problems.push(format!("{name}: {url}"));
            }
        }
    }
    for (name, bytes) in demo.files.iter().filter(|(name, _)| name.ends_with("feed.xml")) {
        let text = String::from_utf8_lossy(bytes).into_owned();
        for address in text.split("href=\"").skip(1).filter_map(|part| part.split('"').next()) {
            if let Some(path) = address
                .strip_prefix(demo.base.as_str())
                .filter(|path| !path.is_empty() && !demo.files.contains_key(*path))
            {
                problems.push(format!("{name}: {path}"));
            }
        }
    }
    support::assert_none("addresses in data files", &problems);
}

/// Public records of a register, as its own download counts them.
fn records(register: &str) -> Vec<serde_json::Value> {
    let Some(bytes) = demo().files.get(&format!("{register}/index.json")) else { return Vec::new() };
    let listing: serde_json::Value = serde_json::from_slice(bytes).expect("JSON");
    let records = listing["records"].as_array().cloned().unwrap_or_default();
    assert_eq!(listing["total"].as_u64(), u64::try_from(records.len()).ok(), "{register}: the total is true");
    records
}

#[test]
fn the_demonstration_is_as_large_as_it_must_be() {
    let wanted: [(&str, usize); 17] = [
        ("penalty", 200),
        ("permit", 60),
        ("inspection", 100),
        ("accident", 24),
        ("hazard", 15),
        ("warning", 8),
        ("safe-community", 60),
        ("place", 40),
        ("honour", 1),
        ("target", 33),
        ("key-project", 7),
        ("policy", 12),
        ("campaign", 4),
        ("campaign-edition", 8),
        ("term", 30),
        ("team", 6),
        ("account", 4),
    ];
    let short: Vec<String> = wanted
        .into_iter()
        .filter(|(register, count)| records(register).len() < *count)
        .map(|(register, count)| format!("{register}: {} of {count}", records(register).len()))
        .collect();
    support::assert_none("registers of the demonstration", &short);
    let news = records("news").len() + records("press-release").len();
    assert!(news >= 29, "30 news and press items, one of them held back until its day: {news}");
    // Two entries have served their time; an ended entry is a notice without a name.
    let notices =
        demo().pages.iter().filter(|(name, page)| name.starts_with("discredit/") && kind(page) == "service").count();
    assert!(records("discredit").len() + notices >= 12, "12 entries of serious violators");
}

/// The different values of a field among the records of a register.
fn values(register: &str, field: &str) -> BTreeSet<String> {
    let one = |value: &serde_json::Value| value["id"].as_str().or(value.as_str()).map(str::to_owned);
    let of_record = |record: &serde_json::Value| match &record["fields"][field] {
        serde_json::Value::Array(items) => items.iter().filter_map(one).collect::<Vec<_>>(),
        value => one(value).into_iter().collect(),
    };
    records(register).iter().flat_map(of_record).collect()
}

#[test]
fn the_demonstration_covers_levels_stages_and_kinds() {
    for (register, field, count) in [
        ("accident", "level", 4),
        ("accident", "status", 3),
        ("place", "kind", 7),
        ("safe-community", "level", 2),
        ("safe-community", "district", 8),
        ("warning", "level", 3),
        ("honour", "scheme", 3),
        ("target", "state", 2),
        ("team", "kind", 6),
    ] {
        let found = values(register, field);
        assert!(found.len() >= count, "{register}.{field} has {} values, {count} are wanted: {found:?}", found.len());
    }
    let years: BTreeSet<String> =
        records("penalty").iter().filter_map(|record| Some(record["date"].as_str()?[..4].to_owned())).collect();
    assert!(years.len() >= 3, "penalties of several years: {years:?}");
}

/// No number of an identity paper and no mobile number stands anywhere.
#[test]
fn no_private_number_is_in_any_output() {
    let mut problems = Vec::new();
    for (name, bytes) in &demo().files {
        let text = String::from_utf8_lossy(bytes);
        for run in text.split(|c: char| !c.is_ascii_alphanumeric()) {
            let digits = run.bytes().filter(u8::is_ascii_digit).count();
            let born = run.get(6..8).is_some_and(|century| century == "19" || century == "20");
            let identity = run.len() == 18 && digits >= 17 && born && run.starts_with("41") && !name.ends_with(".svg");
            let mobile = run.len() == 11 && digits == 11 && run.starts_with('1') && ("3"..="9").contains(&&run[1..2]);
            if identity || mobile {
                problems.push(format!("{name}: {run}"));
            }
        }
    }
    support::assert_none("private numbers", &problems);
}
