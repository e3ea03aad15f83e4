//! Folds document numbers (文号) to one key and shows them the way GB/T 9704 writes them.
//! It must not know which office issued a number or whether it exists.

use crate::literal::{normalise, tidy};

/// The key under which two spellings of one number meet: （郑）应急罚﹝2023﹞第 12号 and
/// (郑)应急罚[2023]12号. Zeros at the head of the sequence stay: 012号 and 12号 may be two decisions.
pub(crate) fn fold(text: &str) -> String {
    let plain: String = normalise(text)
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            c if opens(c) => '[',
            c if closes(c) => ']',
            '‐' | '‑' | '–' | '—' | '−' => '-',
            c => c.to_ascii_uppercase(),
        })
        .collect();
    without_ordinal(&plain)
}

/// The number as readers see it: 〔2017〕 in hexagonal brackets, no stray spaces, half-width digits.
/// What the office wrote besides, such as 第, stays.
pub(crate) fn display(text: &str) -> String {
    let tidied = tidy(text);
    let chars: Vec<char> = tidied.chars().filter_map(half_width_alphanumeric).collect();
    let mut out = String::new();
    let mut at = 0;
    while at < chars.len() {
        if let Some((year, length)) = bracketed_year(&chars[at..]) {
            out.push_str(&format!("〔{year}〕"));
            at += length;
        } else {
            push(&mut out, chars[at], chars.get(at + 1));
            at += 1;
        }
    }
    out.trim().to_owned()
}

/// A bracket pair around a year at the head of `chars`, and how many characters it takes.
fn bracketed_year(chars: &[char]) -> Option<(i16, usize)> {
    if !opens(*chars.first()?) {
        return None;
    }
    let inside = chars.iter().skip(1).position(|c| closes(*c))?;
    let digits: Vec<char> = chars[1..=inside].iter().copied().filter(|c| !c.is_whitespace() && *c != '年').collect();
    Some((plausible_year(&digits)?, inside + 2))
}

fn plausible_year(digits: &[char]) -> Option<i16> {
    let year = digits.iter().collect::<String>().parse().ok().filter(|_| digits.len() == 4);
    year.filter(|year| (1949..2100).contains(year))
}

/// Leaves out the 第 of 第12号; GB/T 9704 does without it, offices often do not.
fn without_ordinal(plain: &str) -> String {
    let mut out = String::new();
    let mut rest = plain;
    while let Some((before, after)) = rest.split_once('第') {
        let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
        out.push_str(before);
        if digits == 0 || !after[digits..].starts_with('号') {
            out.push('第');
        }
        rest = after;
    }
    out + rest
}

/// Adds a character; a space stays only between two words in Latin letters, and brackets that do
/// not stand around a year take the width Chinese text uses.
fn push(out: &mut String, c: char, next: Option<&char>) {
    let latin = |c: char| c.is_ascii_alphabetic();
    match c {
        c if c.is_whitespace() => {
            if out.chars().last().is_some_and(latin) && next.copied().is_some_and(latin) {
                out.push(' ');
            }
        }
        '(' => out.push('（'),
        ')' => out.push('）'),
        c => out.push(c),
    }
}

fn half_width_alphanumeric(c: char) -> Option<char> {
    match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => char::from_u32(c as u32 - 0xFEE0),
        c => Some(c),
    }
}

fn opens(c: char) -> bool {
    matches!(c, '(' | '[' | '〔' | '【' | '（' | '﹝' | '〖' | '［' | '{' | '〈' | '<')
}

fn closes(c: char) -> bool {
    matches!(c, ')' | ']' | '〕' | '】' | '）' | '﹞' | '〗' | '］' | '}' | '〉' | '>')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_meet_in_one_key() {
        let check = |input, expected| assert_eq!(fold(input), expected, "{input}");
        for input in [
            "（郑）应急罚〔2023〕第12号",
            "(郑)应急罚[2023]12号",
            "（郑）应急罚﹝2023﹞12 号",
            "(郑)应急罚【2023】第 12 号",
            "〔郑〕应急罚（２０２３）１２号",
            "（郑）应急罚〖2023〗12号",
        ] {
            check(input, "[郑]应急罚[2023]12号");
        }
        check("郑政〔2017〕012号", "郑政[2017]012号");
        check("第三批第5号", "第三批5号");
        check("第12次", "第12次");
        check("aq-2023—1", "AQ-2023-1");
        check("", "");
    }

    #[test]
    fn numbers_are_shown_with_hexagonal_brackets() {
        let check = |input, expected| assert_eq!(display(input), expected, "{input}");
        check("(郑)应急罚[2023]12号", "（郑）应急罚〔2023〕12号");
        check(" 郑政 ﹝２０１７﹞ 第 12 号 ", "郑政〔2017〕第12号");
        check("郑政（2017）3号", "郑政〔2017〕3号");
        check("郑政[2017年]3号", "郑政〔2017〕3号");
        check("AQ 2023-1", "AQ2023-1");
        check("Doc No 5", "Doc No5");
        check("安委办(试行)3号", "安委办（试行）3号");
    }
}
