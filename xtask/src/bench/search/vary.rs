//! Texts become similar texts: other numbers, other names, other order of clauses.

use super::super::random::Random;

/// Words and what may stand in their place; `@` is the page's district.
const WORDS: [(&str, &[&str]); 10] = [
    ("本市", &["@"]),
    ("本省", &["本省", "全省", "@所在省"]),
    ("市人民政府", &["@人民政府", "市人民政府", "区县人民政府"]),
    ("有关部门", &["有关部门", "主管部门", "相关职能部门", "行业管理部门"]),
    ("应急管理部门", &["应急管理部门", "@应急管理局", "安全生产监督管理部门"]),
    ("单位和个人", &["单位和个人", "组织和个人", "单位或者个人"]),
    ("生产经营单位", &["生产经营单位", "企业", "经营单位"]),
    ("应当", &["应当", "应当", "应当", "必须", "须"]),
    ("责令改正", &["责令改正", "责令限期改正", "责令立即改正"]),
    ("人民检察院", &["人民检察院", "@人民检察院"]),
];

/// Numerals that may be exchanged where a unit follows.
const NUMERALS: [char; 8] = ['二', '三', '四', '五', '六', '七', '八', '九'];
const UNITS: [char; 6] = ['日', '年', '月', '万', '倍', '个'];

/// Exchanges names, runs of digits and numerals before a unit, about half of them.
pub(super) fn names_and_numbers(text: &str, district: &str, random: &mut Random) -> String {
    let mut varied = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if first.is_ascii_digit() {
            let length = rest.bytes().take_while(u8::is_ascii_digit).count();
            number(&rest[..length], random, &mut varied);
            rest = &rest[length..];
        } else if let Some((word, instead)) = WORDS.iter().find(|(word, _)| rest.starts_with(word)) {
            varied += &random.pick(instead).replace('@', district);
            rest = &rest[word.len()..];
        } else {
            let after = &rest[first.len_utf8()..];
            let counted = NUMERALS.contains(&first) && after.starts_with(UNITS);
            varied.push(if counted && random.below(2) == 0 { random.pick(&NUMERALS) } else { first });
            rest = after;
        }
    }
    varied
}

/// The number itself, or another one of the same length.
fn number(digits: &str, random: &mut Random, to: &mut String) {
    if random.below(2) == 0 {
        *to += digits;
        return;
    }
    for at in 0..digits.len() {
        let digit = if at == 0 { 1 + random.below(9) } else { random.below(10) };
        *to += &digit.to_string();
    }
}

/// Now and then two neighbouring clauses of a sentence change places.
pub(super) fn clauses(text: &str, random: &mut Random) -> String {
    let sentences: Vec<String> = text.split_inclusive('。').map(|sentence| swapped(sentence, random)).collect();
    sentences.concat()
}

fn swapped(sentence: &str, random: &mut Random) -> String {
    let (inner, end) = match sentence.strip_suffix('。') {
        Some(inner) => (inner, "。"),
        None => (sentence, ""),
    };
    let mut clauses: Vec<&str> = inner.split('，').collect();
    if clauses.len() > 2 && random.below(3) == 0 {
        let at = usize::try_from(random.below(clauses.len() as u64 - 1)).expect("a position in a short list");
        clauses.swap(at, at + 1);
    }
    format!("{}{end}", clauses.join("，"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_exchanged_and_the_rest_stays() {
        let text = "本市单位应在2021年5月前、二十日内、五万元以下整改。";
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..40 {
            let varied = names_and_numbers(text, "金水区", &mut Random::seeded(seed));
            assert!(varied.starts_with("金水区单位应在") && varied.ends_with("元以下整改。"), "{varied}");
            seen.insert(varied);
        }
        assert!(seen.len() > 20, "{seen:?}");
    }

    #[test]
    fn swapped_clauses_keep_every_character() {
        let text = "甲，乙，丙。丁，戊。己";
        for seed in 0..20 {
            let mut varied: Vec<char> = clauses(text, &mut Random::seeded(seed)).chars().collect();
            let mut before: Vec<char> = text.chars().collect();
            varied.sort_unstable();
            before.sort_unstable();
            assert_eq!(varied, before);
        }
    }
}
