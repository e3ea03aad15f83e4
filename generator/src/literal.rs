//! Turns the text of one cell into one typed literal: a date, an amount, a number, a place.
//! It knows how offices write things; it must not know registers, fields, files or the clock.

mod contact;
mod date;
mod datetime;
mod iso;
mod money;
mod number;
mod numeral;
mod place;
mod serial;

use std::borrow::Cow;

pub(crate) use crate::text::Refusal;
use crate::text::Text;

pub(crate) use contact::{phone, url};
pub(crate) use date::{OpenDate, PartialDate, Precision, date_as, open_date};
pub(crate) use datetime::{Moment, datetime};
pub(crate) use iso::{iso_day, push_day, push_minutes, push_seconds};
pub(crate) use money::{MoneyUnit, format_money, money};
pub(crate) use number::{decimal, integer, is_scientific, percentage, without_unit};
pub(crate) use place::coordinates;
pub(crate) use serial::{digits_lost, lost_digits, number_text, serial_day};

/// Makes a cell readable for the parsers below: half-width characters, no invisible ones,
/// no spaces at the ends and no leading `'`, which spreadsheets use to force text.
/// It changes brackets and commas too, so text that will be displayed goes through [`tidy`].
pub(crate) fn normalise(text: &str) -> Cow<'_, str> {
    without_text_marker(trim(map_chars(text, |c| visible(half_width(c)))))
}

/// Cleans text that is kept for display: invisible characters and odd spaces go, width stays.
pub(crate) fn tidy(text: &str) -> Cow<'_, str> {
    trim(map_chars(text, visible))
}

const NULL_WORDS: [&str; 15] = [
    "无",
    "暂无",
    "无数据",
    "暂无数据",
    "空",
    "未填",
    "未填报",
    "不适用",
    "null",
    "(null)",
    "nil",
    "none",
    "n/a",
    "#n/a",
    "na",
];
/// The first characters of those words, and how many characters the longest has.
const NULL_FIRST: [char; 9] = ['无', '暂', '空', '未', '不', 'n', 'N', '(', '#'];
const NULL_LONGEST: usize = 6;

/// Words that offices write into a cell to say that there is nothing in it. Zero is a value.
/// In a yes/no column 无 means no: read that one with [`boolean`] first.
pub(crate) fn is_null_word(text: &str) -> bool {
    let is_stroke = |c: char| "/\\-‐‑‒–—―−─_".contains(c);
    // Most cells say something, and their first character or their length shows it; strokes have any length.
    let mut seen = text.chars().filter_map(|c| visible(half_width(c))).filter(|c| !c.is_whitespace());
    match seen.next() {
        Some(first) if first == '\'' || is_stroke(first) => {}
        Some(first) if !NULL_FIRST.contains(&first) || seen.nth(NULL_LONGEST - 1).is_some() => return false,
        _ => {}
    }
    let written = normalise(text);
    let folded: String = written.to_lowercase().split_whitespace().collect();
    folded.chars().all(is_stroke) || NULL_WORDS.contains(&folded.as_str())
}

pub(crate) fn boolean(text: &str) -> Result<bool, Refusal> {
    match normalise(text).to_lowercase().as_str() {
        "是" | "有" | "对" | "√" | "✓" | "✔" | "true" | "yes" | "y" | "1" => Ok(true),
        "否" | "无" | "没有" | "不是" | "×" | "✗" | "✘" | "x" | "false" | "no" | "n" | "0" => Ok(false),
        _ => Err(Refusal::new(
            Text::new(
                format!("“{}”既不是“是”也不是“否”", shown(text)),
                format!("`{}` is neither yes nor no", shown(text)),
            ),
            Text::new("请填“是”或“否”", "write 是 (yes) or 否 (no)"),
        )),
    }
}

/// Splits a cell that holds several values. Separators inside brackets or titles belong to the
/// value, as in 工贸（冶金、机械）; when brackets do not pair up they are taken for plain characters.
pub(crate) fn split_list(text: &str) -> Vec<&str> {
    let balanced = depth_after(text).is_some_and(|depth| depth == 0);
    let mut depth = 0;
    let mut values = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices() {
        depth += if balanced { bracket(c) } else { 0 };
        if depth == 0 && matches!(c, '、' | '；' | ';' | '|' | '｜' | '\n' | '\r') {
            values.push(&text[start..at]);
            start = at + c.len_utf8();
        }
    }
    values.push(&text[start..]);
    values.into_iter().map(str::trim).filter(|value| !value.is_empty()).collect()
}

fn depth_after(text: &str) -> Option<i32> {
    text.chars().try_fold(0, |depth, c| {
        let depth = depth + bracket(c);
        (depth >= 0).then_some(depth)
    })
}

fn bracket(c: char) -> i32 {
    match c {
        '(' | '（' | '[' | '［' | '【' | '〔' | '《' | '〈' | '“' | '「' => 1,
        ')' | '）' | ']' | '］' | '】' | '〕' | '》' | '〉' | '”' | '」' => -1,
        _ => 0,
    }
}

/// A value as an error message may show it: short, and with the middle of every long number
/// hidden, because a cell in the wrong column can hold an identity or telephone number.
fn shown(text: &str) -> String {
    let mut out = String::new();
    let mut digits = String::new();
    let cleaned = tidy(text);
    for c in cleaned.chars().take(40) {
        if half_width(c).is_ascii_digit() {
            digits.push(c);
        } else {
            push_number(&mut out, &mut digits);
            out.push(c);
        }
    }
    push_number(&mut out, &mut digits);
    if cleaned.chars().count() > 40 {
        out.push('…');
    }
    out
}

fn push_number(out: &mut String, digits: &mut String) {
    let length = digits.chars().count();
    let hidden = if length >= 11 { 3..length - 2 } else { 0..0 };
    out.extend(digits.chars().enumerate().map(|(at, c)| if hidden.contains(&at) { '*' } else { c }));
    digits.clear();
}

fn map_chars(text: &str, map: impl Fn(char) -> Option<char>) -> Cow<'_, str> {
    // Printable ASCII and the common ideographs stay what they are under every map here.
    let is_plain = |c| matches!(c, ' '..='~' | '\u{4E00}'..='\u{9FFF}');
    if text.chars().all(|c| is_plain(c) || map(c) == Some(c)) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().filter_map(map).collect())
    }
}

fn half_width(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).expect("full-width forms map onto ASCII"),
        _ => c,
    }
}

fn visible(c: char) -> Option<char> {
    match c {
        '\t' | '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => Some(' '),
        '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' => None,
        '\u{2060}'..='\u{2069}' | '\u{FEFF}' => None,
        _ => Some(c),
    }
}

fn trim(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) if text.trim().len() == text.len() => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

fn without_text_marker(text: Cow<'_, str>) -> Cow<'_, str> {
    let marked = text.strip_prefix('\'').is_some_and(|rest| !rest.contains('\''));
    match text {
        text if !marked => text,
        Cow::Borrowed(text) => Cow::Borrowed(text[1..].trim_start()),
        Cow::Owned(text) => Cow::Owned(text[1..].trim_start().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_null_word_is_one() {
        for word in NULL_WORDS {
            assert!(is_null_word(word) && is_null_word(&format!(" {} ", word.to_uppercase())), "{word}");
            assert!(word.chars().count() <= NULL_LONGEST && word.starts_with(NULL_FIRST), "{word}");
        }
    }

    #[test]
    fn cells_become_plain_text() {
        let check = |input, expected| assert_eq!(normalise(input), expected, "{input:?}");
        check("  2017-3-3\t", "2017-3-3");
        check("９１４１０１０５ＭＡ", "91410105MA");
        check("'91410105", "91410105");
        check("＇91410105", "91410105");
        check("'quoted'", "'quoted'");
        check("郑州\u{A0}市\u{200B}\u{FEFF}", "郑州 市");
        check("（郑）应急", "(郑)应急");
        check("安全\u{AD}生产", "安全生产");
        check("第一行\n第二行", "第一行\n第二行");
        assert_eq!(tidy("\u{FEFF}（郑）应急\u{3000}"), "（郑）应急");
        assert!(matches!(normalise("plain"), Cow::Borrowed(_)));
    }

    #[test]
    fn null_words() {
        let check = |input, expected| assert_eq!(is_null_word(input), expected, "{input:?}");
        for word in ["", " ", "/", "无", "暂 无", "— —", "——", "-", "－", "NULL", "null", "N/A", "#N/A"] {
            check(word, true);
        }
        for word in ["0", "0.00", "无证经营", "无锡", "/a", "-5", "否"] {
            check(word, false);
        }
    }

    #[test]
    fn yes_and_no() {
        let check = |input: &str, expected: Option<bool>| assert_eq!(boolean(input).ok(), expected, "{input:?}");
        for word in ["是", " 有 ", "√", "TRUE", "Yes", "１"] {
            check(word, Some(true));
        }
        for word in ["否", "无", "×", "false", "NO", "0"] {
            check(word, Some(false));
        }
        for word in ["", "大概", "2", "/"] {
            check(word, None);
        }
    }

    #[test]
    fn lists() {
        let check = |input, expected: &[&str]| assert_eq!(split_list(input), expected, "{input:?}");
        check("罚款、没收违法所得", &["罚款", "没收违法所得"]);
        check("工贸（冶金、机械）；矿山; 消防|燃气\n", &["工贸（冶金、机械）", "矿山", "消防", "燃气"]);
        check("《甲、乙办法》、《丙》", &["《甲、乙办法》", "《丙》"]);
        check("Zhengzhou, Henan", &["Zhengzhou, Henan"]);
        check("（甲、乙", &["（甲", "乙"]);
        check("甲）、（乙", &["甲）", "（乙"]);
        check(" 、、 ", &[]);
        check("", &[]);
    }

    #[test]
    fn messages_do_not_repeat_private_numbers() {
        let check = |input: &str, expected: &str| assert_eq!(shown(input), expected);
        check("13812345678", "138******78");
        check("张三11010519491231002X", "张三110************02X");
        check("２０１７年13月", "２０１７年13月");
        check(&"长".repeat(41), &format!("{}…", "长".repeat(40)));
    }

    /// Pieces that cells are made of.
    const PIECES: [&str; 44] = [
        "2017",
        "年",
        "3",
        "月",
        "03",
        "日",
        "号",
        "-",
        "/",
        ".",
        "二〇",
        "一七",
        "十二",
        "元",
        "万",
        "亿",
        "角",
        "分",
        "整",
        "￥",
        "¥",
        ",",
        "，",
        " ",
        "0",
        "9",
        "00",
        "#",
        "E+",
        "e",
        "长期",
        "上午",
        "T",
        ":",
        "+08:00",
        "百分之",
        "%",
        "负",
        "\u{200B}",
        "\u{FEFF}",
        "零",
        "拾",
        "佰",
        "廿",
    ];

    #[test]
    fn no_text_makes_a_literal_panic() {
        let mut state = 0x2545_F491_4F6C_DD1D_u64;
        let mut roll = |sides: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state >> 33).expect("31 bits fit") % sides
        };
        let started = std::time::Instant::now();
        let (mut tried, mut dates, mut sums) = (0_u64, 0_u64, 0_u64);
        while started.elapsed() < crate::text::trial(1) {
            let text: String = (0..=roll(9)).map(|_| PIECES[roll(PIECES.len())]).collect();
            tried += 1;
            if let Ok(OpenDate::Date(date)) = open_date(&text) {
                dates += 1;
                let written = match date.precision {
                    Precision::Day => date.date.to_string(),
                    Precision::Month => date.date.to_string()[..7].to_owned(),
                    Precision::Year => date.date.to_string()[..4].to_owned(),
                };
                assert_eq!(open_date(&written).ok(), Some(OpenDate::Date(date)), "{text} as {written}");
            }
            for unit in [MoneyUnit::Yuan, MoneyUnit::WanYuan] {
                if let Ok(yuan) = money(&text, unit) {
                    sums += 1;
                    assert_eq!(money(&format!("{yuan}元"), unit).ok(), Some(yuan), "{text}");
                }
            }
            let _ = (datetime(&text), integer(&text), percentage(&text), boolean(&text));
            let number = f64::from_bits((roll(1 << 30) as u64) << 33 | roll(1 << 30) as u64);
            let _ = (serial_day(number, roll(2) == 0), number_text(number));
        }
        eprintln!("note: {tried} texts, {dates} dates, {sums} sums, none crashed");
    }
}
