//! Turns the ways offices write a day into a calendar date that knows how exact it is.
//! It must not know today's date, and never guesses a century or an order of day and month.

use jiff::civil::Date;

use super::{Refusal, datetime, normalise, numeral, shown};
use crate::text::Text;

/// How much of a date was written. 2017年3月 is a fact about a month, not about the first of March.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Precision {
    Day,
    Month,
    Year,
}

/// A date with missing parts set to the first of the month or year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct PartialDate {
    pub date: Date,
    pub precision: Precision,
}

impl PartialDate {
    pub(crate) fn day(date: Date) -> PartialDate {
        PartialDate { date, precision: Precision::Day }
    }
}

/// The end of a period of validity, which may be “for good”.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OpenDate {
    Date(PartialDate),
    Open,
}

/// Year, month and day as written, before the calendar has been asked.
type Written = (i16, Option<i8>, Option<i8>);

/// A day, a month or a year; 长期, 永久 and the last days that databases use for them mean no end.
pub(crate) fn open_date(text: &str) -> Result<OpenDate, Refusal> {
    let text = normalise(text);
    let words = ["长期", "永久", "长期有效", "永久有效", "无固定期限", "无期限", "长久"];
    if words.contains(&text.as_ref()) {
        return Ok(OpenDate::Open);
    }
    let (day, time) = datetime::split_time(&text);
    match written(day)? {
        (2099 | 9999, Some(12), Some(31)) => Ok(OpenDate::Open),
        written => on_calendar(without_time(written, time, &text)?, &text).map(OpenDate::Date),
    }
}

/// A day whose time, if one stands behind it, is a time.
fn without_time(written: Written, time: Option<&str>, text: &str) -> Result<Written, Refusal> {
    match time {
        Some(time) if datetime::clock(time).is_none() => Err(not_a_date(text)),
        _ => Ok(written),
    }
}

/// A date in a declared notation, such as `%d/%m/%Y`; none when it is not written so.
pub(crate) fn date_as(text: &str, notation: &str) -> Option<PartialDate> {
    let date = Date::strptime(notation, normalise(text).as_ref()).ok()?;
    (1900..=2100).contains(&date.year()).then_some(PartialDate::day(date))
}

/// Which days can be meant at all: outside these years a slip of the finger is far likelier.
pub(super) fn on_calendar((year, month, day): Written, text: &str) -> Result<PartialDate, Refusal> {
    let precision = match (month, day) {
        (Some(_), Some(_)) => Precision::Day,
        (Some(_), None) => Precision::Month,
        _ => Precision::Year,
    };
    if !(1900..=2100).contains(&year) {
        return Err(implausible_year(text, year));
    }
    match Date::new(year, month.unwrap_or(1), day.unwrap_or(1)) {
        Ok(date) => Ok(PartialDate { date, precision }),
        Err(_) => Err(no_such_day(text)),
    }
}

pub(super) fn written(text: &str) -> Result<Written, Refusal> {
    if let Some(written) = usual(text.as_bytes()) {
        return Ok(written);
    }
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).map(plain_dash).collect();
    if !compact.is_empty() && compact.chars().all(|c| c == '#') {
        return Err(hidden_by_column_width());
    }
    if compact.contains(['年', '月', '日', '号']) {
        marked(&compact)
    } else if compact.bytes().all(|b| b.is_ascii_digit()) {
        run_of_digits(&compact)
    } else {
        separated(&compact)
    }
}

/// 2017-03-03, as most dates are written.
fn usual(text: &[u8]) -> Option<Written> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else { return None };
    let number = |digits: &[u8]| {
        digits
            .iter()
            .try_fold(0_i16, |number, digit| digit.is_ascii_digit().then(|| number * 10 + i16::from(digit - b'0')))
    };
    let small = |digits: &[u8]| number(digits).and_then(|number| i8::try_from(number).ok());
    Some((number(&[*y1, *y2, *y3, *y4])?, Some(small(&[*m1, *m2])?), Some(small(&[*d1, *d2])?)))
}

/// 2017年3月3日, 二〇一七年三月, 2017年.
fn marked(text: &str) -> Result<Written, Refusal> {
    let Some((year, rest)) = text.split_once('年') else {
        return Err(year_missing(text));
    };
    let value = numeral::digits(year).ok_or_else(|| not_a_date(text))?;
    if year.chars().count() == 2 {
        return Err(century_unclear(text));
    }
    let year = i16::try_from(value).map_err(|_| not_a_date(text))?;
    if rest.is_empty() {
        return Ok((year, None, None));
    }
    let (month, day) = rest.split_once('月').ok_or_else(|| not_a_date(text))?;
    let month = part(if month == "元" { "1" } else { month }, text)?;
    if day.is_empty() {
        return Ok((year, Some(month), None));
    }
    let day = day.strip_suffix(['日', '号']).unwrap_or(day);
    Ok((year, Some(month), Some(part(day, text)?)))
}

/// 20170303, 201703, 2017.
fn run_of_digits(text: &str) -> Result<Written, Refusal> {
    let number = |range: std::ops::Range<usize>| text[range].parse::<i16>().expect("four digits at most");
    let small = |range: std::ops::Range<usize>| text[range].parse::<i8>().expect("two digits");
    match text.len() {
        8 => Ok((number(0..4), Some(small(4..6)), Some(small(6..8)))),
        6 if (1900..=2100).contains(&number(0..4)) => Ok((number(0..4), Some(small(4..6)), None)),
        6 => Err(century_unclear(text)),
        5 => Err(looks_like_serial(text)),
        4 => Ok((number(0..4), None, None)),
        _ => Err(not_a_date(text)),
    }
}

/// 2017-3-3, 2017/3/3, 2017.03.03, 2017-03; the two separators must be the same.
fn separated(text: &str) -> Result<Written, Refusal> {
    let separator = text.chars().find(|c| !c.is_ascii_digit()).filter(|c| "-/.".contains(*c));
    let separator = separator.ok_or_else(|| not_a_date(text))?;
    let parts: Vec<&str> = text.trim_end_matches(separator).split(separator).collect();
    if parts.iter().any(|part| part.is_empty() || !part.bytes().all(|b| b.is_ascii_digit())) {
        return Err(not_a_date(text));
    }
    match parts[..] {
        [_, _, last] if parts[0].len() <= 2 && last.len() == 4 => Err(order_unclear(text)),
        [_, _, _] if parts[0].len() <= 2 => Err(century_unclear(text)),
        [year, month] if year.len() == 4 => Ok((year_part(year), Some(part(month, text)?), None)),
        [year, month, day] if year.len() == 4 => {
            Ok((year_part(year), Some(part(month, text)?), Some(part(day, text)?)))
        }
        _ => Err(not_a_date(text)),
    }
}

fn year_part(digits: &str) -> i16 {
    digits.parse().expect("four digits fit")
}

fn part(written: &str, text: &str) -> Result<i8, Refusal> {
    let value = numeral::small(written).ok_or_else(|| not_a_date(text))?;
    Ok(i8::try_from(value).expect("a small numeral is below 100"))
}

fn plain_dash(c: char) -> char {
    if "‐‑‒–—―−".contains(c) { '-' } else { c }
}

pub(super) fn not_a_date(text: &str) -> Refusal {
    refusal(text, "不是日期", "is not a date")
}

fn no_such_day(text: &str) -> Refusal {
    refusal(text, "：日期不存在", "is a day that does not exist")
}

fn year_missing(text: &str) -> Refusal {
    refusal(text, "缺少年份", "has no year")
}

fn century_unclear(text: &str) -> Refusal {
    refusal(text, "的年份只有两位，世纪不明", "has a two-digit year, so the century is unclear")
}

fn order_unclear(text: &str) -> Refusal {
    refusal(text, "的年份在最后，月和日的顺序不明", "ends with the year, so day and month cannot be told apart")
}

fn implausible_year(text: &str, year: i16) -> Refusal {
    let zh = format!("的年份 {year} 不在 1900—2100 之间");
    refusal(text, &zh, &format!("has the year {year}, which is not between 1900 and 2100"))
}

fn refusal(text: &str, zh: &str, en: &str) -> Refusal {
    let value = shown(text);
    Refusal::new(
        Text::new(format!("“{value}”{zh}"), format!("`{value}` {en}")),
        Text::new("请写成 2017-03-03 或 2017年3月3日", "write YYYY-MM-DD, such as 2017-03-03"),
    )
}

fn looks_like_serial(text: &str) -> Refusal {
    Refusal {
        help: Text::new(
            "这像是 Excel 的日期序号：请把该列设为日期格式后重新保存，或写成 2017-03-03",
            "this looks like a spreadsheet's day number: format the column as a date and save again, or write YYYY-MM-DD",
        ),
        ..not_a_date(text)
    }
}

fn hidden_by_column_width() -> Refusal {
    Refusal::new(
        Text::new("单元格里只有“#”，看不到日期", "the cell holds only `#`, not a date"),
        Text::new(
            "表格导出时列太窄：请加宽该列后重新导出",
            "the column was too narrow when the sheet was exported: widen it and export again",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(input: &str) -> String {
        match open_date(input) {
            Ok(OpenDate::Open) => "open".to_owned(),
            Ok(OpenDate::Date(PartialDate { date, precision })) => format!("{date} {precision:?}"),
            Err(refusal) => refusal.message.en,
        }
    }

    #[test]
    fn days() {
        for input in [
            "2017年3月3日",
            "2017/3/3",
            "2017.03.03",
            "20170303",
            "2017-3-3",
            " 2017-03-03\t",
            "２０１７－３－３",
            "2017 年 3 月 3 日",
            "二〇一七年三月三日",
            "二○一七年三月三日",
            "二零一七年三月三日",
            "二O一七年三月三号",
            "2017年3月3号",
            "2017年3月3",
            "2017-03-03 00:00:00",
            "2017-03-03T08:30:00+08:00",
            "2017—3—3",
            "'2017-03-03",
            "2017.3.3.",
        ] {
            assert_eq!(read(input), "2017-03-03 Day", "{input}");
        }
        assert_eq!(read("二〇一七年十二月三十一日"), "2017-12-31 Day");
        assert_eq!(read("2024-02-29"), "2024-02-29 Day");
    }

    #[test]
    fn months_and_years() {
        for input in ["2017年3月", "2017-03", "2017/3", "201703", "二〇一七年三月", "2017.3"] {
            assert_eq!(read(input), "2017-03-01 Month", "{input}");
        }
        assert_eq!(read("2017年元月"), "2017-01-01 Month");
        for input in ["2017年", "2017", "二〇一七年"] {
            assert_eq!(read(input), "2017-01-01 Year", "{input}");
        }
    }

    #[test]
    fn refusals() {
        let check = |input: &str, expected: &str| assert!(read(input).contains(expected), "{input}: {}", read(input));
        for input in ["2022-09-31", "2017-02-30", "2025年13月", "2017-00-10", "20170230", "2023-02-29"] {
            check(input, "does not exist");
        }
        for input in ["17年3月3日", "一七年三月三日", "17-3-3", "17/03/03", "170303"] {
            check(input, "century");
        }
        check("#######", "only `#`");
        check("########", "only `#`");
        check("9999-12-30", "not between");
        check("1899-12-31", "not between");
        check("3/3/2017", "cannot be told apart");
        check("3月3日", "has no year");
        for input in [
            "",
            "42797",
            "2017-3/3",
            "2017年底",
            "2017年3月上旬",
            "2017-03-03 25:00",
            "昨天",
            "2017-3-3至3-5",
            "201703031",
        ] {
            check(input, "is not a date");
        }
        assert!(open_date("42797").expect_err("refused").help.en.contains("day number"));
    }

    #[test]
    fn open_ends() {
        for input in [
            "长期",
            "永久",
            " 长期有效",
            "2099-12-31",
            "9999-12-31",
            "9999/12/31",
            "2099年12月31日",
            "20991231",
            "9999-12-31 00:00:00",
        ] {
            assert_eq!(open_date(input), Ok(OpenDate::Open), "{input}");
        }
        let day = PartialDate { date: Date::constant(2028, 3, 3), precision: Precision::Day };
        assert_eq!(open_date("2028-03-03").ok(), Some(OpenDate::Date(day)));
        assert!(open_date("2099-12-32").is_err());
        assert!(open_date("很久").is_err());
    }
}
