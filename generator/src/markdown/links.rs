//! Words that become links by themselves: 《titles》 of documents the site holds, and terms of the glossary.
//! Turns the lists of a site into a matcher and a table of folded titles; `annotate` applies them to a page.

use std::collections::HashMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::chars::{escape_address, escape_attribute};

const STATE: &str = "中华人民共和国";
/// Up to this many bytes of terms the automaton is a table (about 0.5 KB a byte), which is three times as fast.
const TABLE_LIMIT: usize = 24_000;

/// Titles and terms of a site, made once and shared by all pages.
pub(crate) struct Links {
    /// Folded title to route.
    pub(super) documents: HashMap<String, String>,
    /// Pattern 0 is 《; the others are the terms, in order.
    pub(super) matcher: AhoCorasick,
    pub(super) terms: Vec<Term>,
    pub(super) concepts: usize,
}

pub(super) struct Term {
    /// The page of the glossary, on which the term is no link.
    pub(super) page: String,
    /// The address from the top of the site, escaped.
    pub(super) address: String,
    /// The `title` attribute, escaped.
    pub(super) explanation: String,
    /// Terms with one route are names of one concept, which is linked once.
    pub(super) concept: usize,
}

impl Links {
    /// `documents`: title without 《》, route. `terms`: term or alias, route with anchor, explanation in one line.
    pub(crate) fn new(documents: Vec<(String, String)>, terms: Vec<(String, String, String)>) -> Links {
        let mut patterns = vec!["《".to_owned()];
        let mut known: Vec<Term> = Vec::new();
        let mut concepts = HashMap::new();
        for (term, route, explanation) in terms {
            let term = term.trim();
            // One character is part of too many other words.
            if term.chars().nth(1).is_none() {
                continue;
            }
            let next = concepts.len();
            let concept = *concepts.entry(route.clone()).or_insert(next);
            patterns.push(term.to_owned());
            known.push(Term {
                page: route.split('#').next().unwrap_or_default().to_owned(),
                address: escaped(&route, escape_address),
                explanation: escaped(explanation.trim(), escape_attribute),
                concept,
            });
        }
        let size: usize = patterns.iter().map(String::len).sum();
        let matcher = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .kind((size <= TABLE_LIMIT).then_some(AhoCorasickKind::DFA))
            .build(&patterns)
            .expect("a glossary is far below the 2^31 states an automaton can have");
        Links { documents: titles(documents), matcher, terms: known, concepts: concepts.len() }
    }

    /// The route of the document with this title, with or without the name of the state before it.
    pub(super) fn document(&self, title: &str) -> Option<&str> {
        let folded = fold(title);
        let found = self.documents.get(&folded).or_else(|| self.documents.get(folded.strip_prefix(STATE)?));
        found.map(String::as_str)
    }
}

/// Every title under its own name; without the name of the state where no other document is called so.
fn titles(documents: Vec<(String, String)>) -> HashMap<String, String> {
    let mut routes = HashMap::with_capacity(documents.len() * 2);
    let mut short = Vec::new();
    for (title, route) in documents {
        let folded = fold(&title);
        if let Some(name) = folded.strip_prefix(STATE) {
            short.push((name.to_owned(), route.clone()));
        }
        routes.entry(folded).or_insert(route);
    }
    for (name, route) in short {
        routes.entry(name).or_insert(route);
    }
    routes.remove("");
    routes
}

/// A title without spaces, in half width and small letters, with one kind of each bracket, quote and dash.
fn fold(title: &str) -> String {
    let half_width = |c: char| match u32::from(c) {
        code @ 0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).unwrap_or(c),
        _ => c,
    };
    let visible = title.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\u{200B}' | '\u{FEFF}'));
    visible
        .map(|c| match half_width(c) {
            '“' | '”' | '「' | '」' => '"',
            '‘' | '’' => '\'',
            '《' | '<' => '〈',
            '》' | '>' => '〉',
            '〔' | '【' => '[',
            '〕' | '】' => ']',
            '•' | '・' | '‧' | '∙' => '·',
            '—' | '–' | '―' | '－' => '-',
            c => c.to_ascii_lowercase(),
        })
        .collect()
}

pub(super) fn escaped(text: &str, escape: fn(&str, &mut String)) -> String {
    let mut out = String::new();
    escape(text, &mut out);
    out
}
