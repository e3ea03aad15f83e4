//! Reads the numbering that opens a Chinese heading: 第一章, 一、, （一）, 1., （1）, 1.2.
//! Turns text into a `Number` and the rest of the line. Knows nothing of Markdown or ids.

/// How a heading is numbered. Sections follow the four steps of official documents: 一、 （一） 1. （1）.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Number {
    /// 第一编, 第一部分
    Part(u32),
    /// 第一章
    Chapter(u32),
    /// 第一节
    Division(u32),
    /// 第一条
    Article(u32),
    /// The step, 0 to 3, and the number in it.
    Section(usize, u32),
    /// 1.2.3
    Decimal(Vec<u32>),
}

/// The numbering at the start of a line, and the text after it.
pub(super) fn read(line: &str) -> Option<(Number, &str)> {
    let line = line.trim_start();
    let first = line.chars().next()?;
    let (number, rest) = match first {
        '第' => ordinal(line)?,
        '（' | '(' => bracketed(line)?,
        '0'..='9' | '０'..='９' => arabic_steps(line)?,
        _ => {
            let (n, rest) = chinese(line)?;
            let rest = rest.trim_start().strip_prefix(['、', '．', '.'])?;
            (Number::Section(0, n), rest)
        }
    };
    Some((number, rest.trim_start()))
}

/// A Chinese number up to 9999 at the start of the text.
pub(super) fn chinese(text: &str) -> Option<(u32, &str)> {
    let (mut total, mut digit, mut length) = (0, None, 0);
    for c in text.chars().take(8) {
        let unit = match c {
            '十' => 10,
            '百' => 100,
            '千' => 1000,
            _ => {
                let Some(value) = "〇一二三四五六七八九".chars().position(|d| d == c || (c == '零' && d == '〇'))
                else {
                    break;
                };
                digit = u32::try_from(value).ok();
                length += c.len_utf8();
                continue;
            }
        };
        total += digit.take().unwrap_or(1) * unit;
        length += c.len_utf8();
    }
    (length > 0).then(|| (total + digit.unwrap_or(0), &text[length..]))
}

/// An Arabic number, half or full width, at the start of the text.
pub(super) fn arabic(text: &str) -> Option<(u32, &str)> {
    let (mut value, mut length) = (0_u32, 0);
    for c in text.chars().take(4) {
        let digit = match c {
            '0'..='9' => u32::from(c) - u32::from('0'),
            '０'..='９' => u32::from(c) - u32::from('０'),
            _ => break,
        };
        value = value * 10 + digit;
        length += c.len_utf8();
    }
    (length > 0).then(|| (value, &text[length..]))
}

/// （一） or （1）, in brackets of either width.
pub(super) fn bracketed(text: &str) -> Option<(Number, &str)> {
    let inner = text.strip_prefix(['（', '('])?.trim_start();
    let (number, rest) = match chinese(inner) {
        Some((n, rest)) => (Number::Section(1, n), rest),
        None => arabic(inner).map(|(n, rest)| (Number::Section(3, n), rest))?,
    };
    let rest = rest.trim_start().strip_prefix(['）', ')'])?;
    Some((number, rest))
}

fn ordinal(text: &str) -> Option<(Number, &str)> {
    let inner = text.strip_prefix('第')?.trim_start();
    let (n, rest) = chinese(inner).or_else(|| arabic(inner))?;
    let rest = rest.trim_start();
    let (unit, number) = match rest.chars().next()? {
        '部' => ("部分", Number::Part(n)),
        '编' => ("编", Number::Part(n)),
        '章' => ("章", Number::Chapter(n)),
        '节' => ("节", Number::Division(n)),
        _ => ("条", Number::Article(n)),
    };
    Some((number, rest.strip_prefix(unit)?))
}

fn arabic_steps(text: &str) -> Option<(Number, &str)> {
    let (first, mut rest) = arabic(text)?;
    let mut steps = vec![first];
    while let Some((n, after)) = rest.strip_prefix(['.', '．']).and_then(arabic) {
        steps.push(n);
        rest = after;
    }
    let after = rest.strip_prefix(['.', '．', '、']);
    let ended = after.is_some() || (steps.len() > 1 && rest.starts_with(char::is_whitespace));
    if !ended || steps.len() > 6 {
        return None;
    }
    let number = if steps.len() == 1 { Number::Section(2, first) } else { Number::Decimal(steps) };
    Some((number, after.unwrap_or(rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbering_is_read() {
        fn check(line: &str, expected: Option<(Number, &str)>) {
            assert_eq!(read(line), expected, "{line}");
        }
        check("一、指导思想", Some((Number::Section(0, 1), "指导思想")));
        check("十二．保障", Some((Number::Section(0, 12), "保障")));
        check("　二十、附则", Some((Number::Section(0, 20), "附则")));
        check("（八）基层", Some((Number::Section(1, 8), "基层")));
        check("(一) 企业", Some((Number::Section(1, 1), "企业")));
        check("（一)企业", Some((Number::Section(1, 1), "企业")));
        check("1. 煤矿", Some((Number::Section(2, 1), "煤矿")));
        check("１．煤矿", Some((Number::Section(2, 1), "煤矿")));
        check("3、煤矿", Some((Number::Section(2, 3), "煤矿")));
        check("（2）井下", Some((Number::Section(3, 2), "井下")));
        check("1.2 背景", Some((Number::Decimal(vec![1, 2]), "背景")));
        check("第一章 总则", Some((Number::Chapter(1), "总则")));
        check("第 3 节 监督", Some((Number::Division(3), "监督")));
        check("第一百一十四条", Some((Number::Article(114), "")));
        check("第二部分　目标", Some((Number::Part(2), "目标")));
        check("一方面", None);
        check("2025年工作", None);
        check("1.5倍", None);
        check("12345678901234567890.", None);
        check("（工作）", None);
        check("第", None);
        check("", None);
    }

    #[test]
    fn chinese_numbers() {
        fn check(text: &str, expected: Option<u32>) {
            assert_eq!(chinese(text).map(|(n, _)| n), expected, "{text}");
        }
        check("十", Some(10));
        check("十五", Some(15));
        check("九十九", Some(99));
        check("一百零三", Some(103));
        check("二千〇一十", Some(2010));
        check("百", Some(100));
        check("安", None);
    }
}
