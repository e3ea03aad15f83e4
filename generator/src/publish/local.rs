//! What stands in `public/`, proved to be what the build made, with the SHA-256 of every file. Hashes are kept
//! in a cache beside the site, so that only changed files are read. A door to the disk.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use rayon::prelude::*;
use sha2::{Digest, Sha256};
use walkdir::WalkDir;
use xxhash_rust::xxh3::xxh3_128;

use crate::diag::Diagnostics;
use crate::emit::{MANIFEST, Manifest};
use crate::format::facts::{self, Facts};
use crate::source::hex;

/// How many files a message names.
const SHOWN: usize = 5;

/// A built portal.
pub(super) struct Local {
    pub(super) folder: PathBuf,
    pub(super) facts: Facts,
    /// Every file to publish: its SHA-256 and size.
    pub(super) files: BTreeMap<String, (String, u64)>,
}

/// Reads a built portal. `home` is the folder of the cache.
///
/// # Errors
/// No build, or files that differ from what the build made.
pub(super) fn read(folder: &Path, home: &Path) -> Result<Local, Diagnostics> {
    let mut diags = Diagnostics::new();
    let shown = folder.display().to_string();
    let text = fs::read_to_string(folder.join(MANIFEST)).ok();
    let (Some(manifest), Some(facts)) = (text.as_deref().and_then(Manifest::parse), facts(folder)) else {
        diags.nothing_built(&shown);
        return Err(diags);
    };
    let cache = Cache::read(home);
    let made: Vec<(&str, &str, u64)> =
        manifest.files().map(|made| (made.route.as_str(), &*made.hash, made.size)).collect();
    let found: Vec<(&str, Found)> =
        made.par_iter().map(|(route, hash, size)| (*route, look(folder, &cache, route, hash, *size))).collect();
    let mut problems = Vec::new();
    let mut fresh = Cache::default();
    let mut files = BTreeMap::new();
    for ((route, found), (_, hash, size)) in found.into_iter().zip(&made) {
        match found {
            Found::Whole { sha256, modified } => {
                if !route.starts_with('.') {
                    files.insert(route.to_owned(), (sha256.clone(), *size));
                }
                fresh.add(route, hash, *size, modified, sha256);
            }
            Found::Different => problems.push(format!("≠ {route}")),
            Found::Missing => problems.push(format!("− {route}")),
        }
    }
    let known: HashSet<&str> = made.iter().map(|(route, ..)| *route).collect();
    problems.extend(foreign(folder, &known).into_iter().map(|route| format!("+ {route}")));
    if !problems.is_empty() {
        let count = problems.len();
        problems.truncate(SHOWN);
        diags.edited_output(&shown, &problems.join("  "), count);
        return Err(diags);
    }
    if fresh != cache
        && let Err(error) = fresh.write(home)
    {
        diags.cannot_write(&home.display().to_string(), &error.to_string());
        return Err(diags);
    }
    Ok(Local { folder: folder.to_owned(), facts, files })
}

/// What the last build left for publishers, if there is one.
pub(super) fn facts(folder: &Path) -> Option<Facts> {
    Facts::parse(&fs::read(folder.join(facts::NAME)).ok()?)
}

/// Reads a file that is about to be sent; none when it is no longer what it was.
pub(super) fn bytes(folder: &Path, route: &str, sha256: &str) -> Option<Vec<u8>> {
    let bytes = fs::read(folder.join(route)).ok()?;
    (hex(&Sha256::digest(&bytes)) == sha256).then_some(bytes)
}

enum Found {
    Whole { sha256: String, modified: u128 },
    Different,
    Missing,
}

fn look(folder: &Path, cache: &Cache, route: &str, hash: &str, size: u64) -> Found {
    let path = folder.join(route);
    let Ok(metadata) = fs::metadata(&path) else { return Found::Missing };
    if metadata.len() != size {
        return Found::Different;
    }
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let modified = modified.map_or(0, |age| age.as_nanos());
    if let Some(sha256) = cache.find(route, hash, size, modified) {
        return Found::Whole { sha256: sha256.to_owned(), modified };
    }
    let Ok(bytes) = fs::read(&path) else { return Found::Missing };
    let sha256 = hex(&Sha256::digest(&bytes));
    // Rendered files are known by a short hash, those passed on by SHA-256.
    let is = if hash.len() == sha256.len() { sha256 == hash } else { format!("{:032x}", xxh3_128(&bytes)) == hash };
    if is { Found::Whole { sha256, modified } } else { Found::Different }
}

/// Files that no build made; dot files at the top are nobody's business.
fn foreign(folder: &Path, known: &HashSet<&str>) -> Vec<String> {
    let hidden = |entry: &walkdir::DirEntry| entry.depth() == 1 && entry.file_name().to_string_lossy().starts_with('.');
    let entries = WalkDir::new(folder).into_iter().filter_entry(|entry| !hidden(entry)).filter_map(Result::ok);
    let files = entries.filter(|entry| !entry.file_type().is_dir());
    let routes = files.filter_map(|entry| Some(entry.path().strip_prefix(folder).ok()?.to_string_lossy().into_owned()));
    let mut foreign: Vec<String> = routes.filter(|route| !known.contains(route.as_str())).collect();
    foreign.sort();
    foreign
}

/// SHA-256 of files by what the build knows of them and when they were written.
#[derive(Default, PartialEq)]
struct Cache(HashMap<String, String>);

impl Cache {
    fn file(home: &Path) -> PathBuf {
        home.join("hashes")
    }

    /// A cache that cannot be read is as good as none.
    fn read(home: &Path) -> Cache {
        let text = fs::read_to_string(Cache::file(home)).unwrap_or_default();
        let lines = text.lines().filter_map(|line| line.split_once(' '));
        Cache(lines.map(|(sha256, key)| (key.to_owned(), sha256.to_owned())).collect())
    }

    fn write(&self, home: &Path) -> io::Result<()> {
        let mut lines: Vec<String> = self.0.iter().map(|(key, sha256)| format!("{sha256} {key}\n")).collect();
        lines.sort();
        fs::create_dir_all(home)?;
        let draft = Cache::file(home).with_extension("draft");
        fs::write(&draft, lines.concat())?;
        fs::rename(&draft, Cache::file(home))
    }

    fn key(route: &str, hash: &str, size: u64, modified: u128) -> String {
        format!("{hash} {size} {modified} {route}")
    }

    fn find(&self, route: &str, hash: &str, size: u64, modified: u128) -> Option<&str> {
        self.0.get(&Cache::key(route, hash, size, modified)).map(String::as_str)
    }

    fn add(&mut self, route: &str, hash: &str, size: u64, modified: u128, sha256: String) {
        self.0.insert(Cache::key(route, hash, size, modified), sha256);
    }
}
