//! Turns page addresses into sitemap files (sitemaps.org protocol 0.9) and a robots.txt (RFC 9309, with
//! the `Sitemap` line of sitemaps.org). It must not know pages: addresses are absolute and given.
//!
//! Sitemap: `urlset/url/loc, lastmod`; index: `sitemapindex/sitemap/loc, lastmod`. `priority` and
//! `changefreq` are left out, as search engines ignore them.

use super::address;
use super::xml::XmlWriter;

const NAMESPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";
/// The protocol allows 50,000 addresses and 50 MiB a file; we stay below both.
pub(crate) const MOST_URLS: usize = 45_000;
const MOST_BYTES: usize = 45 * 1024 * 1024;

/// What may stand in one file. A type, so that a test can split a small list.
struct Limits {
    urls: usize,
    bytes: usize,
}

/// One `sitemap.xml`, or an index of that name and `sitemap-1.xml`, `sitemap-2.xml` … when the list is too
/// long for one file. `base` is the absolute address of the site with its closing slash; each address
/// comes with the date (or RFC 3339 time) of its last change, if known. The order is kept.
pub(crate) fn sitemap(base: &str, urls: &[(String, Option<String>)]) -> Vec<(String, Vec<u8>)> {
    files(base, urls, &Limits { urls: MOST_URLS, bytes: MOST_BYTES })
}

fn files(base: &str, urls: &[(String, Option<String>)], limits: &Limits) -> Vec<(String, Vec<u8>)> {
    let mut parts = parts(urls, limits);
    if parts.len() == 1 {
        let only = parts.remove(0);
        return vec![("sitemap.xml".to_owned(), only.bytes)];
    }
    let name = |at: usize| format!("sitemap-{}.xml", at + 1);
    let mut index = XmlWriter::new();
    index.open("sitemapindex", &[("xmlns", NAMESPACE)]);
    for (at, part) in parts.iter().enumerate() {
        index.open("sitemap", &[]);
        location(&mut index, &format!("{base}{}", name(at)), part.newest.as_deref());
        index.close();
    }
    let mut out = vec![("sitemap.xml".to_owned(), index.finish())];
    out.extend(parts.into_iter().enumerate().map(|(at, part)| (name(at), part.bytes)));
    out
}

struct Part {
    bytes: Vec<u8>,
    newest: Option<String>,
}

/// At least one part, even without addresses.
fn parts(urls: &[(String, Option<String>)], limits: &Limits) -> Vec<Part> {
    let mut out = Vec::new();
    let (mut xml, mut count, mut newest) = (urlset(), 0, None::<&String>);
    for (url, lastmod) in urls {
        if count == limits.urls || (count > 0 && xml.len() + entry_size(url) > limits.bytes) {
            out.push(Part { bytes: xml.finish(), newest: newest.take().cloned() });
            (xml, count) = (urlset(), 0);
        }
        xml.open("url", &[]);
        location(&mut xml, url, lastmod.as_deref());
        xml.close();
        count += 1;
        newest = newest.max(lastmod.as_ref());
    }
    out.push(Part { bytes: xml.finish(), newest: newest.cloned() });
    out
}

fn urlset() -> XmlWriter {
    let mut xml = XmlWriter::new();
    xml.open("urlset", &[("xmlns", NAMESPACE)]);
    xml
}

fn location(xml: &mut XmlWriter, url: &str, lastmod: Option<&str>) {
    xml.element("loc", &[], &address::ascii(url));
    if let Some(day) = lastmod {
        xml.element("lastmod", &[], day);
    }
}

/// An upper bound: an encoded byte takes three, an `&` five, and the tags and a date below 200.
fn entry_size(url: &str) -> usize {
    url.len() * 5 + 200
}

/// What crawlers are told. Paths start with `/` and are below the host, not below the site.
pub(crate) struct Robots<'a> {
    /// Absolute address of `sitemap.xml`; empty leaves the line out.
    pub(crate) sitemap: &'a str,
    /// Paths that crawlers should leave alone; `/` keeps them out of the whole site.
    pub(crate) disallow: &'a [&'a str],
}

/// The text of robots.txt.
pub(crate) fn robots(robots: &Robots<'_>) -> Vec<u8> {
    let mut out = String::from("User-agent: *\n");
    if robots.disallow.is_empty() {
        // An empty pattern forbids nothing; a group must have a rule to be valid everywhere.
        out.push_str("Disallow:\n");
    }
    for path in robots.disallow {
        out.push_str("Disallow: ");
        out.push_str(&address::ascii(path));
        out.push('\n');
    }
    if !robots.sitemap.is_empty() {
        out.push_str("\nSitemap: ");
        out.push_str(&address::ascii(robots.sitemap));
        out.push('\n');
    }
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use quick_xml::events::Event;

    const BASE: &str = "https://example.gov.cn/";

    fn urls(count: usize) -> Vec<(String, Option<String>)> {
        (0..count).map(|n| (format!("{BASE}{n}.html"), Some(format!("2026-01-{:02}", n % 28 + 1)))).collect()
    }

    /// The texts of all `loc` and `lastmod` elements.
    fn texts(bytes: &[u8]) -> Vec<String> {
        let mut reader = quick_xml::Reader::from_str(std::str::from_utf8(bytes).expect("UTF-8"));
        reader.config_mut().trim_text(true);
        let mut out = Vec::new();
        loop {
            match reader.read_event().expect("well-formed") {
                Event::Text(t) => out.push(t.xml10_content().into_owned()),
                Event::Eof => return out,
                _ => {}
            }
        }
    }

    #[test]
    fn splitting() {
        fn check(count: usize, limits: Limits, expected: &[(&str, usize)]) {
            let got: Vec<_> = files(BASE, &urls(count), &limits)
                .into_iter()
                .map(|(name, bytes)| (name, texts(&bytes).len() / 2))
                .collect();
            let expected: Vec<_> = expected.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect();
            assert_eq!(got, expected);
        }
        let big = 1 << 20;
        check(0, Limits { urls: 3, bytes: big }, &[("sitemap.xml", 0)]);
        check(3, Limits { urls: 3, bytes: big }, &[("sitemap.xml", 3)]);
        check(4, Limits { urls: 3, bytes: big }, &[("sitemap.xml", 2), ("sitemap-1.xml", 3), ("sitemap-2.xml", 1)]);
        check(2, Limits { urls: 3, bytes: 10 }, &[("sitemap.xml", 2), ("sitemap-1.xml", 1), ("sitemap-2.xml", 1)]);
    }

    #[test]
    fn index_names_its_parts_with_their_newest_change() {
        let got = files(BASE, &urls(3), &Limits { urls: 2, bytes: 1 << 20 });
        assert_eq!(
            texts(&got[0].1),
            [
                "https://example.gov.cn/sitemap-1.xml",
                "2026-01-02",
                "https://example.gov.cn/sitemap-2.xml",
                "2026-01-03"
            ]
        );
    }

    #[test]
    fn addresses_are_encoded() {
        let got = sitemap(BASE, &[(format!("{BASE}处.html?a=1&b"), None)]);
        let text = String::from_utf8(got[0].1.clone()).expect("UTF-8");
        assert!(text.contains("<loc>https://example.gov.cn/%E5%A4%84.html?a=1&amp;b</loc>"), "{text}");
    }

    #[test]
    fn robots_text() {
        fn check(sitemap: &str, disallow: &[&str], expected: &str) {
            assert_eq!(robots(&Robots { sitemap, disallow }), expected.as_bytes());
        }
        check("", &[], "User-agent: *\nDisallow:\n");
        check(
            "https://example.gov.cn/sitemap.xml",
            &["/search/", "/a\nDisallow: /b"],
            "User-agent: *\nDisallow: /search/\nDisallow: /a%0ADisallow:%20/b\n\n\
             Sitemap: https://example.gov.cn/sitemap.xml\n",
        );
        check("", &["/"], "User-agent: *\nDisallow: /\n");
    }
}
