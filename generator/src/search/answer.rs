//! The command line's search: an index that was built before is opened, and a query becomes an answer that
//! people and programs can read.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use jiff::civil::Date;
use serde::Serialize;
use tantivy::ReloadPolicy;

use super::excerpt::{Piece, excerpt};
use super::find::{Found, Wanted, Whole};
use super::index::Trouble;
use super::query::{self, Query};
use super::{State, schema};

/// An index, open for queries.
pub struct Finder {
    whole: Whole,
    state: State,
}

/// What a search asks for beside its words.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// Name and value, such as `register` and `penalty`; values of one name are alternatives.
    pub facets: Vec<(String, String)>,
    pub from: Option<Date>,
    pub to: Option<Date>,
    /// Newest first instead of best first.
    pub by_date: bool,
    pub offset: usize,
    pub limit: usize,
}

/// What was found, ready to be printed.
#[derive(Debug, Serialize)]
pub struct Answer {
    pub query: String,
    pub total: usize,
    /// Nothing matches exactly; these come near.
    pub loose: bool,
    /// The query was too long and its end was left out.
    pub cut: bool,
    /// Other spellings that were looked for too.
    pub also: Vec<String>,
    pub results: Vec<Entry>,
    /// Name, value, how many of all that match.
    pub facets: BTreeMap<String, BTreeMap<String, usize>>,
}

/// One page that was found.
#[derive(Debug, Serialize)]
pub struct Entry {
    pub title: String,
    /// From the portal's root.
    pub url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Title of the register.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub register: Option<String>,
    pub score: f32,
    excerpt: Vec<Piece>,
}

impl Entry {
    /// The excerpt with what was looked for between two marks.
    #[must_use]
    pub fn excerpt(&self, open: &str, close: &str) -> String {
        let piece = |piece: &Piece| match piece.mark {
            true => format!("{open}{}{close}", piece.text),
            false => piece.text.clone(),
        };
        self.excerpt.iter().map(piece).collect()
    }
}

impl Finder {
    /// Opens the index in `home`; none when there is none.
    pub(crate) fn open(home: &Path) -> Result<Option<Finder>, Trouble> {
        let path = home.join(super::STATE);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Trouble::Io(path, error)),
        };
        // A state of another version is of an index that the next build makes anew.
        let state = serde_json::from_str::<State>(&text).ok().filter(|state| state.version == schema::VERSION);
        let Some(state) = state else { return Ok(None) };
        let mut searchers = Vec::with_capacity(state.partitions.len());
        for partition in &state.partitions {
            let failed = |error| Trouble::Tantivy(home.join(&partition.folder), error);
            let index = partition.open(home).map_err(failed)?;
            let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(failed)?;
            searchers.push(reader.searcher());
        }
        Ok(Some(Finder { whole: Whole::new(searchers), state }))
    }

    /// Answers a query.
    ///
    /// # Errors
    /// An index that cannot be read, in words.
    pub fn answer(&self, words: &str, ask: &Ask) -> Result<Answer, String> {
        let query = query::read(words, &self.state.synonyms);
        let wanted = Wanted {
            facets: ask.facets.clone(),
            from: ask.from,
            to: ask.to,
            by_date: ask.by_date || query.terms.iter().all(|term| term.exclude),
            offset: ask.offset,
            limit: ask.limit,
        };
        if query.terms.is_empty() && !words.trim().is_empty() {
            // Nothing but marks: that is not a wish to see everything.
            return Ok(self.worded(words, &query, Found::default()));
        }
        let found = self.whole.find(&query, &wanted).map_err(|error| error.to_string())?;
        Ok(self.worded(words, &query, found))
    }

    fn worded(&self, words: &str, query: &Query, found: Found) -> Answer {
        let positive = query.terms.iter().filter(|term| !term.exclude);
        let spellings = positive.flat_map(|term| &term.alternatives);
        let mut phrases: Vec<&str> = spellings.clone().map(|spelling| spelling.folded.as_str()).collect();
        if found.loose {
            phrases = phrases.into_iter().flat_map(super::grams::overlapping).collect();
        }
        let results = found.hits.into_iter().map(|hit| Entry {
            excerpt: excerpt(&(hit.record.below_title() + &hit.attached), &phrases),
            title: hit.record.title,
            url: hit.record.route,
            date: hit.record.day,
            register: hit.record.register.map(|name| self.state.registers.get(&name).cloned().unwrap_or(name)),
            score: hit.score,
        });
        let mut facets: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
        for (facet, count) in found.facets {
            let (name, value) = facet.split_once('=').unwrap_or((&facet, ""));
            facets.entry(name.to_owned()).or_default().insert(value.to_owned(), count);
        }
        Answer {
            query: words.to_owned(),
            total: found.total,
            loose: found.loose,
            cut: query.cut,
            also: spellings
                .filter(|spelling| spelling.why != query::Why::Typed)
                .map(|spelling| spelling.folded.clone())
                .collect(),
            results: results.collect(),
            facets,
        }
    }
}
