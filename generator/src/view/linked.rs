//! A record as schema.org describes it, for machines that read pages.

use super::Scene;
use crate::format::json_ld;
use crate::register::{FieldKind, Register};
use crate::site::Entry;

/// The node of one record: an article, an event, a place, a term, or a thing of the register's own type.
pub(super) fn thing(scene: Scene<'_>, entry: &Entry, url: &str) -> json_ld::Node {
    let register = scene.site.register_of(entry);
    let publisher = &scene.site.settings.site.organizer;
    match register.definition.schema_org.as_str() {
        kind @ ("Article" | "NewsArticle" | "Report") => article(scene, entry, url, kind),
        "Event" => event(scene, entry, url)
            .unwrap_or_else(|| json_ld::thing("CreativeWork", &entry.title, url, &entry.summary)),
        "Place" => json_ld::place(&place(register, entry, url)),
        "DefinedTerm" => json_ld::defined_term(&json_ld::DefinedTerm {
            name: &entry.title,
            description: &entry.summary,
            url,
            set: &scene.site.column(entry.column).title,
            ..json_ld::DefinedTerm::default()
        }),
        "Organization" => json_ld::government_organization(&json_ld::Organization {
            name: &entry.title,
            url,
            telephone: first(register, entry, FieldKind::Phone),
            area: publisher,
            ..json_ld::Organization::default()
        }),
        kind => json_ld::thing(kind, &entry.title, url, &entry.summary),
    }
}

fn article(scene: Scene<'_>, entry: &Entry, url: &str, kind: &str) -> json_ld::Node {
    json_ld::article(&json_ld::Article {
        kind: if kind == "NewsArticle" { json_ld::ArticleKind::News } else { json_ld::ArticleKind::Article },
        url,
        headline: &entry.title,
        description: &entry.summary,
        published: scene.published(entry),
        publisher: &scene.site.settings.site.organizer,
        language: scene.language().tag(),
        ..json_ld::Article::default()
    })
}

fn event(scene: Scene<'_>, entry: &Entry, url: &str) -> Option<json_ld::Node> {
    let (from, to) = scene.site.days_of(entry)?;
    Some(json_ld::event(&json_ld::Event {
        name: &entry.title,
        description: &entry.summary,
        url,
        from,
        to,
        location: None,
        organizer: &scene.site.settings.site.organizer,
    }))
}

fn place<'a>(register: &Register, entry: &'a Entry, url: &'a str) -> json_ld::Place<'a> {
    json_ld::Place {
        name: &entry.title,
        description: &entry.summary,
        url,
        address: register.field_named("address").map_or("", |field| entry.text(field)),
        telephone: first(register, entry, FieldKind::Phone),
        coordinates: None,
    }
}

/// The first value of a type, as text.
fn first<'a>(register: &Register, entry: &'a Entry, kind: FieldKind) -> &'a str {
    let mut values = entry.values.iter().filter(|(field, _)| register.field(*field).definition.kind == kind);
    values.find_map(|(_, value)| value.text()).unwrap_or_default()
}
