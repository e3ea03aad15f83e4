//! What a shard is asked for becomes the key of an entry and a hash that says where it stands. The browser
//! computes the same, so that no directory has to be read.

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

/// The key of a folded title, name or number: where it stands, and a second hash in place of the text.
pub(crate) fn exact(text: &str) -> Key {
    Key { place: place(text), line: format!("{EXACT}{:08x}", hash(text, 0x9747_B28C)) }
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
    (u64::from(place) * u64::from(count) >> 32) as u32
}

/// The line of a long list: that of its entry without what stands with a pair.
pub(crate) fn list_line(line: &str) -> String {
    let marked = line.starts_with([GRAM, EXACT, FACET]);
    if marked { line.to_owned() } else { line.chars().take(2).collect() }
}
