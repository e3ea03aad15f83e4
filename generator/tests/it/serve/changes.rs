//! What is saved is seen: by whoever asks, and by whoever listens, however the file was saved.

use std::fs;
use std::process::Command;
use std::time::Duration;

use super::preview::{Preview, without_script};
use super::site;
use crate::support;

const PAGE: &str = "content/news/p0.md";

fn with_words(root: &std::path::Path, words: &str) -> String {
    format!("{}\n\n{words}\n", support::text(&root.join(PAGE)))
}

#[test]
fn a_page_is_what_a_build_writes_but_for_one_script() {
    let site = site();
    support::gongkai(site.path(), &["build"]).expect(0);
    let before = support::tree(&site.path().join("search-index"));
    let public = support::tree(&site.path().join("public"));
    let preview = Preview::start(site.path(), &[]);
    support::assert_none("preview and build", &preview.differences(&public));
    let missing = preview.route("no/such/page.html");
    assert_eq!((missing.status, without_script(&missing.body)), (404, public["404.html"].clone()));
    assert!(public == support::tree(&site.path().join("public")), "the preview writes no output");
    assert!(before == support::tree(&site.path().join("search-index")), "nor the index of the site");
}

#[test]
fn however_a_file_is_saved_it_is_seen() {
    let site = site();
    let root = site.path();
    let preview = Preview::start(root, &[]);
    let page = root.join(PAGE);
    let route = "news/p0.html";
    assert_eq!(preview.route(route).status, 200);

    fs::write(&page, with_words(root, "原地写入")).expect("it is a file");
    preview.wait_for(route, "原地写入");

    // As many editors save: into a file beside it, then over the old one.
    let beside = root.join("content/news/.p0.md.part");
    fs::write(&beside, with_words(root, "改名覆盖")).expect("it is a file");
    fs::rename(&beside, &page).expect("it is there");
    preview.wait_for(route, "改名覆盖");

    // As others save: the old one is moved away first.
    let text = with_words(root, "先移走旧的");
    fs::rename(&page, root.join("content/news/p0.md~")).expect("it is there");
    fs::write(&page, text).expect("it is a file");
    preview.wait_for(route, "先移走旧的");

    // A new folder, filled before anybody can have seen it.
    fs::create_dir_all(root.join("content/about/deep")).expect("folders can be made");
    let text = support::text(&page).replacen("title = \"", "title = \"深处", 1);
    fs::write(root.join("content/about/deep/x.md"), text).expect("it is a file");
    preview.wait_for("about/deep/x.html", "深处");

    // The whole content folder goes and comes back, as when a branch is checked out.
    let content = root.join("content");
    fs::rename(&content, root.join("elsewhere")).expect("it is there");
    std::thread::sleep(Duration::from_millis(300));
    fs::rename(root.join("elsewhere"), &content).expect("it is there");
    fs::write(&page, with_words(root, "回来以后")).expect("it is a file");
    preview.wait_for(route, "回来以后");
    fs::write(&page, with_words(root, "仍然看着")).expect("it is a file");
    preview.wait_for(route, "仍然看着");
}

/// Another branch is another portal: the preview shows what a build of it writes, whichever way it is reached.
#[test]
fn a_branch_that_is_checked_out_is_shown() {
    let site = site();
    let root = site.path();
    let git = |arguments: &[&str]| {
        let who = ["-c", "user.name=demo", "-c", "user.email=demo@example.org", "-c", "init.defaultBranch=main"];
        let done = Command::new("git").current_dir(root).args(who).args(arguments).output().expect("git is installed");
        assert!(done.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    };
    support::write(&root.join(".gitignore"), "/public/\n/search-index/\n");
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "-m", "one"]);
    support::gongkai(root, &["build"]).expect(0);
    let first = support::tree(&root.join("public"));

    git(&["checkout", "--quiet", "-b", "other"]);
    fs::write(root.join(PAGE), with_words(root, "另一分支")).expect("it is a file");
    fs::remove_file(root.join("content/about/p1.md")).expect("it is there");
    fs::rename(root.join("content/penalty"), root.join("content/permit-moved")).expect("it is there");
    fs::create_dir_all(root.join("content/penalty")).expect("folders can be made");
    fs::rename(root.join("content/permit-moved/0.csv"), root.join("content/penalty/renamed.csv")).expect("it is there");
    fs::remove_dir(root.join("content/permit-moved")).expect("it is empty");
    support::write(&root.join("content/guide/deep/new.md"), support::text(&root.join(PAGE)));
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "-m", "two"]);
    support::gongkai(root, &["build"]).expect(0);
    let second = support::tree(&root.join("public"));
    assert!(first != second, "the branches differ");

    let gone = |preview: &Preview, left: &support::Tree, right: &support::Tree| {
        let missing = left.keys().filter(|name| name.ends_with(".html") && !right.contains_key(*name));
        let served: Vec<&String> = missing.filter(|name| preview.route(name).status != 404).collect();
        assert!(served.is_empty(), "pages of the branch that was left: {served:?}");
    };
    let preview = Preview::start(root, &[]);
    for _ in 0..3 {
        git(&["checkout", "--quiet", "main"]);
        preview.settles_to(&first, "the first branch");
        gone(&preview, &second, &first);
        git(&["checkout", "--quiet", "other"]);
        preview.settles_to(&second, "the second branch");
        gone(&preview, &first, &second);
    }
}

#[test]
fn temporary_files_of_office_programs_change_nothing() {
    let site = site();
    let preview = Preview::start(site.path(), &[]);
    let before = preview.generation();
    for name in ["~$0.xlsx", ".~0.xlsx", "0.csv.tmp", "0.csv~", ".0.csv.swp"] {
        support::write(&site.path().join("content/penalty").join(name), "x");
    }
    let page = site.path().join(PAGE);
    fs::write(&page, with_words(site.path(), "之后")).expect("it is a file");
    preview.wait_for("news/p0.html", "之后");
    assert_eq!(preview.generation(), before + 1, "only the page was a change");
}

#[test]
fn only_pages_that_changed_are_loaded_again() {
    let site = site();
    let preview = Preview::start(site.path(), &[]);
    let (own, other) = (preview.listen("news/p0.html"), preview.listen("about/p1.html"));
    let (own_before, other_before) = (own.next(), other.next());
    assert_eq!(own_before["print"], preview.route("news/p0.html").mark("print").as_str());
    fs::write(site.path().join(PAGE), with_words(site.path(), "只改这里")).expect("it is a file");
    let (own_after, other_after) = (own.next(), other.next());
    assert_ne!(own_before["print"], own_after["print"]);
    assert_eq!(other_before["print"], other_after["print"]);
    assert!(own_after["generation"].as_u64() > own_before["generation"].as_u64());
}

#[test]
fn a_style_sheet_is_exchanged_without_loading_pages_again() {
    let site = site();
    let sheet = "themes/portal/static/portal.css";
    let css = support::text(&support::repository().join(sheet));
    support::write(&site.path().join(sheet), &css);
    let preview = Preview::start(site.path(), &[]);
    let listener = preview.listen("index.html");
    let before = listener.next();
    support::write(&site.path().join(sheet), css + "\nbody { outline: 3px solid red; }\n");
    let after = listener.next();
    assert_eq!(before["print"], after["print"]);
    assert_ne!(before["sheets"], after["sheets"]);
    let sheet = after["sheets"][0].as_str().expect("a theme has a style sheet");
    assert!(preview.route(sheet).text().ends_with("red; }\n"));
    assert!(preview.route("index.html").text().contains(sheet));
}

#[test]
fn errors_are_laid_over_the_last_good_page() {
    let site = site();
    let preview = Preview::start(site.path(), &[]);
    let listener = preview.listen("news/p0.html");
    let good = listener.next();
    let whole = support::text(&site.path().join(PAGE));
    support::write(&site.path().join(PAGE), whole.replacen("published_on", "publishd_on", 1));
    let broken = listener.next();
    assert_eq!((&broken["print"], broken["errors"].as_u64()), (&good["print"], Some(2)));
    assert_eq!(preview.route("news/p0.html").status, 200);
    let problems = preview.json("problems", "route=news/p0.html");
    let listed = problems["problems"].as_array().expect("a list");
    let unknown = listed.iter().find(|one| one["place"] == "content/news/p0.md:3:1").expect("the line is named");
    assert!(unknown["help"]["zh"].as_str().is_some_and(|help| help.contains("published_on")), "{problems}");
    support::write(&site.path().join(PAGE), whole);
    assert_eq!(listener.next()["errors"], 0);
    assert_eq!(preview.json("problems", "route=index.html")["problems"], serde_json::json!([]));
}

/// A template that fails for some pages: those that are shown stay, those that are asked for say why.
#[test]
fn a_page_that_cannot_be_made_says_why() {
    let site = site();
    let template = "themes/portal/templates/article.html";
    let text = support::text(&support::repository().join(template));
    support::write(&site.path().join(template), &text);
    let preview = Preview::start(site.path(), &[]);
    let listener = preview.listen("news/p0.html");
    let good = listener.next();
    support::write(
        &site.path().join(template),
        text.replacen("{% block", "{{ no.such.thing }}{% block", 1) + "{{ x.y }}",
    );
    let broken = listener.next();
    assert!(broken["errors"].as_u64() > Some(0), "{broken}");
    support::write(&site.path().join(template), text);
    let mended = listener.until(|state| state["errors"] == 0);
    assert_eq!(mended["print"], good["print"]);
}

/// A site that was never good shows what is wrong, and the page as soon as it is mended.
#[test]
fn a_site_that_begins_broken_is_mended_into_view() {
    let site = site();
    let whole = support::text(&site.path().join(PAGE));
    support::write(&site.path().join(PAGE), whole.replacen("title", "titel", 1));
    let preview = Preview::start(site.path(), &[]);
    let answer = preview.get("/aq/index.html");
    assert_eq!((answer.status, answer.mark("print")), (503, String::new()));
    assert!(!preview.json("problems", "route=index.html")["problems"].as_array().expect("a list").is_empty());
    support::write(&site.path().join(PAGE), whole);
    let started = std::time::Instant::now();
    while preview.get("/aq/index.html").status != 200 {
        assert!(started.elapsed() < super::preview::PATIENCE);
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn any_day_can_be_shown() {
    let site = site();
    let text = support::text(&site.path().join(PAGE));
    let title_line = text.lines().nth(1).expect("a title");
    let later = format!("+++\n{}\npublished_on = 2025-08-01\n+++\n", title_line.replace("（0）", "（将来）"));
    support::write(&site.path().join("content/news/later.md"), later);
    let preview = Preview::start(site.path(), &[]);
    assert_eq!(preview.route("news/later.html").status, 404);
    let listener = preview.listen("news/later.html");
    let before = listener.next();
    assert_eq!(preview.post("/__preview/day?as_of=2025-08-02").status, 202);
    assert_ne!(listener.next()["print"], before["print"]);
    assert_eq!(preview.route("news/later.html").status, 200);
    assert_eq!(preview.json("page", "route=news/later.html")["as_of"], "2025-08-02");
    preview.post("/__preview/day?as_of=");
    assert_eq!(listener.next()["print"], before["print"]);
    assert_eq!(preview.post("/__preview/day?as_of=yesterday").status, 400);
}

#[test]
fn the_next_weeks_are_listed() {
    let site = site();
    let page = |name: &str, front: &str| {
        let title = format!("{name}：安排");
        support::write(
            &site.path().join(format!("content/news/{name}.md")),
            format!("+++\ntitle = \"{title}\"\n{front}\n+++\n"),
        );
    };
    page("soon", "published_on = 2025-07-10");
    page("far", "published_on = 2025-09-10");
    page("ends", "published_on = 2025-01-01\nexpire_at = 2025-07-05");
    let campaign = |name: &str, days: &str| {
        support::write(
            &site.path().join(format!("content/campaign/{name}.md")),
            format!("+++\ntitle = \"{name}\"\n{days}\n+++\n"),
        );
    };
    campaign("month", "starts = \"06-01\"\nends = \"06-30\"");
    campaign("week", "starts = \"07-14\"\nends = \"07-20\"");
    campaign("fire", "starts = \"11-09\"\nends = \"11-09\"");
    let preview = Preview::start(site.path(), &[]);
    let list = preview.json("upcoming.json", "");
    let lines: Vec<(&str, &str, &str)> = list["lines"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|line| Some((line["day"].as_str()?, line["route"].as_str()?, line["what"].as_str()?)))
        .filter(|(_, route, _)| route.starts_with("news/") || route.starts_with("campaign/"))
        .collect();
    let expected = [
        ("2025-06-30", "campaign/month.html", "runs"),
        ("2025-07-05", "news/ends.html", "ends"),
        ("2025-07-10", "news/soon.html", "appears"),
        ("2025-07-14", "campaign/week.html", "begins"),
    ];
    assert_eq!(lines, expected, "{list}");
    assert_eq!(preview.get("/__preview/upcoming").status, 200);
}

#[test]
fn polling_sees_changes_too() {
    let site = site();
    let preview = Preview::start(site.path(), &["--poll"]);
    fs::write(site.path().join(PAGE), with_words(site.path(), "轮询")).expect("it is a file");
    preview.wait_for("news/p0.html", "轮询");
}

#[test]
fn drafts_are_shown_on_demand_and_marked() {
    let site = site();
    let page = support::text(&site.path().join(PAGE));
    let draft = page.replacen("title = \"", "draft = true\ntitle = \"未完稿：", 1);
    support::write(&site.path().join("content/news/unfinished.md"), draft);
    let preview = Preview::start(site.path(), &[]);
    assert_eq!(preview.route("news/unfinished.html").status, 404);
    assert!(!preview.route("news/index.html").text().contains("未完稿"));
    drop(preview);
    let preview = Preview::start(site.path(), &["--drafts"]);
    assert!(preview.route("news/unfinished.html").text().contains("未完稿"));
    assert!(preview.route("news/index.html").text().contains("未完稿"));
    assert_eq!(preview.json("page", "route=news/unfinished.html")["draft"], true);
    assert_eq!(preview.json("page", "route=news/p0.html")["draft"], false);
}
