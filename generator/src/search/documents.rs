//! What a portal says, page by page, as documents for the index. Reads the checked site, so nothing that
//! is scheduled, expired, withdrawn or internal can be among them.

use std::borrow::Cow;

use jiff::civil::Date;
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::markdown;
use crate::plan::{Area, area_route, dossier_route, facet_value, facet_value_name};
use crate::register::{CodeId, Facet, FieldKind, SearchWeight, Value};
use crate::site::{ColumnId, Entry, EntryId};
use crate::view::Scene;

/// One page, as it is searched.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) kind: Kind,
    /// Address of the page, from the portal's root.
    pub(crate) route: String,
    pub(crate) title: String,
    /// Names of parties, as they stand on the page.
    pub(crate) names: Vec<String>,
    /// Document numbers and codes.
    pub(crate) codes: Vec<String>,
    /// Everything else a reader finds there, one block a line.
    pub(crate) rest: String,
    pub(crate) day: Option<Date>,
    /// What it can be filtered by: name and value, the register first.
    pub(crate) facets: Vec<(String, String)>,
    /// Names of its districts, which are shown with it.
    pub(crate) districts: Vec<String>,
    /// Attached files with text in them: path in the site and SHA-256.
    pub(crate) attachments: Vec<(String, String)>,
}

/// What stands behind a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Record,
    /// A company's dossier.
    Company,
    Column,
    /// A district or sector.
    Area,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Record => "record",
            Kind::Company => "company",
            Kind::Column => "column",
            Kind::Area => "area",
        }
    }

    /// Pages that lead to many others count a little more.
    pub(crate) fn is_guide(self) -> bool {
        self != Kind::Record
    }
}

/// A document before its text is put together: small, so that all of a large portal fit.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Subject {
    Record(EntryId),
    Company(u32),
    Column(ColumnId),
    Area(Area, CodeId),
}

/// Everything that can be found, with its day.
pub(crate) fn subjects(scene: Scene<'_>) -> Vec<(Option<Date>, Subject)> {
    let site = scene.site;
    let stands_alone = |id: &EntryId| {
        let register = site.register_of(site.entry(*id));
        register.definition.pages || register.parent.is_none()
    };
    let records = site.entry_ids().filter(stands_alone);
    let mut subjects: Vec<(Option<Date>, Subject)> =
        records.map(|id| (site.entry(id).date.map(|date| date.date), Subject::Record(id))).collect();
    let companies = 0..u32::try_from(scene.plan.dossiers.len()).expect("a site has fewer than 2^32 outputs");
    subjects.extend(companies.map(|at| (None, Subject::Company(at))));
    let columns = site.column_ids().filter(|id| !site.column(*id).path.is_empty());
    subjects.extend(columns.map(|id| (None, Subject::Column(id))));
    for (area, map) in [(Area::District, &site.joins.districts), (Area::Sector, &site.joins.sectors)] {
        subjects.extend(map.keys().map(|code| (None, Subject::Area(area, *code))));
    }
    subjects
}

/// The documents of some subjects, in the order of the index: by kind, day and address.
pub(crate) fn documents(scene: Scene<'_>, subjects: &[Subject]) -> Vec<Document> {
    let mut documents: Vec<Document> = subjects.par_iter().map(|subject| document(scene, *subject)).collect();
    documents.sort_by(|a, b| a.order().cmp(&b.order()));
    documents
}

fn document(scene: Scene<'_>, subject: Subject) -> Document {
    match subject {
        Subject::Record(id) => record(scene, id),
        Subject::Company(at) => company(scene, at),
        Subject::Column(id) => {
            let column = scene.site.column(id);
            let intro = column.intro.as_ref().map(|intro| markdown::blocks(intro.as_str())).unwrap_or_default();
            let rest = [column.description.as_str(), &intro].join("\n");
            guide(Kind::Column, column.index(), column.title.clone(), rest)
        }
        Subject::Area(area, code) => {
            let listed = scene.site.registers.codes.get(code);
            let title = listed.label(scene.language()).to_owned();
            let note = listed.note.pick(scene.language()).to_owned();
            guide(Kind::Area, area_route(scene.site, area, code).to_string(), title, note)
        }
    }
}

fn guide(kind: Kind, route: String, title: String, rest: String) -> Document {
    Document {
        kind,
        route,
        title,
        names: Vec::new(),
        codes: Vec::new(),
        rest,
        day: None,
        facets: Vec::new(),
        districts: Vec::new(),
        attachments: Vec::new(),
    }
}

fn company(scene: Scene<'_>, at: u32) -> Document {
    let code = &scene.plan.dossiers[at as usize];
    let names = &scene.site.joins.dossiers[code].names;
    let title = names.first().unwrap_or(code).clone();
    let route = dossier_route(code).to_string();
    Document { names: names.clone(), codes: vec![code.clone()], ..guide(Kind::Company, route, title, String::new()) }
}

fn record(scene: Scene<'_>, id: EntryId) -> Document {
    let site = scene.site;
    let entry = site.entry(id);
    let definition = &site.register_of(entry).definition;
    let district = site.registers.envelope.district;
    let mut document = Document {
        kind: Kind::Record,
        route: scene.url(id),
        title: entry.title.clone(),
        names: Vec::new(),
        codes: Vec::new(),
        rest: String::new(),
        day: entry.date.map(|date| date.date),
        facets: vec![("register".to_owned(), definition.name.clone())],
        districts: entry.values(district).map(|value| scene.words(entry, district, value).into_owned()).collect(),
        attachments: Vec::new(),
    };
    document.read(scene, entry);
    for child in site.joins.children.get(&id).into_iter().flatten() {
        let child = site.entry(*child);
        if !site.register_of(child).definition.pages {
            document.block(&child.title);
            document.read(scene, child);
        }
    }
    document.narrow(scene, entry);
    document
}

impl Document {
    /// Later is better among documents that match equally well: guides, then the newest.
    fn order(&self) -> (bool, Option<Date>, &str, &str) {
        (self.kind.is_guide(), self.day, &self.route, &self.title)
    }

    fn block(&mut self, text: &str) {
        if !text.is_empty() {
            self.rest.push_str(text);
            self.rest.push('\n');
        }
    }

    /// The fields and the text of a record.
    fn read(&mut self, scene: Scene<'_>, entry: &Entry) {
        let register = scene.site.register_of(entry);
        for (field, value) in entry.values.iter() {
            let definition = &register.field(*field).definition;
            if let Some((asset, _)) = attached(scene, value) {
                self.attachments.push((asset.path.to_string(), asset.print.sha256.clone()));
            }
            if definition.search == SearchWeight::None || definition.kind == FieldKind::Attachment {
                continue;
            }
            let words: Cow<'_, str> = match value {
                Value::Markdown(text) => Cow::Owned(markdown::blocks(text)),
                _ => scene.words(entry, *field, value),
            };
            match definition.search {
                SearchWeight::Name => push_new(&mut self.names, words),
                SearchWeight::Code => push_new(&mut self.codes, words),
                SearchWeight::Title if *words == self.title => {}
                _ => self.block(&words),
            }
        }
        let body = entry.body.as_ref().map(|body| markdown::blocks(body.as_str())).unwrap_or_default();
        // Most summaries are the beginning of the text.
        if !body.starts_with(entry.summary.trim_end_matches('…')) && !self.rest.contains(&entry.summary) {
            self.block(&entry.summary);
        }
        self.block(&body);
    }

    fn narrow(&mut self, scene: Scene<'_>, entry: &Entry) {
        let (site, register) = (scene.site, scene.site.register_of(entry));
        let envelope = &site.registers.envelope;
        let own = register.facets.iter().filter_map(|facet| match facet {
            Facet::Field(field) => Some(*field),
            Facet::Year => None,
        });
        let mut fields: Vec<_> = own.chain([envelope.district, envelope.sector]).collect();
        fields.sort();
        fields.dedup();
        for field in fields {
            let name = register.field(field).definition.name.clone();
            for value in entry.values(field).filter_map(facet_value) {
                let facet = (name.clone(), facet_value_name(site, value));
                if !self.facets.contains(&facet) {
                    self.facets.push(facet);
                }
            }
        }
    }

    /// What the document depends on, for knowing whether a partition changed.
    pub(crate) fn digest(&self, into: &mut Sha256) {
        let mut part = |text: &str| {
            into.update((text.len() as u64).to_le_bytes());
            into.update(text);
        };
        part(self.kind.name());
        part(&self.route);
        part(&self.title);
        self.names.iter().for_each(|name| part(name));
        part("");
        self.codes.iter().for_each(|code| part(code));
        part("");
        part(&self.rest);
        part(&self.day.map(|day| day.to_string()).unwrap_or_default());
        for (name, value) in &self.facets {
            part(name);
            part(value);
        }
        for (_, sha256) in &self.attachments {
            part(sha256);
        }
        self.districts.iter().for_each(|district| part(district));
    }

    /// The text a reader finds on the page, one block a line, the title first.
    pub(crate) fn text(&self) -> String {
        let parts = [self.title.as_str()].into_iter();
        let named = self.names.iter().chain(&self.codes).map(String::as_str);
        parts.chain(named).chain([self.rest.trim_end()]).collect::<Vec<_>>().join("\n")
    }
}

/// Formats whose text can be had.
const WITH_TEXT: [&str; 9] = ["pdf", "docx", "xlsx", "pptx", "odt", "ods", "txt", "csv", "md"];

/// The file of an attachment, if there may be text in it.
fn attached<'a>(scene: Scene<'a>, value: &Value) -> Option<&'a (crate::source::Asset, crate::route::Route)> {
    let Value::Attachment(path) = value else { return None };
    let (_, extension) = path.rsplit_once('.')?;
    WITH_TEXT.contains(&extension.to_ascii_lowercase().as_str()).then(|| scene.site.assets.get(path)).flatten()
}

fn push_new(list: &mut Vec<String>, words: Cow<'_, str>) {
    if !words.is_empty() && !list.iter().any(|known| *known == words) {
        list.push(words.into_owned());
    }
}
