//! Cases of the JSON-LD nodes and of the script text that holds them.

use super::*;
use jiff::civil::date;
use serde_json::{Value, json};

#[test]
fn nodes() {
    fn check(node: Node, expected: Value) {
        assert_eq!(serde_json::from_str::<Value>(&node.0).expect("JSON"), expected);
    }
    check(article(&Article::default()), json!({ "@type": "Article" }));
    check(
        article(&Article {
            kind: ArticleKind::News,
            url: "https://a/1.html",
            headline: "标题",
            published: Some(Moment::day(date(2026, 3, 1))),
            publisher: "某办",
            keywords: vec!["安全"],
            ..Article::default()
        }),
        json!({
            "@type": "NewsArticle", "headline": "标题", "url": "https://a/1.html",
            "mainEntityOfPage": "https://a/1.html", "datePublished": "2026-03-01",
            "dateModified": "2026-03-01", "publisher": { "@type": "Organization", "name": "某办" },
            "keywords": ["安全"]
        }),
    );
    check(
        breadcrumbs(&[("首页", "https://a/"), ("本页", "")]),
        json!({ "@type": "BreadcrumbList", "itemListElement": [
            { "@type": "ListItem", "position": 1, "name": "首页", "item": "https://a/" },
            { "@type": "ListItem", "position": 2, "name": "本页" }
        ] }),
    );
    check(
        web_site(&WebSite { name: "站", search: "https://a/?q={search_term_string}", ..WebSite::default() }),
        json!({ "@type": "WebSite", "name": "站", "potentialAction": {
            "@type": "SearchAction",
            "target": { "@type": "EntryPoint", "urlTemplate": "https://a/?q={search_term_string}" },
            "query-input": "required name=search_term_string"
        } }),
    );
    check(
        dataset(&Dataset {
            name: "处罚",
            distribution: vec![Distribution { url: "https://a/x.csv", format: "text/csv", name: "" }],
            ..Dataset::default()
        }),
        json!({ "@type": "Dataset", "name": "处罚", "isAccessibleForFree": true, "distribution": [
            { "@type": "DataDownload", "contentUrl": "https://a/x.csv", "encodingFormat": "text/csv" }
        ] }),
    );
    check(
        event(&Event {
            name: "咨询日",
            description: "",
            url: "",
            from: date(2026, 6, 16),
            to: date(2026, 6, 16),
            location: Some(Place { name: "广场", coordinates: Some(("34.7", "113.6")), ..Place::default() }),
            organizer: "",
        }),
        json!({ "@type": "Event", "name": "咨询日", "startDate": "2026-06-16", "endDate": "2026-06-16",
            "location": { "@type": "Place", "name": "广场",
                "geo": { "@type": "GeoCoordinates", "latitude": "34.7", "longitude": "113.6" } } }),
    );
    check(
        defined_term(&DefinedTerm { name: "事故", set: "术语", ..DefinedTerm::default() }),
        json!({ "@type": "DefinedTerm", "name": "事故",
            "inDefinedTermSet": { "@type": "DefinedTermSet", "name": "术语" } }),
    );
    check(
        government_organization(&Organization { name: "某局", telephone: "12350", ..Organization::default() }),
        json!({ "@type": "GovernmentOrganization", "name": "某局", "telephone": "12350" }),
    );
    check(thing("GovernmentService", "许可", "", ""), json!({ "@type": "GovernmentService", "name": "许可" }));
}

#[test]
fn scripts() {
    fn check(nodes: &[Node], expected: &str) {
        assert_eq!(script(nodes), expected);
    }
    check(&[], "");
    check(
        &[thing("Thing", "</script><!--&\u{2028}\u{2029}\"", "", "")],
        "{\"@context\":\"https://schema.org\",\"@type\":\"Thing\",\
         \"name\":\"\\u003c/script\\u003e\\u003c!--\\u0026\\u2028\\u2029\\\"\"}",
    );
    check(
        &[thing("Thing", "a", "", ""), thing("Thing", "b", "", "")],
        "{\"@context\":\"https://schema.org\",\"@graph\":[{\"@type\":\"Thing\",\"name\":\"a\"},\
         {\"@type\":\"Thing\",\"name\":\"b\"}]}",
    );
}

#[test]
fn escapes_keep_the_value() {
    let name = "</script>&\u{2028}安全\\u003c\"\n\r\t\u{8}\u{c}\u{1f}\u{7f}";
    let value: Value = serde_json::from_str(&script(&[thing("Thing", name, "", "")])).expect("JSON");
    assert_eq!(value["name"], name);
}
