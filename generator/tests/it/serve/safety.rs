//! What a hostile or clumsy client may send: it gets a refusal, nobody else waits for it, and nothing outside
//! the portal is served.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use super::preview::Preview;
use super::site;

/// Addresses that try to leave the portal, and the like.
const TRIES: [&str; 30] = [
    "/aq/../portal.toml",
    "/aq/../../etc/passwd",
    "/aq/..%2fportal.toml",
    "/aq/%2e%2e/portal.toml",
    "/aq/%2e%2e%2fportal.toml",
    "/aq/%2E%2E/%2E%2E/etc/passwd",
    "/aq/..%5cportal.toml",
    "/aq/..\\portal.toml",
    "/aq/%252e%252e/portal.toml",
    "/aq/%c0%ae%c0%ae/portal.toml",
    "/aq/....//portal.toml",
    "/aq/..;/portal.toml",
    "/aq/./../portal.toml",
    "/aq/news/../../portal.toml",
    "/aq//etc/passwd",
    "/aq/%2fetc%2fpasswd",
    "/aq/portal.toml",
    "/aq/portal.toml%00.html",
    "/aq/content/news/p0.md",
    "/aq/content/",
    "/aq/.git/config",
    "/aq/public/index.html",
    "/aq/search-index/state.json",
    "/aq/themes/portal/templates/base.html",
    "/portal.toml",
    "/etc/passwd",
    "/__preview/../portal.toml",
    "/__preview/%2e%2e/portal.toml",
    "/__preview/",
    "/__preview//etc/passwd",
];

#[test]
fn nothing_outside_the_portal_is_served() {
    let site = site();
    let preview = Preview::start(site.path(), &[]);
    for target in TRIES {
        let answer = preview.get(target);
        assert_eq!(answer.status, 404, "{target}: {}", answer.head);
        let text = answer.text();
        for secret in ["[site]", "root:", "base_path", "+++", "{{"] {
            assert!(!text.contains(secret), "{target} shows {secret}");
        }
    }
}

#[test]
fn malformed_requests_are_refused() {
    let site = site();
    let mut preview = Preview::start(site.path(), &[]);
    let at = preview.at.clone();
    let long = "x".repeat(64 * 1024);
    for (request, expected) in [
        ("\r\n\r\n".to_owned(), 400),
        ("GET\r\n\r\n".to_owned(), 400),
        (format!("GET / HTTP/1.1\nHost: {at}\n\n\r\n\r\n"), 400),
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), 400),
        (format!("GET / HTTP/1.1\r\nHost: {at}\r\nHost: {at}\r\n\r\n"), 400),
        (format!("GET / HTTP/1.1\r\nHost: {at}\r\n folded: x\r\n\r\n"), 400),
        (format!("GET / HTTP/1.1\r\nHost: {at}\r\nno colon\r\n\r\n"), 400),
        (format!("GET / HTTP/1.1\r\nHost: {at}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"), 400),
        (format!("GET http://{at}/ HTTP/1.1\r\nHost: {at}\r\n\r\n"), 400),
        (format!("GET /处罚/ HTTP/1.1\r\nHost: {at}\r\n\r\n"), 400),
        (format!("GET / HTTP/3.0\r\nHost: {at}\r\n\r\n"), 505),
        (format!("DELETE / HTTP/1.1\r\nHost: {at}\r\n\r\n"), 405),
        (format!("GET /{long} HTTP/1.1\r\nHost: {at}\r\n\r\n"), 431),
        (format!("GET / HTTP/1.1\r\nHost: {at}\r\nX: {long}\r\n\r\n"), 431),
        ("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n".to_owned(), 421),
        ("GET / HTTP/1.1\r\nHost: 127.0.0.1.evil.example\r\n\r\n".to_owned(), 421),
        ("\u{16}\u{3}\u{1}\r\n\r\n".to_owned(), 400),
    ] {
        let answer = preview.ask(&request);
        assert_eq!(answer.status, expected, "{:?}", &request[..request.len().min(80)]);
    }
    assert_eq!(preview.route("index.html").status, 200);
    assert!(preview.is_alive());
}

/// Only a page of the preview may change what is shown, or listen.
#[test]
fn other_sites_cannot_use_the_preview() {
    let site = site();
    let preview = Preview::start(site.path(), &[]);
    let at = &preview.at;
    let post = format!("POST /__preview/day?as_of=2025-01-01 HTTP/1.1\r\nHost: {at}\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(preview.ask(post).status, 403);
    assert_eq!(preview.post("/aq/index.html").status, 405);
    for site in ["cross-site", "same-site"] {
        let get =
            format!("GET /__preview/page?route=index.html HTTP/1.1\r\nHost: {at}\r\nSec-Fetch-Site: {site}\r\n\r\n");
        assert_eq!(preview.ask(get).status, 403);
    }
}

/// What stands behind a mask is shown to whoever sits at the machine and asks, and to nobody else.
#[test]
fn masked_values_are_shown_only_here() {
    let site = site();
    let sheet = "行政相对人名称,行政相对人类别,行政处罚决定书文号,违法行为类型,处罚类别,处罚决定日期,处罚机关\n欧阳某样,自然人,（样）应急罚〔2025〕99号,违章,罚款,2025-05-01,样例局\n";
    let mapped = sheet.replace("行政相对人名称", "姓甚名谁").replace("欧阳", "上官").replace("99号", "98号");
    let write = |name: &str, text: &str| crate::support::write(&site.path().join("content/penalty").join(name), text);
    write("person.csv", sheet);
    write("mapped.csv", &mapped);
    write("mapped.csv.map.toml", "[columns]\n\"姓甚名谁\" = \"party_name\"\n");
    let preview = Preview::start(site.path(), &[]);
    let list = preview.route("penalty/index.csv").text();
    assert!(list.contains("99号") && list.contains("98号"), "{list}");
    let plan = crate::support::gongkai(site.path(), &["plan"]).expect(0);
    let mut target = String::new();
    for (file, name) in [("mapped.csv", "上官某样"), ("person.csv", "欧阳某样")] {
        assert!(!list.contains(name), "{list}");
        let page = plan.out.lines().find(|line| line.contains(file) && line.contains(".html")).expect("it has a page");
        let route = page.split('\t').next().expect("a route");
        target = format!("/__preview/masked?route={route}");
        assert!(preview.post(&target).text().contains(name));
        assert!(!preview.route(route).text().contains(name));
        assert_eq!(preview.get(&target).status, 404);
    }
    let opened = Preview::start(site.path(), &["--host", "0.0.0.0"]);
    assert_eq!(opened.post(&target).status, 403);
}

/// Connections that say nothing, half a request, or a byte now and then, and readers that do not read.
#[test]
fn slow_connections_stall_nobody() {
    let site = site();
    let mut preview = Preview::start(site.path(), &[]);
    let mut slow = Vec::new();
    for number in 0..200 {
        let mut stream = preview.connect();
        let said = match number % 4 {
            0 => String::new(),
            1 => "GET / HT".to_owned(),
            2 => format!("GET {}index.html HTTP/1.1\r\nHost: {}\r\nX-Long: ", preview.base, preview.at),
            // Asks for a page and never reads it.
            _ => format!("GET {}index.html HTTP/1.1\r\nHost: {}\r\n\r\n", preview.base, preview.at),
        };
        stream.write_all(said.as_bytes()).expect("the preview listens");
        slow.push(stream);
    }
    for _ in 0..5 {
        for stream in &mut slow {
            // One that was sent away is no failure.
            let _ = stream.write_all(b"y");
        }
        let started = Instant::now();
        let answer = preview.route("news/index.html");
        assert_eq!(answer.status, 200, "{}", answer.head);
        assert!(started.elapsed() < Duration::from_secs(1), "an ordinary request took {:?}", started.elapsed());
    }
    assert!(preview.is_alive());
}

/// A crowd far beyond what is let in: who came first is sent away, who comes last is served.
#[test]
fn a_crowd_cannot_keep_others_out() {
    let site = site();
    let preview = Preview::start(site.path(), &[]);
    let mut crowd: Vec<_> = (0..600).map(|_| preview.connect()).collect();
    assert_eq!(preview.route("index.html").status, 200);
    let mut first = crowd.remove(0);
    first.set_read_timeout(Some(Duration::from_secs(5))).expect("a socket has a time-out");
    assert!(matches!(first.read(&mut [0; 1]), Ok(0) | Err(_)), "whoever waited longest is sent away");
    assert_eq!(preview.route("index.html").status, 200);
}

/// With few open files allowed, the preview refuses some and outlives it.
#[test]
fn a_lack_of_files_is_outlived() {
    let site = site();
    let mut command = std::process::Command::new("sh");
    let program = env!("CARGO_BIN_EXE_gongkai");
    command.args(["-c", "ulimit -n 64; exec \"$0\" --root \"$1\" serve --port 0", program]).arg(site.path());
    let mut preview = Preview::run(&mut command);
    let crowd: Vec<_> = (0..150)
        .map(|_| {
            let mut stream = preview.connect();
            let request = format!("GET {}index.html HTTP/1.1\r\nHost: {}\r\n\r\n", preview.base, preview.at);
            let _ = stream.write_all(request.as_bytes());
            stream
        })
        .collect();
    drop(crowd);
    let started = Instant::now();
    while preview.route("index.html").status != 200 {
        assert!(started.elapsed() < super::preview::PATIENCE, "the preview never came back");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(preview.is_alive());
}
