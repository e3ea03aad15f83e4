//! The part of a view that every page has: title, address, government page tags, feeds, breadcrumbs.

use std::borrow::Cow;

use jiff::civil::Time;
use serde::{Serialize, Serializer};

use super::Scene;
use crate::format::{json_ld, page_tags};
use crate::literal::Moment;
use crate::route::Route;
use crate::site::{Column, ColumnId, EntryId};

/// What kind of page it is, for the style sheet and the page tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    Home,
    Column,
    Article,
    Service,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Page<'a> {
    pub(crate) kind: Kind,
    pub(crate) title: Cow<'a, str>,
    pub(crate) heading: Cow<'a, str>,
    pub(crate) description: Cow<'a, str>,
    pub(crate) url: String,
    pub(crate) canonical: String,
    pub(crate) root_url: String,
    pub(crate) json: String,
    pub(crate) csv: String,
    pub(crate) feed: String,
    pub(crate) feed_json: String,
    /// What the two feeds are about.
    pub(crate) feed_title: &'a str,
    pub(crate) breadcrumbs: Vec<Crumb<'a>>,
    #[serde(rename = "tags", serialize_with = "as_elements")]
    pub(crate) meta: Vec<Meta<'a>>,
    /// Open Graph type; the rest of Open Graph is said by the fields above.
    pub(crate) og_type: &'static str,
    pub(crate) json_ld: String,
    pub(crate) noindex: bool,
    pub(crate) group: &'a str,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Crumb<'a> {
    pub(crate) title: Cow<'a, str>,
    pub(crate) url: String,
}

/// One `<meta name>` of the page-tag standard for government sites (国办发〔2017〕47号).
#[derive(Clone, Debug)]
pub(crate) struct Meta<'a> {
    pub(crate) name: &'static str,
    pub(crate) content: Cow<'a, str>,
}

fn as_elements<S: Serializer>(meta: &[Meta<'_>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&page_tags::page_tags(meta.iter().map(|tag| (tag.name, tag.content.as_ref()))))
}

/// A page that is neither a column nor a record: search lists, dossiers, calendar, data.
pub(crate) fn page<'a>(scene: Scene<'a>, kind: Kind, heading: impl Into<Cow<'a, str>>, route: &Route) -> Page<'a> {
    let settings = &scene.site.settings.site;
    let heading = heading.into();
    let home = Crumb { title: Cow::Borrowed(scene.say("首页", "Home")), url: "index.html".to_owned() };
    let mut breadcrumbs = vec![home];
    if kind != Kind::Home {
        breadcrumbs.push(Crumb { title: heading.clone(), url: String::new() });
    }
    let mut meta = Vec::new();
    let column = scene.site.columns.iter().find(|column| column.path.is_empty());
    if let (Kind::Home, Some(column)) = (kind, column) {
        meta.extend(column_tags(&settings.name, &settings.description, &column.keywords, "首页"));
    }
    if kind == Kind::Service {
        meta.push(Meta { name: "ColumnName", content: heading.clone() });
        meta.push(Meta { name: "ColumnType", content: Cow::Borrowed("数据开放") });
    }
    Page {
        kind,
        title: heading.clone(),
        heading,
        description: Cow::Borrowed(&settings.description),
        url: route.to_string(),
        canonical: scene.absolute(route.as_str()),
        root_url: scene.site.settings.absolute_root(),
        json: String::new(),
        csv: String::new(),
        feed: "feed.xml".to_owned(),
        feed_json: "feed.json".to_owned(),
        feed_title: &settings.name,
        breadcrumbs: if kind == Kind::Home { Vec::new() } else { breadcrumbs },
        meta,
        og_type: "website",
        json_ld: String::new(),
        noindex: false,
        group: "",
    }
}

/// ColumnName, ColumnDescription, ColumnKeywords, ColumnType: on the home page, columns and articles.
fn column_tags<'a>(name: &'a str, description: &'a str, keywords: &[String], kind: &'a str) -> [Meta<'a>; 4] {
    [
        Meta { name: "ColumnName", content: Cow::Borrowed(name) },
        Meta {
            name: "ColumnDescription",
            content: Cow::Borrowed(if description.is_empty() { name } else { description }),
        },
        Meta {
            name: "ColumnKeywords",
            content: if keywords.is_empty() { Cow::Borrowed(name) } else { Cow::Owned(keywords.join(",")) },
        },
        Meta { name: "ColumnType", content: Cow::Borrowed(kind) },
    ]
}

impl<'a> Page<'a> {
    /// Makes the page one of a column: its tags, breadcrumbs and feeds.
    pub(super) fn of_column(mut self, scene: Scene<'a>, id: ColumnId) -> Page<'a> {
        let column = scene.site.column(id);
        self.meta.clear();
        self.meta.extend(column_tags(&column.title, &column.description, &column.keywords, &column.column_type));
        self.breadcrumbs.truncate(1);
        self.breadcrumbs.extend(trail(scene, id));
        self.description = Cow::Borrowed(&column.description);
        self.group = &column.group;
        if !column.path.is_empty() {
            self.feed = [&column.path, "/feed.xml"].concat();
            self.feed_json = [&column.path, "/feed.json"].concat();
            self.feed_title = &column.title;
        }
        self
    }

    /// Makes the page a record's: ArticleTitle, PubDate, ContentSource and what else is known.
    pub(super) fn of_record(self, scene: Scene<'a>, id: EntryId) -> Page<'a> {
        let entry = scene.site.entry(id);
        let mut page = self.of_column(scene, entry.column);
        let envelope = &scene.site.registers.envelope;
        page.breadcrumbs.push(Crumb { title: Cow::Borrowed(&entry.title), url: String::new() });
        page.description = Cow::Borrowed(if entry.summary.is_empty() { &entry.title } else { &entry.summary });
        let source = [entry.text(envelope.source), entry.text(envelope.issuer), &scene.site.settings.site.organizer];
        let source = source.into_iter().find(|text| !text.is_empty()).unwrap_or(&scene.site.settings.site.name);
        page.meta.push(Meta { name: "ArticleTitle", content: Cow::Borrowed(&entry.title) });
        if let Some(moment) = scene.published(entry) {
            page.meta.push(Meta { name: "PubDate", content: Cow::Owned(tag_time(moment)) });
        }
        page.meta.push(Meta { name: "ContentSource", content: Cow::Borrowed(source) });
        let keywords: Vec<&str> = entry.values(envelope.keywords).filter_map(crate::register::Value::text).collect();
        if !keywords.is_empty() {
            page.meta.push(Meta { name: "Keywords", content: Cow::Owned(keywords.join(",")) });
        }
        page.meta.push(Meta { name: "Description", content: page.description.clone() });
        if !page.canonical.is_empty() {
            page.meta.push(Meta { name: "Url", content: Cow::Owned(page.canonical.clone()) });
        }
        page.og_type = "article";
        page
    }

    /// Gives the page a sentence of its own instead of the site's.
    pub(super) fn describing(mut self, text: &'a str) -> Page<'a> {
        self.description = Cow::Borrowed(text);
        self
    }

    pub(super) fn with_json_ld(mut self, nodes: &[json_ld::Node]) -> Page<'a> {
        self.json_ld = json_ld::script(nodes);
        self
    }

    /// The breadcrumbs as schema.org wants them, with absolute addresses.
    pub(super) fn breadcrumb_node(&self, scene: Scene<'_>) -> json_ld::Node {
        let crumbs: Vec<(&str, String)> = self
            .breadcrumbs
            .iter()
            .map(|crumb| {
                (
                    crumb.title.as_ref(),
                    if crumb.url.is_empty() { self.canonical.clone() } else { scene.absolute(&crumb.url) },
                )
            })
            .collect();
        let crumbs: Vec<(&str, &str)> = crumbs.iter().map(|(title, url)| (*title, url.as_str())).collect();
        json_ld::breadcrumbs(&crumbs)
    }
}

/// `YYYY-MM-DD HH:MM`, as the standard writes it; a date alone counts from midnight.
fn tag_time(moment: Moment) -> String {
    Moment { time: moment.time.or(Some(Time::midnight())), ..moment }.to_the_minute()
}

/// Columns from the top down to this one.
fn trail<'a>(scene: Scene<'a>, id: ColumnId) -> Vec<Crumb<'a>> {
    let mut crumbs = Vec::new();
    let mut at = Some(id);
    while let Some(id) = at {
        let column: &Column = scene.site.column(id);
        if !column.path.is_empty() {
            crumbs.push(Crumb { title: Cow::Borrowed(&column.title), url: column.index() });
        }
        at = column.parent;
    }
    crumbs.reverse();
    crumbs
}
