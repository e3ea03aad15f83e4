//! What went wrong, where, and what to do: diagnostics and the list that collects them.
//!
//! A diagnostic never stops a stage; a stage collects all of its own and the caller decides.
//! Knows places and words, nothing of registers or routes.

mod catalogue;
mod place;
mod print;

pub(crate) use catalogue::Said;
pub use place::Place;
pub(crate) use place::column_letters;
pub use print::{json, terminal};

use crate::text::Text;

/// How much a diagnostic weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is written.
    Error,
    /// The build goes on; an error under `--strict`.
    Warning,
    /// Nothing is wrong; a person should know how something was understood.
    Note,
}

/// One finding: a stable code, a sentence, a place and a remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub severity: Severity,
    /// Stable kebab-case name; listed in the documentation and searched for in tests.
    pub code: &'static str,
    pub message: Text,
    pub place: Option<Place>,
    pub help: Text,
    /// The other places that take part, each with the part it plays.
    pub related: Vec<(Place, Text)>,
}

/// All findings of a run so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    items: Vec<Diagnostic>,
}

impl Diagnostics {
    #[must_use]
    pub fn new() -> Diagnostics {
        Diagnostics::default()
    }

    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        self.items.push(diagnostic);
    }

    pub(crate) fn extend(&mut self, other: Diagnostics) {
        self.items.extend(other.items);
    }

    /// The findings in a stable order: by place, then by code.
    #[must_use]
    pub fn sorted(mut self) -> Diagnostics {
        self.items.sort_by(|a, b| (&a.place, a.code, &a.message).cmp(&(&b.place, b.code, &b.message)));
        self.items.dedup();
        self
    }

    #[must_use]
    pub fn errors(&self) -> usize {
        self.count(Severity::Error)
    }

    #[must_use]
    pub fn warnings(&self) -> usize {
        self.count(Severity::Warning)
    }

    fn count(&self, severity: Severity) -> usize {
        self.items.iter().filter(|item| item.severity == severity).count()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.items.iter()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Rewrites every word and every quoted line, to cover what nobody may read.
    #[must_use]
    pub(crate) fn rewritten(mut self, rewrite: &dyn Fn(&str) -> String) -> Diagnostics {
        for item in &mut self.items {
            for text in [&mut item.message, &mut item.help] {
                *text = Text::new(rewrite(&text.zh), rewrite(&text.en));
            }
            for place in item.place.iter_mut().chain(item.related.iter_mut().map(|(place, _)| place)) {
                if let Place::Line { text, .. } = place {
                    *text = rewrite(text);
                }
            }
        }
        self
    }

    /// Raises every warning to an error, for `--strict`.
    #[must_use]
    pub fn strict(mut self) -> Diagnostics {
        for item in self.items.iter_mut().filter(|item| item.severity == Severity::Warning) {
            item.severity = Severity::Error;
        }
        self
    }
}
