//! The commands as a person meets them: what they print, where, and the code they end with.

use std::path::Path;

use crate::corpus;
use crate::support::{self, gongkai};

fn site() -> tempfile::TempDir {
    let folder = support::scratch();
    corpus::write(folder.path(), &corpus::files(6, 4));
    folder
}

/// A site with one warning and no error: a penalty without its kind.
fn doubtful() -> tempfile::TempDir {
    let folder = site();
    let sheet = folder.path().join("content/penalty/0.csv");
    support::write(&sheet, support::text(&sheet).replacen(",罚款,", ",,", 1));
    folder
}

#[test]
fn build_writes_public_and_sums_up() {
    let site = site();
    let ran = gongkai(site.path(), &["build"]).expect(0);
    assert!(ran.out.contains("10 条记录") && ran.out.contains("截至 2025-06-30"), "{}", ran.out);
    assert!(ran.out.contains("新写") && ran.out.contains("读取") && ran.out.contains("→"), "{}", ran.out);
    assert_eq!(ran.said(), "", "a build without findings has nothing to say beside its progress");
    assert!(site.path().join("public/index.html").is_file());
}

#[test]
fn search_can_be_left_out() {
    let site = site();
    let traces = |site: &Path| -> Vec<String> {
        gongkai(site, &["build"]).expect(0);
        let public = support::tree(&site.join("public"));
        let below = public.keys().filter(|name| name.starts_with("search/")).cloned();
        let naming = ["index.html", "_headers"]
            .into_iter()
            .filter(|name| String::from_utf8_lossy(&public[*name]).contains("search/"));
        below.chain(naming.map(str::to_owned)).collect()
    };
    let with = traces(site.path());
    for name in ["search/index.html", "index.html", "_headers"] {
        assert!(with.iter().any(|trace| trace == name), "{name} is not in {with:?}");
    }
    let settings = site.path().join("portal.toml");
    support::write(&settings, support::text(&settings).replacen("[site]\n", "[site]\nsearch = false\n", 1));
    support::assert_none("traces of search", &traces(site.path()));
}

#[test]
fn the_summary_counts_what_is_not_public_with_its_reason() {
    let site = site();
    let page = |name: &str, front: &str| {
        support::write(
            &site.path().join(format!("content/news/{name}.md")),
            format!("+++\ntitle = \"{name}\"\n{front}\n+++\n"),
        )
    };
    page("d", "published_on = 2025-01-01\ndraft = true");
    page("s", "published_on = 2025-12-01");
    page("e", "published_on = 2025-01-01\nexpire_at = 2025-02-01");
    page("w", "published_on = 2025-01-01\nwithdrawn_on = 2025-02-01\nwithdrawn_reason = \"误发\"");
    support::write(&site.path().join("content/news/~$x.csv"), "");
    let ran = gongkai(site.path(), &["build"]).expect(0);
    for words in ["草稿", "未到发布时间", "公示期满", "已撤回", "临时文件"] {
        assert!(ran.out.contains(words), "{words}\n{}", ran.out);
    }
    let ran = gongkai(site.path(), &["build", "--lang", "en"]).expect(0);
    for words in ["draft", "not yet due", "withdrawn", "temporary file", "unchanged"] {
        assert!(ran.out.contains(words), "{words}\n{}", ran.out);
    }
    assert!(ran.out.is_ascii() || !ran.out.contains('条'), "English only\n{}", ran.out);
}

/// Pipes and files get plain lines: no bars, no colours, no cursor movements.
#[test]
fn what_is_not_a_terminal_gets_plain_lines() {
    let good = site();
    let bad = site();
    support::write(&bad.path().join("content/news/bad.md"), "+++\ntitle = \n+++\n");
    for (site, arguments) in [
        (&good, &["build"][..]),
        (&good, &["check"]),
        (&good, &["plan"]),
        (&bad, &["build"]),
        (&bad, &["check"]),
        (&good, &["--help"]),
    ] {
        let ran = gongkai(site.path(), arguments);
        for text in [&ran.out, &ran.err] {
            assert!(!text.contains('\u{1b}') && !text.contains('\r'), "{arguments:?}\n{text:?}");
        }
    }
}

#[test]
fn plan_lists_every_route_once_with_its_reason_and_writes_nothing() {
    let site = site();
    let before = support::tree(site.path());
    let plan = gongkai(site.path(), &["plan"]).expect(0).out;
    assert_eq!(before, support::tree(site.path()));
    let lines: Vec<(&str, &str)> =
        plan.lines().map(|line| line.split_once('\t').expect("route, tab, reason")).collect();
    let mut routes: Vec<String> = lines.iter().map(|(route, _)| (*route).to_owned()).collect();
    assert!(lines.iter().all(|(_, reason)| !reason.is_empty()));
    assert!(routes.is_sorted(), "sorted, so that two plans can be compared");
    gongkai(site.path(), &["build"]).expect(0);
    let built: Vec<String> =
        support::tree(&site.path().join("public")).into_keys().filter(|name| name != support::MANIFEST).collect();
    // What the index is made of is known when it is made; the plan names the page and the program.
    let (index, built): (Vec<String>, Vec<String>) = built.into_iter().partition(|name| is_search_data(name));
    // A small portal has one tier for all years.
    assert!(index.iter().any(|name| name.starts_with("search/archive-")), "{index:?}");
    assert!(!index.iter().any(|name| name.starts_with("search/year-") || name.starts_with("search/recent-")));
    routes.sort();
    assert_eq!(routes, built, "the plan is what a build makes");
    let english = gongkai(site.path(), &["plan", "--lang", "en"]).expect(0).out;
    assert!(english.contains("index.html\thome page") && plan.contains("index.html\t首页"));
}

fn is_search_data(name: &str) -> bool {
    ["search/archive-", "search/year-", "search/recent-", "search/text/", "search/han-", "search/root.json"]
        .iter()
        .any(|start| name.starts_with(start))
}

#[test]
fn check_says_whether_it_can_be_published_and_writes_nothing() {
    let (good, doubtful) = (site(), doubtful());
    let before = support::tree(doubtful.path());
    assert!(gongkai(good.path(), &["check"]).expect(0).out.starts_with("可以发布"));
    assert!(gongkai(good.path(), &["check", "--lang", "en"]).expect(0).out.starts_with("Good"));
    let ran = gongkai(doubtful.path(), &["check"]).expect(0);
    assert!(ran.out.contains("1 处提醒") && ran.err.contains("warning[rule-doubt]"), "{}{}", ran.out, ran.err);
    let ran = gongkai(doubtful.path(), &["check", "--strict"]).expect(1);
    assert!(ran.out.starts_with("不能发布") && ran.err.contains("error[rule-doubt]"), "{}{}", ran.out, ran.err);
    assert_eq!(before, support::tree(doubtful.path()));
}

#[test]
fn check_as_json_is_one_value_with_stable_names() {
    let site = doubtful();
    let ran = gongkai(site.path(), &["check", "--format", "json"]).expect(0);
    let found: serde_json::Value = serde_json::from_str(&ran.out).expect("one JSON value and nothing else");
    assert_eq!((found["errors"].as_u64(), found["warnings"].as_u64()), (Some(0), Some(1)));
    let item = &found["diagnostics"][0];
    assert_eq!(item["severity"], "warning");
    assert_eq!(item["code"], "rule-doubt");
    assert_eq!(item["place"]["path"], "content/penalty/0.csv");
    assert_eq!(item["place"]["row"].as_u64(), Some(2));
    for part in ["message", "help"] {
        for language in ["zh", "en"] {
            assert!(item[part][language].as_str().is_some_and(|words| !words.is_empty()), "{part} {language}");
        }
    }
    support::write(&site.path().join("content/news/bad.md"), "+++\ntitle = \n+++\n");
    let ran = gongkai(site.path(), &["check", "--format", "json"]).expect(1);
    let found: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON for a bad site too");
    assert_eq!(found["errors"].as_u64(), Some(1));
    assert_eq!(ran.said(), "", "nothing beside the JSON");
}

#[test]
fn a_new_portal_builds() {
    let folder = support::scratch();
    let root = folder.path().join("new/portal");
    let made = support::run(support::program().args(["init"]).arg(&root)).expect(0);
    assert!(made.out.contains("已建立"), "{}", made.out);
    for name in ["portal.toml", "content/_index.md", "public/.gitkeep", ".gitignore"] {
        assert!(root.join(name).is_file(), "{name}");
    }
    gongkai(&root, &["check", "--strict"]).expect(0);
    gongkai(&root, &["build", "--strict"]).expect(0);
    let public = support::tree(&root.join("public"));
    assert!(public.contains_key("index.html") && public.contains_key(".gitkeep"));
    assert!(!public.values().any(|bytes| String::from_utf8_lossy(bytes).contains("演示")), "no demonstration data");
    let lines = crate::sites::root_absolute_links(&public);
    support::assert_none("root-absolute links", &lines);
    // A folder that holds something is left alone.
    let again = support::run(support::program().arg("init").arg(&root)).expect(1);
    assert!(again.err.contains("不是空的"), "{}", again.err);
}

#[test]
fn new_makes_a_page_a_campaign_and_a_sheet() {
    let folder = support::scratch();
    let root = folder.path().join("portal");
    support::run(support::program().arg("init").arg(&root)).expect(0);
    gongkai(&root, &["new", "page", "news/notice", "关于\"安全月\"的通知"]).expect(0);
    gongkai(&root, &["new", "campaign", "safety-month", "安全生产月"]).expect(0);
    gongkai(&root, &["new", "sheet", "penalty", "--name", "blank"]).expect(0);
    let sheet = support::text(&root.join("content/penalty/blank.csv"));
    assert!(sheet.starts_with('\u{feff}') && sheet.contains("行政处罚决定书文号"), "{sheet}");
    let page = support::text(&root.join("content/news/notice.md"));
    assert!(page.contains("draft = true") && page.contains("安全月"), "{page}");
    // What was made builds as it is, and a draft is not public.
    let ran = gongkai(&root, &["build"]).expect(0);
    assert!(ran.out.contains("草稿"), "{}", ran.out);
    assert!(!root.join("public/news/notice.html").exists());
    // Nothing is written over.
    gongkai(&root, &["new", "page", "news/notice", "另一个"]).expect(3);
    assert_eq!(support::text(&root.join("content/news/notice.md")), page);
    let ran = gongkai(&root, &["new", "sheet", "penalti"]).expect(1);
    assert!(ran.err.contains("unknown-register") && ran.err.contains("penalty"), "{}", ran.err);
}

/// The new page is filled in and published: the way an editor works.
#[test]
fn a_new_page_that_is_no_longer_a_draft_is_published() {
    let folder = support::scratch();
    let root = folder.path().join("portal");
    support::run(support::program().arg("init").arg(&root)).expect(0);
    gongkai(&root, &["new", "page", "news/notice", "通知"]).expect(0);
    let page = root.join("content/news/notice.md");
    support::write(&page, support::text(&page).replace("draft = true", "draft = false"));
    gongkai(&root, &["build"]).expect(0);
    assert!(root.join("public/news/notice.html").is_file());
}

#[test]
fn new_does_not_climb_out_of_the_content_folder() {
    let folder = support::scratch();
    let root = folder.path().join("portal");
    support::run(support::program().arg("init").arg(&root)).expect(0);
    let before = support::tree(folder.path());
    for arguments in [
        &["new", "page", "../../outside", "x"][..],
        &["new", "page", "/tmp/gongkai-outside", "x"],
        &["new", "campaign", "../outside", "x"],
        &["new", "sheet", "penalty", "--name", "../../outside"],
    ] {
        let ran = gongkai(&root, arguments);
        assert_ne!(ran.code, Some(0), "{arguments:?}\n{}", ran.out);
    }
    assert_eq!(before, support::tree(folder.path()));
}

#[test]
fn the_day_is_an_argument() {
    let site = support::scratch();
    corpus::write(site.path(), &corpus::files(30, 0));
    let ran = gongkai(site.path(), &["build", "--as-of", "2025-03-01"]).expect(0);
    assert!(ran.out.contains("截至 2025-03-01"), "{}", ran.out);
    let early = support::tree(&site.path().join("public"));
    gongkai(site.path(), &["build"]).expect(0);
    assert!(early.len() < support::tree(&site.path().join("public")).len(), "pages of later days are not there yet");
}

#[test]
fn the_output_folder_is_an_argument() {
    let site = site();
    let elsewhere = support::scratch();
    let out = elsewhere.path().join("a/b");
    gongkai(site.path(), &["build", "--out", out.to_str().expect("a plain name")]).expect(0);
    assert!(out.join("index.html").is_file() && !site.path().join("public").exists());
    // A relative folder is one of the site, wherever the command was started.
    support::run(
        support::program()
            .current_dir(elsewhere.path())
            .arg("--root")
            .arg(site.path())
            .args(["build", "--out", "dist"]),
    )
    .expect(0);
    assert_eq!(support::tree(&out), support::tree(&site.path().join("dist")));
}

#[test]
fn a_sub_path_is_an_argument_and_changes_only_absolute_addresses() {
    let site = site();
    gongkai(site.path(), &["build", "--base-path", "/deep/er/"]).expect(0);
    let public = support::tree(&site.path().join("public"));
    let text = |name: &str| String::from_utf8_lossy(&public[name]).into_owned();
    assert!(text("sitemap.xml").contains("https://www.example.gov.cn/deep/er/index.html"));
    assert!(text("404.html").contains("https://www.example.gov.cn/deep/er/"));
    support::assert_none("root-absolute links", &crate::sites::root_absolute_links(&public));
    assert!(
        !public.values().any(|bytes| String::from_utf8_lossy(bytes).contains("gov.cn/aq/")),
        "the old path is nowhere"
    );
}

#[test]
fn exit_codes_are_the_documented_ones() {
    let (good, doubtful, empty) = (site(), doubtful(), support::scratch());
    let cases: [(&Path, &[&str], i32); 12] = [
        (good.path(), &["build"], 0),
        (doubtful.path(), &["build"], 0),
        (doubtful.path(), &["build", "--strict"], 1),
        (empty.path(), &["build"], 1),
        (empty.path(), &["check"], 1),
        (empty.path(), &["plan"], 1),
        (good.path(), &[], 2),
        (good.path(), &["bild"], 2),
        (good.path(), &["build", "--as-of", "2025-13-01"], 2),
        (good.path(), &["build", "--base-path", "aqsc"], 2),
        (good.path(), &["build", "--out", "/proc/none/public"], 3),
        (good.path(), &["--version"], 0),
    ];
    for (root, arguments, code) in cases {
        let ran = gongkai(root, arguments);
        assert_eq!(ran.code, Some(code), "{arguments:?}\n{}\n{}", ran.out, ran.err);
        assert!(code == 0 || !(ran.err.is_empty() && ran.out.is_empty()), "{arguments:?} fails without a word");
    }
    let ran = gongkai(empty.path(), &["build"]);
    assert!(ran.err.contains("not-a-site") && ran.err.contains("gongkai init"), "{}", ran.err);
}

#[test]
fn messages_follow_the_locale_unless_asked() {
    let empty = support::scratch();
    for (name, value, arguments, chinese) in [
        ("LANG", "", &["build"][..], true),
        ("LANG", "zh_CN.UTF-8", &["build"], true),
        ("LANG", "en_US.UTF-8", &["build"], false),
        ("LC_ALL", "en_GB.UTF-8", &["build"], false),
        ("LANG", "en_US.UTF-8", &["build", "--lang", "zh"], true),
        ("LANG", "zh_CN.UTF-8", &["build", "--lang", "en"], false),
    ] {
        let ran =
            support::run(support::program().env(name, value).arg("--root").arg(empty.path()).args(arguments)).expect(1);
        assert_eq!(ran.err.contains("什么也没有写"), chinese, "{name}={value} {arguments:?}\n{}", ran.err);
        assert_eq!(ran.err.contains("nothing was written"), !chinese, "{name}={value} {arguments:?}\n{}", ran.err);
    }
}

/// A closed pipe ends the listing, not the program with a panic.
#[test]
fn a_reader_that_stops_reading_is_no_failure() {
    let site = site();
    let mut child = support::program()
        .arg("--root")
        .arg(site.path())
        .arg("plan")
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let ended = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(!said.contains("panic"), "{said}");
}
