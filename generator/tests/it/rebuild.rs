//! A build after a change writes what changed and nothing else, and is what a clean build would be.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use gongkai::{Observer, Request, Verb, Written};
use jiff::civil::{Date, date};
use tempfile::TempDir;

use crate::support::{self, Tree};

/// Two penalties, two pages, lean settings: few enough outputs that each can be named.
const PENALTIES: &str = r#"
-- portal.toml --
[site]
name = "样例"
theme = "bare"
as_of = "2025-06-30"
search = false
twins = false
catalogue = false

[home]
latest = ["news"]
-- content/news/spring.md --
+++
title = "春季检查"
published_on = 2025-03-05
+++

查了三家。
-- content/news/summer.md --
+++
title = "夏季检查"
published_on = 2025-06-05
+++

查了五家。
-- content/penalty/2025.csv --
标识,行政相对人名称,统一社会信用代码,行政处罚决定书文号,违法行为类型,处罚类别,处罚决定日期,处罚机关,县区,撤回日期,撤回理由
one,某某公司,91419900MA9T000188,（样）应急罚〔2025〕1号,未设警示标志,罚款,2025-05-01,样例局,金水区,,
two,乙方公司,91419900MA9T000263,（样）应急罚〔2025〕2号,堵塞通道,警告,2025-05-02,样例局,二七区,,
three,丙方公司,91419900MA9T00034X,（样）应急罚〔2024〕3号,无证作业,罚款,2024-12-20,样例局,,,
"#;

/// Outputs that tell of every record: they change when any record does.
const PENALTY_LISTS: [&str; 6] =
    ["feed.json", "feed.xml", "penalty/feed.json", "penalty/feed.xml", "penalty/index.csv", "penalty/index.html"];

struct Silent;

impl Observer for Silent {
    fn begin(&self, _: Verb, _: usize) {}
    fn advance(&self) {}
}

const TODAY: Date = date(2025, 7, 1);

/// Builds the site in `root` into `out` through the library.
pub(crate) fn build(root: &Path, out: &Path, as_of: Option<Date>) -> Result<Written, String> {
    let request = Request { root: root.to_owned(), today: TODAY, as_of, base_path: None, strict: false, drafts: false };
    let words =
        |diags: &gongkai::diag::Diagnostics| gongkai::diag::terminal(diags, gongkai::text::Language::Chinese, false);
    let mut portal = gongkai::prepare(&request, &Silent).map_err(|diags| words(&diags))?;
    gongkai::write(&mut portal, out, &Silent).map_err(|diags| words(&diags))
}

/// A site that is built, changed and built again, with every step compared.
struct SiteTest {
    folder: TempDir,
    as_of: Option<Date>,
    /// What the last build wrote and removed.
    written: BTreeSet<String>,
    removed: BTreeSet<String>,
}

/// Which file it is and when it was written.
type Stamp = (u64, i64, i64);

impl SiteTest {
    fn new(files: &str) -> SiteTest {
        let folder = support::scratch();
        support::unpack(files, &folder.path().join("site"));
        support::add_bare_theme(&folder.path().join("site"));
        SiteTest { folder, as_of: None, written: BTreeSet::new(), removed: BTreeSet::new() }
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("site")
    }

    fn public(&self) -> PathBuf {
        self.root().join("public")
    }

    fn stamps(&self) -> BTreeMap<String, Stamp> {
        let names = support::tree(&self.public()).into_keys().filter(|name| name != support::MANIFEST);
        let stamp = |name: String| {
            let file = fs::metadata(self.public().join(&name)).expect("a file that was just read");
            (name, (file.ino(), file.mtime(), file.mtime_nsec()))
        };
        names.map(stamp).collect()
    }

    /// Builds, notes which files are new, and compares with a clean build of the same sources.
    fn build(mut self) -> SiteTest {
        let before = self.stamps();
        let report = build(&self.root(), &self.public(), self.as_of).unwrap_or_else(|errors| panic!("{errors}"));
        let after = self.stamps();
        self.written = after
            .iter()
            .filter(|(name, stamp)| before.get(*name) != Some(stamp))
            .map(|(name, _)| name.clone())
            .collect();
        self.removed = before.keys().filter(|name| !after.contains_key(*name)).cloned().collect();
        let counted = Written {
            outputs: after.len(),
            written: self.written.len(),
            unchanged: after.len() - self.written.len(),
            removed: self.removed.len(),
            bytes: report.bytes,
        };
        assert_eq!(report, counted, "the summary says what happened; written: {:?}", self.written);
        let clean = self.folder.path().join("clean");
        build(&self.root(), &clean, self.as_of).unwrap_or_else(|errors| panic!("{errors}"));
        let lines = support::differences(&support::tree(&clean), &support::tree(&self.public()));
        support::assert_none("a clean build differs", &lines);
        fs::remove_dir_all(&clean).expect("the clean build can go");
        assert_eq!(
            support::names(&self.root()),
            ["content", "portal.toml", "public", "themes"],
            "nothing is left beside"
        );
        self
    }

    fn edit(self, path: &str, from: &str, to: &str) -> SiteTest {
        let file = self.root().join(path);
        let text = support::text(&file);
        assert!(text.contains(from), "{path} does not hold “{from}”");
        support::write(&file, text.replace(from, to));
        self
    }

    fn add(self, path: &str, text: &str) -> SiteTest {
        support::write(&self.root().join(path), text);
        self
    }

    fn delete(self, path: &str) -> SiteTest {
        fs::remove_file(self.root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        self
    }

    fn rename(self, from: &str, to: &str) -> SiteTest {
        fs::rename(self.root().join(from), self.root().join(to)).unwrap_or_else(|error| panic!("{from}: {error}"));
        self
    }

    fn on(mut self, day: Date) -> SiteTest {
        self.as_of = Some(day);
        self
    }

    /// The last build wrote exactly these files.
    fn renders(self, routes: &[&str]) -> SiteTest {
        let expected: BTreeSet<String> = routes.iter().map(|route| (*route).to_owned()).collect();
        let more: Vec<_> = self.written.difference(&expected).collect();
        let fewer: Vec<_> = expected.difference(&self.written).collect();
        assert!(
            more.is_empty() && fewer.is_empty(),
            "written but not expected: {more:?}\nexpected but not written: {fewer:?}"
        );
        self
    }

    /// The last build removed exactly these files.
    fn removes(self, routes: &[&str]) -> SiteTest {
        assert_eq!(self.removed.iter().map(String::as_str).collect::<Vec<_>>(), routes);
        self
    }

    /// No output holds the word, in its text or in its name.
    fn nowhere(self, word: &str) -> SiteTest {
        let found: Vec<String> = holding(&support::tree(&self.public()), word);
        assert!(found.is_empty(), "“{word}” still stands in {found:?}");
        self
    }

    fn somewhere(self, word: &str) -> SiteTest {
        assert!(!holding(&support::tree(&self.public()), word).is_empty(), "“{word}” stands nowhere");
        self
    }
}

fn holding(public: &Tree, word: &str) -> Vec<String> {
    let holds = |name: &str, bytes: &[u8]| name.contains(word) || String::from_utf8_lossy(bytes).contains(word);
    public.iter().filter(|(name, bytes)| holds(name, bytes)).map(|(name, _)| name.clone()).collect()
}

fn with<'a>(lists: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    lists.iter().chain(more).copied().collect()
}

#[test]
fn building_again_writes_nothing() {
    SiteTest::new(PENALTIES).build().build().renders(&[]).removes(&[]);
}

#[test]
fn an_edited_body_is_its_page_and_where_its_beginning_stands() {
    SiteTest::new(PENALTIES).build().edit("content/news/spring.md", "查了三家", "查了四家").build().renders(&[
        "feed.json",
        "feed.xml",
        "news/feed.json",
        "news/feed.xml",
        "news/index.html",
        "news/spring.html",
        "news/year/2025/index.html",
    ]);
}

#[test]
fn an_edited_title_reaches_home_lists_and_neighbours() {
    SiteTest::new(PENALTIES).build().edit("content/news/spring.md", "春季检查", "春季大检查").build().renders(&[
        "feed.json",
        "feed.xml",
        "index.html",
        "news/feed.json",
        "news/feed.xml",
        "news/index.csv",
        "news/index.html",
        "news/index.json",
        "news/spring.html",
        "news/summer.html",
        "news/year/2025/index.csv",
        "news/year/2025/index.html",
        "news/year/2025/index.json",
    ]);
}

#[test]
fn an_edited_row_leaves_other_facets_alone() {
    let lists = ["penalty/index.json", "penalty/three.html"];
    let facets = ["penalty/kinds/fine/index.csv", "penalty/kinds/fine/index.html", "penalty/kinds/fine/index.json"];
    let year = ["penalty/year/2024/index.csv", "penalty/year/2024/index.html", "penalty/year/2024/index.json"];
    let dossier = ["org/91419900MA9T00034X.json"];
    let mut expected = with(&PENALTY_LISTS, &lists);
    expected.extend(facets.iter().chain(&year).chain(&dossier));
    // The neighbour in the listing names this record in its link to the next one.
    expected.push("penalty/one.html");
    SiteTest::new(PENALTIES)
        .build()
        .edit("content/penalty/2025.csv", "无证作业", "无证爆破作业")
        .build()
        .renders(&expected);
}

#[test]
fn a_new_page_adds_itself() {
    let page = "+++\ntitle = \"秋季检查\"\npublished_on = 2025-01-05\n+++\n\n查了七家。\n";
    SiteTest::new(PENALTIES)
        .build()
        .add("content/news/autumn.md", page)
        .build()
        .renders(&[
            "feed.json",
            "feed.xml",
            "index.html",
            "news/autumn.html",
            "news/feed.json",
            "news/feed.xml",
            "news/index.csv",
            "news/index.html",
            "news/index.json",
            "news/spring.html",
            "news/year/2025/index.csv",
            "news/year/2025/index.html",
            "news/year/2025/index.json",
        ])
        .removes(&[])
        .delete("content/news/autumn.md")
        .build()
        .removes(&["news/autumn.html"])
        .nowhere("秋季检查");
}

#[test]
fn a_renamed_page_moves() {
    SiteTest::new(PENALTIES)
        .build()
        .rename("content/news/spring.md", "content/news/march.md")
        .build()
        .removes(&["news/spring.html"])
        .nowhere("spring");
}

#[test]
fn a_new_and_a_deleted_row() {
    let row = "four,丁方公司,,（样）应急罚〔2025〕4号,违规装载,警告,2025-05-04,样例局,,,\n";
    let site = SiteTest::new(PENALTIES).build();
    let text = support::text(&site.root().join("content/penalty/2025.csv"));
    site.add("content/penalty/2025.csv", &format!("{text}{row}"))
        .build()
        .removes(&[])
        .somewhere("违规装载")
        .edit("content/penalty/2025.csv", row, "")
        .build()
        .removes(&["penalty/four.html"])
        .nowhere("违规装载");
}

#[test]
fn a_setting_reaches_every_page_and_nothing_else() {
    let site = SiteTest::new(PENALTIES).build().edit("portal.toml", "name = \"样例\"", "name = \"样本\"").build();
    let pages = support::tree(&site.public()).into_keys().filter(|name| name.ends_with(".html"));
    let missing: Vec<String> = pages.filter(|name| !site.written.contains(name)).collect();
    assert!(missing.is_empty(), "not written: {missing:?}");
    assert!(!site.written.iter().any(|name| name.starts_with("assets/")), "static files do not name the site");
}

#[test]
fn a_template_reaches_the_pages_it_makes() {
    let template = "{% extends \"record.html\" %}\n{#- edited #}\n{% block main %}<p>改</p>{% endblock main %}\n";
    SiteTest::new(PENALTIES)
        .build()
        .add("themes/bare/templates/article.html", template)
        .build()
        .renders(&["news/spring.html", "news/summer.html"]);
}

#[test]
fn a_comment_in_a_template_changes_nothing() {
    SiteTest::new(PENALTIES)
        .build()
        .edit("themes/bare/templates/article.html", "{% extends", "{#- 说明 -#}{% extends")
        .build()
        .renders(&[]);
}

#[test]
fn a_file_that_someone_changed_or_took_away_is_written_again() {
    let site = SiteTest::new(PENALTIES).build();
    support::write(&site.public().join("news/spring.html"), "改动过");
    fs::remove_file(site.public().join("news/summer.html")).expect("it was built");
    site.build().renders(&["news/spring.html", "news/summer.html"]);
}

/// The test that is the reason for this generator: what was withdrawn is nowhere.
#[test]
fn a_withdrawn_record_leaves_no_trace() {
    SiteTest::new(PENALTIES)
        .edit("portal.toml", "twins = false\ncatalogue = false", "url = \"https://www.example.gov.cn\"")
        .build()
        .somewhere("乙方公司")
        .somewhere("91419900MA9T000263")
        .somewhere("应急罚〔2025〕2号")
        .edit("content/penalty/2025.csv", "样例局,二七区,,", "样例局,二七区,2025-06-20,决定被撤销")
        .build()
        .nowhere("乙方公司")
        .nowhere("乙方")
        .nowhere("91419900MA9T000263")
        .nowhere("应急罚〔2025〕2号")
        .nowhere("堵塞通道")
        .somewhere("决定被撤销");
}

#[test]
fn an_expired_record_leaves_no_trace_when_its_day_has_come() {
    let page = "+++\ntitle = \"临时通告\"\npublished_on = 2025-06-01\nexpire_at = 2025-07-01\n+++\n\n限期内容。\n";
    SiteTest::new(PENALTIES)
        .add("content/news/notice.md", page)
        .build()
        .somewhere("临时通告")
        .on(date(2025, 7, 1))
        .build()
        .nowhere("临时通告")
        .nowhere("限期内容");
}

#[test]
fn a_draft_and_a_scheduled_page_appear_on_their_day() {
    let page = "+++\ntitle = \"预告\"\npublished_on = 2025-07-02\n+++\n\n到时才见。\n";
    SiteTest::new(PENALTIES)
        .add("content/news/later.md", page)
        .build()
        .nowhere("到时才见")
        .on(date(2025, 7, 2))
        .build()
        .somewhere("到时才见")
        .edit("content/news/later.md", "title", "draft = true\ntitle")
        .build()
        .nowhere("到时才见")
        .removes(&["news/later.html"]);
}

#[test]
fn former_addresses_of_a_draft_stop_no_build() {
    let page = "+++\ntitle = \"预告\"\npublished_on = 2025-01-02\ndraft = true\naliases = [\"旧站/新闻.html\"]\n+++\n\n到时才见。\n";
    let site = SiteTest::new(PENALTIES).add("content/news/later.md", page).build().nowhere("到时才见");
    let site = site.edit("content/news/later.md", "draft = true\n", "");
    assert!(build(&site.root(), &site.public(), None).is_err(), "once it is public, its address must be one");
}

#[test]
fn a_refused_build_changes_nothing() {
    let site = SiteTest::new(PENALTIES).build();
    let before = (support::tree(&site.public()), site.stamps());
    let site = site.edit("content/penalty/2025.csv", "2025-05-02", "2025-13-02");
    let refused = build(&site.root(), &site.public(), None);
    assert!(refused.is_err());
    assert_eq!(before, (support::tree(&site.public()), site.stamps()));
    site.edit("content/penalty/2025.csv", "2025-13-02", "2025-05-02").build().renders(&[]);
}
