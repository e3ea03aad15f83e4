//! Is everything found, and nothing else? All results of an engine beside the truth.

use std::collections::HashSet;
use std::io;

use super::queries::{Class, Query};

/// Whether queries that go wrong are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Details {
    Named,
    Counted,
}

/// Found pages beside those that should have been.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) found: u64,
    pub(super) right: u64,
    pub(super) wanted: u64,
    /// Queries whose stated total is not the number of matches.
    pub(super) wrong_totals: u64,
    pub(super) queries: u64,
    /// Queries with any difference.
    pub(super) unequal: u64,
}

impl Counts {
    #[expect(clippy::cast_precision_loss, reason = "pages are few")]
    pub(super) fn recall(&self) -> f64 {
        if self.wanted == 0 { 1.0 } else { self.right as f64 / self.wanted as f64 }
    }

    #[expect(clippy::cast_precision_loss, reason = "pages are few")]
    pub(super) fn precision(&self) -> f64 {
        if self.found == 0 { 1.0 } else { self.right as f64 / self.found as f64 }
    }

    /// Notes what one query found.
    pub(super) fn add(&mut self, found: &HashSet<&str>, wanted: &HashSet<&str>, total: usize) {
        let right = found.intersection(wanted).count();
        self.found += found.len() as u64;
        self.wanted += wanted.len() as u64;
        self.right += right as u64;
        self.queries += 1;
        self.wrong_totals += u64::from(total != wanted.len());
        self.unequal += u64::from(right != found.len() || right != wanted.len());
    }
}

/// Addresses of what was found, and how many there are.
type Listed = (Vec<String>, usize);

/// Asks every query and counts by class. `ask` gives the addresses of all matches and the total that was stated, or
/// nothing where the engine cannot be asked such a query.
pub(super) fn count(
    queries: &[Query],
    wanted: &[Vec<u32>],
    address: &dyn Fn(u32) -> String,
    details: Details,
    ask: &mut dyn FnMut(&Query) -> io::Result<Option<Listed>>,
) -> io::Result<Vec<(Class, Counts)>> {
    let mut all: Vec<(Class, Counts)> = Vec::new();
    for (query, wanted) in queries.iter().zip(wanted) {
        let Some((found, total)) = ask(query)? else { continue };
        let wanted: Vec<String> = wanted.iter().map(|at| address(*at)).collect();
        let wanted: HashSet<&str> = wanted.iter().map(String::as_str).collect();
        let found: HashSet<&str> = found.iter().map(String::as_str).collect();
        if all.last().is_none_or(|(class, _)| *class != query.class) {
            all.push((query.class, Counts::default()));
        }
        let (_, counts) = all.last_mut().expect("one was just pushed");
        counts.add(&found, &wanted, total);
        if found != wanted && details == Details::Named {
            complain(query, &found, &wanted);
        }
    }
    Ok(all)
}

/// Names a few pages of a difference, so that it can be looked into.
fn complain(query: &Query, found: &HashSet<&str>, wanted: &HashSet<&str>) {
    let few = |of: &HashSet<&str>, without: &HashSet<&str>| {
        let mut pages: Vec<String> = of.difference(without).map(|page| (*page).to_owned()).collect();
        pages.sort();
        pages.truncate(3);
        pages
    };
    eprintln!(
        "    {:?} {:?}: missing {:?}, wrong {:?}",
        query.text(),
        query.filters,
        few(wanted, found),
        few(found, wanted)
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recall_and_precision_are_shares_of_pages() {
        let mut counts = Counts::default();
        counts.add(&HashSet::from(["a", "b", "x"]), &HashSet::from(["a", "b", "c", "d"]), 4);
        assert_eq!((counts.recall(), counts.unequal, counts.wrong_totals), (0.5, 1, 0));
        assert!((counts.precision() - 2.0 / 3.0).abs() < 1e-9);
        counts.add(&HashSet::new(), &HashSet::new(), 3);
        assert_eq!((counts.recall(), counts.wrong_totals, counts.queries), (0.5, 1, 2));
    }
}
