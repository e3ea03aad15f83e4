//! What templates and data files see: small values borrowed from the site for one output.
//!
//! A view is complete: whatever an output depends on is in it. Knows no template syntax and does no I/O.

mod area;
mod data;
mod dossier;
mod home;
mod linked;
mod listing;
mod page;
mod record;
mod search;
mod services;
mod shapes;
mod site;
mod tables;
mod values;

pub(crate) use area::{area, areas};
pub(crate) use data::{Extent, RecordJson, dictionary, package, record_row, record_titles, record_width, stands_alone};
pub(crate) use dossier::{companies, dossier};
pub(crate) use home::home;
pub(crate) use listing::{facets, listing};
pub(crate) use page::Page;
pub(crate) use record::record;
pub(crate) use search::search;
pub(crate) use services::{
    Happening, calendar, catalogue, catalogue_row, happenings, not_found, notice, redirect, site_map,
};
pub(crate) use site::site;

use crate::markdown;
use crate::plan::{Plan, links};
use crate::register::Value;
use crate::route::Route;
use crate::site::{Entry, EntryId, Record, Site};
use crate::source::{Slice, folder};
use crate::text::Language;
use crate::theme::Theme;

/// The site, its plan and its theme, together: what views are made from.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) site: &'a Site,
    pub(crate) plan: &'a Plan,
    pub(crate) theme: &'a Theme,
}

impl<'a> Scene<'a> {
    pub(crate) fn language(self) -> Language {
        self.site.language()
    }

    pub(crate) fn chinese(self) -> bool {
        self.language() == Language::Chinese
    }

    /// A word or sentence of the portal itself, in its language.
    pub(crate) fn say<'t>(self, zh: &'t str, en: &'t str) -> &'t str {
        if self.chinese() { zh } else { en }
    }

    /// The page on which a record is read: its own, its parent's, or its column's listing.
    pub(crate) fn url(self, id: EntryId) -> String {
        self.url_of(self.site.entry(id))
    }

    pub(crate) fn url_of(self, record: &Record) -> String {
        let register = self.site.register_of(record);
        if register.definition.pages {
            return record.route.to_string();
        }
        let parent = register.parent.and_then(|field| record.value(field));
        match parent {
            Some(Value::Reference(parent)) => self.url(*parent),
            _ => self.site.column(record.column).index(),
        }
    }

    /// The absolute address of a route, or nothing when the site has no origin.
    pub(crate) fn absolute(self, route: &str) -> String {
        let site = &self.site.settings.site;
        if site.url.is_empty() {
            return String::new();
        }
        [site.url.trim_end_matches('/'), &site.base_path, route].concat()
    }

    /// Markdown of one file as HTML for one page.
    pub(crate) fn html(self, body: &str, source_folder: &str, on: &Route) -> markdown::Rendered {
        let resolve = |target: &str| links::resolve(self.site, self.plan, source_folder, target);
        let context = markdown::Context {
            links: &self.site.links,
            root: on.to_root(),
            own_route: on.as_str(),
            resolve: &resolve,
            heading_base: 1,
        };
        markdown::render(body, &context)
    }

    pub(crate) fn slice_html(self, body: &Slice, file: &str, on: &Route) -> markdown::Rendered {
        self.html(body.as_str(), folder(file), on)
    }

    /// The folder of the file a record was written in.
    pub(crate) fn folder_of(self, entry: &Entry) -> &'a str {
        folder(&self.site.files[entry.origin.file as usize].path)
    }
}
