//! What a build made: route, size and hash of every file. Kept inside the output folder as
//! `.gongkai-manifest`, one line a file, sorted; the same content gives the same bytes.

use std::collections::HashMap;
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
    files: HashMap<Route, (String, u64)>,
}

impl Manifest {
    pub(super) fn new(gate: &str, count: usize) -> Manifest {
        Manifest { gate: gate.to_owned(), files: HashMap::with_capacity(count) }
    }

    /// Whether these files passed the same gate.
    pub(super) fn passed(&self, gate: &str) -> bool {
        self.gate == gate
    }

    pub(super) fn add(&mut self, made: Made) {
        self.files.insert(made.route, (made.hash, made.size));
    }

    pub(crate) fn len(&self) -> usize {
        self.files.len()
    }

    pub(super) fn has(&self, made: &Made) -> bool {
        self.files.get(&made.route).is_some_and(|(hash, size)| *hash == made.hash && *size == made.size)
    }

    pub(super) fn same_file(&self, route: &Route, other: &Manifest) -> bool {
        self.files.get(route) == other.files.get(route)
    }

    pub(super) fn holds(&self, route: &Route) -> bool {
        self.files.contains_key(route)
    }

    pub(super) fn routes(&self) -> impl Iterator<Item = &Route> {
        self.files.keys()
    }

    /// Route, hash and size of every file.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &str, u64)> {
        self.files.iter().map(|(route, (hash, size))| (route.as_str(), hash.as_str(), *size))
    }

    /// The files that the other does not have.
    pub(super) fn missing_in<'a>(&'a self, other: &'a Manifest) -> impl Iterator<Item = &'a Route> {
        self.files.keys().filter(|route| !other.files.contains_key(*route))
    }

    pub(super) fn to_text(&self) -> String {
        let mut routes: Vec<(&Route, &(String, u64))> = self.files.iter().collect();
        routes.sort();
        let mut text = format!("{HEAD} {}\n", self.gate);
        for (route, (hash, size)) in routes {
            writeln!(text, "{hash} {size} {route}").expect("writing to memory cannot fail");
        }
        text
    }

    /// Reads a manifest; none when it is of another version or damaged.
    pub(crate) fn parse(text: &str) -> Option<Manifest> {
        let mut lines = text.lines();
        let gate = lines.next()?.strip_prefix(HEAD)?.trim().to_owned();
        let mut manifest = Manifest { gate, ..Manifest::default() };
        for line in lines {
            let mut parts = line.splitn(3, ' ');
            let (hash, size, route) = (parts.next()?, parts.next()?, parts.next()?);
            manifest.files.insert(Route::parse(route)?, (hash.to_owned(), size.parse().ok()?));
        }
        Some(manifest)
    }
}
