//! The folded texts of a field become its grams in order, each with all its places: what the index keeps, as it keeps
//! it. No gram is looked up, which would be a walk through all memory for each; the places are sorted by the
//! characters that stand there, one character after the other.

use itertools::Itertools;

use super::fold::BLOCK;
use super::grams::{CODE, Kind, LONG, is_code};

/// The texts of one field, one after another, and where each stands.
#[derive(Default)]
pub(crate) struct Places {
    /// Every text ends with a block's end.
    chars: Vec<char>,
    starts: Vec<u32>,
    /// The text in which every stretch of places begins.
    stretches: Vec<u32>,
    /// How many grams of each kind all texts have.
    counts: [u64; 2],
}

/// Where a character stands in all texts.
pub(crate) type Place = u32;

/// Places in a stretch, as a power of two: texts are mostly longer.
const STRETCH: u32 = 6;

impl Places {
    /// Appends a text; gives how many pairs and other grams it has.
    pub(crate) fn push(&mut self, folded: &str) -> [u32; 2] {
        let start = self.chars.len();
        self.chars.extend(folded.chars());
        let counts = Kind::ALL.map(|kind| count(&self.chars[start..], kind) as u32);
        self.counts.iter_mut().zip(counts).for_each(|(all, here)| *all += u64::from(here));
        self.chars.push(BLOCK);
        self.starts.push(u32::try_from(start).expect("a partition is far below 2^32 characters"));
        self.stretches.resize(self.chars.len().div_ceil(1 << STRETCH), self.starts.len() as u32 - 1);
        counts
    }

    /// How many grams of a kind all texts have.
    pub(crate) fn count(&self, kind: Kind) -> u64 {
        self.counts[kind as usize]
    }

    /// The text at a place, and where in it that is.
    pub(crate) fn find(&self, place: Place) -> (u32, u32) {
        let mut text = self.stretches[(place >> STRETCH) as usize] as usize;
        while self.starts.get(text + 1).is_some_and(|start| *start <= place) {
            text += 1;
        }
        (text as u32, place - self.starts[text])
    }

    /// Sorts the places by the characters that stand there.
    pub(crate) fn sorted(&self) -> Sorted<'_> {
        let singles = self.singles();
        let pairs = self.longer(singles.groups(), 1, |c| c != BLOCK);
        let threes = self.longer(pairs.groups(), 2, |c| c != BLOCK);
        let is_of_code = |places: &&[Place]| self.gram(places[0], LONG).iter().all(|c| is_code(*c));
        let mut codes = self.longer(threes.groups().filter(is_of_code), LONG, is_code);
        for length in LONG + 1..CODE {
            codes = self.longer(codes.groups(), length, is_code);
        }
        Sorted { of: self, singles, pairs, threes, codes }
    }

    /// The places of each character but the ends of blocks, by counting them.
    fn singles(&self) -> Level {
        let most = self.chars.iter().max().map_or(0, |c| *c as usize);
        let inside = || self.chars.iter().zip(0..).filter(|(c, _)| **c != BLOCK);
        // How many places a character has; then where they begin, and as they are laid down, end.
        let mut ends = vec![0; most + 1];
        inside().for_each(|(c, _)| ends[*c as usize] += 1);
        let mut sum = 0;
        ends.iter_mut().for_each(|end| sum += std::mem::replace(end, sum));
        let mut places = vec![0; sum];
        for (c, place) in inside() {
            let end = &mut ends[*c as usize];
            places[*end] = place;
            *end += 1;
        }
        ends.dedup();
        Level { ends: ends.into_iter().filter(|end| *end > 0).collect(), places }
    }

    /// Cuts each group of places by the character that follows after `length`, where that is wanted. Places of a group
    /// ascend, so memory is read in its order.
    fn longer<'p>(
        &self,
        groups: impl Iterator<Item = &'p [Place]>,
        length: usize,
        wanted: impl Fn(char) -> bool,
    ) -> Level {
        let mut longer = Level::default();
        // The character above, the place below it.
        let mut by_next: Vec<u64> = Vec::new();
        for places in groups {
            by_next.clear();
            let next = places.iter().map(|place| (self.chars[*place as usize + length], *place));
            let next = next.filter(|(c, _)| wanted(*c));
            by_next.extend(next.map(|(c, place)| u64::from(u32::from(c)) << 32 | u64::from(place)));
            by_next.sort_unstable();
            for same in by_next.chunk_by(|one, other| one >> 32 == other >> 32) {
                longer.places.extend(same.iter().map(|next| *next as Place));
                longer.ends.push(longer.places.len());
            }
        }
        longer
    }

    fn gram(&self, place: Place, length: usize) -> &[char] {
        &self.chars[place as usize..][..length]
    }
}

/// Places by the grams of one length that begin there, in order of the grams and of the places of each.
#[derive(Default)]
struct Level {
    places: Vec<Place>,
    /// Where the places of each gram end.
    ends: Vec<usize>,
}

impl Level {
    fn groups(&self) -> impl Iterator<Item = &[Place]> {
        let mut from = 0;
        self.ends.iter().map(move |end| &self.places[std::mem::replace(&mut from, *end)..*end])
    }
}

/// The places of all grams.
pub(crate) struct Sorted<'a> {
    of: &'a Places,
    singles: Level,
    pairs: Level,
    threes: Level,
    codes: Level,
}

impl Sorted<'_> {
    /// Calls back with every gram of a kind and its places, both ascending: a gram after those it begins with.
    pub(crate) fn grams<E>(&self, kind: Kind, mut found: impl FnMut(&str, &[Place]) -> Result<(), E>) -> Result<(), E> {
        let levels = match kind {
            Kind::Pair => vec![(2, &self.pairs)],
            Kind::Other => vec![(1, &self.singles), (LONG, &self.threes), (CODE, &self.codes)],
        };
        let grams = levels
            .into_iter()
            .map(|(length, level)| level.groups().map(move |places| (self.of.gram(places[0], length), places)));
        let mut text = String::new();
        for (gram, places) in grams.kmerge_by(|one, other| one.0 < other.0) {
            text.clear();
            text.extend(gram);
            found(&text, places)?;
        }
        Ok(())
    }
}

/// How many windows of a kind there are.
fn count(chars: &[char], kind: Kind) -> usize {
    let windows = |length: usize, all: usize| (all + 1).saturating_sub(length);
    let codes = |block: &[char]| -> usize { block.split(|c| !is_code(*c)).map(|code| windows(CODE, code.len())).sum() };
    let blocks = chars.split(|c| *c == BLOCK);
    let counts = blocks.map(|block| match kind {
        Kind::Pair => windows(2, block.len()),
        Kind::Other => windows(1, block.len()) + windows(LONG, block.len()) + codes(block),
    });
    counts.sum()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::convert::Infallible;

    use super::*;
    use crate::search::grams::windows;

    #[test]
    fn places_are_those_of_the_windows() {
        let texts = [
            "",
            "豫应急罚(2025)第12号\n91410105ma9t000188郑州",
            "\n",
            "安",
            "\nabc123d\n\n安全生产安全",
            "a",
            "",
            "全国安全生产月安全生产",
        ];
        for kind in Kind::ALL {
            let mut places = Places::default();
            let mut expected: BTreeMap<String, Vec<(u32, u32)>> = BTreeMap::new();
            let mut total = 0;
            for (text, folded) in texts.iter().enumerate() {
                let before = total;
                windows(folded, kind, |at, gram| {
                    expected.entry(gram.to_owned()).or_default().push((text as u32, at as u32));
                    total += 1;
                });
                assert_eq!(u64::from(places.push(folded)[kind as usize]), total - before, "{folded}");
            }
            assert_eq!(places.count(kind), total);
            let mut found = Vec::new();
            let walked = places.sorted().grams::<Infallible>(kind, |gram, at| {
                found.push((gram.to_owned(), at.iter().map(|place| places.find(*place)).collect::<Vec<_>>()));
                Ok(())
            });
            assert!(walked.is_ok());
            assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{kind:?}");
        }
    }
}
