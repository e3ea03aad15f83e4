//! Every row the portal was asked for, checked on the demonstration portal.
//!
//! `acceptance/plan.toml` says where each row is to be found and what must stand there.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::OnceLock;

use jiff::civil::{Date, date};
use scraper::{ElementRef, Html, Node, Selector};
use serde::Deserialize;

const MUST: usize = 114;
const AT_LEAST: usize = 90;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    row: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    what: String,
    #[serde(default)]
    priority: Priority,
    later: Option<String>,
    reason: Option<String>,
    #[serde(default)]
    also: Vec<Condition>,
    #[serde(flatten)]
    condition: Condition,
}

#[derive(Deserialize, Default, PartialEq, Eq, Clone, Copy)]
enum Priority {
    #[default]
    M,
    S,
}

#[derive(Deserialize)]
struct Condition {
    route: Option<String>,
    selector: Option<String>,
    #[serde(default)]
    text: Vec<String>,
    #[serde(default)]
    any: Vec<String>,
    #[serde(default)]
    without: Vec<String>,
    min: Option<usize>,
    #[serde(default)]
    every: bool,
    among: Option<String>,
    #[serde(default)]
    absent: bool,
}

enum Verdict {
    Held,
    Later(String),
    NotAPage(String),
    Failed(String),
}

#[test]
fn every_row_of_the_plan_stands_on_the_demonstration_portal() {
    let plan: Plan = toml::from_str(include_str!("acceptance/plan.toml")).expect("plan.toml reads");
    let site = Site::of_the_demonstration();
    let rows: Vec<(&Row, Verdict)> = plan.row.iter().map(|row| (row, verdict(row, &site))).collect();

    let must: Vec<_> = rows.iter().filter(|(row, _)| row.priority == Priority::M).collect();
    let ids: BTreeSet<&str> = must.iter().map(|(row, _)| row.id.as_str()).collect();
    let held = must.iter().filter(|(_, verdict)| matches!(verdict, Verdict::Held)).count();
    let failed: Vec<String> = rows
        .iter()
        .filter_map(|(row, verdict)| match verdict {
            Verdict::Failed(why) => Some(format!("{} {}: {why}", row.id, row.what)),
            _ => None,
        })
        .collect();
    report(&rows, held);

    assert_eq!((must.len(), ids.len()), (MUST, MUST), "one entry for each row that must hold");
    assert!(failed.is_empty(), "{} rows failed:\n{}", failed.len(), failed.join("\n"));
    assert!(held >= AT_LEAST, "{held} of {MUST} rows hold, {AT_LEAST} are needed");
}

/// The counters of named communities are what a reader gets who counts the list.
#[test]
fn counters_of_safe_communities_equal_a_count_of_the_list() {
    let site = Site::of_the_demonstration();
    let list: serde_json::Value =
        serde_json::from_str(&site.read("safe-community/index.json")).expect("open data is JSON");
    let records = list["records"].as_array().expect("records");
    let is = |record: &serde_json::Value, field: &str, id: &str| record["fields"][field]["id"] == id;
    for (level, goal) in [("province", 50), ("national", 5)] {
        let named = records.iter().filter(|record| is(record, "level", level) && is(record, "status", "named")).count();
        let shown = format!("{named}/{goal}");
        for route in ["index.html", "safe-community/index.html"] {
            let page = site.page(route);
            let found = page.elements("main p.counter-value").expect("selector").contains(&shown);
            assert!(found, "{route} shows {shown}");
        }
    }
}

/// A comparison whose difference was typed wrongly stops the build.
#[test]
fn a_wrong_difference_between_two_periods_stops_the_build() {
    let path = "content/period-comparison/comparisons.json";
    let text = fs::read_to_string(demonstration().join(path)).expect("the comparisons");
    let stated: serde_json::Value = serde_json::from_str(&text).expect("the comparisons are JSON");
    let sound_with = |field: &str, value: serde_json::Value| {
        let mut comparison = stated[0].clone();
        comparison.as_object_mut().expect("an object").remove("source_doc");
        comparison[field] = value;
        let root = scratch("comparison");
        fs::create_dir_all(root.join(path).parent().expect("a folder")).expect("a folder");
        fs::copy(demonstration().join("portal.toml"), root.join("portal.toml")).expect("settings");
        fs::write(root.join(path), serde_json::json!([comparison]).to_string()).expect("a table");
        gongkai::prepare(&request(&root), &Quiet).is_ok()
    };
    assert!(sound_with("difference", (-8072).into()) && sound_with("percentage", "-49.67%".into()));
    assert!(!sound_with("difference", (-8071).into()));
    assert!(!sound_with("percentage", "-49.76%".into()));
}

/// Two months on, the same files say other things: a warning is over, an embargo too, a column has gone stale,
/// and the countdown to June is shorter by as many days.
#[test]
fn the_day_decides_about_warnings_embargoes_stale_columns_and_countdowns() {
    let (now, later) = (Site::of_the_demonstration(), Site::below(&built("later", Some(date(2027, 1, 15)))));
    let has =
        |site: &Site, route: &str, selector: &str| !site.page(route).elements(selector).expect("selector").is_empty();
    assert!(has(&now, "news/index.html", ".warnings .warn") && !has(&later, "news/index.html", ".warnings .warn"));
    assert!(has(&now, "index.html", ".emergency") && !has(&later, "index.html", ".emergency"));
    let embargoed = "press-release/2026-12-year-end-statistics.html";
    assert!(!now.routes.contains(embargoed) && later.routes.contains(embargoed));
    let stale = ".listing-facts li.late";
    assert!(!has(&now, "news/index.html", stale) && has(&later, "news/index.html", stale));
    for (site, days) in [(&now, "193"), (&later, "137")] {
        let shown = site.page("campaign/safety-month.html").elements("main .countdown b").expect("selector");
        assert_eq!(*shown, [days]);
    }
}

fn verdict(row: &Row, site: &Site) -> Verdict {
    let conditions = std::iter::once(&row.condition).chain(&row.also);
    let why: Vec<String> = conditions
        .filter(|condition| condition.route.is_some())
        .filter_map(|condition| site.refuses(condition))
        .collect();
    match (&row.later, &row.reason) {
        _ if !why.is_empty() => Verdict::Failed(why.join("; ")),
        (Some(work), _) => Verdict::Later(work.clone()),
        (None, Some(reason)) => Verdict::NotAPage(reason.clone()),
        (None, None) if row.condition.route.is_none() => Verdict::Failed("neither a route nor a reason".to_owned()),
        (None, None) => Verdict::Held,
    }
}

/// Straight to the terminal: the test harness would keep a printed table to itself.
fn report(rows: &[(&Row, Verdict)], held: usize) {
    let mut table = String::new();
    let mut later: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (row, verdict) in rows {
        let route = row.condition.route.as_deref().unwrap_or("-");
        let word = match verdict {
            Verdict::Held => "held".to_owned(),
            Verdict::Later(work) => format!("later: {work}"),
            Verdict::NotAPage(reason) => format!("not a page: {reason}"),
            Verdict::Failed(why) => format!("FAILED: {why}"),
        };
        if let (Verdict::Later(work), Priority::M) = (verdict, row.priority) {
            later.entry(work).or_default().push(&row.id);
        }
        let letter = if row.priority == Priority::M { 'M' } else { 'S' };
        writeln!(table, "{} {letter}  {route:<52} {word}  {}", row.id, row.what).expect("a string takes all");
    }
    let waiting: usize = later.values().map(Vec::len).sum();
    writeln!(table, "held {held} of {MUST}, later {waiting}").expect("a string takes all");
    for (work, ids) in &later {
        writeln!(table, "  later, {work}: {}", ids.join(" ")).expect("a string takes all");
    }
    let should: Vec<_> = rows.iter().filter(|(row, _)| row.priority == Priority::S).collect();
    let kept = should.iter().filter(|(_, verdict)| matches!(verdict, Verdict::Held)).count();
    writeln!(table, "beside these {kept} of {} rows that should hold", should.len()).expect("a string takes all");
    std::io::stderr().write_all(table.as_bytes()).expect("the terminal takes all");
}

// --- The built portal -----------------------------------------------------------------------------

/// The files of the demonstration portal, built once for all tests.
struct Site {
    root: PathBuf,
    routes: BTreeSet<String>,
    pages: RefCell<HashMap<String, Rc<Page>>>,
}

struct Page {
    html: Html,
    texts: RefCell<HashMap<String, Rc<Vec<String>>>>,
}

impl Site {
    fn of_the_demonstration() -> Self {
        static BUILT: OnceLock<PathBuf> = OnceLock::new();
        Self::below(BUILT.get_or_init(|| built("public", None)))
    }

    fn below(root: &Path) -> Self {
        let mut routes = BTreeSet::new();
        collect(root, root, &mut routes);
        Self { root: root.to_path_buf(), routes, pages: RefCell::default() }
    }

    fn read(&self, route: &str) -> String {
        fs::read_to_string(self.root.join(route)).unwrap_or_else(|why| panic!("{route}: {why}"))
    }

    fn page(&self, route: &str) -> Rc<Page> {
        let known = self.pages.borrow().get(route).cloned();
        known.unwrap_or_else(|| {
            let page = Rc::new(Page { html: Html::parse_document(&self.read(route)), texts: RefCell::default() });
            self.pages.borrow_mut().insert(route.to_owned(), Rc::clone(&page));
            page
        })
    }

    /// Why a condition does not hold, if so.
    fn refuses(&self, condition: &Condition) -> Option<String> {
        let pattern = condition.route.as_deref().expect("asked for conditions with a route only");
        let asked = |route: &str| match &condition.among {
            Some(selector) => self.page(route).elements(selector).is_ok_and(|found| !found.is_empty()),
            None => true,
        };
        let matching: Vec<&String> = self.routes.iter().filter(|route| fits(pattern, route) && asked(route)).collect();
        if condition.absent {
            return (!matching.is_empty()).then(|| format!("{pattern} exists"));
        }
        let refusals: Vec<String> = matching.iter().filter_map(|route| self.refuses_at(condition, route)).collect();
        let refused = if condition.every { !refusals.is_empty() } else { refusals.len() == matching.len() };
        // The shortest names the page that came closest.
        match refusals.into_iter().min_by_key(String::len) {
            _ if matching.is_empty() => Some(format!("no {pattern}")),
            Some(closest) if refused => Some(closest),
            _ => None,
        }
    }

    fn refuses_at(&self, condition: &Condition, route: &str) -> Option<String> {
        let texts = if route.ends_with(".html") {
            match self.page(route).elements(condition.selector.as_deref().unwrap_or("main")) {
                Ok(texts) => texts,
                Err(why) => return Some(why),
            }
        } else {
            Rc::new(vec![packed(&self.read(route))])
        };
        let needed = condition.min.unwrap_or(1);
        let good = texts.iter().filter(|text| lacks(condition, text).is_none()).count();
        if good >= needed {
            return None;
        }
        let scope = condition.selector.as_deref().unwrap_or("the page");
        match texts.first().and_then(|text| lacks(condition, text)) {
            Some(lack) if texts.len() >= needed => Some(format!("{route}: {scope} {lack}")),
            _ => Some(format!("{route}: {good} of {needed} {scope}")),
        }
    }
}

fn lacks(condition: &Condition, text: &str) -> Option<String> {
    let stands = |wanted: &String| text.contains(&packed(wanted));
    let missing: Vec<&str> = condition.text.iter().filter(|wanted| !stands(wanted)).map(String::as_str).collect();
    if !missing.is_empty() {
        return Some(format!("lacks {}", missing.join(", ")));
    }
    if !condition.any.is_empty() && !condition.any.iter().any(stands) {
        return Some(format!("has none of {}", condition.any.join(", ")));
    }
    condition.without.iter().find(|unwanted| stands(unwanted)).map(|unwanted| format!("has {unwanted}"))
}

impl Page {
    /// The visible text of each element that matches, without spaces.
    fn elements(&self, selector: &str) -> Result<Rc<Vec<String>>, String> {
        if let Some(known) = self.texts.borrow().get(selector) {
            return Ok(Rc::clone(known));
        }
        let parsed = Selector::parse(selector).map_err(|why| format!("selector {selector}: {why}"))?;
        let texts = Rc::new(self.html.select(&parsed).map(visible).collect::<Vec<_>>());
        self.texts.borrow_mut().insert(selector.to_owned(), Rc::clone(&texts));
        Ok(texts)
    }
}

/// Text as a reader sees it. Blocks are kept apart, so that nothing is found across two of them.
fn visible(element: ElementRef<'_>) -> String {
    let mut text = String::new();
    gather(element, &mut text);
    text.trim_matches('\n').to_owned()
}

fn gather(element: ElementRef<'_>, into: &mut String) {
    const HIDDEN: [&str; 4] = ["script", "style", "template", "head"];
    const INLINE: [&str; 16] =
        ["a", "abbr", "b", "bdi", "code", "dfn", "em", "i", "mark", "q", "s", "small", "span", "strong", "sub", "sup"];
    let name = element.value().name();
    if HIDDEN.contains(&name) || element.value().attr("hidden").is_some() {
        return;
    }
    let block = !INLINE.contains(&name);
    if block {
        into.push('\n');
    }
    for child in element.children() {
        match child.value() {
            Node::Text(text) => into.push_str(&packed(text)),
            Node::Element(_) => gather(ElementRef::wrap(child).expect("an element"), into),
            _ => {}
        }
    }
    if block {
        into.push('\n');
    }
}

fn packed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// A `*` stands for any number of characters within one name.
fn fits(pattern: &str, route: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == route,
        Some((before, after)) => route.strip_prefix(before).is_some_and(|rest| {
            let within = rest.find('/').unwrap_or(rest.len());
            rest.char_indices()
                .map(|(at, _)| at)
                .chain([rest.len()])
                .take_while(|at| *at <= within)
                .any(|at| fits(after, &rest[at..]))
        }),
    }
}

fn collect(root: &Path, folder: &Path, routes: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(root, &path, routes);
        } else {
            let route = path.strip_prefix(root).expect("below the root");
            routes.insert(
                route.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"),
            );
        }
    }
}

/// The demonstration, built into a folder of its own for its own day or another.
fn built(name: &str, as_of: Option<Date>) -> PathBuf {
    let out = scratch(name);
    let request = gongkai::Request { as_of, ..request(&demonstration()) };
    let mut portal = gongkai::prepare(&request, &Quiet).unwrap_or_else(|_| panic!("the demonstration is sound"));
    gongkai::write(&mut portal, &out, &Quiet).unwrap_or_else(|_| panic!("the demonstration renders"));
    out
}

fn demonstration() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// An empty folder of this test's own.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("acceptance").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("the folder goes");
    }
    fs::create_dir_all(folder.parent().expect("below the target folder")).expect("a folder");
    folder
}

fn request(root: &Path) -> gongkai::Request {
    gongkai::Request {
        root: root.to_path_buf(),
        today: date(2026, 11, 20),
        as_of: None,
        base_path: None,
        strict: false,
        drafts: false,
    }
}

struct Quiet;

impl gongkai::Observer for Quiet {
    fn begin(&self, _verb: gongkai::Verb, _total: usize) {}
    fn advance(&self) {}
}

#[test]
fn a_star_stays_within_one_name() {
    for (pattern, route, expected) in [
        ("permit/2*.html", "permit/2026-1.html", true),
        ("permit/2*.html", "permit/2026/index.html", false),
        ("grade/grade/*/index.html", "grade/grade/a/index.html", true),
        ("*-20*.html", "safety-month-2026.html", true),
        ("index.html", "news/index.html", false),
    ] {
        assert_eq!(fits(pattern, route), expected, "{pattern} {route}");
    }
}
