//! Finds the known words nearest to an unknown one, for “did you mean”.
//! It must not know what the words are; Chinese names are short, so shared characters count too.

use unicode_normalization::UnicodeNormalization;

/// Below this a suggestion puzzles more than it helps.
const LEAST_SCORE: f64 = 0.2;

/// Up to `n` candidates, best first; equal ones in their own order.
pub(crate) fn nearest<'a>(needle: &str, candidates: impl Iterator<Item = &'a str>, n: usize) -> Vec<&'a str> {
    let needle = folded(needle);
    let mut scored: Vec<(f64, &str)> = candidates
        .map(|candidate| (score(&needle, &folded(candidate)), candidate))
        .filter(|(score, _)| *score >= LEAST_SCORE)
        .collect();
    scored.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let mut words: Vec<&str> = Vec::new();
    for (_, word) in scored {
        if words.len() < n && !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

/// From 0 to 1: edits find slips of the finger, shared characters find a changed order, and a
/// word whose characters all stand in the other in order is a short form (高新区).
fn score(needle: &str, candidate: &str) -> f64 {
    let edits = strsim::normalized_damerau_levenshtein(needle, candidate);
    let short_form = is_short_form(needle, candidate) || is_short_form(candidate, needle);
    let short_form = if short_form { 1.0 } else { 0.0 };
    0.35 * edits + 0.35 * shared(needle, candidate) + 0.3 * short_form
}

fn is_short_form(short: &str, long: &str) -> bool {
    let mut rest = long.chars();
    short.chars().count() > 1 && short.chars().all(|c| rest.any(|other| other == c))
}

/// Twice the characters in common by the characters in both, each used once.
fn shared(a: &str, b: &str) -> f64 {
    let mut left: Vec<char> = b.chars().collect();
    let total = a.chars().count() + left.len();
    let before = left.len();
    for c in a.chars() {
        if let Some(at) = left.iter().position(|other| *other == c) {
            left.swap_remove(at);
        }
    }
    if total == 0 { 0.0 } else { 2.0 * (before - left.len()) as f64 / total as f64 }
}

fn folded(text: &str) -> String {
    let dropped = |c: &char| !c.is_whitespace() && !"()[]_-·".contains(*c);
    text.nfkc().filter(dropped).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions() {
        let districts = [
            "中原区",
            "二七区",
            "管城回族区",
            "金水区",
            "上街区",
            "惠济区",
            "中牟县",
            "巩义市",
            "荥阳市",
            "新密市",
            "新郑市",
            "登封市",
            "郑州经济技术开发区",
            "郑州高新技术产业开发区",
            "郑州航空港经济综合实验区",
            "郑东新区",
        ];
        let fields = ["party_name", "decision_no", "decided_on", "penalty-kinds"];
        let first = |needle: &str, candidates: &[&'static str], expected: &str| {
            let found = nearest(needle, candidates.iter().copied(), 3);
            assert_eq!(found.first().copied().unwrap_or_default(), expected, "{needle}: {found:?}");
            assert!(found.len() <= 3);
        };
        first("管城区", &districts, "管城回族区");
        first("金水去", &districts, "金水区");
        first("荣阳市", &districts, "荥阳市");
        first("新政市", &districts, "新密市");
        first("高新区", &districts, "郑州高新技术产业开发区");
        first("航空港区", &districts, "郑州航空港经济综合实验区");
        first("登封", &districts, "登封市");
        first("decison_no", &fields, "decision_no");
        first("PartyName", &fields, "party_name");
        first("penalty_kind", &fields, "penalty-kinds");
        first("火星", &districts, "");
        first("", &districts, "");
        assert_eq!(nearest("中原", ["中原区", "中原区"].into_iter(), 3), ["中原区"]);
    }
}
