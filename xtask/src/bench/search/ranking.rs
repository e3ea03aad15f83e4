//! Two rankings of the same query side by side: the browser's and the command line's, which is tantivy's; and the
//! browser's when it reads little and when it reads everything.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::queries::Query;
use crate::shell;

/// A list of results, best first.
#[derive(Clone, Debug, Default)]
pub(super) struct Ranked {
    pub(super) urls: Vec<String>,
    pub(super) scores: Vec<f64>,
    pub(super) total: usize,
    /// Whether these are merely similar pages, because none matches.
    pub(super) loose: bool,
}

/// How far scores may differ that are meant to be the same.
const TOLERANCE: f64 = 1e-4;

/// How many results of each query are compared.
pub(super) const COMPARED: usize = 1000;

/// Asks the command line all queries at once.
pub(super) fn on_command_line(gongkai: &Path, site: &Path, queries: &[Query], limit: usize) -> io::Result<Vec<Ranked>> {
    let file = site.join("queries.txt");
    let lines: Vec<String> = queries.iter().map(Query::text).collect();
    fs::write(&file, lines.join("\n") + "\n")?;
    let mut command = Command::new(gongkai);
    command.arg("--root").arg(site).args(["search", "--json", "--limit", &limit.to_string(), "--queries"]).arg(&file);
    let said = shell::output(&mut command)?;
    let answers = said.lines().map(ranked).collect::<io::Result<Vec<Ranked>>>()?;
    if answers.len() != queries.len() {
        return Err(io::Error::other(format!("{} queries gave {} answers", queries.len(), answers.len())));
    }
    Ok(answers)
}

fn ranked(line: &str) -> io::Result<Ranked> {
    let answer: Value = serde_json::from_str(line)?;
    let mut ranked = Ranked::default();
    for result in answer["results"].as_array().into_iter().flatten() {
        ranked.urls.push(result["url"].as_str().unwrap_or_default().to_owned());
        ranked.scores.push(result["score"].as_f64().unwrap_or(f64::NAN));
    }
    ranked.loose = answer["loose"] == Value::Bool(true);
    ranked.total = usize::try_from(answer["total"].as_u64().unwrap_or(0)).expect("a portal's pages can be counted");
    Ok(ranked)
}

/// Whether two lists agree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Agreement {
    /// The same addresses in the same order; where scores are the same within the tolerance any order is.
    pub(super) order: bool,
    pub(super) totals: bool,
    /// The greatest difference of two scores at the same place.
    pub(super) difference: f64,
}

pub(super) fn agreement(a: &Ranked, b: &Ranked) -> Agreement {
    let differences = a.scores.iter().zip(&b.scores).map(|(a, b)| (a - b).abs());
    let order = a.urls.len() == b.urls.len()
        && a.urls.iter().enumerate().all(|(at, url)| b.urls[at] == *url || stands_near(url, a.scores[at], b));
    Agreement { order, totals: a.total == b.total, difference: differences.fold(0.0, f64::max) }
}

/// Whether the address stands elsewhere in the list with the same score, or may have fallen off its end.
fn stands_near(url: &str, score: f64, list: &Ranked) -> bool {
    match list.urls.iter().position(|known| known == url) {
        Some(at) => (list.scores[at] - score).abs() <= TOLERANCE,
        None => list.scores.last().is_some_and(|last| (last - score).abs() <= TOLERANCE),
    }
}

/// How many of the first ten are among the first ten of the other, out of ten even where there are fewer.
#[expect(clippy::cast_precision_loss, reason = "at most ten")]
pub(super) fn overlap(of: &[String], with: &[String]) -> f64 {
    let (of, with) = (&of[..of.len().min(10)], &with[..with.len().min(10)]);
    if with.is_empty() {
        return if of.is_empty() { 10.0 } else { 0.0 };
    }
    with.iter().filter(|url| of.contains(url)).count() as f64 * 10.0 / with.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(of: &[(&str, f64)]) -> Ranked {
        Ranked {
            urls: of.iter().map(|(url, _)| (*url).to_owned()).collect(),
            scores: of.iter().map(|(_, score)| *score).collect(),
            total: of.len(),
            loose: false,
        }
    }

    #[test]
    fn equal_scores_may_change_places_and_others_may_not() {
        let a = list(&[("x", 3.0), ("y", 2.0), ("z", 2.0)]);
        assert!(agreement(&a, &list(&[("x", 3.0), ("z", 2.0), ("y", 2.0)])).order);
        assert!(!agreement(&a, &list(&[("y", 3.0), ("x", 2.0), ("z", 2.0)])).order);
        assert!(!agreement(&a, &list(&[("x", 3.0), ("y", 2.0)])).order);
        let b = agreement(&a, &list(&[("x", 3.5), ("y", 2.0), ("z", 2.0)]));
        assert!((b.difference - 0.5).abs() < 1e-9 && b.totals);
    }

    #[test]
    fn overlap_is_out_of_ten() {
        let urls = |text: &str| -> Vec<String> { text.chars().map(String::from).collect() };
        assert_eq!(overlap(&urls("abcdefghijk"), &urls("abcdefghikj")), 9.0);
        assert_eq!(overlap(&urls("a"), &urls("ab")), 5.0);
        assert_eq!(overlap(&[], &[]), 10.0);
    }
}
