//! What a shard is asked for becomes the key of an entry and a hash that says where it stands. The browser
//! computes the same, so that no directory has to be read.

use std::collections::HashMap;

use crate::search::grams;

/// Before keys that are not a character or a pair: a whole gram, the hash of an exact text, a facet. None
/// of these characters is in folded text.
pub(crate) const GRAM: char = '\u{1}';
pub(crate) const EXACT: char = '\u{2}';
pub(crate) const FACET: char = '\u{3}';

/// An entry's line in its shard. A pair is followed by the last characters of its three-character grams.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    /// Shards are ranges of these.
    pub(crate) place: u32,
    pub(crate) line: String,
}

/// The key of a gram that stands for itself.
pub(crate) fn gram(text: &str) -> Key {
    let line = if text.chars().count() == 1 { text.to_owned() } else { format!("{GRAM}{text}") };
    Key { place: place(text), line }
}

/// The key of a pair and the three-character grams that stand with it.
pub(crate) fn pair(text: &str, tails: &[char]) -> Key {
    Key { place: place(text), line: text.chars().chain(tails.iter().copied()).collect() }
}

/// The key of a folded title, name or number: it stands with the gram that a browser reads first of it, and has a
/// hash in place of the text.
pub(crate) fn exact(text: &str, levels: &Levels) -> Key {
    Key { place: place(levels.home(text)), line: format!("{EXACT}{:08x}", hash(text, 0x9747_B28C)) }
}

/// How rare the characters and pairs of a tier are, in halves of a power of two: what the root names, by its place
/// there, and all others alike.
pub(crate) struct Levels(HashMap<String, usize>);

impl Levels {
    /// Of what is not common.
    const RARE: usize = 11;
    /// Of a code, for each letter and digit.
    const CODE: usize = 5;

    pub(crate) fn new(common: &[[String; 2]]) -> Levels {
        let mut levels = HashMap::new();
        for (level, [chars, pairs]) in common.iter().enumerate() {
            levels.extend(chars.chars().map(|c| (c.to_string(), level)));
            let pairs: Vec<char> = pairs.chars().collect();
            levels.extend(pairs.chunks(2).map(|pair| (pair.iter().collect(), level)));
        }
        Levels(levels)
    }

    /// The gram of a text's cover that is likely to be the rarest, of equals the last; for one of three characters
    /// the pair that it stands with.
    fn home<'t>(&self, text: &'t str) -> &'t str {
        let cover = grams::cover(text).into_iter().map(|placed| placed.gram);
        let gram = cover.max_by_key(|gram| self.level(gram)).unwrap_or_default();
        let starts: Vec<usize> = gram.char_indices().map(|(at, _)| at).collect();
        match starts[..] {
            [_, _, third] if !self.0.contains_key(&gram[..third]) => &gram[..third],
            _ => gram,
        }
    }

    fn level(&self, gram: &str) -> usize {
        let of = |text: &str| self.0.get(text).copied().unwrap_or(Levels::RARE);
        let starts: Vec<usize> = gram.char_indices().map(|(at, _)| at).collect();
        match starts[..] {
            [] | [_] | [_, _] => of(gram),
            [_, second, third] => {
                let (one, other) = (of(&gram[..third]), of(&gram[second..]));
                one.max(other).max((one + other).saturating_sub(of(&gram[second..third])))
            }
            _ => Levels::CODE * gram.chars().filter(|c| grams::is_letter_or_digit(*c)).count(),
        }
    }
}

/// The key of a facet's value.
pub(crate) fn facet(text: &str) -> Key {
    Key { place: place(text), line: format!("{FACET}{text}") }
}

fn place(text: &str) -> u32 {
    hash(text, 0x811C_9DC5)
}

/// FNV-1a from a start, then the last step of Murmur 3, because shards are told apart by the highest bits.
fn hash(text: &str, start: u32) -> u32 {
    let mut hash = text.bytes().fold(start, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash = (hash ^ hash >> 16).wrapping_mul(0x85EB_CA6B);
    hash = (hash ^ hash >> 13).wrapping_mul(0xC2B2_AE35);
    hash ^ hash >> 16
}

/// Which of some shards a place is in.
pub(crate) fn shard(place: u32, count: u32) -> u32 {
    ((u64::from(place) * u64::from(count)) >> 32) as u32
}

/// The line of a long list: that of its entry without what stands with a pair.
pub(crate) fn list_line(line: &str) -> &str {
    let is_marked = line.starts_with([GRAM, EXACT, FACET]);
    let end = line.char_indices().nth(2).filter(|_| !is_marked).map_or(line.len(), |(at, _)| at);
    &line[..end]
}
