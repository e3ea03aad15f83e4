//! What queries cost, cold and warm: each is asked in a browser that knows nothing, then the next one on the same
//! page. Both go over the slow line; round trips are counted apart.

use std::collections::{BTreeMap, HashSet};
use std::io;

use super::lab::{Answer, Cost, Engine, Lab};
use super::queries::{Class, Query};
use super::server::Line;

/// A query's first results and what they cost.
pub(super) struct Asked {
    /// Position of the query.
    pub(super) query: usize,
    pub(super) cold: Cost,
    pub(super) answer: Answer,
    pub(super) trips: usize,
    pub(super) warm: Option<Cost>,
}

/// Asks every query for which `chosen` holds.
pub(super) fn ask(
    lab: &mut Lab,
    engine: &dyn Engine,
    queries: &[Query],
    chosen: &dyn Fn(&Query) -> bool,
) -> io::Result<Vec<Asked>> {
    let chosen: Vec<usize> = (0..queries.len()).filter(|at| chosen(&queries[*at])).collect();
    let mut all = Vec::with_capacity(chosen.len());
    for (place, query) in chosen.iter().enumerate() {
        lab.fresh(engine)?;
        let (answer, cold) = lab.ask(engine, &queries[*query], Line::SLOW)?;
        let warm = match chosen.get(place + 1) {
            Some(next) if queries[*next].class == queries[*query].class => {
                Some(lab.ask(engine, &queries[*next], Line::SLOW)?.1)
            }
            _ => None,
        };
        let trips = lab.trips(engine, &queries[*query])?;
        all.push(Asked { query: *query, cold, answer, trips, warm });
    }
    Ok(all)
}

/// The figures of some queries.
pub(super) struct Summary {
    pub(super) count: usize,
    pub(super) bytes: f64,
    pub(super) bytes_95: f64,
    pub(super) head: f64,
    pub(super) requests: f64,
    pub(super) trips: f64,
    pub(super) seconds: f64,
    pub(super) warm: f64,
    /// Of the first ten, how many match; 1 where nothing is shown.
    pub(super) precision: f64,
}

pub(super) fn summary<'a>(asked: impl Iterator<Item = &'a Asked>, is_match: impl Fn(usize, &str) -> bool) -> Summary {
    let asked: Vec<&Asked> = asked.collect();
    let of = |value: &dyn Fn(&Asked) -> f64| -> Vec<f64> { asked.iter().map(|asked| value(asked)).collect() };
    #[expect(clippy::cast_precision_loss, reason = "bytes and requests are few")]
    let number = |count: u64| count as f64;
    let bytes = of(&|asked| number(asked.cold.body));
    let warm: Vec<f64> = asked.iter().filter_map(|asked| asked.warm.as_ref()).map(|warm| number(warm.body)).collect();
    let (mut shown, mut right) = (0_u64, 0_u64);
    for one in &asked {
        for url in one.answer.urls().iter().take(10).filter(|_| one.answer.is_exact()) {
            shown += 1;
            right += u64::from(is_match(one.query, url));
        }
    }
    Summary {
        count: asked.len(),
        bytes: quantile(&bytes, 0.5),
        bytes_95: quantile(&bytes, 0.95),
        head: quantile(&of(&|asked| number(asked.cold.head)), 0.5),
        requests: quantile(&of(&|asked| number(asked.cold.requests as u64)), 0.5),
        trips: quantile(&of(&|asked| number(asked.trips as u64)), 0.5),
        seconds: quantile(&of(&|asked| asked.cold.milliseconds / 1000.0), 0.5),
        warm: quantile(&warm, 0.5),
        precision: if shown == 0 { 1.0 } else { number(right) / number(shown) },
    }
}

/// The value below which a share of all lies; 0 where there is none.
pub(super) fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a share")]
    let at = ((sorted.len().saturating_sub(1)) as f64 * share).round() as usize;
    sorted.get(at).copied().unwrap_or(0.0)
}

/// Median bytes and requests of a cold query by kind of file, and those of the dearest twentieth.
pub(super) fn by_kind(asked: &[Asked]) -> Vec<(String, f64, f64, f64)> {
    let mut kinds: BTreeMap<String, Vec<(f64, f64)>> = BTreeMap::new();
    let names: HashSet<String> = asked.iter().flat_map(|one| &one.cold.sent).map(|sent| kind(&sent.path)).collect();
    for one in asked {
        for name in &names {
            let sent = one.cold.sent.iter().filter(|sent| kind(&sent.path) == *name);
            let (bytes, requests) = sent.fold((0, 0_u32), |(bytes, count), sent| (bytes + sent.body, count + 1));
            #[expect(clippy::cast_precision_loss, reason = "bytes are few")]
            kinds.entry(name.clone()).or_default().push((bytes as f64, f64::from(requests)));
        }
    }
    let line = |(name, values): (String, Vec<(f64, f64)>)| {
        let bytes: Vec<f64> = values.iter().map(|(bytes, _)| *bytes).collect();
        let requests: Vec<f64> = values.iter().map(|(_, requests)| *requests).collect();
        (name, quantile(&bytes, 0.5), quantile(&bytes, 0.95), quantile(&requests, 0.5))
    };
    kinds.into_iter().map(line).collect()
}

/// What a file of either engine is for, by its address.
fn kind(path: &str) -> String {
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let name = match parts.as_slice() {
        ["portal", "search", name] if name.starts_with("client-") => "client",
        ["portal", "search", "root.json"] => "root",
        ["portal", "search", _, folder, ..] => folder,
        ["portal", "search", name] => name,
        ["portal", ..] => "page or twin",
        ["plain", "pagefind", folder, _] => folder,
        ["plain", "pagefind", name] => name.rsplit_once('.').map_or(*name, |(_, extension)| extension),
        _ => path,
    };
    name.to_owned()
}

/// The classes that were asked, in order.
pub(super) fn classes(queries: &[Query], asked: &[Asked]) -> Vec<Class> {
    Class::ALL.into_iter().filter(|class| asked.iter().any(|one| queries[one.query].class == *class)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values_that_occur() {
        let values = [5.0, 1.0, 2.0, 4.0, 3.0];
        assert_eq!([0.0, 0.5, 0.95, 1.0].map(|share| quantile(&values, share)), [1.0, 3.0, 5.0, 5.0]);
        assert_eq!(quantile(&[], 0.5), 0.0);
    }

    #[test]
    fn files_are_known_by_their_addresses() {
        for (path, expected) in [
            ("/portal/search/client-ab12.js", "client"),
            ("/portal/search/root.json", "root"),
            ("/portal/search/archive-ab/g/0a", "g"),
            ("/portal/search/archive-ab/days", "days"),
            ("/portal/decision/p000001.json", "page or twin"),
            ("/plain/pagefind/fragment/zh_1.pf_fragment", "fragment"),
            ("/plain/pagefind/wasm.unknown.pagefind", "pagefind"),
        ] {
            assert_eq!(kind(path), expected, "{path}");
        }
    }
}
