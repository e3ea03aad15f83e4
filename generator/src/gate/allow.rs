//! `content/_privacy.toml`: what is public by declaration, and what a reviewer lets pass.

use serde::Deserialize;

use crate::diag::{Diagnostics, Place};
use crate::site::Site;
use crate::source::Source;

const PATH: &str = "content/_privacy.toml";

/// Whether a file of the content folder holds declarations, not records.
pub(crate) fn is_declaration(path: &str) -> bool {
    path == PATH
}

/// Everything that was declared.
#[derive(Clone, Debug, Default)]
pub(crate) struct Declared {
    /// Telephones and mail addresses of offices.
    pub(crate) public: Vec<String>,
    pub(crate) allows: Vec<Allow>,
}

/// One finding that may stand, until the words around it change.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Allow {
    /// The file below `content/`, or the address of an output.
    pub(crate) file: String,
    pub(crate) kind: String,
    pub(crate) fingerprint: String,
    pub(crate) reason: String,
    pub(crate) reviewer: String,
    /// The day of the decision.
    pub(crate) on: String,
}

/// What an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// Something that was written: a page, a table.
    Source,
    /// An attachment, or something that is made.
    Output,
}

impl Allow {
    /// What the entry is about; nothing when there is no such file.
    pub(super) fn subject(&self, site: &Site, is_output: &dyn Fn(&str) -> bool) -> Option<Subject> {
        let is_asset = || ["", "content/"].iter().any(|top| site.assets.get(&format!("{top}{}", self.file)).is_some());
        if site.files.iter().any(|file| self.covers(&file.path)) {
            Some(Subject::Source)
        } else {
            (is_asset() || is_output(&self.file)).then_some(Subject::Output)
        }
    }

    pub(super) fn covers(&self, place: &str) -> bool {
        self.file == place || place.strip_prefix("content/") == Some(&self.file)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    public: Vec<Public>,
    #[serde(default)]
    allow: Vec<toml::Spanned<Allow>>,
}

/// A telephone or mail address of an office; `of` says whose.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Public {
    phone: Option<String>,
    mail: Option<String>,
    of: String,
}

/// Reads the declarations.
///
/// # Errors
/// Text that is not such a file, and entries that nobody answers for.
pub(crate) fn declared(source: &Source) -> Result<Declared, Diagnostics> {
    let mut diags = Diagnostics::new();
    let Ok(text) = source.text().map_err(|line| diags.not_utf8(Place::file(&source.path), line)) else {
        return Err(diags);
    };
    let file = match toml::from_str::<File>(text) {
        Ok(file) => file,
        Err(error) => {
            let place = match error.span() {
                Some(span) => Place::range(&source.path, text, span.start, span.end),
                None => Place::file(&source.path),
            };
            diags.malformed(place, error.message());
            return Err(diags);
        }
    };
    let mut allows = Vec::new();
    for entry in file.allow {
        let span = entry.span();
        let allow = entry.into_inner();
        let empty = [&allow.reason, &allow.reviewer, &allow.on].into_iter().any(|words| words.trim().is_empty());
        if empty || allow.on.parse::<jiff::civil::Date>().is_err() {
            diags.allow_without_reason(Place::range(&source.path, text, span.start, span.start));
        }
        allows.push(allow);
    }
    let public = file.public.into_iter().filter(|public| !public.of.trim().is_empty());
    let public = public.flat_map(|public| [public.phone, public.mail]).flatten().collect();
    if diags.errors() > 0 { Err(diags) } else { Ok(Declared { public, allows }) }
}
