//! What a reader types becomes terms: phrases that must stand on a page, or must not.
//!
//! Terms are separated by white space; quotation marks keep white space inside one. A `-` before a term
//! excludes it; `文号:`, `公司:` and `标题:` look only there. The browser reads queries the same way.

use super::Field;
use super::fold::fold;

/// The most folded characters and terms that are looked at; what comes after them is cut off, and said so.
pub(crate) const LONGEST: usize = 256;
pub(crate) const MOST_TERMS: usize = 12;
/// The most spellings of one term that are looked for.
const MOST_ALTERNATIVES: usize = 6;

/// A query, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Query {
    pub(crate) terms: Vec<Term>,
    /// Whether something of it was left out because it is too long.
    pub(crate) cut: bool,
}

/// A phrase that must stand on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Term {
    /// As typed.
    pub(crate) text: String,
    pub(crate) field: Option<Field>,
    pub(crate) exclude: bool,
    /// Any of these will do; the first is the text itself.
    pub(crate) alternatives: Vec<Alternative>,
}

/// One spelling of a term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Alternative {
    pub(crate) folded: String,
    pub(crate) why: Why,
}

/// Where a spelling comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    Typed,
    /// The site says that both names mean the same.
    Synonym,
    /// 第十二条 is 第12条, and 11-09 is 11·9.
    Numeral,
}

const PREFIXES: [(&str, Field); 6] = [
    ("文号", Field::Code),
    ("公司", Field::Name),
    ("标题", Field::Title),
    ("number", Field::Code),
    ("company", Field::Name),
    ("title", Field::Title),
];

/// Reads a query. `synonyms` are groups of names that mean the same.
pub(crate) fn read(text: &str, synonyms: &[Vec<String>]) -> Query {
    let mut query = Query::default();
    let mut left = LONGEST;
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (exclude, after) = strip_minus(rest);
        let (field, after) = strip_prefix(after);
        let (words, after) = words(after);
        rest = after.trim_start();
        let mut folded = fold(words);
        folded.retain(|c| c != super::fold::BLOCK);
        if folded.is_empty() {
            continue;
        }
        if query.terms.len() == MOST_TERMS || left == 0 {
            query.cut = true;
            break;
        }
        if folded.chars().count() > left {
            query.cut = true;
            folded = folded.chars().take(left).collect();
        }
        left -= folded.chars().count();
        let alternatives = alternatives(folded, synonyms);
        query.terms.push(Term { text: words.trim().to_owned(), field, exclude, alternatives });
    }
    query
}

/// A minus sign directly before a term.
fn strip_minus(text: &str) -> (bool, &str) {
    let after = text.trim_start_matches(['-', '－', '−']);
    let excludes = after.len() < text.len() && after.chars().next().is_some_and(|c| !c.is_whitespace());
    (excludes, if excludes { after } else { text })
}

fn strip_prefix(text: &str) -> (Option<Field>, &str) {
    for (word, field) in PREFIXES {
        let head = text.get(..word.len()).filter(|head| head.eq_ignore_ascii_case(word));
        let after = head.and_then(|_| text[word.len()..].strip_prefix([':', '：']));
        if let Some(after) = after.filter(|after| after.chars().next().is_some_and(|c| !c.is_whitespace())) {
            return (Some(field), after);
        }
    }
    (None, text)
}

/// What stands in quotation marks, or the text up to white space or a quotation mark.
fn words(text: &str) -> (&str, &str) {
    const QUOTES: [char; 4] = ['"', '“', '”', '＂'];
    if let Some(inside) = text.strip_prefix(QUOTES) {
        return match inside.find(QUOTES) {
            Some(end) => (&inside[..end], inside[end..].trim_start_matches(QUOTES)),
            None => (inside, ""),
        };
    }
    let end = text.find(|c: char| c.is_whitespace() || QUOTES.contains(&c)).unwrap_or(text.len());
    text.split_at(end)
}

fn alternatives(folded: String, synonyms: &[Vec<String>]) -> Vec<Alternative> {
    let mut list = vec![Alternative { folded, why: Why::Typed }];
    let add = |folded: String, why: Why, list: &mut Vec<Alternative>| {
        if list.len() < MOST_ALTERNATIVES && !list.iter().any(|known| known.folded == folded) {
            list.push(Alternative { folded, why });
        }
    };
    let typed = list[0].folded.clone();
    for group in synonyms {
        let group: Vec<String> = group.iter().map(|name| fold(name)).collect();
        // The longest name of a group that is there: 市安监局 and 安监局 may be of one group.
        let Some(found) = group.iter().filter(|name| typed.contains(*name)).max_by_key(|name| name.len()) else {
            continue;
        };
        for other in group.iter().filter(|name| *name != found) {
            add(typed.replacen(found, other, 1), Why::Synonym, &mut list);
        }
    }
    for at in 0..list.len() {
        let others = [other_numerals(&list[at].folded), dotted(&list[at].folded)];
        for other in others.into_iter().flatten() {
            let why = if list[at].why == Why::Typed { Why::Numeral } else { list[at].why };
            add(other, why, &mut list);
        }
    }
    list
}

/// Words after which a number counts parts of a text or happenings: 第十二条, 第3期.
const COUNTED: &str = "条款项章节编号期次批届季";

/// A phrase with its ordinals written the other way, if it has any: 第十二条 becomes 第12条 and back.
fn other_numerals(folded: &str) -> Option<String> {
    let chars: Vec<char> = folded.chars().collect();
    let mut out = String::new();
    let mut changed = false;
    let mut at = 0;
    while at < chars.len() {
        out.push(chars[at]);
        at += 1;
        if chars[at - 1] != '第' {
            continue;
        }
        let len = chars[at..].iter().take_while(|c| c.is_ascii_digit() || CHINESE.contains(**c)).count();
        let numeral: String = chars[at..at + len].iter().collect();
        let counts = chars.get(at + len).is_some_and(|c| COUNTED.contains(*c));
        match if counts { exchanged(&numeral) } else { None } {
            Some(other) => {
                out.push_str(&other);
                changed = true;
            }
            None => out.push_str(&numeral),
        }
        at += len;
    }
    changed.then_some(out)
}

/// A day that stands for what happened then, written with a dot if it is written with a hyphen: 11-09 becomes 11·9.
fn dotted(folded: &str) -> Option<String> {
    let mut out = String::new();
    let mut changed = false;
    // Digits and hyphens side by side are one number; only a month and a day are such a day.
    for number in folded.split_inclusive(|c: char| !is_of_day(c)) {
        let end = number.trim_end_matches(|c: char| !is_of_day(c)).len();
        match day_with_dot(&number[..end]) {
            Some(day) => {
                out.push_str(&day);
                changed = true;
            }
            None => out.push_str(&number[..end]),
        }
        out.push_str(&number[end..]);
    }
    changed.then_some(out)
}

fn is_of_day(c: char) -> bool {
    c.is_ascii_digit() || c == '-'
}

fn day_with_dot(text: &str) -> Option<String> {
    let (month, day) = text.split_once('-')?;
    let number = |text: &str, most: u32| -> Option<u32> {
        let is_short = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|number| is_short && (1..=most).contains(number))
    };
    Some(format!("{}·{}", number(month, 12)?, number(day, 31)?))
}

const CHINESE: &str = "零一二三四五六七八九十百";

/// 12 becomes 十二 and 十二 becomes 12; up to 999.
fn exchanged(numeral: &str) -> Option<String> {
    if numeral.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: u32 = numeral.parse().ok().filter(|number| (1..1000).contains(number))?;
        return (number.to_string() == numeral).then(|| chinese(number));
    }
    (1..1000).find(|number| chinese(*number) == numeral).map(|number| number.to_string())
}

/// A number up to 999 as it is written in laws: 二百一十二, 十二, 一百零三.
fn chinese(number: u32) -> String {
    let digit = |at: u32| CHINESE.chars().nth(at as usize).expect("a digit has a name");
    let (hundreds, tens, ones) = (number / 100, number / 10 % 10, number % 10);
    let mut text = String::new();
    if hundreds > 0 {
        text.extend([digit(hundreds), '百']);
    }
    match tens {
        0 if hundreds > 0 && ones > 0 => text.push('零'),
        0 => {}
        1 if hundreds == 0 => text.push('十'),
        _ => text.extend([digit(tens), '十']),
    }
    if ones > 0 {
        text.push(digit(ones));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `field:text` with `-` before and `=` between alternatives.
    fn shown(text: &str) -> String {
        let synonyms = vec![vec!["应急管理局".to_owned(), "安监局".to_owned()]];
        let query = read(text, &synonyms);
        let terms = query.terms.iter().map(|term| {
            let minus = if term.exclude { "-" } else { "" };
            let field = term.field.map(|field| format!("{}:", field.name())).unwrap_or_default();
            let spellings: Vec<&str> = term.alternatives.iter().map(|one| one.folded.as_str()).collect();
            format!("{minus}{field}{}", spellings.join("="))
        });
        let cut = if query.cut { " …" } else { "" };
        terms.collect::<Vec<_>>().join(" | ") + cut
    }

    #[test]
    fn queries_become_terms() {
        for (text, expected) in [
            ("", ""),
            ("  ", ""),
            ("安全生产", "安全生产"),
            ("安全 生产", "安全 | 生产"),
            ("安全　生产", "安全 | 生产"),
            ("“安全 生产”", "安全生产"),
            ("\"安全 生产", "安全生产"),
            ("安全\"生 产\"法", "安全 | 生产 | 法"),
            ("事故 -演练", "事故 | -演练"),
            ("事故 - 演练", "事故 | - | 演练"),
            ("-", "-"),
            ("A-1", "a-1"),
            ("文号:豫应急罚〔2025〕1号", "code:豫应急罚(2025)1号"),
            ("公司：甲公司 -标题:演练", "name:甲公司 | -title:演练"),
            ("Company:\"甲 公司\"", "name:甲公司"),
            ("文号: 1", "文号: | 1"),
            ("郑州市安监局", "郑州市安监局=郑州市应急管理局"),
            ("第十二条", "第十二条=第12条"),
            ("安全生产法第112条第1款", "安全生产法第112条第1款=安全生产法第一百一十二条第一款"),
            ("11-09事故", "11-09事故=11·9事故"),
            ("2025-11-09 0371-6", "2025-11-09 | 0371-6"),
            ("第一名", "第一名"),
            ("第012条", "第012条"),
            ("《》", ""),
            ("__proto__ 😀", "__proto__ | 😀"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn numerals_are_written_as_in_laws() {
        for (number, expected) in [
            (1, "一"),
            (10, "十"),
            (12, "十二"),
            (20, "二十"),
            (100, "一百"),
            (103, "一百零三"),
            (110, "一百一十"),
            (999, "九百九十九"),
        ] {
            assert_eq!(chinese(number), expected);
            assert_eq!(exchanged(expected), Some(number.to_string()));
        }
    }

    #[test]
    fn too_much_is_cut_and_said_so() {
        let query = read(&"安".repeat(10_000), &[]);
        assert_eq!(query.terms[0].alternatives[0].folded.chars().count(), LONGEST);
        assert!(query.cut);
        let query = read(&"安 ".repeat(13), &[]);
        assert_eq!((query.terms.len(), query.cut), (MOST_TERMS, true));
        assert!(!read(&"安 ".repeat(12), &[]).cut);
    }
}
