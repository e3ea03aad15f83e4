//! A *release*: every object that a target holds of one build, as its remote manifest says it. A pure
//! function of the build and the target's settings; its id is the hash of its text.
//!
//! Knows nothing of what was published before: that is `state`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::config::Encoding;
use crate::source::hex;

/// Raised when a reader of the last version would misunderstand a manifest.
const VERSION: u32 = 1;

/// How an object is stored and what its headers say.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) struct Headers {
    pub(super) content_type: String,
    pub(super) cache_control: String,
    pub(super) encoding: Stored,
    /// Whether the encoding is told by a header, or is that of a file beside the text (`a.html.gz`).
    pub(super) announced: bool,
}

/// The encoding of the stored bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Stored {
    Plain,
    Gzip,
    Br,
}

impl From<Encoding> for Stored {
    fn from(encoding: Encoding) -> Stored {
        match encoding {
            Encoding::None => Stored::Plain,
            Encoding::Gzip => Stored::Gzip,
            Encoding::Br => Stored::Br,
        }
    }
}

/// One object. The hash is of its content as a reader sees it, whatever its encoding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Object {
    #[serde(rename = "h")]
    pub(super) sha256: String,
    /// Bytes before encoding.
    #[serde(rename = "s")]
    pub(super) size: u64,
    /// Position of its headers in the release's list.
    #[serde(rename = "k")]
    kind: usize,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Release {
    version: u32,
    /// The day it was built for.
    pub(super) as_of: String,
    /// Address of the portal, ending in `/`; may be empty.
    pub(super) address: String,
    /// The first day on which a path may no longer be public.
    pub(super) expires: BTreeMap<String, String>,
    /// Paths of records that had ended.
    pub(super) ended: BTreeSet<String>,
    headers: Vec<Headers>,
    pub(super) objects: BTreeMap<String, Object>,
}

impl Release {
    pub(super) fn new(as_of: String, address: String) -> Release {
        Release { version: VERSION, as_of, address, ..Release::default() }
    }

    pub(super) fn add(&mut self, path: String, sha256: String, size: u64, headers: Headers) {
        let known = self.headers.iter().position(|known| *known == headers);
        let kind = known.unwrap_or_else(|| {
            self.headers.push(headers);
            self.headers.len() - 1
        });
        self.objects.insert(path, Object { sha256, size, kind });
    }

    /// # Panics
    /// For an object of another release.
    pub(super) fn headers(&self, object: &Object) -> &Headers {
        &self.headers[object.kind]
    }

    /// Whether the other release has the same bytes with the same headers at this path.
    pub(super) fn has_same(&self, path: &str, other: &Release) -> bool {
        match (self.objects.get(path), other.objects.get(path)) {
            (Some(a), Some(b)) => a.sha256 == b.sha256 && self.headers(a) == other.headers(b),
            _ => false,
        }
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("strings and lists always serialise")
    }

    /// The name of a release, made of its manifest.
    pub(super) fn id(bytes: &[u8]) -> String {
        hex(&Sha256::digest(bytes))[..32].to_owned()
    }

    /// Reads a manifest; none when it is damaged or of another version.
    pub(super) fn parse(bytes: &[u8]) -> Option<Release> {
        let release: Release = serde_json::from_slice(bytes).ok()?;
        let sound = release.objects.values().all(|object| object.kind < release.headers.len());
        (release.version == VERSION && sound).then_some(release)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::publish) fn plain(cache_control: &str) -> Headers {
        Headers {
            content_type: "text/html".to_owned(),
            cache_control: cache_control.to_owned(),
            encoding: Stored::Plain,
            announced: true,
        }
    }

    /// Paths and contents, `a.html=1`.
    pub(in crate::publish) fn release(objects: &[&str]) -> Release {
        let mut release = Release::new("2026-03-01".to_owned(), String::new());
        for object in objects {
            let (path, content) = object.split_once('=').expect("path=content");
            release.add(path.to_owned(), content.to_owned(), 1, plain("no-cache"));
        }
        release
    }

    #[test]
    fn a_manifest_is_read_as_it_was_written() {
        let a = release(&["a.html=1", "b.html=2"]);
        let bytes = a.to_bytes();
        assert_eq!(Release::parse(&bytes), Some(a));
        assert_eq!(Release::id(&bytes).len(), 32);
        assert_eq!(Release::parse(&bytes[..bytes.len() - 3]), None, "torn");
    }

    #[test]
    fn other_headers_are_another_object() {
        let (a, mut b) = (release(&["a.html=1"]), release(&[]));
        assert!(a.has_same("a.html", &a.clone()));
        b.add("a.html".to_owned(), "1".to_owned(), 1, plain("max-age=60"));
        assert!(!a.has_same("a.html", &b));
    }
}
