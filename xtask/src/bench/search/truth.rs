//! Which documents hold what a query asks for: plain substrings of folded text, block by block. Reads every document
//! once for all queries and keeps none of them.

use std::io;
use std::thread;

use aho_corasick::{AhoCorasick, MatchKind};

use super::document::{Document, Source};
use super::fold::Folding;
use super::queries::{Filters, Query};

/// As many as a small server has cores.
const THREADS: usize = 2;

/// Positions of the documents that match each query, in order; guides come after the others.
pub(super) fn hits(source: &dyn Source, queries: &[Query]) -> io::Result<Vec<Vec<u32>>> {
    let terms = Terms::new(queries)?;
    let guides = source.guides();
    let count = source.count() + guides.len();
    let share = count.div_ceil(THREADS);
    let parts: Vec<Vec<Vec<u32>>> = thread::scope(|scope| {
        let part = |from: usize| {
            let (terms, guides) = (&terms, &guides);
            scope.spawn(move || {
                let mut hits = vec![Vec::new(); queries.len()];
                for at in from..count.min(from + share) {
                    match at.checked_sub(source.count()) {
                        None => terms.note(&source.document(at), at, queries, &mut hits),
                        Some(guide) => terms.note(&guides[guide], at, queries, &mut hits),
                    }
                }
                hits
            })
        };
        let readers: Vec<_> = (0..count).step_by(share.max(1)).map(part).collect();
        readers.into_iter().map(|reader| reader.join().expect("reading does not panic")).collect()
    });
    let mut all = vec![Vec::new(); queries.len()];
    for part in parts {
        all.iter_mut().zip(part).for_each(|(all, part)| all.extend(part));
    }
    Ok(all)
}

/// The folded terms of all queries, looked for at once.
struct Terms {
    folding: Folding,
    finder: AhoCorasick,
    /// For each query the positions of its terms in the finder.
    of_query: Vec<Vec<usize>>,
    count: usize,
}

impl Terms {
    fn new(queries: &[Query]) -> io::Result<Terms> {
        let folding = Folding::new();
        let mut patterns: Vec<String> = Vec::new();
        let mut of_query = Vec::with_capacity(queries.len());
        for query in queries {
            let mut terms = Vec::with_capacity(query.terms.len());
            for folded in query.terms.iter().map(|term| folding.fold(term)) {
                let known = patterns.iter().position(|pattern| *pattern == folded);
                terms.push(known.unwrap_or(patterns.len()));
                if known.is_none() {
                    patterns.push(folded);
                }
            }
            of_query.push(terms);
        }
        let finder =
            AhoCorasick::builder().match_kind(MatchKind::Standard).build(&patterns).map_err(io::Error::other)?;
        Ok(Terms { folding, finder, of_query, count: patterns.len() })
    }

    fn note(&self, document: &Document, at: usize, queries: &[Query], hits: &mut [Vec<u32>]) {
        let mut found = vec![false; self.count];
        for block in document.blocks() {
            for place in self.finder.find_overlapping_iter(&self.folding.fold(block)) {
                found[place.pattern().as_usize()] = true;
            }
        }
        for ((query, terms), hits) in queries.iter().zip(&self.of_query).zip(hits) {
            if terms.iter().all(|term| found[*term]) && passes(document, &query.filters) {
                hits.push(u32::try_from(at).expect("a portal has fewer than 2^32 pages"));
            }
        }
    }
}

fn passes(document: &Document, filters: &Filters) -> bool {
    let within = filters.days.as_ref().is_none_or(|(from, to)| {
        !document.date.is_empty() && (from.as_str()..=to.as_str()).contains(&document.date.as_str())
    });
    within && filters.facets.iter().all(|facet| document.facets.contains(facet))
}

#[cfg(test)]
mod tests {
    use super::super::pages::{Corpus, Variation, invented_laws};
    use super::super::queries::Class;
    use super::*;

    #[test]
    fn the_quick_way_finds_what_the_plain_way_finds() {
        let corpus = Corpus::new(invented_laws(), 150, Variation::More);
        let query = |terms: &[&str], filters: Filters| Query {
            class: Class::Words,
            terms: terms.iter().map(|term| (*term).to_owned()).collect(),
            filters,
        };
        let facets = vec![("register", "decision")];
        let queries = [
            query(&["安全生产"], Filters::default()),
            query(&["产"], Filters::default()),
            query(&["責任制", "[20"], Filters::default()),
            query(&["没有这样的话"], Filters::default()),
            query(&["金水区"], Filters { facets: facets.clone(), days: None }),
            query(&[], Filters { facets, days: Some(("2018-01-01".to_owned(), "2018-12-31".to_owned())) }),
        ];
        let folding = Folding::new();
        let all = hits(&corpus, &queries).expect("the patterns are few");
        for (query, hits) in queries.iter().zip(all) {
            let mut documents: Vec<Document> = (0..corpus.count()).map(|at| corpus.document(at)).collect();
            documents.extend(corpus.guides());
            let holds = |document: &Document, term: &str| {
                document.blocks().any(|block| folding.fold(block).contains(&folding.fold(term)))
            };
            let expected: Vec<u32> = (0_u32..)
                .zip(&documents)
                .filter(|(_, document)| {
                    query.terms.iter().all(|term| holds(document, term)) && passes(document, &query.filters)
                })
                .map(|(at, _)| at)
                .collect();
            assert_eq!(hits, expected, "{:?}", query.terms);
        }
    }
}
