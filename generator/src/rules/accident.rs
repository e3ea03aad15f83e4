//! Finds the level of an accident from its casualties and loss (State Council Order 493, article 3).
//! It must not know how casualties were reported; thresholds are data, because law changes them.

use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::Error;

/// What is known of an accident; `None` is not known, which is not zero.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Casualties {
    pub deaths: Option<u32>,
    pub missing: Option<u32>,
    /// Acute industrial poisoning counts as a serious injury.
    pub serious_injuries: Option<u32>,
    /// Direct economic loss in 万元.
    pub loss_wan: Option<Decimal>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Level {
    General,
    Larger,
    Major,
    Extraordinary,
}

/// A level, and whether what is still unknown could raise it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Assessed {
    pub level: Level,
    pub lower_bound: bool,
}

/// What each level takes; by default no level is defined, and no accident has one.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Thresholds {
    level: Vec<Threshold>,
}

/// Reaching any one of the three numbers reaches the level; the number itself is included.
#[derive(Clone, Debug, Deserialize)]
struct Threshold {
    #[serde(rename = "code")]
    level: Level,
    #[serde(default)]
    deaths: u32,
    #[serde(default)]
    serious_injuries: u32,
    #[serde(default)]
    loss_wan: Decimal,
}

impl Level {
    const ALL: [Self; 4] = [Self::General, Self::Larger, Self::Major, Self::Extraordinary];

    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Larger => "larger",
            Self::Major => "major",
            Self::Extraordinary => "extraordinary",
        }
    }
}

impl Thresholds {
    pub(crate) fn from_toml(text: &str) -> Result<Self, toml::de::Error> {
        let mut thresholds: Self = toml::from_str(text)?;
        thresholds.level.sort_by_key(|threshold| threshold.level);
        let ids: Vec<Level> = thresholds.level.iter().map(|threshold| threshold.level).collect();
        if ids != Level::ALL {
            return Err(Error::custom("it must define general, larger, major and extraordinary once each"));
        }
        let rising = thresholds.level.windows(2).all(|pair| {
            pair[0].deaths < pair[1].deaths
                && pair[0].serious_injuries < pair[1].serious_injuries
                && pair[0].loss_wan < pair[1].loss_wan
        });
        if !rising {
            return Err(Error::custom("the numbers must rise from level to level"));
        }
        Ok(thresholds)
    }
}

/// The highest level that one of the three dimensions reaches; none when nothing is known.
pub(crate) fn level(casualties: &Casualties, thresholds: &Thresholds) -> Option<Assessed> {
    let dead = dead(casualties);
    let reached = |threshold: &&Threshold| {
        dead.is_some_and(|dead| dead >= threshold.deaths)
            || casualties.serious_injuries.is_some_and(|injured| injured >= threshold.serious_injuries)
            || casualties.loss_wan.is_some_and(|loss| loss >= threshold.loss_wan)
    };
    let level = thresholds.level.iter().filter(reached).map(|threshold| threshold.level).max()?;
    let something_unknown =
        casualties.deaths.is_none() || casualties.serious_injuries.is_none() || casualties.loss_wan.is_none();
    Some(Assessed { level, lower_bound: something_unknown && level != Level::Extraordinary })
}

/// Missing people count as dead while they are missing. Nobody missing says nothing about deaths.
fn dead(casualties: &Casualties) -> Option<u32> {
    let missing = casualties.missing.unwrap_or(0);
    match casualties.deaths {
        None if missing == 0 => None,
        deaths => Some(deaths.unwrap_or(0).saturating_add(missing)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = include_str!("../../rules/accident-level.toml");

    #[test]
    fn levels() {
        let thresholds = Thresholds::from_toml(TABLE).expect("the built-in pack is correct");
        let check = |deaths: &str, missing: &str, injured: &str, loss: &str, expected: &str| {
            let casualties = Casualties {
                deaths: deaths.parse().ok(),
                missing: missing.parse().ok(),
                serious_injuries: injured.parse().ok(),
                loss_wan: loss.parse().ok(),
            };
            let read = match level(&casualties, &thresholds) {
                Some(Assessed { level, lower_bound: true }) => format!("{}+", level.id()),
                Some(Assessed { level, lower_bound: false }) => level.id().to_owned(),
                None => "none".to_owned(),
            };
            assert_eq!(read, expected, "{casualties:?}");
        };
        check("2", "", "60", "100", "major");
        check("0", "", "0", "2000", "larger");
        check("3", "", "", "", "larger+");
        check("10", "", "", "", "major+");
        check("30", "", "", "", "extraordinary");
        check("0", "0", "0", "999", "general");
        check("0", "0", "0", "999.99", "general");
        check("0", "0", "0", "1000", "larger");
        check("0", "0", "0", "4999.99", "larger");
        check("0", "0", "0", "5000", "major");
        check("0", "0", "0", "9999.99", "major");
        check("0", "0", "0", "10000", "extraordinary");
        check("", "", "", "", "none");
        check("", "0", "", "", "none");
        check("0", "0", "0", "0", "general");
        check("0", "", "", "", "general+");
        check("2", "1", "0", "0", "larger");
        check("", "3", "", "", "larger+");
        check("9", "0", "9", "0", "larger");
        check("29", "0", "0", "0", "major");
        check("29", "1", "0", "0", "extraordinary");
        check("0", "0", "9", "0", "general");
        check("0", "0", "10", "0", "larger");
        check("0", "0", "49", "0", "larger");
        check("0", "0", "50", "0", "major");
        check("0", "0", "99", "0", "major");
        check("", "", "100", "", "extraordinary");
    }

    #[test]
    fn packs() {
        assert_eq!(level(&Casualties { deaths: Some(3), ..Casualties::default() }, &Thresholds::default()), None);
        let check = |text: &str, expected: &str| {
            let error = Thresholds::from_toml(text).expect_err("the text is wrong").to_string();
            assert!(error.contains(expected), "{error}");
        };
        check(&TABLE.replace("deaths = 10\n", "deaths = 3\n"), "must rise");
        check(&TABLE.replace("\"larger\"", "\"major\""), "once each");
        check("level = 3", "level");
    }
}
