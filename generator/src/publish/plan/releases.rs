//! Which whole releases stay in a target, and which go. Pure.

use super::{Delete, Plan, WhyNot};
use crate::publish::state::{Kept, State, release_folder};

/// The releases of a target before another one joins them.
pub(in crate::publish) struct Shelf<'a> {
    pub(in crate::publish) state: &'a State,
    /// Begun and never finished, by id.
    pub(in crate::publish) begun: Vec<&'a str>,
    /// Those that hold what has ended since, by id.
    pub(in crate::publish) unfit: &'a [String],
    /// How many earlier ones stay.
    pub(in crate::publish) keep: usize,
}

/// Adds a release: too many, unfit and unfinished ones go.
pub(in crate::publish) fn shelve(shelf: &Shelf<'_>, own: Kept, plan: &mut Plan) {
    let id = own.id.clone();
    let mut releases = vec![own];
    let mut deletes = Vec::new();
    for kept in shelf.state.releases.iter().filter(|kept| kept.id != id) {
        let why = if shelf.unfit.contains(&kept.id) {
            WhyNot::Ended
        } else if releases.len() > shelf.keep {
            WhyNot::Removed
        } else {
            releases.push(kept.clone());
            continue;
        };
        deletes.push(Delete { path: release_folder(&kept.id), why });
    }
    let begun = shelf.begun.iter().filter(|begun| **begun != id).map(|begun| release_folder(begun));
    let due = shelf.state.deleting.iter().filter(|folder| **folder != release_folder(&id)).cloned();
    for path in begun.chain(due) {
        if !deletes.iter().any(|delete| delete.path == path) {
            deletes.push(Delete { path, why: WhyNot::LeftOver });
        }
    }
    plan.next.releases = releases;
    plan.next.deleting = deletes.iter().map(|delete| delete.path.clone()).collect();
    plan.deletes = deletes;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(id: &str) -> Kept {
        Kept { id: id.to_owned(), published: 0, as_of: "2026-03-01".to_owned() }
    }

    #[test]
    fn too_many_unfit_and_unfinished_releases_go() {
        let state = State {
            releases: ["d", "c", "b", "a"].map(kept).to_vec(),
            deleting: ["releases/x/".to_owned(), "releases/e/".to_owned()].into(),
            ..State::default()
        };
        let mut plan = Plan::default();
        let shelf = Shelf { state: &state, begun: vec!["y", "e"], unfit: &["c".to_owned()], keep: 2 };
        shelve(&shelf, kept("e"), &mut plan);
        let ids: Vec<&str> = plan.next.releases.iter().map(|kept| kept.id.as_str()).collect();
        assert_eq!(ids, ["e", "d", "b"]);
        let gone: Vec<(&str, WhyNot)> = plan.deletes.iter().map(|delete| (delete.path.as_str(), delete.why)).collect();
        assert_eq!(
            gone,
            [
                ("releases/c/", WhyNot::Ended),
                ("releases/a/", WhyNot::Removed),
                ("releases/y/", WhyNot::LeftOver),
                ("releases/x/", WhyNot::LeftOver)
            ]
        );
        assert_eq!(plan.next.deleting.len(), 4);
    }
}
