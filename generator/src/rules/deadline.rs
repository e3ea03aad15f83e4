//! Finds when the law wants something done, and whether it was done in time.
//! It must not know registers or today's date: both days and the rule's name are given.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::Error;

use super::publicity::add_months;
use super::workdays::{DueDate, WorkingDays, days_between};

/// The rules by name; by default none.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Deadlines {
    by_name: BTreeMap<String, Deadline>,
}

#[derive(Clone, Debug, Deserialize)]
struct Deadline {
    working_days: Option<u32>,
    days: Option<u32>,
    months: Option<i32>,
    #[serde(default)]
    source: String,
}

/// What a rule counts in, so that “3 days late” can be said in its own days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DayKind {
    Working,
    Calendar,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    OnTime {
        days_taken: i64,
    },
    /// Done late, or not done and overdue.
    Late {
        days: i64,
    },
    Pending {
        days_left: i64,
    },
}

impl Deadlines {
    pub(crate) fn from_toml(text: &str) -> Result<Self, toml::de::Error> {
        let deadlines: Self = toml::from_str(text)?;
        let lengths = |d: &Deadline| {
            usize::from(d.working_days.is_some()) + usize::from(d.days.is_some()) + usize::from(d.months.is_some())
        };
        match deadlines.by_name.iter().find(|(_, deadline)| lengths(deadline) != 1) {
            Some((name, _)) => Err(Error::custom(format!("`{name}` must have one of working_days, days and months"))),
            None => Ok(deadlines),
        }
    }

    /// The names of the rules, for “did you mean” and for checking definitions.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    /// Where the rule comes from, for the reader.
    pub(crate) fn source(&self, name: &str) -> Option<&str> {
        self.by_name.get(name).map(|deadline| deadline.source.as_str())
    }

    /// The last day in time; none when there is no rule of this name. The first day is not counted.
    pub(crate) fn due(&self, name: &str, from: Date, calendar: &WorkingDays) -> Option<DueDate> {
        let deadline = self.by_name.get(name)?;
        Some(match (deadline.working_days, deadline.days, deadline.months) {
            (Some(n), _, _) => calendar.add(from, n),
            (_, Some(n), _) => exact(from.saturating_add(i64::from(n).days())),
            (_, _, months) => exact(add_months(from, months.expect("from_toml accepts exactly one length"))),
        })
    }

    /// Whether what began on `from` and was due on `due` was done in time, as seen on `as_of`.
    /// Something dated later than `as_of` is not done yet.
    pub(crate) fn verdict(
        &self,
        name: &str,
        due: &DueDate,
        from: Date,
        done: Option<Date>,
        as_of: Date,
        calendar: &WorkingDays,
    ) -> Verdict {
        let count = |from: Date, to: Date| match self.day_kind(name) {
            DayKind::Working => calendar.between(from, to),
            DayKind::Calendar => days_between(from, to),
        };
        // A weekend after the last day holds no working day, but what is done on it is late.
        let late = |day: Date| Verdict::Late { days: count(due.date, day).max(1) };
        match done.filter(|done| *done <= as_of) {
            Some(done) if done <= due.date => Verdict::OnTime { days_taken: count(from, done).max(0) },
            Some(done) => late(done),
            None if as_of <= due.date => Verdict::Pending { days_left: count(as_of, due.date) },
            None => late(as_of),
        }
    }

    /// What the numbers of a verdict count; a rule of another name counts calendar days.
    pub(crate) fn day_kind(&self, name: &str) -> DayKind {
        match self.by_name.get(name).and_then(|deadline| deadline.working_days) {
            Some(_) => DayKind::Working,
            None => DayKind::Calendar,
        }
    }
}

fn exact(date: Date) -> DueDate {
    DueDate { date, covered: true }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTICE: &str = "[years.2017]\nholidays = ['2017-04-03', '2017-04-04']\nworkdays = ['2017-04-01']";

    fn built_in() -> Deadlines {
        Deadlines::from_toml(include_str!("../../rules/deadlines.toml")).expect("the built-in rules are correct")
    }

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    #[test]
    fn due_days() {
        let rules = built_in();
        let calendar = WorkingDays::from_toml(NOTICE).expect("the notice above is complete");
        let check = |name, from, expected: Option<(&str, bool)>| {
            let expected = expected.map(|(date, covered)| DueDate { date: day(date), covered });
            assert_eq!(rules.due(name, day(from), &calendar), expected, "{name} {from}");
        };
        check("7-working-days", "2017-03-03", Some(("2017-03-14", true)));
        check("7-working-days", "2017-03-29", Some(("2017-04-10", true)));
        check("7-working-days", "2018-03-02", Some(("2018-03-13", false)));
        check("60-days", "2017-03-03", Some(("2017-05-02", true)));
        check("1-year", "2016-02-29", Some(("2017-02-28", true)));
        check("9-days", "2017-03-03", None);
        for name in ["5-working-days", "7-working-days", "20-working-days", "15-days", "60-days", "1-year"] {
            assert!(rules.names().any(|known| known == name), "{name}");
        }
        assert!(rules.source("7-working-days").is_some_and(|source| source.contains("安全生产法")));
    }

    #[test]
    fn verdicts() {
        use Verdict::{Late, OnTime, Pending};
        let rules = built_in();
        let calendar = WorkingDays::from_toml(NOTICE).expect("the notice above is complete");
        let check = |name, done: Option<&str>, as_of, expected| {
            let from = day("2017-03-03");
            let due = rules.due(name, from, &calendar).expect("a built-in rule");
            let verdict = rules.verdict(name, &due, from, done.map(day), day(as_of), &calendar);
            assert_eq!(verdict, expected, "{name} {done:?} {as_of}");
        };
        check("7-working-days", Some("2017-03-10"), "2017-12-01", OnTime { days_taken: 5 });
        check("7-working-days", Some("2017-03-14"), "2017-12-01", OnTime { days_taken: 7 });
        check("7-working-days", Some("2017-03-03"), "2017-12-01", OnTime { days_taken: 0 });
        check("7-working-days", Some("2017-03-01"), "2017-12-01", OnTime { days_taken: 0 });
        check("7-working-days", Some("2017-03-16"), "2017-12-01", Late { days: 2 });
        check("7-working-days", Some("2017-04-05"), "2017-12-01", Late { days: 15 });
        check("7-working-days", None, "2017-03-10", Pending { days_left: 2 });
        check("7-working-days", None, "2017-03-14", Pending { days_left: 0 });
        check("7-working-days", None, "2017-03-15", Late { days: 1 });
        check("7-working-days", Some("2017-03-16"), "2017-03-10", Pending { days_left: 2 });
        check("60-days", Some("2017-05-05"), "2017-12-01", Late { days: 3 });
        check("60-days", None, "2017-04-30", Pending { days_left: 2 });
        check("7-working-days", Some("2017-03-18"), "2017-12-01", Late { days: 3 });
        let due = DueDate { date: day("2017-03-17"), covered: true };
        let on_saturday = rules.verdict(
            "7-working-days",
            &due,
            day("2017-03-08"),
            Some(day("2017-03-18")),
            day("2017-12-01"),
            &calendar,
        );
        assert_eq!(on_saturday, Late { days: 1 });
    }

    #[test]
    fn wrong_rules() {
        let check = |text| assert!(Deadlines::from_toml(text).is_err(), "{text}");
        check("[a]\nsource = 'x'");
        check("[a]\ndays = 1\nmonths = 2");
        check("[a]\ndays = -1");
        check("a = 3");
    }
}
