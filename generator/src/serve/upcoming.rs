//! What the next weeks bring: which records become public, which end, which fall due, which campaigns begin or run.
//! Found by comparing the portal of today with the one that the same sources make at the end of that time. Pure.

use std::collections::HashSet;

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::Portal;
use crate::rules::deadline::Verdict;
use crate::site::{Entry, Site};

/// How far the list looks ahead.
const DAYS: i32 = 30;

/// What happens to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Appears,
    Ends,
    Due,
    /// An event or a campaign of every year.
    Begins,
    /// It runs already; the day is its last.
    Runs,
}

/// One line of the list. What happens on no certain day comes first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    day: Option<Date>,
    what: What,
    title: String,
    route: String,
    place: String,
}

/// The last day of the list.
pub(crate) fn last_day(as_of: Date) -> Date {
    as_of.saturating_add(DAYS.days())
}

/// The list, as JSON for its page. `later` is the portal of the last day.
pub(crate) fn list(now: &Portal, later: &Portal) -> Value {
    let (from, to) = (now.as_of(), later.as_of());
    let mut lines: Vec<Line> = appearing(&now.site, &later.site).collect();
    lines.extend(ending(&now.site, to));
    lines.extend(due(&now.site, from, to));
    lines.extend(happening(&now.site, from, to));
    lines.sort();
    json!({
        "from": from.to_string(),
        "to": to.to_string(),
        "base": now.settings().site.base_path,
        "lines": lines.iter().map(|line| json!({
            "day": line.day.map(|day| day.to_string()),
            "what": match line.what {
                What::Appears => "appears",
                What::Ends => "ends",
                What::Due => "due",
                What::Begins => "begins",
                What::Runs => "runs",
            },
            "title": line.title,
            "route": line.route,
            "place": line.place,
        })).collect::<Vec<_>>(),
    })
}

/// Records that are public on the last day and not yet.
fn appearing<'s>(now: &'s Site, later: &'s Site) -> impl Iterator<Item = Line> + 's {
    let known: HashSet<&str> = now.entries.iter().map(|entry| entry.route.as_str()).collect();
    let new = later.entries.iter().filter(move |entry| !known.contains(entry.route.as_str()));
    new.map(|entry| {
        let published = entry.moment(later.registers.envelope.published_on).map(|moment| moment.date);
        line(later, entry, published.filter(|day| *day > now.as_of), What::Appears)
    })
}

/// Records whose last public day comes, with the first day on which they are gone.
fn ending(now: &Site, to: Date) -> impl Iterator<Item = Line> + '_ {
    now.entries.iter().filter_map(move |entry| {
        let gone = entry.until?.0.tomorrow().ok()?;
        (gone <= to).then(|| line(now, entry, Some(gone), What::Ends))
    })
}

/// Records whose statutory deadline comes and that still wait.
fn due(now: &Site, from: Date, to: Date) -> impl Iterator<Item = Line> + '_ {
    now.entries.iter().filter_map(move |entry| {
        let (day, verdict) = entry.deadline.as_ref()?;
        let waits = matches!(verdict, Verdict::Pending { .. }) && (from..=to).contains(day);
        waits.then(|| line(now, entry, Some(*day), What::Due))
    })
}

/// Events and campaigns that run on the first day or begin until the last.
fn happening(now: &Site, from: Date, to: Date) -> impl Iterator<Item = Line> + '_ {
    let line = move |entry, (first, last): (Date, Date)| match (first > from, last >= from) {
        (true, _) => (first <= to).then(|| line(now, entry, Some(first), What::Begins)),
        (false, runs) => runs.then(|| line(now, entry, Some(last), What::Runs)),
    };
    let years = from.year()..=to.year();
    now.entries.iter().flat_map(move |entry| {
        let every_year = years.clone().filter_map(|year| now.days_in(entry, year));
        let spans: Vec<(Date, Date)> = now.days_of(entry).into_iter().chain(every_year).collect();
        spans.into_iter().filter_map(move |span| line(entry, span))
    })
}

fn line(site: &Site, entry: &Entry, day: Option<Date>, what: What) -> Line {
    Line {
        day,
        what,
        title: entry.title.clone(),
        route: entry.route.to_string(),
        place: site.place(entry.origin).to_string(),
    }
}
