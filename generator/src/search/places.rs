//! The folded texts of a field become its grams in order, each with all its places: what the index keeps, as it keeps
//! it. No gram is looked up, which would be a walk through all memory for each; the places are sorted by the
//! characters that stand there. The order by one character more is that of the places after, sorted once more by the
//! character before.

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
        let ranks = Ranks::of(&self.chars);
        let singles = ranks.sort((0..self.chars.len() as Place).collect());
        let pairs = ranks.one_before(&singles);
        let threes = ranks.one_before(&pairs);
        let begins_code = |place: &Place| self.gram(*place, LONG).iter().all(|c| is_code(*c));
        let mut codes: Vec<Place> = threes.iter().copied().filter(begins_code).collect();
        for _ in LONG..CODE {
            codes = ranks.one_before(&codes);
            codes.retain(begins_code);
        }
        Sorted { of: self, singles, pairs, threes, codes }
    }

    fn gram(&self, place: Place, length: usize) -> &[char] {
        &self.chars[place as usize..][..length]
    }
}

/// Which of the characters that occur stands at each place, counted from 1 in their order. An end of a block has none.
struct Ranks {
    at: Vec<u32>,
    count: usize,
}

impl Ranks {
    fn of(chars: &[char]) -> Ranks {
        let most = chars.iter().max().map_or(0, |c| *c as usize);
        let mut ranks = vec![0; most + 1];
        chars.iter().filter(|c| **c != BLOCK).for_each(|c| ranks[*c as usize] = 1);
        let mut count = 0;
        for rank in ranks.iter_mut().filter(|rank| **rank > 0) {
            count += 1;
            *rank = count;
        }
        Ranks { at: chars.iter().map(|c| ranks[*c as usize]).collect(), count: count as usize }
    }

    /// The places one before some that are in order: in order too, with the character there in front.
    fn one_before(&self, places: &[Place]) -> Vec<Place> {
        self.sort(places.iter().filter_map(|place| place.checked_sub(1)).collect())
    }

    /// Sorts by the character at a place alone; what was in order stays so. Ends of blocks fall out.
    fn sort(&self, places: Vec<Place>) -> Vec<Place> {
        let rank = |place: Place| self.at[place as usize] as usize;
        // Where the places of each rank begin, and as they are laid down, end.
        let mut next = vec![0; self.count + 2];
        places.iter().for_each(|place| next[rank(*place) + 1] += 1);
        next[1] = 0;
        for at in 1..next.len() {
            next[at] += next[at - 1];
        }
        let mut order = vec![0; next[self.count + 1]];
        for place in places {
            let rank = rank(place);
            if rank > 0 {
                order[next[rank]] = place;
                next[rank] += 1;
            }
        }
        order
    }
}

/// The places of all grams, in order of the grams and of the places of each.
pub(crate) struct Sorted<'a> {
    of: &'a Places,
    singles: Vec<Place>,
    pairs: Vec<Place>,
    threes: Vec<Place>,
    codes: Vec<Place>,
}

impl Sorted<'_> {
    /// Calls back with every gram of a kind and its places, both ascending.
    pub(crate) fn grams<E>(&self, kind: Kind, mut found: impl FnMut(&str, &[Place]) -> Result<(), E>) -> Result<(), E> {
        match kind {
            Kind::Pair => self.beginning_with(&[], &mut [(2, &self.pairs)], &mut found),
            Kind::Other => {
                let mut of = [(1, &self.singles[..]), (LONG, &self.threes[..]), (CODE, &self.codes[..])];
                self.beginning_with(&[], &mut of, &mut found)
            }
        }
    }

    /// Goes on with the grams that begin with some characters. `of` has the places of each length that were not yet
    /// called back with; a longer gram follows that which it begins with.
    fn beginning_with<E>(
        &self,
        begin: &[char],
        of: &mut [(usize, &[Place])],
        found: &mut impl FnMut(&str, &[Place]) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(((length, places), longer)) = of.split_first_mut() else { return Ok(()) };
        let mut text = String::new();
        while let Some(place) = places.first() {
            let gram = self.of.gram(*place, *length);
            if !gram.starts_with(begin) {
                break;
            }
            let count = places.iter().take_while(|place| self.of.gram(**place, *length) == gram).count();
            let (same, rest) = places.split_at(count);
            *places = rest;
            text.clear();
            text.extend(gram);
            found(&text, same)?;
            self.beginning_with(gram, longer, found)?;
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
