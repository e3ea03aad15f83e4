//! Turns the removal dates of routes into `expiry.json`: what must leave the site, and on which day, in the
//! next 400 days. A nightly job or a content network purges by it. Our own format, plain JSON (RFC 8259).
//! It must not know retention rules: the first day without the page is given.
//!
//! `{"as_of": day, "until": day, "days": [{"on": day, "routes": [route, …]}, …]}`, days and routes ascending.
//! `as_of` and `until` are there so that a job can tell an old file, or one that has run out, from a
//! site where nothing expires.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;

/// How many days ahead the file looks.
pub(crate) const HORIZON_DAYS: i32 = 400;

#[derive(Serialize)]
struct Expiry<'a> {
    as_of: String,
    until: String,
    days: Vec<Day<'a>>,
}

#[derive(Serialize)]
struct Day<'a> {
    on: String,
    routes: BTreeSet<&'a str>,
}

/// `removals` are (first day without the page, route) in any order. A day that has passed at `as_of` is not
/// listed, as that page is already gone, nor one after the horizon.
pub(crate) fn expiry<'a>(as_of: Date, removals: impl IntoIterator<Item = (Date, &'a str)>) -> Vec<u8> {
    let until = as_of.checked_add(HORIZON_DAYS.days()).unwrap_or(Date::MAX);
    let mut days: BTreeMap<Date, BTreeSet<&str>> = BTreeMap::new();
    for (on, route) in removals {
        if on > as_of && on <= until {
            days.entry(on).or_default().insert(route);
        }
    }
    let days = days.into_iter().map(|(on, routes)| Day { on: on.to_string(), routes }).collect();
    let document = Expiry { as_of: as_of.to_string(), until: until.to_string(), days };
    let mut out = serde_json::to_vec(&document).expect("strings and lists always serialise");
    out.push(b'\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use serde_json::{Value, json};

    #[test]
    fn days() {
        fn check(removals: &[(Date, &str)], expected: Value) {
            let bytes = expiry(date(2026, 3, 1), removals.iter().copied());
            let got: Value = serde_json::from_slice(&bytes).expect("JSON");
            assert_eq!(got, json!({ "as_of": "2026-03-01", "until": "2027-04-05", "days": expected }));
        }
        check(&[], json!([]));
        check(&[(date(2026, 3, 1), "gone.html"), (date(2027, 4, 6), "later.html")], json!([]));
        check(
            &[
                (date(2027, 4, 5), "d.html"),
                (date(2026, 3, 2), "b.html"),
                (date(2026, 3, 2), "a.html"),
                (date(2026, 3, 2), "b.html"),
            ],
            json!([
                { "on": "2026-03-02", "routes": ["a.html", "b.html"] },
                { "on": "2027-04-05", "routes": ["d.html"] }
            ]),
        );
    }
}
