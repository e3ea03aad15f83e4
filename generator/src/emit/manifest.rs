//! What a build made: route, size and hash of every file. Kept inside the output folder as
//! `.gongkai-manifest`, one line a file, sorted; the same content gives the same bytes.

use std::fmt::Write;

use crate::route::Route;

/// Name of the manifest in the output folder. The dot keeps it out of what hosts serve.
pub(crate) const NAME: &str = ".gongkai-manifest";

/// First line, before the key of the gate; another version is not read, and everything is written anew.
const HEAD: &str = "gongkai-manifest 2";

/// One file that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Made {
    pub(crate) route: Route,
    /// Tells contents apart, in lower-case hexadecimal: XXH3 of bytes that were rendered, SHA-256 of a file
    /// that was passed on and is known by it anyway.
    pub(crate) hash: String,
    pub(crate) size: u64,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Manifest {
    /// What the gate was when it let these files pass.
    gate: String,
    /// Sorted by route.
    files: Vec<Made>,
}

impl Manifest {
    /// The files of a build, in the order of their routes.
    pub(super) fn new(gate: &str, files: Vec<Made>) -> Manifest {
        debug_assert!(files.is_sorted_by(|a, b| a.route < b.route), "outputs are planned in order, each once");
        Manifest { gate: gate.to_owned(), files }
    }

    /// Whether these files passed the same gate.
    pub(super) fn passed(&self, gate: &str) -> bool {
        self.gate == gate
    }

    pub(crate) fn len(&self) -> usize {
        self.files.len()
    }

    fn get(&self, route: &Route) -> Option<&Made> {
        let at = self.files.binary_search_by(|made| made.route.cmp(route)).ok()?;
        Some(&self.files[at])
    }

    /// Whether it lists this very file.
    pub(super) fn has(&self, made: &Made) -> bool {
        self.get(&made.route) == Some(made)
    }

    pub(super) fn holds(&self, route: &Route) -> bool {
        self.get(route).is_some()
    }

    /// Every file, in the order of the routes.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Made> {
        self.files.iter()
    }

    /// The files that the other does not have.
    pub(super) fn missing_in<'a>(&'a self, other: &'a Manifest) -> impl Iterator<Item = &'a Route> {
        self.files.iter().map(|made| &made.route).filter(|route| !other.holds(route))
    }

    pub(super) fn to_text(&self) -> String {
        // A hash, a size and an address each.
        let mut text = String::with_capacity(self.files.len() * 96);
        writeln!(text, "{HEAD} {}", self.gate).expect("writing to memory cannot fail");
        for Made { route, hash, size } in &self.files {
            writeln!(text, "{hash} {size} {route}").expect("writing to memory cannot fail");
        }
        text
    }

    /// Reads a manifest; none when it is of another version or damaged.
    pub(crate) fn parse(text: &str) -> Option<Manifest> {
        let mut lines = text.lines();
        let gate = lines.next()?.strip_prefix(HEAD)?.trim().to_owned();
        let made = |line: &str| {
            let mut parts = line.splitn(3, ' ');
            let (hash, size, route) = (parts.next()?, parts.next()?, parts.next()?);
            Some(Made { route: Route::parse(route)?, hash: hash.to_owned(), size: size.parse().ok()? })
        };
        let files: Vec<Made> = lines.map(made).collect::<Option<_>>()?;
        files.is_sorted_by(|a, b| a.route < b.route).then_some(Manifest { gate, files })
    }
}
