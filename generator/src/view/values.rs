//! Values of a record as items and fields: words, links, colours.

use std::borrow::Cow;

use super::Scene;
use super::shapes::{Card, Field, Item};
use crate::format::moment::Moment;
use crate::literal::PartialDate;
use crate::plan::{dossier_route, facet_value};
use crate::register::{Facet, FieldId, FieldKind, Register, Value, display};
use crate::route::Route;
use crate::site::{Entry, EntryId};

impl<'a> Scene<'a> {
    /// One value with where it leads: the dossier of a code, the page of a district, the narrowed
    /// listing of a facet, the record of a reference.
    pub(super) fn item(self, entry: &'a Entry, field: FieldId, value: &'a Value) -> Item<'a> {
        let site = self.site;
        let definition = &site.register_of(entry).field(field).definition;
        let plain =
            || Cow::Owned(display::words(value, definition.unit.as_deref(), &site.registers.codes, self.language()));
        match value {
            Value::Code(code) => {
                let listed = site.registers.codes.get(*code);
                let route = match definition.kind {
                    FieldKind::District | FieldKind::Sector => self.plan.area_routes.get(code),
                    _ => facet_value(value)
                        .and_then(|value| self.plan.facet_routes.get(&(entry.column, Facet::Field(field), value))),
                };
                Item {
                    text: Cow::Borrowed(listed.label(self.language())),
                    url: Cow::Borrowed(route.map_or("", Route::as_str)),
                    color: &listed.color,
                    note: listed.note.pick(self.language()),
                    ..Item::default()
                }
            }
            Value::CreditCode(code) => {
                let known = site.joins.dossiers.contains_key(&**code);
                let url = if known { dossier_route(code).to_string() } else { String::new() };
                Item { text: Cow::Borrowed(code), url: Cow::Owned(url), ..Item::default() }
            }
            Value::Reference(target) => Item {
                text: Cow::Borrowed(&site.entry(*target).title),
                url: Cow::Owned(self.url(*target)),
                ..Item::default()
            },
            Value::Url(href) => Item { text: Cow::Borrowed(href), href: Cow::Borrowed(href), ..Item::default() },
            Value::Phone(number) => {
                Item { text: Cow::Borrowed(number), href: Cow::Owned(format!("tel:{number}")), ..Item::default() }
            }
            Value::Attachment(path) => {
                let name = path.rsplit('/').next().unwrap_or(path);
                let url = site.assets.get(path).map(|(_, route)| route.to_string()).unwrap_or_default();
                Item { text: Cow::Borrowed(name), url: Cow::Owned(url), image: is_picture(path), ..Item::default() }
            }
            Value::Coordinates(at) => {
                let href = self.map_address(&at.longitude.to_string(), &at.latitude.to_string());
                Item { text: plain(), href: Cow::Owned(href), ..Item::default() }
            }
            Value::Text(text) if definition.kind == FieldKind::Counter => {
                let count = self.counted(text).map(|count| count.value.to_string());
                Item { text: Cow::Owned(count.unwrap_or_default()), ..Item::default() }
            }
            Value::Text(text) | Value::DocumentNumber(text) => Item { text: Cow::Borrowed(text), ..Item::default() },
            _ => Item { text: plain(), ..Item::default() },
        }
    }

    /// A value as a reader of the page reads it.
    pub(crate) fn words(self, entry: &'a Entry, field: FieldId, value: &'a Value) -> Cow<'a, str> {
        self.item(entry, field, value).text
    }

    /// A place on the map that the site names, or in whatever map the reader's device has (RFC 5870).
    fn map_address(self, longitude: &str, latitude: &str) -> String {
        let pattern = &self.site.settings.site.map_url;
        let pattern = if pattern.is_empty() { "geo:{lat},{lon}" } else { pattern };
        pattern.replace("{lon}", longitude).replace("{lat}", latitude)
    }

    /// All values of one field, on the page `on`.
    pub(super) fn field(self, entry: &'a Entry, field: FieldId, on: &Route) -> Field<'a> {
        let definition = &self.site.register_of(entry).field(field).definition;
        let mut html = String::new();
        let mut items = Vec::new();
        for value in entry.values(field) {
            if let Value::Markdown(text) = value {
                html.push_str(&self.html(text, self.folder_of(entry), on).html);
            } else {
                items.push(self.item(entry, field, value));
            }
        }
        Field {
            name: &definition.name,
            label: definition.label.pick(self.language()),
            kind: definition.kind,
            items,
            html,
            help: definition.help.pick(self.language()),
        }
    }

    pub(super) fn status(self, entry: &'a Entry) -> Option<Item<'a>> {
        let field = self.site.register_of(entry).status?;
        entry.value(field).map(|value| self.item(entry, field, value))
    }

    /// Districts, sectors and coloured words of a record.
    pub(super) fn tags(self, entry: &'a Entry) -> Vec<Item<'a>> {
        let envelope = &self.site.registers.envelope;
        let fields = [envelope.district, envelope.sector, envelope.audience];
        fields
            .into_iter()
            .flat_map(|field| entry.values(field).map(move |value| self.item(entry, field, value)))
            .collect()
    }

    pub(super) fn date_text(self, date: Option<PartialDate>) -> String {
        date.map(|date| display::partial_date(date, self.language())).unwrap_or_default()
    }

    /// When a record was published, to the minute where that is known, else the day on which it became news.
    pub(super) fn published(self, entry: &Entry) -> Option<Moment> {
        entry.moment(self.site.registers.envelope.published_on).or(entry.news_day.map(Moment::day))
    }

    /// A record as a card, without its fields.
    pub(crate) fn card(self, id: EntryId) -> Card<'a> {
        let entry = self.site.entry(id);
        let register = self.site.register_of(entry);
        let column = self.site.column(entry.column);
        Card {
            title: &entry.title,
            url: self.url(id),
            register: &column.title,
            register_url: self.site.column(entry.column).index(),
            date: self.date_text(entry.date),
            date_iso: date_iso(entry.date),
            summary: if entry.summary == entry.title { "" } else { &entry.summary },
            status: self.status(entry),
            tags: self.tags(entry),
            image: self.image(entry, register),
            fields: Vec::new(),
        }
    }

    /// A record as a card with the fields its register lists.
    pub(super) fn card_with_fields(self, id: EntryId, on: &Route) -> Card<'a> {
        let entry = self.site.entry(id);
        let register = self.site.register_of(entry);
        let shown = register.list.iter().filter(|field| entry.value(**field).is_some());
        Card { fields: shown.map(|field| self.field(entry, *field, on)).collect(), ..self.card(id) }
    }

    /// The first attachment of a record that is a picture.
    fn image(self, entry: &Entry, register: &Register) -> String {
        let attached =
            entry.values.iter().filter(|(field, _)| register.field(*field).definition.kind == FieldKind::Attachment);
        let pictures = attached.filter_map(|(_, value)| match value {
            Value::Attachment(path) if is_picture(path) => self.site.assets.get(path),
            _ => None,
        });
        pictures.map(|(_, route)| route.to_string()).next().unwrap_or_default()
    }
}

/// As machines read it.
pub(super) fn date_iso(date: Option<PartialDate>) -> String {
    date.map(display::iso_date).unwrap_or_default()
}

fn is_picture(path: &str) -> bool {
    let extension = path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    matches!(extension.as_str(), "jpg" | "jpeg" | "png" | "webp" | "gif" | "svg" | "avif")
}
