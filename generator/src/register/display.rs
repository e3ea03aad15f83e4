//! Values as words for a reader. The only place that decides how a date or an amount is written.

use super::{CodeLists, Value};
use crate::literal::{Moment, PartialDate, Precision, format_money, iso_day, push_minutes, push_seconds};
use crate::text::Language;

/// The words of a value. References are written by whoever knows the titles.
pub(crate) fn words(value: &Value, unit: Option<&str>, codes: &CodeLists, language: Language) -> String {
    let english = language == Language::English;
    match value {
        Value::Date(date) => partial_date(*date, language),
        Value::OpenEnd => if english { "no end date" } else { "长期" }.to_owned(),
        Value::Datetime(at) => moment(*at, language),
        Value::Money(yuan) => format_money(*yuan).pick(language).to_owned(),
        Value::Integer(number) => with_unit(&number.to_string(), unit, language),
        Value::Decimal(number) => with_unit(&number.normalize().to_string(), unit, language),
        Value::Percentage(number) => format!("{}%", number.normalize()),
        Value::Boolean(yes) => match (yes, english) {
            (true, false) => "是",
            (false, false) => "否",
            (true, true) => "yes",
            (false, true) => "no",
        }
        .to_owned(),
        Value::Code(code) => codes.get(*code).label(language).to_owned(),
        Value::Coordinates(at) => format!("{}, {}", at.longitude, at.latitude),
        Value::Reference(_) => String::new(),
        other => other.text().unwrap_or_default().to_owned(),
    }
}

fn with_unit(number: &str, unit: Option<&str>, language: Language) -> String {
    match unit {
        None => number.to_owned(),
        Some(unit) if unit.is_ascii() || language == Language::Chinese => format!("{number}{unit}"),
        Some(unit) => format!("{number} {unit}"),
    }
}

/// `2025年3月1日`, without leading zeros (GB/T 9704), or `2025-03-01`.
pub(crate) fn partial_date(date: PartialDate, language: Language) -> String {
    let iso = iso_date(date);
    if language == Language::English {
        return iso;
    }
    let mut words = String::with_capacity("2025年12月31日".len());
    for (part, unit) in iso.split('-').zip(["年", "月", "日"]) {
        words.push_str(part.trim_start_matches('0'));
        words.push_str(unit);
    }
    words
}

/// `2025-03-01`, `2025-03` or `2025`, as precise as it was written.
pub(crate) fn iso_date(date: PartialDate) -> String {
    let mut text = iso_day(date.date);
    match date.precision {
        Precision::Day => {}
        Precision::Month => text.truncate(7),
        Precision::Year => text.truncate(4),
    }
    text
}

pub(crate) fn moment(at: Moment, language: Language) -> String {
    let mut words = partial_date(PartialDate::day(at.date), language);
    if let Some(time) = at.time {
        words.push(' ');
        push_minutes(&mut words, time);
    }
    words
}

/// A value as a table that gongkai writes has it: the same for every reader, and read back as the same value.
pub(crate) fn written(value: &Value, codes: &CodeLists) -> String {
    match value {
        Value::Date(date) => iso_date(*date),
        Value::Datetime(at) => {
            let mut words = iso_day(at.date);
            if let Some(time) = at.time {
                words.push(' ');
                push_seconds(&mut words, time);
            }
            words
        }
        Value::Money(yuan) => format!("{}元", yuan.normalize()),
        Value::Integer(number) => number.to_string(),
        Value::Decimal(number) => number.normalize().to_string(),
        other => words(other, None, codes, Language::Chinese),
    }
}
