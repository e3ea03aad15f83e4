//! Counts working days with the yearly holiday notices, make-up weekends included.
//! It must not know which law counts them, nor today's date.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};
use serde::de::{Deserialize, Deserializer, Error};

/// A day on which something falls due. `covered` is false when a year on the way has no holiday
/// notice yet and only weekends could be left out; the notice for a year appears in November before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DueDate {
    pub date: Date,
    pub covered: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct WorkingDays {
    years: BTreeSet<i16>,
    /// Monday to Friday, but free.
    free: BTreeSet<Date>,
    /// Saturday or Sunday, but worked.
    worked: BTreeSet<Date>,
}

#[derive(serde::Deserialize)]
struct Notices {
    years: BTreeMap<String, Notice>,
}

#[derive(serde::Deserialize)]
struct Notice {
    #[serde(default)]
    holidays: Vec<Day>,
    #[serde(default)]
    workdays: Vec<Day>,
}

impl WorkingDays {
    pub(crate) fn from_toml(text: &str) -> Result<Self, toml::de::Error> {
        let notices: Notices = toml::from_str(text)?;
        let mut days = Self::default();
        for (year, notice) in notices.years {
            let year = year.parse().map_err(|_| Error::custom(format!("`{year}` is not a year")))?;
            days.years.insert(year);
            // A notice names whole holidays, weekends in them included; only the weekdays matter.
            days.free.extend(notice.holidays.iter().map(|day| day.0).filter(|day| !is_weekend(*day)));
            days.worked.extend(notice.workdays.iter().map(|day| day.0));
        }
        match days.worked.iter().find(|day| !is_weekend(**day)) {
            Some(day) => Err(Error::custom(format!("{day} is no weekend, so it cannot be a make-up day"))),
            None => Ok(days),
        }
    }

    /// The n-th working day after `date`; the day of the decision itself is not counted.
    pub(crate) fn add(&self, date: Date, n: u32) -> DueDate {
        let mut due = DueDate { date, covered: self.covers(date) };
        let mut left = n;
        while left > 0 && due.date < Date::MAX {
            due.date = due.date.saturating_add(1.day());
            due.covered &= self.covers(due.date);
            left -= u32::from(self.counts(due.date));
        }
        due
    }

    /// Working days after `from` up to and with `to`, so that `between(d, add(d, n)) == n`;
    /// negative when `to` comes first. Counts in closed form: old records lie years back.
    pub(crate) fn between(&self, from: Date, to: Date) -> i64 {
        if to < from {
            return -self.between(to, from);
        }
        let days = days_between(from, to);
        let whole_weeks = days / 7;
        let head = from.saturating_add(Span::new().days(whole_weeks * 7));
        let rest = (1..=days % 7).filter(|n| !is_weekend(head.saturating_add(n.days()))).count();
        let within = |set: &BTreeSet<Date>| count(set.range(from..=to).filter(|day| **day != from).count());
        whole_weeks * 5 + count(rest) - within(&self.free) + within(&self.worked)
    }

    fn covers(&self, date: Date) -> bool {
        self.years.contains(&date.year())
    }

    fn counts(&self, date: Date) -> bool {
        if is_weekend(date) { self.worked.contains(&date) } else { !self.free.contains(&date) }
    }
}

/// A day of a rule pack, written YYYY-MM-DD in quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day(pub(crate) Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Day).map_err(|_| D::Error::custom(format!("`{text}` is not a day in the form YYYY-MM-DD")))
    }
}

/// Calendar days from one day to another.
pub(crate) fn days_between(from: Date, to: Date) -> i64 {
    i64::from((to - from).get_days())
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn count(days: usize) -> i64 {
    i64::try_from(days).expect("the calendar has fewer days than an i64")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built_in() -> WorkingDays {
        WorkingDays::from_toml(include_str!("../../rules/working-days.toml")).expect("the built-in notices are correct")
    }

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    #[test]
    fn seven_and_twenty_working_days() {
        let days = built_in();
        let check = |start: &str, seven: &str, twenty: &str| {
            for (n, expected) in [(7, seven), (20, twenty)] {
                assert_eq!(days.add(day(start), n), DueDate { date: day(expected), covered: true }, "{start} + {n}");
                assert_eq!(days.between(day(start), day(expected)), i64::from(n));
                assert_eq!(days.between(day(expected), day(start)), -i64::from(n));
            }
        };
        check("2017-03-03", "2017-03-14", "2017-03-31");
        check("2017-01-20", "2017-02-04", "2017-02-22");
        check("2024-12-30", "2025-01-09", "2025-01-27");
        check("2025-01-26", "2025-02-11", "2025-02-28");
        check("2026-02-13", "2026-03-02", "2026-03-19");
        check("2026-04-30", "2026-05-13", "2026-06-01");
        check("2026-09-28", "2026-10-13", "2026-10-30");
    }

    #[test]
    fn single_days() {
        let days = built_in();
        let check = |date, expected| {
            let day = day(date);
            assert_eq!(days.covers(day).then(|| days.counts(day)), expected, "{date}");
        };
        check("2017-03-03", Some(true));
        check("2017-03-04", Some(false));
        check("2017-01-27", Some(false));
        check("2017-02-04", Some(true));
        check("2026-02-28", Some(true));
        check("2026-10-01", Some(false));
        check("1990-01-01", None);
        assert_eq!(days.add(day("2017-03-04"), 0), DueDate { date: day("2017-03-04"), covered: true });
    }

    #[test]
    fn a_year_without_a_notice_counts_weekends_only_and_says_so() {
        let days = built_in();
        let due = days.add(day("1990-04-27"), 7);
        assert_eq!(due, DueDate { date: day("1990-05-08"), covered: false });
        let beyond = WorkingDays::from_toml("[years.2026]\nholidays = []")
            .expect("the notice is correct")
            .add(day("2026-12-30"), 7);
        assert_eq!(beyond, DueDate { date: day("2027-01-08"), covered: false });
    }

    #[test]
    fn counting_in_closed_form_equals_counting_day_by_day() {
        let days = built_in();
        let start = day("2016-12-25");
        let mut counted = 0;
        let mut date = start;
        while date < day("2018-02-01") {
            assert_eq!(days.between(start, date), counted, "{date}");
            date = date.saturating_add(1.day());
            counted += i64::from(days.counts(date));
        }
    }

    #[test]
    fn wrong_notices() {
        let check = |text: &str, expected: &str| {
            let error = WorkingDays::from_toml(text).expect_err("the text is wrong").to_string();
            assert!(error.contains(expected), "{error}");
        };
        check("[years.2017]\nworkdays = ['2017-03-03']", "no weekend");
        check("[years.next]", "not a year");
        check("[years.2017]\nholidays = ['2017-02-30']", "YYYY-MM-DD");
    }
}
