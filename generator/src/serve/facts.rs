//! What the preview knows beside the pages, as JSON for its script: what is wrong, and of one page where it
//! comes from, since when and until when it is public, and what a person should look at.

use serde_json::{Value, json};

use super::desk::Shown;
use crate::Portal;
use crate::diag::{Diagnostic, Diagnostics, Place, Severity};
use crate::plan::{self, Planned, Recipe};
use crate::route::Route;
use crate::site::{Entry, Until};
use crate::text::Text;

/// Findings, the grave ones first.
pub(crate) fn problems(diags: &Diagnostics, generation: u64) -> Value {
    let mut all: Vec<&Diagnostic> = diags.iter().collect();
    all.sort_by_key(|one| one.severity);
    json!({ "generation": generation, "problems": all.into_iter().map(problem).collect::<Vec<_>>() })
}

fn problem(one: &Diagnostic) -> Value {
    let excerpt = match &one.place {
        Some(Place::Line { text, .. }) => text.as_str(),
        _ => "",
    };
    json!({
        "severity": match one.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        },
        "code": one.code,
        "message": text(&one.message),
        "help": text(&one.help),
        "place": one.place.as_ref().map(Place::to_string),
        "excerpt": excerpt,
        "related": one.related.iter().map(|(place, part)| json!({
            "place": place.to_string(), "part": text(part),
        })).collect::<Vec<_>>(),
    })
}

fn text(text: &Text) -> Value {
    json!({ "zh": text.zh, "en": text.en })
}

/// What is known of the page at a route, which has these bytes.
pub(crate) fn of_page(portal: &Portal, shown: &Shown, route: &Route, html: &[u8]) -> Value {
    let planned = portal.planned(route);
    let entry = planned.and_then(|planned| entry(portal, planned));
    let origin = planned.map(|planned| plan::origin(&portal.site, &portal.plan, planned));
    let leaks = planned.map(|planned| portal.leaks(planned, html)).unwrap_or_default();
    let findings = origin.iter().flat_map(|origin| findings(portal, origin)).chain(leaks.iter()).map(problem);
    json!({
        "generation": shown.generation,
        "as_of": portal.as_of().to_string(),
        "asked": shown.as_of.map(|day| day.to_string()),
        "found": planned.is_some(),
        "place": origin.as_ref().map(Place::to_string),
        "reason": planned.map(|planned| text(&plan::reason(&portal.site, &portal.plan, planned))),
        "published_on": entry.and_then(|entry| published(portal, entry)),
        "draft": entry.is_some_and(|entry| entry.unfinished),
        "until": entry.and_then(until),
        "deadline": entry.and_then(|entry| entry.deadline.as_ref()).map(|(day, _)| day.to_string()),
        "findings": findings.collect::<Vec<_>>(),
    })
}

fn entry<'p>(portal: &'p Portal, planned: &Planned) -> Option<&'p Entry> {
    match planned.recipe {
        Recipe::Entry(id) | Recipe::EntryJson(id) => Some(portal.site.entry(id)),
        _ => None,
    }
}

fn published(portal: &Portal, entry: &Entry) -> Option<String> {
    entry.moment(portal.site.registers.envelope.published_on).map(|moment| moment.date.to_string())
}

/// The last public day and what sets it.
fn until(entry: &Entry) -> Option<Value> {
    let (day, why) = entry.until?;
    let why = match why {
        Until::Own => Text::new("本页写明的截止日期", "its own last day"),
        Until::Publicity => Text::new("公示期", "period of publicity"),
        Until::Discredit => Text::new("严重失信名单期限", "period on the list of serious violators"),
    };
    Some(json!({ "day": day.to_string(), "why": text(&why) }))
}

/// What was found in the file, or the row, that a page comes from.
fn findings<'p>(portal: &'p Portal, origin: &Place) -> impl Iterator<Item = &'p Diagnostic> {
    let (path, row) = (origin.path().to_owned(), row(origin));
    let concerns = move |place: &Place| {
        place.path() == path && (row.is_none() || self::row(place).is_none() || self::row(place) == row)
    };
    portal.warnings.iter().filter(move |one| one.place.as_ref().is_some_and(&concerns))
}

fn row(place: &Place) -> Option<u32> {
    match place {
        Place::Row { row, .. } | Place::Cell { row, .. } => Some(*row),
        Place::File { .. } | Place::Line { .. } => None,
    }
}
