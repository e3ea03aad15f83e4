//! What a publisher must know of a build that its files do not say, as `.gongkai-facts`: the day, the
//! address, what expires when, which addresses stand for something that ended, what moved, and whether
//! persons are named. Our own format, JSON (RFC 8259). It must not know records: facts are given.
//!
//! The dot keeps the file out of what hosts serve, and publishing never uploads it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// Name of the file, at the top of the output folder.
pub(crate) const NAME: &str = ".gongkai-facts";

/// Raised when a reader of the last version would misunderstand the file.
const VERSION: u32 = 1;

/// Days are written `YYYY-MM-DD`; routes are relative to the portal's root.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Facts {
    version: u32,
    /// The day the portal was built for.
    pub(crate) as_of: String,
    /// The portal's address, ending in `/`; empty when the settings name no origin.
    pub(crate) address: String,
    /// Path of the portal below its host, from `/` to `/`.
    pub(crate) base_path: String,
    /// Registers whose public records hold data of persons, masked or not, by name.
    pub(crate) personal: BTreeSet<String>,
    /// The first day on which a route may no longer be public.
    pub(crate) expires: BTreeMap<String, String>,
    /// Routes of records that expired or were withdrawn: pages that say so, and data that is gone.
    pub(crate) ended: BTreeSet<String>,
    /// Old addresses and the routes they lead to.
    pub(crate) moved: BTreeMap<String, String>,
}

impl Facts {
    pub(crate) fn new(as_of: String, address: String, base_path: String) -> Facts {
        Facts { version: VERSION, as_of, address, base_path, ..Facts::default() }
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut out = serde_json::to_vec(self).expect("strings and lists always serialise");
        out.push(b'\n');
        out
    }

    /// Reads the file; none when it is damaged or of another version.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Facts> {
        serde_json::from_slice::<Facts>(bytes).ok().filter(|facts| facts.version == VERSION)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut facts = Facts::new("2026-03-01".into(), "https://a.example/p/".into(), "/p/".into());
        facts.expires.insert("a.html".into(), "2026-03-02".into());
        facts.ended.insert("b.html".into());
        assert_eq!(Facts::parse(&facts.to_bytes()), Some(facts.clone()));
        facts.version += 1;
        assert_eq!(Facts::parse(&facts.to_bytes()), None, "of another version");
        assert_eq!(Facts::parse(b"{}"), None);
    }
}
