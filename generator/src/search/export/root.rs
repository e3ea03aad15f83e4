//! Tiers become `root.json`, the only file of the search whose address does not change: where everything
//! else is, and what a query must know before it reads anything.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Exported, Facts};

/// What the root says beside the tiers.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Root {
    /// Names of one thing.
    pub(crate) synonyms: Vec<Vec<String>>,
    /// How facets and their values are called: `register` and `register=penalty`.
    pub(crate) labels: BTreeMap<String, String>,
    /// The table of variant characters, beside the root.
    pub(crate) han: String,
}

#[derive(Serialize)]
struct Whole<'a> {
    version: u32,
    tiers: Vec<Entry<'a>>,
    #[serde(flatten)]
    root: &'a Root,
}

#[derive(Serialize)]
struct Entry<'a> {
    folder: &'a str,
    #[serde(flatten)]
    facts: &'a Facts,
}

/// The root of the tiers, newest last.
pub(crate) fn root(tiers: &[&Exported], root: &Root) -> Vec<u8> {
    let tiers = tiers.iter().map(|tier| Entry { folder: &tier.folder, facts: &tier.facts }).collect();
    serde_json::to_vec(&Whole { version: super::VERSION, tiers, root }).expect("plain values have a JSON form")
}
