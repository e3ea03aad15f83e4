//! Text becomes its folded form, for the truth. Written apart from the generator's folding, from the same table and
//! the same rules, so that a mistake in one of them shows.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

const TABLE: &str = include_str!("../../../../generator/search/fold.txt");

/// Signs without width that no class of characters names.
const INVISIBLE: [std::ops::RangeInclusive<u32>; 7] =
    [0xad..=0xad, 0x180e..=0x180e, 0x200b..=0x200f, 0x202a..=0x202e, 0x2060..=0x206f, 0xfe00..=0xfe0f, 0xfeff..=0xfeff];

pub(super) struct Folding(HashMap<char, Option<char>>);

impl Folding {
    pub(super) fn new() -> Folding {
        let mut table = HashMap::new();
        for line in TABLE.lines() {
            let Some((to, from)) = line.split_once(' ').filter(|_| !line.starts_with(['#', '['])) else { continue };
            let to = (to != "drop").then(|| to.chars().next().expect("a line begins with a character"));
            table.extend(from.chars().map(|c| (c, to)));
        }
        Folding(table)
    }

    pub(super) fn fold(&self, text: &str) -> String {
        let mut folded = String::with_capacity(text.len());
        for c in text.nfkd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)) {
            folded.extend(c.to_lowercase().filter_map(|c| match self.0.get(&c) {
                Some(to) => *to,
                None => Some(c).filter(|c| is_visible(*c)),
            }));
        }
        folded
    }
}

fn is_visible(c: char) -> bool {
    !c.is_whitespace() && !c.is_control() && !INVISIBLE.iter().any(|range| range.contains(&u32::from(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_fold_alike() {
        let folding = Folding::new();
        for (text, expected) in [
            ("《安全生产法》 第五条", "安全生产法第五条"),
            ("豫應急罰［２０２５］１２號", "豫应急罚(2025)12号"),
            ("91410100MA1 A", "91410100ma1a"),
            ("甲・乙—丙", "甲·乙-丙"),
            ("⼈\u{200b}⾝é", "人身e"),
        ] {
            assert_eq!(folding.fold(text), expected, "{text}");
        }
    }
}
