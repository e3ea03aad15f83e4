//! Writes days and times digit by digit, as ISO 8601 does. Every page says several of them, and the formatters of the
//! libraries, which know every calendar and width, take ten times as long.

use std::fmt::Write;

use jiff::civil::{Date, Time};

/// Appends a pattern with numbers written into it, each so that it ends before a place.
fn push<const LENGTH: usize, const NUMBERS: usize>(
    out: &mut String,
    pattern: &[u8; LENGTH],
    numbers: [(usize, i16); NUMBERS],
) {
    let mut text = *pattern;
    for (end, number) in numbers {
        let mut rest = number.unsigned_abs();
        for digit in text[..end].iter_mut().rev().take_while(|byte| **byte == b'0') {
            *digit += u8::try_from(rest % 10).unwrap_or_default();
            rest /= 10;
        }
    }
    out.push_str(std::str::from_utf8(&text).expect("patterns and digits are ASCII"));
}

/// Appends `2025-03-01`.
pub(crate) fn push_day(out: &mut String, date: Date) {
    if date.year() < 0 {
        // A year before our era has six digits.
        write!(out, "{date}").expect("a text takes everything");
        return;
    }
    push(out, b"0000-00-00", [(4, date.year()), (7, date.month().into()), (10, date.day().into())]);
}

/// `2025-03-01`.
pub(crate) fn iso_day(date: Date) -> String {
    let mut out = String::with_capacity(10);
    push_day(&mut out, date);
    out
}

/// Appends `09:30`.
pub(crate) fn push_minutes(out: &mut String, time: Time) {
    push(out, b"00:00", [(2, time.hour().into()), (5, time.minute().into())]);
}

/// Appends `09:30:00`.
pub(crate) fn push_seconds(out: &mut String, time: Time) {
    push(out, b"00:00:00", [(2, time.hour().into()), (5, time.minute().into()), (8, time.second().into())]);
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    #[test]
    fn days_and_times_are_those_of_the_library() {
        for day in [date(2025, 3, 1), date(999, 12, 31), date(0, 1, 1), date(-1, 1, 1), Date::MIN, Date::MAX] {
            assert_eq!(iso_day(day), day.to_string());
        }
        for time in [time(0, 0, 0, 0), time(9, 5, 59, 0), time(23, 59, 0, 0)] {
            let (mut minutes, mut seconds) = (String::new(), String::new());
            push_minutes(&mut minutes, time);
            push_seconds(&mut seconds, time);
            assert_eq!(seconds, time.to_string());
            assert_eq!(minutes, time.to_string()[..5]);
        }
    }
}
