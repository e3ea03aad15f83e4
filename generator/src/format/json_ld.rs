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

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::moment::Moment;

/// A node under construction: properties keep the order in which they are set.
struct Node(Map<String, Value>);

impl Node {
    fn of(kind: &str) -> Node {
        Node(Map::from_iter([("@type".to_owned(), Value::from(kind))]))
    }

    fn text(mut self, key: &str, value: &str) -> Node {
        if !value.is_empty() {
            self.0.insert(key.to_owned(), Value::from(value));
        }
        self
    }

    fn texts(mut self, key: &str, values: &[&str]) -> Node {
        if !values.is_empty() {
            self.0.insert(key.to_owned(), Value::from(values.to_vec()));
        }
        self
    }

    fn moment(self, key: &str, value: Option<Moment>) -> Node {
        self.text(key, &value.map(Moment::w3c).unwrap_or_default())
    }

    fn node(mut self, key: &str, value: Option<Value>) -> Node {
        if let Some(value) = value {
            self.0.insert(key.to_owned(), value);
        }
        self
    }

    fn done(self) -> Value {
        Value::Object(self.0)
    }
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

pub(crate) fn article(input: &Article<'_>) -> Value {
    let kind = match input.kind {
        ArticleKind::Article => "Article",
        ArticleKind::News => "NewsArticle",
    };
    Node::of(kind)
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
pub(crate) fn breadcrumbs(path: &[(&str, &str)]) -> Value {
    let items = path.iter().enumerate().map(|(at, (title, url))| {
        let mut item = json!({ "@type": "ListItem", "position": at + 1, "name": title });
        if !url.is_empty() {
            item["item"] = Value::from(*url);
        }
        item
    });
    json!({ "@type": "BreadcrumbList", "itemListElement": items.collect::<Vec<_>>() })
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

pub(crate) fn web_site(input: &WebSite<'_>) -> Value {
    let search = (!input.search.is_empty()).then(|| {
        json!({
            "@type": "SearchAction",
            "target": { "@type": "EntryPoint", "urlTemplate": input.search },
            "query-input": "required name=search_term_string"
        })
    });
    Node::of("WebSite")
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

pub(crate) fn government_organization(input: &Organization<'_>) -> Value {
    Node::of("GovernmentOrganization")
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

pub(crate) fn dataset(input: &Dataset<'_>) -> Value {
    let downloads: Vec<_> = input.distribution.iter().map(download).collect();
    Node::of("Dataset")
        .text("name", input.name)
        .text("description", input.description)
        .text("url", input.url)
        .text("license", input.license)
        .node("creator", office(input.creator))
        .moment("dateModified", input.modified)
        .texts("keywords", &input.keywords)
        .text("spatialCoverage", input.spatial)
        .text("temporalCoverage", input.temporal)
        .node("isAccessibleForFree", Some(Value::Bool(true)))
        .node("distribution", (!downloads.is_empty()).then(|| Value::from(downloads)))
        .done()
}

fn download(input: &Distribution<'_>) -> Value {
    Node::of("DataDownload")
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

pub(crate) fn event(input: &Event<'_>) -> Value {
    Node::of("Event")
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

pub(crate) fn place(input: &Place<'_>) -> Value {
    let coordinates = input.coordinates.map(
        |(latitude, longitude)| json!({ "@type": "GeoCoordinates", "latitude": latitude, "longitude": longitude }),
    );
    Node::of("Place")
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

pub(crate) fn defined_term(input: &DefinedTerm<'_>) -> Value {
    let set = Node::of("DefinedTermSet").text("name", input.set).text("url", input.set_url).done();
    Node::of("DefinedTerm")
        .text("name", input.name)
        .text("description", input.description)
        .text("url", input.url)
        .text("termCode", input.code)
        .node("inDefinedTermSet", (!input.set.is_empty()).then_some(set))
        .done()
}

/// Any other type of schema.org, such as `Thing` or `GovernmentService`.
pub(crate) fn thing(kind: &str, name: &str, url: &str, description: &str) -> Value {
    Node::of(kind).text("name", name).text("url", url).text("description", description).done()
}

/// An office that is only named.
fn office(name: &str) -> Option<Value> {
    (!name.is_empty()).then(|| json!({ "@type": "Organization", "name": name }))
}

/// The text of the script element: one node as it is, several as a `@graph`, none as the empty text.
/// `<`, `>`, `&`, U+2028 and U+2029 are written as JSON escapes, so no value can end the element.
pub(crate) fn script(mut nodes: Vec<Value>) -> String {
    let mut document = Map::from_iter([("@context".to_owned(), Value::from("https://schema.org"))]);
    match nodes.len() {
        0 => return String::new(),
        1 => match nodes.remove(0) {
            Value::Object(properties) => document.extend(properties),
            other => drop(document.insert("@graph".to_owned(), Value::from(vec![other]))),
        },
        _ => drop(document.insert("@graph".to_owned(), Value::from(nodes))),
    }
    safe(&Value::Object(document).to_string())
}

/// JSON as the text of a script element. These characters occur only inside JSON strings, so replacing them
/// in the text keeps the value.
pub(crate) fn safe(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + 16);
    let mut rest = json;
    while let Some(at) = rest.find(['<', '>', '&', '\u{2028}', '\u{2029}']) {
        let special = rest[at..].chars().next().expect("found there");
        out.push_str(&rest[..at]);
        out.push_str(&format!("\\u{:04x}", u32::from(special)));
        rest = &rest[at + special.len_utf8()..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests;
