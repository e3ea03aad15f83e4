//! What a target remembers between releases: the one object that is rewritten, `.gongkai/current.json`.
//! Writing it is the moment at which a release is published.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// Folder of what publishing keeps in a target. The dot keeps it out of what most servers show.
pub(super) const FOLDER: &str = ".gongkai/";
/// The pointer to the release that is shown.
pub(super) const CURRENT: &str = ".gongkai/current.json";
/// The word of the publisher that began last. Whoever finds its own there knows that nobody has written since.
pub(super) const WRITER: &str = ".gongkai/writer";
/// Manifests of releases: the shown one, kept ones, and those that a publisher had begun.
pub(super) const MANIFESTS: &str = ".gongkai/manifests/";
/// Folder of whole releases, where a target keeps several.
pub(super) const RELEASES: &str = "releases/";

pub(super) fn manifest_path(id: &str) -> String {
    format!("{MANIFESTS}{id}.json")
}

pub(super) fn release_folder(id: &str) -> String {
    format!("{RELEASES}{id}/")
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct State {
    /// The release that readers see.
    pub(super) release: String,
    /// When it was published, in seconds since 1970, by the clock of the publisher.
    pub(super) published: i64,
    /// Whole releases that can be returned to, newest first; the shown one among them.
    pub(super) releases: Vec<Kept>,
    /// Hashed files that no page names any more, kept for readers of pages loaded before: since when.
    pub(super) retired: BTreeMap<String, i64>,
    /// Addresses that were taken off the site, by day: they must not answer, and never come back by a rollback.
    pub(super) gone: BTreeMap<String, String>,
    /// What still has to be deleted. Emptied when it is done, so an interrupted run is remembered.
    pub(super) deleting: BTreeSet<String>,
    /// Manifests that this release has made up for: what theirs may have left is overwritten or in `deleting`.
    pub(super) settled: BTreeSet<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    pub(super) id: String,
    pub(super) published: i64,
    pub(super) as_of: String,
}

impl State {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).expect("strings and lists always serialise");
        bytes.push(b'\n');
        bytes
    }

    pub(super) fn parse(bytes: &[u8]) -> Option<State> {
        serde_json::from_slice(bytes).ok()
    }
}
