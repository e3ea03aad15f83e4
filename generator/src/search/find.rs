//! Queries over the tantivy index: the command line's search, and the measure of the browser's.
//!
//! The score of a document is the sum, over the terms of the query and the spellings of each that match,
//! of the BM25 score of one gram, the rarest that covers the phrase, in every field, and of `EXACT` when
//! the phrase is a whole title, name or number. That a phrase matches is decided by positions.

use std::ops::Bound;

use jiff::civil::Date;
use tantivy::query::{
    AllQuery, Bm25StatisticsProvider, BooleanQuery, BoostQuery, ConstScoreQuery, EnableScoring, Occur, PhraseQuery,
    Query as TantivyQuery, RangeQuery, TermQuery,
};
use tantivy::schema::{Field as Column, IndexRecordOption, Value};
use tantivy::{Searcher, TantivyDocument, Term as TantivyTerm};

use super::grams::{self, Kind};
use super::index::{GUIDE, days};
use super::query::{Alternative, Query, Term};
use super::record::Record;
use super::schema::{Columns, schema};
use super::{EXACT, Field, GUIDE_BONUS};

/// What narrows and orders a search, beside its words.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// Name and value; values of one name are alternatives.
    pub(crate) facets: Vec<(String, String)>,
    pub(crate) from: Option<Date>,
    pub(crate) to: Option<Date>,
    pub(crate) by_date: bool,
    pub(crate) offset: usize,
    pub(crate) limit: usize,
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) total: usize,
    /// Nothing matches exactly; these come near.
    pub(crate) loose: bool,
    pub(crate) hits: Vec<Hit>,
    /// How many of all that match have each `name=value`.
    pub(crate) facets: Vec<(String, usize)>,
}

#[derive(Debug)]
pub(crate) struct Hit {
    pub(crate) score: f32,
    pub(crate) record: Record,
    /// The texts of attached files, one block a line.
    pub(crate) attached: String,
}

/// All partitions, oldest first, with the statistics they have in common.
pub(crate) struct Whole {
    partitions: Vec<Searcher>,
    columns: Columns,
    documents: u64,
}

/// One match before it is shown.
#[derive(Clone, Copy)]
struct Match {
    score: f32,
    day: Option<i64>,
    partition: usize,
    document: u32,
}

impl Whole {
    pub(crate) fn new(partitions: Vec<Searcher>) -> Whole {
        let documents = partitions.iter().map(Searcher::num_docs).sum();
        Whole { partitions, columns: schema().1, documents }
    }

    /// Searches exactly, and where nothing matches, loosely.
    ///
    /// # Errors
    /// An index that cannot be read.
    pub(crate) fn find(&self, query: &Query, wanted: &Wanted) -> tantivy::Result<Found> {
        let mut matches = self.matches(&self.exact(query, wanted)?)?;
        let positive = query.terms.iter().any(|term| !term.exclude);
        let loose = matches.is_empty() && positive;
        if loose {
            matches = self.matches(&self.loose(query, wanted)?)?;
        }
        // Newest first among equals: partitions and the documents in each are in order of time.
        matches.sort_by(|a, b| {
            let by_score = if wanted.by_date { b.day.cmp(&a.day) } else { b.score.total_cmp(&a.score) };
            by_score.then_with(|| (b.partition, b.document).cmp(&(a.partition, a.document)))
        });
        let shown = matches.iter().skip(wanted.offset).take(wanted.limit);
        let hits = shown.map(|found| self.hit(*found)).collect::<tantivy::Result<_>>()?;
        Ok(Found { total: matches.len(), loose, hits, facets: self.facets(&matches)? })
    }

    fn matches(&self, query: &dyn TantivyQuery) -> tantivy::Result<Vec<Match>> {
        let mut matches = Vec::new();
        for (partition, searcher) in self.partitions.iter().enumerate() {
            let weight = query.weight(EnableScoring::enabled_from_statistics_provider(self, searcher))?;
            for reader in searcher.segment_readers() {
                let day = reader.fast_fields().i64("day")?;
                weight.for_each(reader, &mut |document, score| {
                    matches.push(Match { score, day: day.first(document), partition, document });
                })?;
            }
        }
        Ok(matches)
    }

    fn hit(&self, found: Match) -> tantivy::Result<Hit> {
        let address = tantivy::DocAddress::new(0, found.document);
        let row: TantivyDocument = self.partitions[found.partition].doc(address)?;
        let record = row.get_first(self.columns.record).and_then(|value| value.as_bytes()).unwrap_or_default();
        let record = Record::unpacked(record).map_err(|error| {
            tantivy::TantivyError::DataCorruption(tantivy::error::DataCorruption::comment_only(error.to_string()))
        })?;
        let attached = row.get_first(self.columns.attached).and_then(|value| value.as_str()).unwrap_or_default();
        Ok(Hit { score: found.score, record, attached: attached.to_owned() })
    }

    fn facets(&self, matches: &[Match]) -> tantivy::Result<Vec<(String, usize)>> {
        let mut counts = std::collections::BTreeMap::new();
        for (partition, searcher) in self.partitions.iter().enumerate() {
            let Some(column) = searcher.segment_reader(0).fast_fields().str("facet")? else { continue };
            let mut by_ordinal = std::collections::BTreeMap::new();
            for found in matches.iter().filter(|found| found.partition == partition) {
                for ordinal in column.term_ords(found.document) {
                    *by_ordinal.entry(ordinal).or_insert(0) += 1;
                }
            }
            for (ordinal, count) in by_ordinal {
                let mut name = String::new();
                column.ord_to_str(ordinal, &mut name)?;
                *counts.entry(name).or_insert(0) += count;
            }
        }
        Ok(counts.into_iter().filter(|(name, _)| name != GUIDE).collect())
    }

    fn exact(&self, query: &Query, wanted: &Wanted) -> tantivy::Result<BooleanQuery> {
        let mut parts = self.narrowing(wanted);
        for term in &query.terms {
            let spellings = term.alternatives.iter().map(|spelling| {
                let phrase: Box<dyn TantivyQuery> = Box::new(self.phrase(term, spelling)?);
                Ok((Occur::Should, phrase))
            });
            let spellings: Vec<_> = spellings.collect::<tantivy::Result<_>>()?;
            let occur = if term.exclude { Occur::MustNot } else { Occur::Must };
            parts.push((occur, Box::new(BooleanQuery::new(spellings))));
        }
        Ok(BooleanQuery::new(parts))
    }

    /// What every match must be, at no score, and the bonus of guides.
    fn narrowing(&self, wanted: &Wanted) -> Vec<(Occur, Box<dyn TantivyQuery>)> {
        let mut parts: Vec<(Occur, Box<dyn TantivyQuery>)> = vec![
            (Occur::Must, constant(Box::new(AllQuery), 0.0)),
            (Occur::Should, constant(self.term(self.columns.facet, GUIDE), GUIDE_BONUS)),
        ];
        let mut names: Vec<&str> = wanted.facets.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let values = wanted.facets.iter().filter(|(other, _)| other == name);
            let values =
                values.map(|(_, value)| (Occur::Should, self.term(self.columns.facet, &format!("{name}={value}"))));
            parts.push((Occur::Must, constant(Box::new(BooleanQuery::new(values.collect())), 0.0)));
        }
        if wanted.from.is_some() || wanted.to.is_some() {
            let bound = |day: Option<Date>| {
                day.map_or(Bound::Unbounded, |day| {
                    Bound::Included(TantivyTerm::from_field_i64(self.columns.day, days(day)))
                })
            };
            parts.push((Occur::Must, constant(Box::new(RangeQuery::new(bound(wanted.from), bound(wanted.to))), 0.0)));
        }
        parts
    }

    /// A phrase in one spelling: that it matches, and what that is worth.
    fn phrase(&self, term: &Term, spelling: &Alternative) -> tantivy::Result<BooleanQuery> {
        let folded = spelling.folded.as_str();
        let mut parts = vec![(Occur::Must, constant(self.holds(term.field.unwrap_or(Field::Text), folded), 0.0))];
        let fields = term.field.map_or(Field::ALL.to_vec(), |field| vec![field]);
        if let Some(gram) = self.rarest(folded)? {
            parts.extend(fields.into_iter().map(|field| (Occur::Should, self.scored(field, gram))));
        }
        parts.push((Occur::Should, constant(self.term(self.columns.exact, folded), EXACT)));
        Ok(BooleanQuery::new(parts))
    }

    /// The gram by which a phrase is scored: of those that cover it, the one in the fewest documents.
    fn rarest<'p>(&self, folded: &'p str) -> tantivy::Result<Option<&'p str>> {
        let mut rarest: Option<(u64, &str)> = None;
        for placed in grams::cover(folded) {
            let column = self.columns.of(Field::Text, Kind::of(placed.gram));
            let count = self.doc_freq(&TantivyTerm::from_field_text(column, placed.gram))?;
            if rarest.is_none_or(|(fewest, _)| count < fewest) {
                rarest = Some((count, placed.gram));
            }
        }
        Ok(rarest.map(|(_, gram)| gram))
    }

    fn scored(&self, field: Field, gram: &str) -> Box<dyn TantivyQuery> {
        let column = self.columns.of(field, Kind::of(gram));
        let term = TermQuery::new(TantivyTerm::from_field_text(column, gram), IndexRecordOption::WithFreqs);
        Box::new(BoostQuery::new(Box::new(term), field.weight()))
    }

    /// Whether a field holds a phrase: up to three characters are a term, more stand side by side.
    fn holds(&self, field: Field, folded: &str) -> Box<dyn TantivyQuery> {
        if folded.chars().count() <= grams::LONG {
            return self.term(self.columns.of(field, Kind::of(folded)), folded);
        }
        let column = self.columns.of(field, Kind::Pair);
        let pairs = grams::pairs(folded).into_iter();
        let terms = pairs.map(|pair| (pair.at, TantivyTerm::from_field_text(column, pair.gram)));
        Box::new(PhraseQuery::new_with_offset(terms.collect()))
    }

    fn term(&self, column: Column, text: &str) -> Box<dyn TantivyQuery> {
        Box::new(TermQuery::new(TantivyTerm::from_field_text(column, text), IndexRecordOption::Basic))
    }

    /// Any overlapping pair of any term will do, but for those that nearly every document has.
    fn loose(&self, query: &Query, wanted: &Wanted) -> tantivy::Result<BooleanQuery> {
        let phrases = query.terms.iter().filter(|term| !term.exclude).map(|term| term.alternatives[0].folded.as_str());
        let mut all: Vec<&str> = phrases.flat_map(grams::overlapping).collect();
        all.sort_unstable();
        all.dedup();
        let mut counted = Vec::new();
        for gram in all {
            let column = self.columns.of(Field::Text, Kind::of(gram));
            counted.push((gram, self.doc_freq(&TantivyTerm::from_field_text(column, gram))?));
        }
        let telling = |count: u64| count > 0 && count * 8 <= self.documents;
        let some = counted.iter().any(|(_, count)| telling(*count));
        let kept = counted.iter().filter(|(_, count)| if some { telling(*count) } else { *count > 0 });
        let any: Vec<_> = kept
            .flat_map(|(gram, _)| Field::ALL.into_iter().map(|field| (Occur::Should, self.scored(field, gram))))
            .collect();
        let mut parts = self.narrowing(wanted);
        parts.push((Occur::Must, Box::new(BooleanQuery::new(any))));
        for term in query.terms.iter().filter(|term| term.exclude) {
            for spelling in &term.alternatives {
                parts.push((Occur::MustNot, self.holds(term.field.unwrap_or(Field::Text), &spelling.folded)));
            }
        }
        Ok(BooleanQuery::new(parts))
    }
}

fn constant(query: Box<dyn TantivyQuery>, score: f32) -> Box<dyn TantivyQuery> {
    Box::new(ConstScoreQuery::new(query, score))
}

/// Statistics over all partitions, so that a document scores the same in whichever it lies.
impl Bm25StatisticsProvider for Whole {
    fn total_num_tokens(&self, field: Column) -> tantivy::Result<u64> {
        self.partitions.iter().map(|searcher| Bm25StatisticsProvider::total_num_tokens(searcher, field)).sum()
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.documents)
    }

    fn doc_freq(&self, term: &TantivyTerm) -> tantivy::Result<u64> {
        self.partitions.iter().map(|searcher| Bm25StatisticsProvider::doc_freq(searcher, term)).sum()
    }
}
