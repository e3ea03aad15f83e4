//! Turns small facts about a page into schema.org JSON-LD (schema.org, JSON-LD 1.1) and the text of one
//! `<script type="application/ld+json">`. It must not know registers or routes: addresses are absolute.
//!
//! Each builder returns one node without `@context`; [`script`] adds it. An empty text or `None` leaves its
//! property out. Types and properties: `Article`/`NewsArticle` (headline description url datePublished
//! dateModified author publisher image articleSection keywords inLanguage), `BreadcrumbList`
//! (itemListElement/ListItem position name item), `WebSite` (name alternateName url description inLanguage
//! publisher potentialAction/SearchAction), `GovernmentOrganization` (name url telephone email address logo
//! areaServed), `Dataset` (name description url license creator dateModified keywords spatialCoverage
//! temporalCoverage distribution/DataDownload), `Event`, `Place`, `DefinedTerm`, and any other type with a
//! name, an address and a description.

use std::borrow::Cow;

use jiff::civil::Date;

use super::escape::{Bytes, escape};
use super::moment::Moment;

/// One node, already written: a JSON object that is safe inside a script element.
#[derive(Debug)]
pub(crate) struct Node(String);

/// A node under construction: properties stand in the order in which they are set.
struct Writer(String);

impl Writer {
    fn of(kind: &str) -> Writer {
        let mut out = String::with_capacity(512);
        out.push_str("{\"@type\":");
        quote(&mut out, kind);
        Writer(out)
    }

    fn key(&mut self, key: &str) {
        self.0.push_str(",\"");
        self.0.push_str(key);
        self.0.push_str("\":");
    }

    fn text(mut self, key: &str, value: &str) -> Writer {
        if !value.is_empty() {
            self.key(key);
            quote(&mut self.0, value);
        }
        self
    }

    fn texts(mut self, key: &str, values: &[&str]) -> Writer {
        if !values.is_empty() {
            self.key(key);
            list(&mut self.0, values, |out, value| quote(out, value));
        }
        self
    }

    fn moment(self, key: &str, value: Option<Moment>) -> Writer {
        self.text(key, &value.map(Moment::w3c).unwrap_or_default())
    }

    fn node(self, key: &str, value: Option<Node>) -> Writer {
        match value {
            Some(Node(json)) => self.plain(key, &json),
            None => self,
        }
    }

    fn nodes(mut self, key: &str, values: &[Node]) -> Writer {
        if !values.is_empty() {
            self.key(key);
            list(&mut self.0, values, |out, Node(json)| out.push_str(json));
        }
        self
    }

    /// A value that is JSON as it stands: a number, a truth value, a node.
    fn plain(mut self, key: &str, json: &str) -> Writer {
        self.key(key);
        self.0.push_str(json);
        self
    }

    fn done(mut self) -> Node {
        self.0.push('}');
        Node(self.0)
    }
}

fn list<T>(out: &mut String, values: &[T], mut write: impl FnMut(&mut String, &T)) {
    out.push('[');
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write(out, value);
    }
    out.push(']');
}

/// A JSON string in which no value can end the element.
fn quote(out: &mut String, text: &str) {
    const ESCAPED: Bytes = Bytes::of(b"\"\\<>&\xE2").and_controls();
    out.push('"');
    escape(out, text, &ESCAPED, |c| match c {
        '"' => Some(Cow::Borrowed("\\\"")),
        '\\' => Some(Cow::Borrowed("\\\\")),
        '\n' => Some(Cow::Borrowed("\\n")),
        '\r' => Some(Cow::Borrowed("\\r")),
        '\t' => Some(Cow::Borrowed("\\t")),
        c if c < ' ' => Some(by_number(c)),
        c => harmless(c),
    });
    out.push('"');
}

/// What stands for a character that could end the element or a line of a script: the lines end with U+2028 and
/// U+2029 too, which begin with E2.
fn harmless(c: char) -> Option<Cow<'static, str>> {
    matches!(c, '<' | '>' | '&' | '\u{2028}' | '\u{2029}').then(|| by_number(c))
}

fn by_number(c: char) -> Cow<'static, str> {
    Cow::Owned(format!("\\u{:04x}", u32::from(c)))
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ArticleKind {
    #[default]
    Article,
    News,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Article<'a> {
    pub(crate) kind: ArticleKind,
    pub(crate) url: &'a str,
    pub(crate) headline: &'a str,
    pub(crate) description: &'a str,
    pub(crate) published: Option<Moment>,
    pub(crate) modified: Option<Moment>,
    /// The office or person that wrote it.
    pub(crate) author: &'a str,
    pub(crate) publisher: &'a str,
    pub(crate) image: &'a str,
    pub(crate) section: &'a str,
    pub(crate) keywords: Vec<&'a str>,
    pub(crate) language: &'a str,
}

pub(crate) fn article(input: &Article<'_>) -> Node {
    let kind = match input.kind {
        ArticleKind::Article => "Article",
        ArticleKind::News => "NewsArticle",
    };
    Writer::of(kind)
        .text("headline", input.headline)
        .text("description", input.description)
        .text("url", input.url)
        .text("mainEntityOfPage", input.url)
        .moment("datePublished", input.published)
        .moment("dateModified", input.modified.or(input.published))
        .node("author", office(input.author))
        .node("publisher", office(input.publisher))
        .text("image", input.image)
        .text("articleSection", input.section)
        .texts("keywords", &input.keywords)
        .text("inLanguage", input.language)
        .done()
}

/// The path to a page: titles with addresses, from the home page to the page itself, whose address may be
/// empty.
pub(crate) fn breadcrumbs(path: &[(&str, &str)]) -> Node {
    let item = |(at, (title, url)): (usize, &(&str, &str))| {
        let position = (at + 1).to_string();
        Writer::of("ListItem").plain("position", &position).text("name", title).text("item", url).done()
    };
    let items: Vec<Node> = path.iter().enumerate().map(item).collect();
    Writer::of("BreadcrumbList").nodes("itemListElement", &items).done()
}

#[derive(Clone, Debug, Default)]
pub(crate) struct WebSite<'a> {
    pub(crate) name: &'a str,
    pub(crate) alternate_name: &'a str,
    pub(crate) url: &'a str,
    pub(crate) description: &'a str,
    pub(crate) language: &'a str,
    pub(crate) publisher: &'a str,
    /// Address of the search page with `{search_term_string}` where the words go; empty without search.
    pub(crate) search: &'a str,
}

pub(crate) fn web_site(input: &WebSite<'_>) -> Node {
    let search = (!input.search.is_empty()).then(|| {
        let target = Writer::of("EntryPoint").text("urlTemplate", input.search).done();
        let action = Writer::of("SearchAction").node("target", Some(target));
        action.text("query-input", "required name=search_term_string").done()
    });
    Writer::of("WebSite")
        .text("name", input.name)
        .text("alternateName", input.alternate_name)
        .text("url", input.url)
        .text("description", input.description)
        .text("inLanguage", input.language)
        .node("publisher", office(input.publisher))
        .node("potentialAction", search)
        .done()
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Organization<'a> {
    pub(crate) name: &'a str,
    pub(crate) url: &'a str,
    pub(crate) telephone: &'a str,
    pub(crate) email: &'a str,
    pub(crate) address: &'a str,
    pub(crate) logo: &'a str,
    /// The district or city that the office serves.
    pub(crate) area: &'a str,
}

pub(crate) fn government_organization(input: &Organization<'_>) -> Node {
    Writer::of("GovernmentOrganization")
        .text("name", input.name)
        .text("url", input.url)
        .text("telephone", input.telephone)
        .text("email", input.email)
        .text("address", input.address)
        .text("logo", input.logo)
        .text("areaServed", input.area)
        .done()
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Dataset<'a> {
    pub(crate) name: &'a str,
    pub(crate) description: &'a str,
    pub(crate) url: &'a str,
    /// Address of the licence.
    pub(crate) license: &'a str,
    pub(crate) creator: &'a str,
    pub(crate) modified: Option<Moment>,
    pub(crate) keywords: Vec<&'a str>,
    pub(crate) spatial: &'a str,
    /// ISO 8601 interval, such as `2020-01-01/2026-03-01`.
    pub(crate) temporal: &'a str,
    pub(crate) distribution: Vec<Distribution<'a>>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Distribution<'a> {
    pub(crate) url: &'a str,
    /// Media type, such as `text/csv`.
    pub(crate) format: &'a str,
    pub(crate) name: &'a str,
}

pub(crate) fn dataset(input: &Dataset<'_>) -> Node {
    let downloads: Vec<Node> = input.distribution.iter().map(download).collect();
    Writer::of("Dataset")
        .text("name", input.name)
        .text("description", input.description)
        .text("url", input.url)
        .text("license", input.license)
        .node("creator", office(input.creator))
        .moment("dateModified", input.modified)
        .texts("keywords", &input.keywords)
        .text("spatialCoverage", input.spatial)
        .text("temporalCoverage", input.temporal)
        .plain("isAccessibleForFree", "true")
        .nodes("distribution", &downloads)
        .done()
}

fn download(input: &Distribution<'_>) -> Node {
    Writer::of("DataDownload")
        .text("name", input.name)
        .text("contentUrl", input.url)
        .text("encodingFormat", input.format)
        .done()
}

#[derive(Clone, Debug)]
pub(crate) struct Event<'a> {
    pub(crate) name: &'a str,
    pub(crate) description: &'a str,
    pub(crate) url: &'a str,
    pub(crate) from: Date,
    /// The last day.
    pub(crate) to: Date,
    pub(crate) location: Option<Place<'a>>,
    pub(crate) organizer: &'a str,
}

pub(crate) fn event(input: &Event<'_>) -> Node {
    Writer::of("Event")
        .text("name", input.name)
        .text("description", input.description)
        .text("url", input.url)
        .text("startDate", &input.from.to_string())
        .text("endDate", &input.to.max(input.from).to_string())
        .node("location", input.location.as_ref().map(place))
        .node("organizer", office(input.organizer))
        .done()
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Place<'a> {
    pub(crate) name: &'a str,
    pub(crate) description: &'a str,
    pub(crate) url: &'a str,
    pub(crate) address: &'a str,
    pub(crate) telephone: &'a str,
    /// Latitude and longitude (WGS 84) as decimal text.
    pub(crate) coordinates: Option<(&'a str, &'a str)>,
}

pub(crate) fn place(input: &Place<'_>) -> Node {
    let coordinates = input.coordinates.map(|(latitude, longitude)| {
        Writer::of("GeoCoordinates").text("latitude", latitude).text("longitude", longitude).done()
    });
    Writer::of("Place")
        .text("name", input.name)
        .text("description", input.description)
        .text("url", input.url)
        .text("address", input.address)
        .text("telephone", input.telephone)
        .node("geo", coordinates)
        .done()
}

#[derive(Clone, Debug, Default)]
pub(crate) struct DefinedTerm<'a> {
    pub(crate) name: &'a str,
    pub(crate) description: &'a str,
    pub(crate) url: &'a str,
    pub(crate) code: &'a str,
    /// The glossary or code list, and its page.
    pub(crate) set: &'a str,
    pub(crate) set_url: &'a str,
}

pub(crate) fn defined_term(input: &DefinedTerm<'_>) -> Node {
    let set = Writer::of("DefinedTermSet").text("name", input.set).text("url", input.set_url).done();
    Writer::of("DefinedTerm")
        .text("name", input.name)
        .text("description", input.description)
        .text("url", input.url)
        .text("termCode", input.code)
        .node("inDefinedTermSet", (!input.set.is_empty()).then_some(set))
        .done()
}

/// Any other type of schema.org, such as `Thing` or `GovernmentService`.
pub(crate) fn thing(kind: &str, name: &str, url: &str, description: &str) -> Node {
    Writer::of(kind).text("name", name).text("url", url).text("description", description).done()
}

/// An office that is only named.
fn office(name: &str) -> Option<Node> {
    (!name.is_empty()).then(|| Writer::of("Organization").text("name", name).done())
}

/// The text of the script element: one node as it is, several as a `@graph`, none as the empty text.
pub(crate) fn script(nodes: &[Node]) -> String {
    const CONTEXT: &str = "{\"@context\":\"https://schema.org\",";
    match nodes {
        [] => String::new(),
        [Node(json)] => format!("{CONTEXT}{}", &json[1..]),
        _ => {
            let mut out = format!("{CONTEXT}\"@graph\":");
            list(&mut out, nodes, |out, Node(json)| out.push_str(json));
            out.push('}');
            out
        }
    }
}

/// JSON as the text of a script element. These characters occur only inside JSON strings, so replacing them
/// in the text keeps the value.
pub(crate) fn safe(json: &str) -> String {
    const ESCAPED: Bytes = Bytes::of(b"<>&\xE2");
    let mut out = String::with_capacity(json.len() + 16);
    escape(&mut out, json, &ESCAPED, harmless);
    out
}

#[cfg(test)]
mod tests;
