//! The documents of a frequent gram become the few best: those that a query for it shows first. They are
//! chosen by the score of the whole search, with the statistics of the tier alone, so that a tier does not
//! change when another does.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::ops::Range;

use tantivy::fieldnorm::FieldNormReader;

use super::walk::{Gram, Postings};
use crate::search::grams::Kind;
use crate::search::{EXACT, Field};

/// How many documents of a frequent gram stand in its shard.
pub(crate) const COUNT: usize = 24;

/// What scores are made of.
pub(crate) struct Scale<'a> {
    pub(crate) docs: u32,
    /// Tokens by field and kind.
    pub(crate) tokens: [[u64; 2]; 4],
    /// What documents of a range count for themselves.
    pub(crate) ranks: &'a [(Range<u32>, f32)],
    /// Looks up which documents have a title, name or number of exactly this text.
    pub(crate) exact: &'a (dyn Fn(&str) -> Vec<u32> + Sync),
}

/// A gram is common when more than one document in so many holds it, in a tier that is not small.
const SHARE: usize = 7;
const SMALL: u32 = if cfg!(test) { 500 } else { 2_000 };
/// In a large tier the root may name more: a pair that one document in forty holds would have a long list for each
/// character that follows it, and thousands of exact texts at its place.
const LARGE: u32 = 1 << 18;
const SHARE_OF_LARGE: usize = 40;

impl Scale<'_> {
    /// Whether a character or pair is named in the root, by which a browser guesses what is rare and knows which
    /// pairs have the grams that begin with them beside themselves.
    pub(crate) fn is_common(&self, gram: &Gram) -> bool {
        let share = if self.docs < LARGE { SHARE } else { SHARE_OF_LARGE };
        self.docs >= SMALL && gram.fields[0].len() * share > self.docs as usize
    }

    /// The best documents of a gram, in order, as postings of their own.
    pub(crate) fn head(&self, gram: &Gram, postings: &Postings) -> (Postings, [Range<usize>; 4]) {
        let [text, ..] = &gram.fields;
        let mut scores = vec![0.0; text.len()];
        for field in Field::ALL {
            self.add(field, gram, postings, &mut scores);
        }
        let docs = &postings.docs[text.clone()];
        let exact: HashSet<u32> = (self.exact)(&gram.text).into_iter().collect();
        for (doc, score) in docs.iter().zip(&mut scores) {
            *score += self.ranks.iter().filter(|(range, _)| range.contains(doc)).map(|(_, rank)| rank).sum::<f32>();
            *score += if exact.contains(doc) { EXACT } else { 0.0 };
        }
        let mut best: Vec<usize> = (0..docs.len()).collect();
        let worth = |at: &usize| (Reverse(order(scores[*at])), Reverse(*at));
        if best.len() > COUNT {
            best.select_nth_unstable_by_key(COUNT - 1, worth);
            best.truncate(COUNT);
        }
        let chosen: HashSet<u32> = best.iter().map(|at| docs[*at]).collect();
        self::only(&chosen, gram, postings)
    }

    fn add(&self, field: Field, gram: &Gram, postings: &Postings, scores: &mut [f32]) {
        let span = gram.fields[field as usize].clone();
        if span.is_empty() {
            return;
        }
        let kind = Kind::of(&gram.text) as usize;
        let (all, df) = (self.docs as f32, span.len() as f32);
        let weight = field.weight() * 2.2 * (1.0 + (all - df + 0.5) / (df + 0.5)).ln();
        let average = self.tokens[field as usize][kind] as f32 / all;
        let docs = &postings.docs[gram.fields[0].clone()];
        let mut at = 0;
        for posting in span {
            while docs[at] < postings.docs[posting] {
                at += 1;
            }
            let length = FieldNormReader::id_to_fieldnorm(postings.norms[posting]) as f32;
            let count = postings.counts[posting] as f32;
            scores[at] += weight * count / (count + 1.2 * (0.25 + 0.75 * length / average));
        }
    }
}

/// A score as a number that orders alike.
fn order(score: f32) -> u32 {
    score.max(0.0).to_bits()
}

fn only(chosen: &HashSet<u32>, gram: &Gram, postings: &Postings) -> (Postings, [Range<usize>; 4]) {
    let mut head = Postings::default();
    let fields = gram.fields.clone().map(|field| {
        let first = head.docs.len();
        for at in field.filter(|at| chosen.contains(&postings.docs[*at])) {
            head.docs.push(postings.docs[at]);
            head.counts.push(postings.counts[at]);
            head.norms.push(postings.norms[at]);
        }
        first..head.docs.len()
    });
    (head, fields)
}
