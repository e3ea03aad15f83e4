//! Folded text becomes grams, the terms of the index: every window of one, two and three characters, and
//! of six where all are letters or digits of ASCII. A phrase becomes the fewest grams that cover it.
//! There is no dictionary, so the index and a query can never disagree about words.

#[cfg(test)]
use super::fold::BLOCK;

/// The longest gram that may hold any character.
pub(crate) const LONG: usize = 3;
/// The length of grams within codes and numbers, where three characters tell little.
pub(crate) const CODE: usize = 6;

/// Which tantivy field of a logical field holds a gram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    /// Two characters, with positions.
    Pair,
    /// One, three or six characters, without.
    Other,
}

impl Kind {
    pub(crate) const ALL: [Kind; 2] = [Kind::Pair, Kind::Other];

    pub(crate) fn of(gram: &str) -> Kind {
        if gram.chars().count() == 2 { Kind::Pair } else { Kind::Other }
    }

    /// How many characters its grams have.
    #[cfg(test)]
    pub(crate) fn lengths(self) -> &'static [usize] {
        match self {
            Kind::Pair => &[2],
            Kind::Other => &[1, LONG, CODE],
        }
    }
}

/// A gram and the character of the phrase or text at which it starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Placed<'a> {
    pub(crate) at: usize,
    pub(crate) gram: &'a str,
}

/// Calls back with every gram of one kind in a folded text, and the position of its first character: the
/// measure of what is indexed.
#[cfg(test)]
pub(crate) fn windows<'a>(folded: &'a str, kind: Kind, mut found: impl FnMut(usize, &'a str)) {
    let starts: Vec<usize> = folded.char_indices().map(|(at, _)| at).chain([folded.len()]).collect();
    let mut block = 0;
    for at in 0..starts.len() {
        let end_of_block = at + 1 == starts.len() || folded[starts[at]..].starts_with(BLOCK);
        if !end_of_block {
            continue;
        }
        for first in block..at {
            for length in kind.lengths().iter().filter(|length| first + **length <= at) {
                let gram = &folded[starts[first]..starts[first + length]];
                if *length < CODE || gram.chars().all(is_code) {
                    found(first, gram);
                }
            }
        }
        block = at + 1;
    }
}

/// Whether a character may stand in a long gram: that of a code, and what is folded to a bracket or hyphen, since the
/// year of a number and the digits after it tell together what neither tells alone.
pub(crate) fn is_code(c: char) -> bool {
    is_letter_or_digit(c) || matches!(c, '(' | ')' | '-')
}

pub(crate) fn is_letter_or_digit(c: char) -> bool {
    c.is_ascii_digit() || c.is_ascii_lowercase()
}

/// The grams that together hold every character of a folded phrase, in order. A phrase of up to three
/// characters is its own gram.
pub(crate) fn cover(phrase: &str) -> Vec<Placed<'_>> {
    let starts: Vec<usize> = phrase.char_indices().map(|(at, _)| at).chain([phrase.len()]).collect();
    let count = starts.len() - 1;
    let gram = |at: usize, length: usize| Placed { at, gram: &phrase[starts[at]..starts[at + length]] };
    let code_at = |at: usize| at + CODE <= count && phrase[starts[at]..starts[at + CODE]].chars().all(is_code);
    if count <= LONG {
        return if count == 0 { Vec::new() } else { vec![gram(0, count)] };
    }
    let mut cover = Vec::new();
    let mut at = 0;
    while at < count {
        let rest = count - at;
        if code_at(at) {
            cover.push(gram(at, CODE));
            at += CODE;
        } else if rest < CODE && count >= CODE && code_at(count - CODE) {
            cover.push(gram(count - CODE, CODE));
            at = count;
        } else if rest >= LONG {
            cover.push(gram(at, LONG));
            at += LONG;
        } else {
            cover.push(gram(count - LONG, LONG));
            at = count;
        }
    }
    cover
}

/// Pairs side by side that hold every character of a phrase of at least two, for checking adjacency by
/// positions.
pub(crate) fn pairs(phrase: &str) -> Vec<Placed<'_>> {
    let starts: Vec<usize> = phrase.char_indices().map(|(at, _)| at).chain([phrase.len()]).collect();
    let count = starts.len() - 1;
    let pair = |at: usize| Placed { at, gram: &phrase[starts[at]..starts[at + 2]] };
    let mut pairs: Vec<Placed<'_>> = (0..count / 2).map(|half| pair(half * 2)).collect();
    if count % 2 == 1 && count > 1 {
        pairs.push(pair(count - 2));
    }
    pairs
}

/// Every overlapping pair of a phrase, for a search that need not match exactly; a single character is
/// itself.
pub(crate) fn overlapping(phrase: &str) -> Vec<&str> {
    let starts: Vec<usize> = phrase.char_indices().map(|(at, _)| at).chain([phrase.len()]).collect();
    match starts.len() - 1 {
        0 => Vec::new(),
        1 => vec![phrase],
        count => (0..count - 1).map(|at| &phrase[starts[at]..starts[at + 2]]).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(placed: &[Placed<'_>]) -> String {
        placed.iter().map(|placed| format!("{}{}", placed.at, placed.gram)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_phrase_is_covered_by_few_grams() {
        for (phrase, expected) in [
            ("", ""),
            ("安", "0安"),
            ("安全", "0安全"),
            ("安全生", "0安全生"),
            ("安全生产", "0安全生 1全生产"),
            ("安全生产法", "0安全生 2生产法"),
            ("安全生产法第", "0安全生 3产法第"),
            ("2025", "0202 1025"),
            ("20250101", "0202501 2250101"),
            ("罚(2025)12", "0罚(2 3025)12"),
            ("2019-10-01", "02019-1 4-10-01"),
            ("第410105号", "0第41 3010 505号"),
            ("91410105ma", "0914101 40105ma"),
            ("号91410105", "0号91 3410105"),
            ("91410105号", "0914101 605号"),
        ] {
            assert_eq!(shown(&cover(phrase)), expected, "{phrase}");
        }
    }

    #[test]
    fn every_gram_of_a_cover_is_a_window_of_the_text() {
        let text = "豫应急罚(2025)第12号\n91410105ma9t000188郑州甲有限公司";
        let mut all = Vec::new();
        for kind in [Kind::Pair, Kind::Other] {
            windows(text, kind, |_, gram| all.push(gram));
        }
        let block: Vec<char> = text.split('\n').nth(1).expect("two blocks").chars().collect();
        for from in 0..block.len() {
            for to in from + 1..=block.len() {
                let phrase: String = block[from..to].iter().collect();
                for placed in cover(&phrase) {
                    assert!(all.contains(&placed.gram), "{phrase}: {}", placed.gram);
                }
            }
        }
        assert!(all.iter().all(|gram| !gram.contains('\n')));
    }

    #[test]
    fn windows_know_their_positions() {
        let mut found = Vec::new();
        windows("ab\ncd1234", Kind::Other, |at, gram| found.push(format!("{at}{gram}")));
        assert_eq!(found.join(" "), "0a 1b 3c 3cd1 3cd1234 4d 4d12 51 5123 62 6234 73 84");
        let mut pairs_found = Vec::new();
        windows("ab\ncd", Kind::Pair, |at, gram| pairs_found.push(format!("{at}{gram}")));
        assert_eq!(pairs_found.join(" "), "0ab 3cd");
        assert_eq!(shown(&pairs("安全生产法")), "0安全 2生产 3产法");
        assert_eq!(overlapping("安全生"), ["安全", "全生"]);
    }
}
