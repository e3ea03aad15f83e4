//! The address of an output below the portal's root. A `Route` can only be a valid one.

use std::fmt;
use std::sync::Arc;

use sha2::{Digest, Sha256};

/// A file below `public/`: ASCII, relative, no `.` or `..` segment. So it needs no escaping in a link,
/// means the same on every file system, and cannot leave the folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Route(Arc<str>);

impl Route {
    /// Takes a path that is built from parts known to be valid.
    ///
    /// # Panics
    /// When the path is not a valid route: that is a defect of the caller.
    pub(crate) fn new(path: impl AsRef<str>) -> Route {
        Route::parse(path.as_ref()).unwrap_or_else(|| panic!("not a route: {}", path.as_ref()))
    }

    /// Takes a path written by a person.
    #[must_use]
    pub(crate) fn parse(path: &str) -> Option<Route> {
        let may_stand = |byte| matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~');
        let segment = |part: &str| !matches!(part, "" | "." | "..") && part.bytes().all(may_stand);
        path.split('/').all(segment).then(|| Route(Arc::from(path)))
    }

    #[must_use]
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// What leads from this page to the portal's root: empty, `../`, `../../` …
    pub(crate) fn to_root(&self) -> &'static str {
        const UP: &str = "../../../../../../../../../../../../";
        let depth = self.0.matches('/').count();
        &UP[..(depth * 3).min(UP.len())]
    }

    /// The route with another extension: `a/b.html` and `json` give `a/b.json`.
    pub(crate) fn twin(&self, extension: &str) -> Route {
        let stem = self.0.rsplit_once('.').map_or(&*self.0, |(stem, _)| stem);
        Route::new([stem, ".", extension].concat())
    }
}

impl fmt::Display for Route {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Letters of a short hash: no vowels, so that no word appears; no digits that look like letters.
const ALPHABET: &[u8; 32] = b"0123456789bcdfghjklmnpqrstvwxyz_";

/// A short name made from a text, stable for ever: 5 bits a letter, at most 12 letters.
pub(crate) fn short_hash(text: &str, letters: usize) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let mut bits = u64::from_be_bytes(digest[..8].try_into().expect("a digest has 32 bytes"));
    let mut name = String::with_capacity(letters);
    for _ in 0..letters.min(12) {
        let index = usize::try_from(bits & 31).expect("five bits fit");
        name.push(char::from(ALPHABET[index]).to_ascii_lowercase());
        bits >>= 5;
    }
    name.replace('_', "x")
}

/// Longest readable part of a slug.
const LONGEST_SLUG: usize = 48;

/// A file or folder name as a URL segment. ASCII names are kept, lower-cased; others become a hash, so
/// that no person's name reaches an address.
pub(crate) fn slug(name: &str) -> String {
    let ascii = ascii_words(name);
    if name.is_ascii() && !ascii.is_empty() && ascii.len() <= LONGEST_SLUG {
        ascii
    } else {
        format!("n{}", short_hash(name, 9))
    }
}

/// The ASCII letters and digits of a text, in lower case, groups joined by `-`.
pub(crate) fn ascii_words(text: &str) -> String {
    let mut words = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            words.push(c.to_ascii_lowercase());
        } else if !words.is_empty() && !words.ends_with('-') {
            words.push('-');
        }
        if words.len() >= LONGEST_SLUG {
            break;
        }
    }
    words.truncate(words.trim_end_matches('-').len());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_relative_ascii_paths_are_routes() {
        for (path, valid) in [
            ("index.html", true),
            ("penalty/2025-3.html", true),
            ("/index.html", false),
            ("a//b", false),
            ("../a", false),
            ("a/./b", false),
            ("处罚/index.html", false),
            ("", false),
        ] {
            assert_eq!(Route::parse(path).is_some(), valid, "{path}");
        }
    }

    #[test]
    fn the_way_to_the_root_follows_the_depth() {
        for (path, up) in [("index.html", ""), ("a/b.html", "../"), ("a/b/c.html", "../../")] {
            assert_eq!(Route::new(path).to_root(), up);
        }
    }

    #[test]
    fn slugs_hide_names_and_keep_ascii() {
        assert_eq!(slug("2025-Fire-Day"), "2025-fire-day");
        assert!(slug("张三处罚").starts_with('n'));
        assert_ne!(slug("张三处罚"), slug("李四处罚"));
        assert_eq!(ascii_words("（郑）应急罚〔2023〕执-12号"), "2023-12");
    }
}
