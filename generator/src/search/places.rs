//! The folded texts of a field become its grams in order, each with all its places: what the index keeps, as it keeps
//! it. No gram is looked up, which would be a walk through all memory for each; the places are sorted by the
//! characters that stand there.

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
}

/// A place in the lower half; above it the character by which places were sorted last.
pub(crate) type Place = u64;

/// Places in a stretch, as a power of two: texts are mostly longer.
const STRETCH: u32 = 6;

impl Places {
    /// Appends a text; gives how many pairs and other grams it has.
    pub(crate) fn push(&mut self, folded: &str) -> [u32; 2] {
        let start = self.chars.len();
        self.chars.extend(folded.chars());
        let counts = Kind::ALL.map(|kind| count(&self.chars[start..], kind) as u32);
        self.chars.push(BLOCK);
        self.starts.push(u32::try_from(start).expect("a partition is far below 2^32 characters"));
        self.stretches.resize(self.chars.len().div_ceil(1 << STRETCH), self.starts.len() as u32 - 1);
        counts
    }

    /// How many grams of a kind all texts have.
    pub(crate) fn count(&self, kind: Kind) -> u64 {
        count(&self.chars, kind) as u64
    }

    /// The text at a place, and where in it that is.
    pub(crate) fn find(&self, place: Place) -> (u32, u32) {
        let place = place as u32;
        let mut text = self.stretches[(place >> STRETCH) as usize] as usize;
        while self.starts.get(text + 1).is_some_and(|start| *start <= place) {
            text += 1;
        }
        (text as u32, place - self.starts[text])
    }

    /// Calls back with every gram of a kind and its places, both ascending.
    pub(crate) fn grams<E>(&self, kind: Kind, mut found: impl FnMut(&str, &[Place]) -> Result<(), E>) -> Result<(), E> {
        let order = self.by_character();
        let mut gram = String::new();
        let mut same: Vec<Place> = Vec::new();
        for places in order.chunk_by(|one, other| self.chars[*one as usize] == self.chars[*other as usize]) {
            gram.push(self.chars[places[0] as usize]);
            same.clear();
            same.extend(places.iter().map(|place| Place::from(*place)));
            self.longer(&mut gram, 1, &mut same, kind.lengths(), &mut found)?;
            gram.clear();
        }
        Ok(())
    }

    /// The places of all characters but the ends of blocks, by character.
    fn by_character(&self) -> Vec<u32> {
        let most = self.chars.iter().max().map_or(0, |c| *c as usize);
        let mut next = vec![0; most + 2];
        let inside = || self.chars.iter().enumerate().filter(|(_, c)| **c != BLOCK);
        inside().for_each(|(_, c)| next[*c as usize + 1] += 1);
        for at in 1..next.len() {
            next[at] += next[at - 1];
        }
        let mut order = vec![0; next[most + 1]];
        for (place, c) in inside() {
            let next = &mut next[*c as usize];
            order[*next] = place as u32;
            *next += 1;
        }
        order
    }

    /// Goes on with grams that begin with one of `length` characters, which stands at some places.
    fn longer<E>(
        &self,
        gram: &mut String,
        length: usize,
        places: &mut [Place],
        lengths: &[usize],
        found: &mut impl FnMut(&str, &[Place]) -> Result<(), E>,
    ) -> Result<(), E> {
        let lengths = if lengths[0] == length {
            found(gram, places)?;
            &lengths[1..]
        } else {
            lengths
        };
        let Some(wanted) = lengths.first() else { return Ok(()) };
        let in_code = *wanted > LONG;
        if in_code && !gram.chars().all(is_code) {
            return Ok(());
        }
        for place in places.iter_mut() {
            let at = *place as u32;
            *place = Place::from(u32::from(self.chars[at as usize + length])) << 32 | Place::from(at);
        }
        places.sort_unstable();
        for same in places.chunk_by_mut(|one, other| one >> 32 == other >> 32) {
            let next = char::from_u32((same[0] >> 32) as u32).expect("it was a character before");
            if next == BLOCK || in_code && !is_code(next) {
                continue;
            }
            gram.push(next);
            self.longer(gram, length + 1, same, lengths, found)?;
            gram.pop();
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
            let walked = places.grams::<Infallible>(kind, |gram, at| {
                found.push((gram.to_owned(), at.iter().map(|place| places.find(*place)).collect::<Vec<_>>()));
                Ok(())
            });
            assert!(walked.is_ok());
            assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{kind:?}");
        }
    }
}
