//! What was built, as a content network would send it.

use super::preview::Preview;
use super::site;
use crate::support;

fn built() -> (tempfile::TempDir, Preview) {
    let site = site();
    support::gongkai(site.path(), &["build"]).expect(0);
    support::write(
        &site.path().join("public/_redirects"),
        "/aq/old/* /aq/news/:splat 301\n/aq/same.html /aq/index.html 200\n",
    );
    let preview = Preview::start(site.path(), &["--built"]);
    (site, preview)
}

fn with(preview: &Preview, route: &str, fields: &str) -> super::preview::Answer {
    let (at, base) = (&preview.at, &preview.base);
    preview.ask(format!("GET {base}{route} HTTP/1.1\r\nHost: {at}\r\n{fields}\r\n"))
}

#[test]
fn every_file_is_sent_as_it_was_built() {
    let (site, preview) = built();
    for (name, bytes) in support::tree(&site.path().join("public")) {
        let answer = preview.route(&name);
        let for_hosts = name.starts_with('_') || name.starts_with('.');
        assert_eq!(answer.status, if for_hosts { 404 } else { 200 }, "{name}");
        assert!(for_hosts || answer.body == bytes, "{name} differs");
    }
}

#[test]
fn headers_are_those_the_build_asks_for() {
    let (site, preview) = built();
    let page = preview.route("index.html");
    assert!(page.field("content-security-policy").is_some_and(|policy| policy.contains("default-src 'self'")));
    assert_eq!(page.field("cache-control"), Some("no-cache"));
    let public = support::tree(&site.path().join("public"));
    let sheet = public.keys().find(|name| name.ends_with(".css")).expect("a theme has a style sheet");
    assert!(preview.route(sheet).field("cache-control").is_some_and(|value| value.contains("immutable")));
}

#[test]
fn a_reader_gets_what_it_asks_for() {
    let (site, preview) = built();
    let whole = support::read(&site.path().join("public/index.html"));
    let packed = with(&preview, "index.html", "Accept-Encoding: gzip\r\n");
    assert_eq!(packed.field("content-encoding"), Some("gzip"));
    assert!(packed.body.len() < whole.len() / 2);
    let tag = preview.route("index.html").field("etag").expect("a file has a validator").to_owned();
    let again = with(&preview, "index.html", &format!("If-None-Match: {tag}\r\n"));
    assert_eq!((again.status, again.body.len()), (304, 0));
    let part = with(&preview, "index.html", "Range: bytes=3-9\r\n");
    assert_eq!((part.status, &*part.body), (206, &whole[3..10]));
    assert_eq!(part.field("content-range"), Some(format!("bytes 3-9/{}", whole.len()).as_str()));
    assert_eq!(with(&preview, "index.html", "Range: bytes=9999999-\r\n").status, 416);
}

#[test]
fn addresses_lead_where_a_host_would_lead() {
    let (site, preview) = built();
    let to = |route: &str| {
        let answer = preview.route(route);
        (answer.status, answer.field("location").unwrap_or_default().to_owned())
    };
    assert_eq!(to("old/p0.html"), (301, "/aq/news/p0.html".to_owned()));
    assert_eq!(to("news"), (301, "/aq/news/".to_owned()));
    assert_eq!(to("news/").0, 200);
    assert_eq!(preview.route("same.html").body, support::read(&site.path().join("public/index.html")));
    let missing = preview.route("no/such.html");
    assert_eq!((missing.status, missing.body), (404, support::read(&site.path().join("public/404.html"))));
    std::os::unix::fs::symlink(site.path().join("portal.toml"), site.path().join("public/link.txt"))
        .expect("links can be made");
    assert_eq!(preview.route("link.txt").status, 404, "a link out of the folder is not followed");
}

#[test]
fn there_must_be_something_built() {
    let site = site();
    let ran = support::gongkai(site.path(), &["serve", "--built"]);
    assert_eq!(ran.code, Some(3));
    assert!(ran.err.contains("gongkai build"), "{}", ran.err);
}
