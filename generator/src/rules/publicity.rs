//! Finds how long a penalty stays published: the last public day and the first day of repair.
//! It must not know today's date; periods are data, because they changed in 2023 and 2026.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::Error;

use super::workdays::Day;

/// The rules that have been in force one after the other; by default none.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Packs {
    pack: Vec<Pack>,
}

#[derive(Clone, Debug, Deserialize)]
struct Pack {
    name: String,
    #[serde(default)]
    source: String,
    in_force_from: Day,
    in_force_to: Option<Day>,
    minor: Option<Months>,
    general: Option<Months>,
    serious: Option<Months>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct Months {
    #[serde(default = "published")]
    publish: bool,
    min_months: i32,
    max_months: i32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Period {
    /// The last day on which the record is public; on the day after it is gone. What a pack does
    /// not allow to be published at all ends on the day before the decision.
    pub ends_on: Date,
    /// The first day on which the company may ask for an early end.
    pub repairable_from: Date,
    pub pack: String,
    pub source: String,
}

impl Packs {
    pub(crate) fn from_toml(text: &str) -> Result<Self, toml::de::Error> {
        let mut packs: Self = toml::from_str(text)?;
        packs.pack.sort_by_key(|pack| pack.in_force_from);
        for pair in packs.pack.windows(2) {
            if pair[0].in_force_to.is_none_or(|end| end >= pair[1].in_force_from) {
                return Err(Error::custom(format!("{} and {} are in force together", pair[0].name, pair[1].name)));
            }
        }
        let months = |pack: &Pack| [pack.minor, pack.general, pack.serious];
        match packs.pack.iter().find(|pack| months(pack).into_iter().flatten().any(|m| !m.is_sensible())) {
            Some(pack) => Err(Error::custom(format!("the months of {} are not in order", pack.name))),
            None => Ok(packs),
        }
    }

    /// The period for a severity (minor, general, serious) by the pack in force on `as_of`; none
    /// when no pack is in force or it says nothing about the severity.
    ///
    /// Publishing is an act that goes on every day, so it needs a basis on every day: the rule of
    /// the day of the build governs, not the rule of the day of the decision. Records decided under
    /// a repealed rule thereby follow the new periods from the first build after it takes force.
    pub(crate) fn period(&self, severity_id: &str, decided_on: Date, as_of: Date) -> Option<Period> {
        let pack = self.pack.iter().find(|pack| pack.is_in_force(as_of))?;
        let months = match severity_id {
            "minor" => pack.minor,
            "general" => pack.general,
            "serious" => pack.serious,
            _ => None,
        }?;
        let mut period = Period::of(decided_on, months.min_months, months.max_months, &pack.name, &pack.source);
        if !months.publish {
            period.ends_on = decided_on.saturating_sub(1.day());
        }
        Some(period)
    }
}

impl Period {
    /// The first day is not counted, so a period of months ends on the day with its number, and
    /// the minimum is over on the day after that.
    fn of(from: Date, min_months: i32, max_months: i32, pack: &str, source: &str) -> Self {
        let repairable_from = match min_months {
            0 => from,
            min => add_months(from, min).saturating_add(1.day()),
        };
        Self {
            ends_on: add_months(from, max_months),
            repairable_from,
            pack: pack.to_owned(),
            source: source.to_owned(),
        }
    }
}

impl Pack {
    fn is_in_force(&self, day: Date) -> bool {
        self.in_force_from.0 <= day && self.in_force_to.is_none_or(|end| day <= end.0)
    }
}

impl Months {
    fn is_sensible(self) -> bool {
        (0..=self.max_months).contains(&self.min_months) && self.max_months > 0
    }
}

fn published() -> bool {
    true
}

/// The same day some months later, or the last day of a month too short for it.
pub(crate) fn add_months(date: Date, months: i32) -> Date {
    date.saturating_add(months.months())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKS: &str = include_str!("../../rules/publicity.toml");

    #[test]
    fn periods() {
        let packs = Packs::from_toml(PACKS).expect("the built-in packs are correct");
        let check = |severity: &str, decided: &str, as_of: &str, expected: &str| {
            let period = packs.period(severity, decided.parse().expect("a day"), as_of.parse().expect("a day"));
            let read = period.map_or("none".to_owned(), |p| format!("{} {} {}", p.ends_on, p.repairable_from, p.pack));
            assert_eq!(read, expected, "{severity} {decided} {as_of}");
        };
        check("general", "2026-05-06", "2026-06-01", "2027-05-06 2026-08-07 ndrc-36");
        check("minor", "2026-05-06", "2026-06-01", "2026-08-06 2026-05-06 ndrc-36");
        check("serious", "2025-03-01", "2026-04-01", "2028-03-01 2026-03-02 ndrc-36");
        check("general", "2025-03-01", "2026-03-31", "2028-03-01 2026-03-02 ndrc-58");
        check("general", "2025-03-01", "2026-04-01", "2026-03-01 2025-06-02 ndrc-36");
        check("minor", "2026-01-31", "2026-04-01", "2026-04-30 2026-01-31 ndrc-36");
        check("general", "2025-11-30", "2026-04-01", "2026-11-30 2026-03-01 ndrc-36");
        check("serious", "2024-02-29", "2026-04-01", "2027-02-28 2025-03-01 ndrc-36");
        check("general", "2022-03-01", "2023-04-30", "2027-03-01 2022-03-01 henan-2020");
        check("general", "2018-03-01", "2019-04-30", "none");
        check("heavy", "2026-05-06", "2026-06-01", "none");
    }

    #[test]
    fn what_may_not_be_published_ends_before_it_begins() {
        let packs =
            Packs::from_toml(&PACKS.replacen("publish = true", "publish = false", 1)).expect("only one word changed");
        let day = |text: &str| text.parse::<Date>().expect("a day");
        let period = packs.period("minor", day("2026-05-06"), day("2026-06-01")).expect("a pack is in force");
        assert_eq!(period.ends_on, day("2026-05-05"));
    }

    #[test]
    fn wrong_packs() {
        let check = |text: &str, expected: &str| {
            let error = Packs::from_toml(text).expect_err("the text is wrong").to_string();
            assert!(error.contains(expected), "{error}");
        };
        check(&PACKS.replace("2026-03-31", "2026-04-01"), "in force together");
        check(&PACKS.replace("max_months = 12", "max_months = 2"), "not in order");
        check("pack = 1", "pack");
    }
}
