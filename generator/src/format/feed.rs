//! Turns one feed into Atom (RFC 4287) and JSON Feed 1.1 (jsonfeed.org/version/1.1).
//! It must not know registers or routes: titles, ids and absolute addresses are given.
//!
//! Atom: `feed` with `id title subtitle updated author link[self] link[alternate text/html]
//! link[alternate application/feed+json]`, `entry` with `id title link published updated author category
//! summary`. JSON Feed: `version title description home_page_url feed_url language authors items`, item
//! with `id url title content_text date_published date_modified authors tags`.
//!
//! Both formats want absolute addresses. An empty address leaves its link out, and no entry is invented
//! for a month without records: the nil-return sentence stands in the subtitle, where a reader sees it.

use serde::Serialize;

use super::address;
use super::moment::Moment;
use super::xml::XmlWriter;

pub(crate) struct Feed<'a> {
    pub(crate) title: &'a str,
    /// One sentence about the feed; may be empty.
    pub(crate) subtitle: &'a str,
    /// The page that shows the same list.
    pub(crate) home: &'a str,
    pub(crate) self_atom: &'a str,
    pub(crate) self_json: &'a str,
    /// A `tag:` URI or an address that never changes.
    pub(crate) id: &'a str,
    /// When the newest entry changed; for an empty feed, the date of the build.
    pub(crate) updated: Moment,
    /// The publishing office. RFC 4287 wants one on the feed, as entries may have none.
    pub(crate) author: &'a str,
    /// BCP 47, such as `zh-CN`.
    pub(crate) language: &'a str,
    /// In the order in which they are written: newest first.
    pub(crate) entries: Vec<Entry<'a>>,
    /// The nil-return sentence, when nothing was recorded in the period.
    pub(crate) note: Option<&'a str>,
}

pub(crate) struct Entry<'a> {
    /// A `tag:` URI or an address that never changes.
    pub(crate) id: &'a str,
    pub(crate) url: &'a str,
    pub(crate) title: &'a str,
    /// Plain text; may be empty.
    pub(crate) summary: &'a str,
    pub(crate) updated: Moment,
    pub(crate) published: Option<Moment>,
    pub(crate) categories: Vec<&'a str>,
    pub(crate) author: Option<&'a str>,
}

/// The feed as an Atom document.
pub(crate) fn atom(feed: &Feed<'_>) -> Vec<u8> {
    let mut xml = XmlWriter::new();
    xml.open("feed", &[("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", feed.language)]);
    xml.element("id", &[], &address::ascii(feed.id));
    xml.element("title", &[], feed.title);
    let subtitle = description(feed);
    if !subtitle.is_empty() {
        xml.element("subtitle", &[], &subtitle);
    }
    xml.element("updated", &[], &feed.updated.rfc3339());
    person(&mut xml, feed.author);
    link(&mut xml, "self", "application/atom+xml", feed.self_atom);
    link(&mut xml, "alternate", "text/html", feed.home);
    link(&mut xml, "alternate", "application/feed+json", feed.self_json);
    for entry in &feed.entries {
        atom_entry(&mut xml, entry);
    }
    xml.finish()
}

fn atom_entry(xml: &mut XmlWriter, entry: &Entry<'_>) {
    xml.open("entry", &[]);
    xml.element("id", &[], &address::ascii(entry.id));
    xml.element("title", &[], entry.title);
    link(xml, "alternate", "text/html", entry.url);
    if let Some(published) = entry.published {
        xml.element("published", &[], &published.rfc3339());
    }
    xml.element("updated", &[], &entry.updated.rfc3339());
    if let Some(author) = entry.author {
        person(xml, author);
    }
    for category in &entry.categories {
        xml.empty("category", &[("term", category)]);
    }
    if !entry.summary.is_empty() {
        xml.element("summary", &[], entry.summary);
    }
    // RFC 4287: an entry without an alternate link must have a content.
    if entry.url.is_empty() {
        xml.element("content", &[], if entry.summary.is_empty() { entry.title } else { entry.summary });
    }
    xml.close();
}

fn person(xml: &mut XmlWriter, name: &str) {
    xml.open("author", &[]);
    xml.element("name", &[], name);
    xml.close();
}

fn link(xml: &mut XmlWriter, rel: &'static str, kind: &'static str, href: &str) {
    if !href.is_empty() {
        xml.empty("link", &[("rel", rel), ("type", kind), ("href", &address::ascii(href))]);
    }
}

/// Subtitle and nil-return sentence as one line.
fn description(feed: &Feed<'_>) -> String {
    let parts = [feed.subtitle, feed.note.unwrap_or("")];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[derive(Serialize)]
struct JsonFeed<'a> {
    version: &'static str,
    title: &'a str,
    #[serde(skip_serializing_if = "String::is_empty")]
    description: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    home_page_url: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    feed_url: &'a str,
    language: &'a str,
    authors: Vec<JsonAuthor<'a>>,
    items: Vec<JsonItem<'a>>,
}

#[derive(Serialize)]
struct JsonItem<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    url: &'a str,
    title: &'a str,
    content_text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_published: Option<String>,
    date_modified: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authors: Vec<JsonAuthor<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tags: &'a [&'a str],
}

#[derive(Serialize)]
struct JsonAuthor<'a> {
    name: &'a str,
}

/// The feed as a JSON Feed document.
pub(crate) fn json_feed(feed: &Feed<'_>) -> Vec<u8> {
    let (home, own) = (address::ascii(feed.home), address::ascii(feed.self_json));
    let ids: Vec<_> = feed.entries.iter().map(|e| (address::ascii(e.id), address::ascii(e.url))).collect();
    let items = feed.entries.iter().zip(&ids).map(|(entry, (id, url))| json_item(entry, id, url));
    let document = JsonFeed {
        version: "https://jsonfeed.org/version/1.1",
        title: feed.title,
        description: description(feed),
        home_page_url: &home,
        feed_url: &own,
        language: feed.language,
        authors: vec![JsonAuthor { name: feed.author }],
        items: items.collect(),
    };
    let mut out = serde_json::to_vec(&document).expect("strings and lists always serialise");
    out.push(b'\n');
    out
}

fn json_item<'a>(entry: &'a Entry<'a>, id: &'a str, url: &'a str) -> JsonItem<'a> {
    JsonItem {
        id,
        url,
        title: entry.title,
        // An item must have a content, and a text is the only one we are given.
        content_text: if entry.summary.is_empty() { entry.title } else { entry.summary },
        date_published: entry.published.map(Moment::rfc3339),
        date_modified: entry.updated.rfc3339(),
        authors: entry.author.map(|name| JsonAuthor { name }).into_iter().collect(),
        tags: &entry.categories,
    }
}

#[cfg(test)]
mod tests;
