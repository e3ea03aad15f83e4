//! The numbers by which spreadsheets count days and keep sums become the text that a person would type.
//! It must not know formats of cells or kinds of fields.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};

use super::Refusal;
use crate::text::Text;

/// The day a spreadsheet's number stands for, as `2017-03-03` or `2017-03-03 18:00`.
///
/// Counted from 1900 the number 60 is a 29 February that never was, and all later ones are one too many.
pub(crate) fn serial_day(value: f64, from_1904: bool) -> Result<String, Refusal> {
    const SECONDS: f64 = 86_400.0;
    if !(0.0..=2_958_465.999_99).contains(&value) {
        return Err(no_such_day(value));
    }
    let whole = value.floor();
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked above")]
    let (mut day, mut seconds) = (whole as i64, ((value - whole) * SECONDS).round() as i64);
    if seconds == 86_400 {
        (day, seconds) = (day + 1, 0);
    }
    let first = match (from_1904, day) {
        (true, _) => Date::constant(1904, 1, 1),
        (false, 60) => return Err(no_such_day(value)),
        (false, 0..60) => Date::constant(1899, 12, 31),
        (false, _) => Date::constant(1899, 12, 30),
    };
    let date = first.checked_add(day.days()).map_err(|_| no_such_day(value))?;
    if seconds == 0 {
        return Ok(date.to_string());
    }
    let moment = DateTime::from_parts(date, jiff::civil::Time::midnight()).checked_add(seconds.seconds());
    let time = moment.map_err(|_| no_such_day(value))?.time();
    Ok(if time.second() == 0 {
        format!("{date} {:02}:{:02}", time.hour(), time.minute())
    } else {
        format!("{date} {:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())
    })
}

/// A number with the fifteen digits that a spreadsheet keeps and shows: 0.1 + 0.2 is 0.3.
pub(crate) fn number_text(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        #[expect(clippy::cast_possible_truncation, reason = "a whole number of fifteen digits at most")]
        return (value as i64).to_string();
    }
    // The shortest form that means this number; with a point and fifteen digits there is nothing to round.
    let shortest = value.to_string();
    if shortest.len() <= 16 {
        return shortest;
    }
    let rounded: f64 = format!("{value:.14e}").parse().expect("it was just written");
    rounded.to_string()
}

/// Whether a whole number has more digits than a spreadsheet keeps.
pub(crate) fn lost_digits(value: f64) -> bool {
    value.abs() >= 1e15
}

/// A long number that a spreadsheet has rounded: nobody can tell what it was.
pub(crate) fn digits_lost() -> Refusal {
    Refusal::new(
        Text::new(
            "数字超过 15 位，已被 Excel 截断",
            "the number has more than 15 digits and was cut off by the spreadsheet",
        ),
        Text::new("请把该列设为文本，再重新填写完整内容", "format the column as text and enter the whole value again"),
    )
}

fn no_such_day(value: f64) -> Refusal {
    Refusal::new(
        Text::new(
            format!("日期不存在：序列号 {value}"),
            format!("the day number {value} is a day that does not exist"),
        ),
        Text::new("请把该单元格改写成 2017-03-03 这样的日期", "write the day as 2017-03-03"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_in_both_systems() {
        let check = |value, from_1904, expected: &str| {
            let read = serial_day(value, from_1904).unwrap_or_else(|_| "refused".to_owned());
            assert_eq!(read, expected, "{value}");
        };
        check(42797.0, false, "2017-03-03");
        check(42797.75, false, "2017-03-03 18:00");
        check(42_797.999_999_99, false, "2017-03-04");
        check(41335.0, true, "2017-03-03");
        check(1.0, false, "1900-01-01");
        check(59.0, false, "1900-02-28");
        check(60.0, false, "refused");
        check(61.0, false, "1900-03-01");
        check(0.0, true, "1904-01-01");
        check(-1.0, false, "refused");
        check(f64::NAN, false, "refused");
        check(3e6, false, "refused");
        check(46082.0, false, "2026-03-01");
        check(2_958_465.0, false, "9999-12-31");
    }

    #[test]
    fn numbers_read_as_they_are_shown() {
        let check = |value: f64, expected: &str| assert_eq!(number_text(value), expected);
        check(5.0, "5");
        check(-0.0, "0");
        check(0.1 + 0.2, "0.3");
        check(1234.5, "1234.5");
        check(0.000_001, "0.000001");
        check(-12.25, "-12.25");
        check(20_170_303.0, "20170303");
        assert!(lost_digits(4.101_051_990_010_113e17) && !lost_digits(123_456_789_012_345.0));
    }
}
