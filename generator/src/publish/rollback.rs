//! Whether an earlier release may be shown again: not with anything that has since expired or been withdrawn.
//! Pure.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::release::Release;

/// What has ended by today, as the target and the last build know it.
pub(super) struct Ended<'a> {
    /// Records that stand for something that ended.
    pub(super) records: BTreeSet<&'a str>,
    /// Addresses that were taken off the site.
    pub(super) gone: &'a BTreeMap<String, String>,
    pub(super) today: Date,
}

/// The paths because of which a release may not be shown any more; none when it may.
pub(super) fn unfit(release: &Release, ended: &Ended<'_>) -> Vec<String> {
    let today = ended.today.to_string();
    let has_ended = |path: &str| {
        let expired = release.expires.get(path).is_some_and(|day| *day <= today);
        let since = ended.records.contains(path) && !release.ended.contains(path);
        expired || since || ended.gone.contains_key(path)
    };
    release.objects.keys().filter(|path| has_ended(path)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::publish::release::tests::release;

    #[test]
    fn what_has_ended_since_does_not_come_back() {
        let mut old = release(&["a.html=1", "b.html=1", "c.html=1", "d.html=notice", "e.html=1"]);
        old.expires.insert("a.html".to_owned(), "2026-03-02".to_owned());
        old.ended.insert("d.html".to_owned());
        let check = |records: &[&'static str], gone: &[&str], today: Date, expected: &[&str]| {
            let gone = gone.iter().map(|path| ((*path).to_owned(), "2026-02-01".to_owned())).collect();
            let ended = Ended { records: records.iter().copied().collect(), gone: &gone, today };
            assert_eq!(unfit(&old, &ended), expected);
        };
        let (before, then) = (date(2026, 3, 1), date(2026, 3, 2));
        check(&[], &[], before, &[]);
        check(&[], &[], then, &["a.html"]);
        check(&["b.html", "d.html"], &[], before, &["b.html"]);
        check(&[], &["c.html", "x.html"], before, &["c.html"]);
    }
}
