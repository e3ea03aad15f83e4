//! The gate: what was written and what would be published is searched for private data, and nothing of it
//! passes but what a reviewer has let pass.
//!
//! `sources` looks at the records of a site, where the cell is known; `outputs` at every byte that would be
//! published, but for the pieces of texts in the search index (`search::is_in_pieces`). Must not write, nor decide what
//! is private: `privacy` does.

mod allow;
mod outputs;
mod overview;
mod sources;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::config::Settings;
use crate::diag::{Diagnostics, Place};
use crate::privacy::{self, Finding, Kind, Known};
use crate::register::{FieldKind, Register, Value};
use crate::rules::privacy::{Policy, Weight};
use crate::site::Site;
use crate::source::{Source, hex};
use allow::Subject;
pub(crate) use allow::{Allow, Declared, declared, is_declaration};
pub(crate) use overview::overview;
pub(crate) use sources::{Searched, search};

/// What may pass, and how grave the rest is. Made once for a build.
pub(crate) struct Gate {
    known: Known,
    policy: Policy,
    allows: Vec<Allow>,
    /// Which of the allows let something pass.
    used: Vec<AtomicBool>,
    /// What a reviewer let pass in the sources: it may stand in any output.
    passed: BTreeSet<(Kind, String)>,
    /// Names of authors in documents are findings too.
    strict: bool,
    key: String,
}

/// Something private in an output or a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Leak {
    /// Whether it stops the build.
    pub(crate) grave: bool,
    pub(crate) what: Trouble,
    /// Where in the file: a cell, a comment, a property. May be empty.
    pub(crate) at: String,
    /// Short enough to be copied, made of the finding and the words around it.
    pub(crate) fingerprint: String,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trouble {
    Private {
        kind: Kind,
        preview: String,
    },
    /// A file that nobody can look into.
    Unreadable(String),
    /// A document that names its author.
    Author(String),
}

impl Gate {
    /// The gate of a site, before its sources are searched.
    pub(crate) fn new(site: &Site, declared: Declared, strict: bool) -> Gate {
        let policy = site.registers.packs.privacy.clone();
        let mut public: BTreeSet<String> = declared.public.into_iter().collect();
        public.extend(contacts(&site.settings));
        public.extend(phones(site));
        let mut known = Known::default();
        public.iter().for_each(|declared| known.add(declared));
        let key = key(&public, &policy, &declared.allows, strict);
        let used = declared.allows.iter().map(|_| AtomicBool::new(false)).collect();
        Gate { known, policy, allows: declared.allows, used, passed: BTreeSet::new(), strict, key }
    }

    /// Changes when the gate would judge an output differently than before.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// Whether anything in a text looks private, whatever becomes of it.
    pub(crate) fn finds(&self, text: &str) -> bool {
        !privacy::scan(text, &self.known).is_empty()
    }

    /// Whether an entry lets a finding pass at this place. The entry counts as used from then on.
    fn allowed(&self, place: &str, kind: &str, fingerprint: &str) -> bool {
        let is_it = |allow: &Allow| allow.kind == kind && allow.fingerprint == fingerprint && allow.covers(place);
        let found = self.allows.iter().position(is_it);
        if let Some(at) = found {
            self.used[at].store(true, Ordering::Relaxed);
        }
        found.is_some()
    }

    /// The entries that let nothing pass, among those that `concerns` knows.
    fn unused(&self, concerns: impl Fn(&Allow) -> bool) -> Diagnostics {
        let mut diags = Diagnostics::new();
        for (allow, used) in self.allows.iter().zip(&self.used) {
            if concerns(allow) && !used.load(Ordering::Relaxed) {
                diags.stale_allow(&allow.file, &allow.kind, &allow.reviewer);
            }
        }
        diags
    }

    /// The entries for attachments and outputs that let nothing pass. Ask when all of them have been searched.
    pub(crate) fn stale(&self, site: &Site, is_output: &dyn Fn(&str) -> bool) -> Diagnostics {
        self.unused(|allow| allow.subject(site, is_output) == Some(Subject::Output))
    }

    fn is_heeded(&self, finding: &Finding) -> bool {
        self.policy.weight(finding.kind.name()) != Weight::Off
    }
}

/// Telephones and mail addresses that the settings show on every page.
fn contacts(settings: &Settings) -> impl Iterator<Item = String> + '_ {
    settings.hotline.iter().map(|hotline| hotline.number.clone()).chain([settings.site.contact.clone()])
}

/// Telephones that records show.
fn phones(site: &Site) -> Vec<String> {
    let has_phones =
        |register: &Register| register.fields.iter().any(|field| matches!(field.definition.kind, FieldKind::Phone));
    let has_phones: Vec<bool> = site.registers.list.iter().map(has_phones).collect();
    let entries = site.entries.par_iter().filter(|entry| has_phones[usize::from(entry.register.0)]);
    let phones = entries.flat_map_iter(|entry| &entry.values).filter_map(|(_, value)| match value {
        Value::Phone(phone) => Some(phone.to_string()),
        _ => None,
    });
    phones.collect()
}

fn key(public: &BTreeSet<String>, policy: &Policy, allows: &[Allow], strict: bool) -> String {
    let mut hash = Sha256::new();
    hash.update(format!("{} {strict} {policy:?}", privacy::VERSION));
    for declared in public {
        hash.update(declared);
        hash.update([0]);
    }
    for allow in allows {
        hash.update(format!("{allow:?}"));
    }
    hex(&hash.finalize())[..16].to_owned()
}

/// Characters around a finding that make its fingerprint: when they change, somebody must look again.
const AROUND: usize = 12;

/// A short hash of a finding and the words around it.
fn fingerprint(text: &str, finding: &Finding) -> String {
    let before: String = text[..finding.start].chars().rev().filter(|c| !c.is_whitespace()).take(AROUND).collect();
    let after: String = text[finding.end..].chars().filter(|c| !c.is_whitespace()).take(AROUND).collect();
    let whole = format!("{}|{}|{before}|{after}", finding.kind.name(), finding.text);
    hex(&Sha256::digest(whole))[..16].to_owned()
}

/// Leaks of many outputs as findings: one for each thing, however many pages repeat it.
pub(crate) fn report(gate: &Gate, leaks: Vec<(Place, String, Leak)>, diags: &mut Diagnostics) {
    let mut grouped: BTreeMap<(Place, Trouble), Vec<(String, Leak)>> = BTreeMap::new();
    for (place, route, leak) in leaks {
        grouped.entry((place, leak.what.clone())).or_default().push((route, leak));
    }
    let mut found = Diagnostics::new();
    for ((place, what), mut routes) in grouped {
        routes.sort();
        let (route, leak) = routes.first().expect("a group has a member");
        let others = routes.len() - 1;
        match what {
            Trouble::Private { kind, preview } => {
                let label = kind.label();
                found.private_output(
                    leak.grave,
                    place,
                    &label,
                    kind.name(),
                    &preview,
                    route,
                    &leak.at,
                    others,
                    &leak.fingerprint,
                );
            }
            Trouble::Unreadable(why) => found.file_cannot_be_searched(place, &why, &leak.fingerprint),
            Trouble::Author(name) => found.author_named(place, &privacy::hidden_name(&name)),
        }
    }
    diags.extend(if gate.strict { found.strict() } else { found });
}

/// The declarations among the sources, if there are any.
///
/// # Errors
/// A file that is not well-formed, or an entry without a reason or reviewer.
pub(crate) fn declarations(sources: &[Source]) -> Result<Declared, Diagnostics> {
    match sources.iter().find(|source| is_declaration(&source.path)) {
        Some(source) => declared(source),
        None => Ok(Declared::default()),
    }
}
