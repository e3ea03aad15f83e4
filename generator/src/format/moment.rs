//! A date, or a date and time, of Beijing in the spellings that the formats ask for.
//! It must not know the clock or a time zone database: China has kept one offset, +08:00, since 1992,
//! and no format here is older than that.

use jiff::ToSpan;
use jiff::civil::{Date, Time};

pub(crate) use crate::literal::Moment;
use crate::literal::{iso_day, push_day, push_minutes, push_seconds};

impl Moment {
    pub(crate) fn day(date: Date) -> Moment {
        Moment { date, time: None }
    }

    /// RFC 3339 with the offset of Beijing: `2025-03-01T09:30:00+08:00` (Atom, JSON Feed, JSON-LD).
    pub(crate) fn rfc3339(self) -> String {
        let mut out = String::with_capacity("2025-03-01T09:30:00+08:00".len());
        push_day(&mut out, self.date);
        out.push('T');
        push_seconds(&mut out, self.time.unwrap_or(Time::midnight()));
        out.push_str("+08:00");
        out
    }

    /// The shortest honest spelling: a bare date when no time is known (sitemap, JSON-LD dates).
    pub(crate) fn w3c(self) -> String {
        match self.time {
            None => iso_day(self.date),
            Some(_) => self.rfc3339(),
        }
    }

    /// `2025-03-01 09:30`, or a bare date when no time is known (page tags, tables and JSON of records).
    pub(crate) fn to_the_minute(self) -> String {
        let mut out = iso_day(self.date);
        if let Some(time) = self.time {
            out.push(' ');
            push_minutes(&mut out, time);
        }
        out
    }

    /// The same instant in UTC as iCalendar writes it: `20250301T013000Z`.
    pub(crate) fn ics_utc(self) -> String {
        let beijing = self.date.to_datetime(self.time.unwrap_or(Time::midnight()));
        // Only the first eight hours of the calendar (year -9999) cannot be moved; they stay as they are.
        let utc = beijing.checked_sub(8.hours()).unwrap_or(beijing);
        let (date, time) = (utc.date(), utc.time());
        format!("{}T{:02}{:02}{:02}Z", basic_date(date), time.hour(), time.minute(), time.second())
    }
}

/// ISO 8601 basic form of a date, `20250301`.
pub(crate) fn basic_date(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};

    #[test]
    fn spellings() {
        fn check(moment: Moment, expected: [&str; 3]) {
            assert_eq!([moment.rfc3339(), moment.w3c(), moment.ics_utc()], expected);
        }
        let day = Moment::day(date(2025, 3, 1));
        assert_eq!(day.to_the_minute(), "2025-03-01");
        assert_eq!(Moment { time: Some(time(9, 5, 59, 0)), ..day }.to_the_minute(), "2025-03-01 09:05");
        check(Moment::day(date(2025, 3, 1)), ["2025-03-01T00:00:00+08:00", "2025-03-01", "20250228T160000Z"]);
        check(
            Moment { date: date(2025, 3, 1), time: Some(time(9, 30, 0, 0)) },
            ["2025-03-01T09:30:00+08:00", "2025-03-01T09:30:00+08:00", "20250301T013000Z"],
        );
        check(
            Moment { date: date(2026, 1, 1), time: Some(time(7, 59, 59, 0)) },
            ["2026-01-01T07:59:59+08:00", "2026-01-01T07:59:59+08:00", "20251231T235959Z"],
        );
    }
}
