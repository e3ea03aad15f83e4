//! Text becomes the form in which it is searched: width, case, brackets, dots, spaces and variant
//! characters no longer tell two spellings apart. `generator/search/fold.txt` is the table; the browser
//! folds with the same one.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use unicode_normalization::char::decompose_compatible;

/// The table, as both sides read it.
pub(crate) const TABLE: &str = crate::embedded::FOLDS;

const HAN: &str = "[han]\n";

/// The part about variant characters, which a browser reads when it meets one.
pub(crate) fn han() -> &'static str {
    &TABLE[TABLE.find(HAN).expect("the table has this part") + HAN.len()..]
}

/// Separates the blocks of a document; no query contains it, so nothing matches across it.
pub(crate) const BLOCK: char = '\n';

/// What a character becomes; none: it vanishes.
static FOLDS: LazyLock<HashMap<char, Option<char>>> = LazyLock::new(|| {
    let mut folds = HashMap::new();
    for line in TABLE.lines().filter(|line| !line.starts_with(['#', '[']) && !line.is_empty()) {
        let (to, from) = line.split_once(' ').expect("the table ships with the program: a target and its sources");
        let to = if to == "drop" { None } else { to.chars().next() };
        folds.extend(from.chars().map(|c| (c, to)));
    }
    folds
});

/// Nearly all characters are these ideographs, which have no case and no compatibility form.
const IDEOGRAPHS: RangeInclusive<char> = '\u{4E00}'..='\u{9FFF}';

/// What each of the ideographs becomes.
static FOLDED_IDEOGRAPHS: LazyLock<Vec<char>> =
    LazyLock::new(|| IDEOGRAPHS.map(|c| FOLDS.get(&c).map_or(c, |to| to.unwrap_or(c))).collect());

/// Folds a text. Blocks stay apart.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        each(c, &mut |c| folded.push(c));
    }
    folded
}

/// The folded characters of a text, each with the byte at which its origin stands.
pub(crate) fn with_offsets(text: &str) -> Vec<(char, usize)> {
    let mut folded = Vec::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        each(c, &mut |c| folded.push((c, at)));
    }
    folded
}

fn each(c: char, put: &mut impl FnMut(char)) {
    if IDEOGRAPHS.contains(&c) {
        return put(FOLDED_IDEOGRAPHS[c as usize - *IDEOGRAPHS.start() as usize]);
    }
    if c == BLOCK {
        return put(c);
    }
    decompose_compatible(c, |c| {
        if matches!(c, '\u{300}'..='\u{36F}') {
            return;
        }
        for c in c.to_lowercase() {
            match FOLDS.get(&c) {
                Some(Some(to)) => put(*to),
                Some(None) => {}
                None if vanishes(c) => {}
                None => put(c),
            }
        }
    });
}

/// White space, control characters and what has no width.
fn vanishes(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{AD}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_thing_fold_alike() {
        for (text, expected) in [
            ("安全生产", "安全生产"),
            ("安 全　生\t产", "安全生产"),
            ("《安全生产法》第五条", "安全生产法第五条"),
            ("豫应急罚〔2025〕12号", "豫应急罚(2025)12号"),
            ("豫應急罰［２０２５］１２號", "豫应急罚(2025)12号"),
            ("豫应急罚﹝2025﹞ 12 号", "豫应急罚(2025)12号"),
            ("11・21", "11·21"),
            ("11•21", "11·21"),
            ("91410100ma00000x0A", "91410100ma00000x0a"),
            ("爲裏産門", "为里产门"),
            ("Café", "cafe"),
            ("⼈⾝", "人身"),
            ("零\u{200B}宽", "零宽"),
            ("—–－", "---"),
            ("甲\n乙", "甲\n乙"),
            ("", ""),
        ] {
            assert_eq!(fold(text), expected, "{text}");
        }
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for c in ('\0'..='\u{2FFFF}').filter(|c| *c != BLOCK) {
            let once = fold(&c.to_string());
            assert_eq!(fold(&once), once, "{c:?}");
        }
    }

    #[test]
    fn only_characters_outside_gb_2312_are_variants() {
        let han = TABLE.split("[han]\n").nth(1).expect("the table has a list of variants");
        for line in han.lines() {
            let (to, from) = line.split_once(' ').expect("a target and its sources");
            assert_eq!(to.chars().count(), 1, "{line}");
            for c in from.chars() {
                assert!(!FOLDS.contains_key(&to.chars().next().expect("one")), "{to} is itself folded");
                assert!(matches!(c, '\u{3400}'..='\u{2FFFF}'), "{c} is no ideograph");
            }
        }
    }

    #[test]
    fn offsets_lead_back_to_the_original() {
        let text = "《安全》 Ｌaw";
        let folded = with_offsets(text);
        assert_eq!(folded.iter().map(|(c, _)| *c).collect::<String>(), "安全law");
        assert_eq!(&text[folded[0].1..folded[2].1], "安全》 ");
    }
}
