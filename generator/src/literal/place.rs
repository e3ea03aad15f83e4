//! Turns a written pair of coordinates into longitude and latitude inside China.
//! It must not know maps or districts, and does not convert between coordinate systems.

use rust_decimal::Decimal;

use super::{Refusal, normalise, shown};
use crate::text::Text;

/// Longitude and latitude from two decimal degrees in either order: within China no longitude
/// can be a latitude.
pub(crate) fn coordinates(text: &str) -> Result<(Decimal, Decimal), Refusal> {
    let plain = normalise(text).replace(['，', '、', ';', '/'], ",");
    let numbers = plain
        .split([',', ' ', '\n'])
        .map(|part| part.trim_matches(marks))
        .filter(|part| !part.is_empty())
        .map(|part| part.parse::<Decimal>().ok())
        .collect::<Option<Vec<_>>>();
    let Some([first, second]) = numbers.as_deref() else {
        return Err(refusal(text, "不是一对经纬度", "is not a pair of coordinates"));
    };
    [(*first, *second), (*second, *first)]
        .into_iter()
        .find(|(longitude, latitude)| is_in_china(*longitude, *latitude))
        .ok_or_else(|| refusal(text, "不在中国范围内", "lies outside China"))
}

fn marks(c: char) -> bool {
    "东经北纬度°:ENen()[]".contains(c) || c.is_whitespace()
}

fn is_in_china(longitude: Decimal, latitude: Decimal) -> bool {
    (Decimal::from(73)..=Decimal::from(136)).contains(&longitude)
        && (Decimal::from(3)..=Decimal::from(54)).contains(&latitude)
}

fn refusal(text: &str, zh: &str, en: &str) -> Refusal {
    let value = shown(text);
    Refusal::new(
        Text::new(format!("“{value}”{zh}"), format!("`{value}` {en}")),
        Text::new(
            "请写成“经度,纬度”的十进制度数，如 113.62,34.75",
            "write longitude and latitude in decimal degrees, such as 113.62,34.75",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs() {
        let check = |input: &str, expected: &str| {
            let read = coordinates(input).map(|(longitude, latitude)| format!("{longitude},{latitude}"));
            assert_eq!(read.unwrap_or_default(), expected, "{input}");
        };
        for input in [
            "113.62,34.75",
            "34.75, 113.62",
            "113.62，34.75",
            "113.62 34.75",
            "E113.62° N34.75°",
            "东经113.62°，北纬34.75°",
            "[113.62, 34.75]",
        ] {
            check(input, "113.62,34.75");
        }
        for wrong in [
            "",
            "113.62",
            "13.62,34.75",
            "213.62,34.75",
            "-113.62,34.75",
            "113°37′12″,34°45′0″",
            "113.62,34.75,100",
            "a,b",
            "0,0",
        ] {
            check(wrong, "");
        }
    }
}
