//! Both feeds are read back by independent parsers: quick-xml and serde_json.

use super::*;
use jiff::civil::{date, time};
use quick_xml::events::Event;

fn sample<'a>() -> Feed<'a> {
    Feed {
        title: "行政处罚 <最新>",
        subtitle: "依法公开",
        home: "https://example.gov.cn/penalty/index.html",
        self_atom: "https://example.gov.cn/penalty/feed.xml",
        self_json: "https://example.gov.cn/penalty/feed.json",
        id: "tag:example.gov.cn,2026:penalty",
        updated: Moment { date: date(2026, 3, 1), time: Some(time(9, 30, 0, 0)) },
        author: "某市安全生产委员会办公室",
        language: "zh-CN",
        entries: vec![Entry {
            id: "tag:example.gov.cn,2026:penalty/1",
            url: "https://example.gov.cn/penalty/甲.html",
            title: "甲公司：\"动火\"&未审批\u{1}",
            summary: "罚款 ]]> 3 万元",
            updated: Moment { date: date(2026, 3, 1), time: Some(time(9, 30, 0, 0)) },
            published: Some(Moment::day(date(2026, 2, 28))),
            categories: vec!["危险化学品", "金水区"],
            author: Some("执法支队"),
        }],
        note: None,
    }
}

/// Every element with its text, as an independent parser sees it.
fn parsed(bytes: &[u8]) -> Vec<(String, String)> {
    let text = std::str::from_utf8(bytes).expect("XML is UTF-8");
    let mut reader = quick_xml::Reader::from_str(text);
    let (mut out, mut name, mut content) = (Vec::new(), String::new(), String::new());
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Start(tag) => {
                name = tag.name().as_ref().to_owned();
                content.clear();
            }
            Event::Empty(tag) => {
                let attributes = tag.attributes().map(|a| {
                    let a = a.expect("well-formed attribute");
                    quick_xml::escape::unescape(&a.value).expect("known entities").into_owned()
                });
                let values = attributes.collect::<Vec<_>>().join("|");
                out.push((tag.name().as_ref().to_owned(), values));
            }
            Event::Text(t) => content.push_str(&t.xml10_content()),
            Event::GeneralRef(r) => {
                let entity = format!("&{};", r.xml10_content());
                content.push_str(&quick_xml::escape::unescape(&entity).expect("known entity"));
            }
            Event::End(tag) if tag.name().as_ref() == name.as_str() => {
                out.push((name.clone(), content.clone()));
            }
            Event::Eof => return out,
            _ => {}
        }
    }
}

#[test]
fn atom_reads_back() {
    let seen = parsed(&atom(&sample()));
    let has = |name: &str, value: &str| {
        assert!(seen.contains(&(name.into(), value.into())), "{name} {value}: {seen:?}");
    };
    has("id", "tag:example.gov.cn,2026:penalty");
    has("title", "行政处罚 <最新>");
    has("subtitle", "依法公开");
    has("updated", "2026-03-01T09:30:00+08:00");
    has("published", "2026-02-28T00:00:00+08:00");
    has("name", "某市安全生产委员会办公室");
    has("name", "执法支队");
    has("link", "self|application/atom+xml|https://example.gov.cn/penalty/feed.xml");
    has("link", "alternate|text/html|https://example.gov.cn/penalty/%E7%94%B2.html");
    has("title", "甲公司：\"动火\"&未审批");
    has("summary", "罚款 ]]> 3 万元");
    has("category", "金水区");
}

#[test]
fn json_reads_back() {
    let value: serde_json::Value = serde_json::from_slice(&json_feed(&sample())).expect("JSON");
    assert_eq!(value["version"], "https://jsonfeed.org/version/1.1");
    assert_eq!(value["description"], "依法公开");
    assert_eq!(value["authors"][0]["name"], "某市安全生产委员会办公室");
    let item = &value["items"][0];
    assert_eq!(item["title"], "甲公司：\"动火\"&未审批\u{1}");
    assert_eq!(item["url"], "https://example.gov.cn/penalty/%E7%94%B2.html");
    assert_eq!(item["date_published"], "2026-02-28T00:00:00+08:00");
    assert_eq!(item["tags"][1], "金水区");
}

#[test]
fn nil_return_and_missing_parts() {
    let mut feed = sample();
    feed.entries.clear();
    feed.note = Some("2026年3月无处罚决定。");
    (feed.home, feed.self_json) = ("", "");
    assert!(parsed(&atom(&feed)).contains(&("subtitle".into(), "依法公开 2026年3月无处罚决定。".into())));
    let value: serde_json::Value = serde_json::from_slice(&json_feed(&feed)).expect("JSON");
    assert_eq!(value["description"], "依法公开 2026年3月无处罚决定。");
    assert_eq!(value["items"], serde_json::json!([]));
    assert!(value.get("home_page_url").is_none() && value.get("feed_url").is_none());
}
