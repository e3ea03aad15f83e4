//! The files of a site as they were last read, so that only what has changed is read again.
//!
//! A file is the same while its size, its time of change and its identity are. A file that was changed in the
//! moment it was read may change again without a new time, so it is read once more.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use rayon::prelude::*;

use super::file::{self, Value};
use super::walk::{self, Found, set_aside};
use crate::diag::Diagnostics;
use crate::embedded;
use crate::memo::{AT_ONCE, unchanged};
use crate::source::{ByPath, Skipped, Source, Sources};

/// Everything read from a site so far.
#[derive(Default)]
pub(crate) struct Stock {
    settings: Option<Source>,
    /// In the order of the walk.
    files: Vec<Held>,
    skipped: Vec<(Arc<str>, Skipped)>,
    /// The texts of the content, as they were handed out last.
    content: Arc<Vec<Source>>,
    /// The theme that ships with the program, once it was asked for.
    embedded: OnceLock<ByPath>,
    /// Whether everything that lies on disk is held.
    whole: bool,
}

/// What a look at the files found.
#[derive(Debug)]
pub(crate) enum Difference {
    Nothing,
    /// One text, and nothing else.
    Text {
        last: Source,
        next: Source,
    },
    Much,
}

/// A file and how to know that it is still the same.
struct Held {
    path: Arc<str>,
    stamp: Stamp,
    value: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    size: u64,
    changed: Option<SystemTime>,
    identity: u64,
    /// Whether a later change must show in the time.
    settled: bool,
}

/// A file system may count time in steps as long as this.
const STEP: Duration = Duration::from_millis(2100);

/// The order of the walk: folder by folder, each sorted by name.
fn in_order(a: &str, b: &str) -> Ordering {
    a.split('/').cmp(b.split('/'))
}

const SETTINGS: &str = "portal.toml";
const FOLDERS: [&str; 2] = ["content", "themes"];

impl Stock {
    /// Looks at every file of the site; says whether any has changed since it was read, and not which.
    ///
    /// # Errors
    /// Every file that cannot be read, links out of the tree and oversized files, all at once.
    pub(crate) fn look_everywhere(&mut self, root: &Path) -> Result<Difference, Diagnostics> {
        let mut diags = Diagnostics::new();
        let mut changed = self.look_at_settings(root, &mut diags) | !self.whole;
        if self.settings.is_none() && !root.join(FOLDERS[0]).is_dir() {
            diags.not_a_site(&root.display().to_string());
            self.whole = false;
            return Err(diags);
        }
        let mut skipped = Vec::new();
        let mut found = walk::walk(root, FOLDERS[0], &mut skipped, &mut diags);
        // Only what is set aside in the content is told of.
        found.extend(walk::walk(root, FOLDERS[1], &mut Vec::new(), &mut diags));
        changed |= self.skipped != skipped;
        self.skipped = skipped;
        changed |= self.replace(&found, &mut diags);
        self.whole = diags.errors() == 0;
        let difference = if changed { Difference::Much } else { Difference::Nothing };
        if self.whole { Ok(difference) } else { Err(diags) }
    }

    /// Looks at some files alone; says what has changed. What is more than a changed, new or missing file makes it
    /// look everywhere.
    ///
    /// # Errors
    /// As `look_everywhere`.
    pub(crate) fn look_at(&mut self, root: &Path, paths: &BTreeSet<PathBuf>) -> Result<Difference, Diagnostics> {
        let mut found = Vec::new();
        let mut gone = Vec::new();
        for disk in paths {
            match (self.whole, self.place(root, disk)) {
                (true, Some(Place::File(file))) => found.push(file),
                (true, Some(Place::Gone(path))) => gone.push(path),
                (true, Some(Place::Nothing)) => {}
                _ => return self.look_everywhere(root),
            }
        }
        let mut diags = Diagnostics::new();
        let mut difference = Difference::Nothing;
        if self.look_at_settings(root, &mut diags) {
            difference = Difference::Much;
        }
        for path in gone {
            if let Ok(at) = self.find(&path) {
                self.files.remove(at);
                difference = Difference::Much;
            }
        }
        for file in &found {
            difference = match (difference, self.read_one(file, &mut diags)) {
                (before, Difference::Nothing) => before,
                (Difference::Nothing, one) => one,
                _ => Difference::Much,
            };
        }
        self.whole = diags.errors() == 0;
        if self.whole { Ok(difference) } else { Err(diags) }
    }

    /// What is held, as a build would have read it, with the theme that ships with the program.
    pub(crate) fn sources(&mut self) -> Sources {
        self.renew_content();
        let mut sources = Sources {
            settings: self.settings.clone(),
            skipped: self.skipped.clone(),
            content: self.content.clone(),
            ..Sources::default()
        };
        let mut themes = self.embedded.get_or_init(embedded::theme_files).clone();
        let (content, of_themes) = self.files.split_at(self.themes_from());
        for source in of_themes.iter().filter_map(|held| held.value.text()) {
            themes.insert(source.path.clone(), source.clone());
        }
        for held in content {
            match &held.value {
                Value::Text(_) => {}
                Value::Workbook(source, asset) => {
                    sources.workbooks.push(source.clone());
                    sources.assets.push(asset.clone());
                }
                Value::Asset(asset) => sources.assets.push(asset.clone()),
            }
        }
        sources.themes = themes.into_values().collect();
        sources
    }

    /// Brings `content` up to date. There is much of it, so what stays is left where it is.
    fn renew_content(&mut self) {
        let texts: Vec<&Source> =
            self.files[..self.themes_from()].iter().filter_map(|held| held.value.text()).collect();
        let (head, tail) = unchanged(&self.content, &texts, |known, text| known.place() == text.place());
        let changed = head..self.content.len() - tail;
        if changed.is_empty() && head + tail == texts.len() {
            return;
        }
        let new: Vec<Source> = texts[head..texts.len() - tail].iter().map(|text| (*text).clone()).collect();
        Arc::make_mut(&mut self.content).splice(changed, new);
    }

    /// Where the files of themes begin, which come after the content.
    fn themes_from(&self) -> usize {
        self.files.partition_point(|held| !held.path.starts_with("themes/"))
    }

    /// Names of the spreadsheets, without their folders.
    pub(crate) fn workbooks(&self) -> impl Iterator<Item = &str> {
        let workbooks = self.files.iter().filter(|held| matches!(held.value, Value::Workbook(..)));
        workbooks.map(|held| held.path.rsplit_once('/').map_or(&*held.path, |(_, name)| name))
    }

    fn look_at_settings(&mut self, root: &Path, diags: &mut Diagnostics) -> bool {
        let read = match fs::read(root.join(SETTINGS)) {
            Ok(bytes) => Some(Source::new(Arc::from(SETTINGS), &bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                diags.unreadable(SETTINGS, &error.to_string());
                return true;
            }
        };
        let same = self.settings.as_ref().map(Source::bytes) == read.as_ref().map(Source::bytes);
        if !same {
            self.settings = read;
        }
        !same
    }

    /// Holds these files and no others, and reads those that are not known to be the same; says whether any
    /// differs.
    fn replace(&mut self, found: &[Found], diags: &mut Diagnostics) -> bool {
        let before = self.files.len();
        let last = pair(std::mem::take(&mut self.files), found);
        let read: Vec<io::Result<(Held, bool)>> = found
            .par_iter()
            .zip(last)
            .with_max_len(AT_ONCE)
            .map_init(Vec::new, |block, (file, last)| read(file, last, block))
            .collect();
        let mut changed = before != found.len();
        self.files.reserve(read.len());
        for (file, read) in found.iter().zip(read) {
            match read {
                Ok((held, differs)) => {
                    changed |= differs;
                    self.files.push(held);
                }
                Err(error) => {
                    diags.unreadable(&file.path, &error.to_string());
                    changed = true;
                }
            }
        }
        changed
    }

    /// Reads a file of which it was told that it has changed, whatever its time says; says whether it differs.
    fn read_one(&mut self, file: &Found, diags: &mut Diagnostics) -> Difference {
        let place = self.find(&file.path);
        let last = place.ok().map(|at| {
            let mut held = self.files.remove(at);
            held.stamp.settled = false;
            held
        });
        let before = last.as_ref().and_then(|held| held.value.text().cloned());
        match read(file, last, &mut Vec::new()) {
            Ok((held, differs)) => {
                let difference = match (differs, before, held.value.text()) {
                    (false, ..) => Difference::Nothing,
                    (true, Some(last), Some(next)) => Difference::Text { last, next: next.clone() },
                    (true, ..) => Difference::Much,
                };
                self.files.insert(place.unwrap_or_else(|at| at), held);
                difference
            }
            Err(error) => {
                diags.unreadable(&file.path, &error.to_string());
                Difference::Much
            }
        }
    }

    /// Where a file is held, or would be.
    fn find(&self, path: &str) -> Result<usize, usize> {
        self.files.binary_search_by(|held| in_order(&held.path, path))
    }

    /// What lies at a path on disk, if that is simple to say.
    fn place(&self, root: &Path, disk: &Path) -> Option<Place> {
        let relative = disk.strip_prefix(root).ok()?;
        if relative == Path::new(SETTINGS) {
            return Some(Place::Nothing);
        }
        let name = walk::name_in_site(relative)?;
        if name.split('/').any(|part| set_aside(part).is_some()) {
            return None;
        }
        let path: Arc<str> = Arc::from(name);
        match fs::symlink_metadata(disk) {
            Ok(found) if found.is_file() => Some(Place::File(Found { path, disk: disk.to_owned() })),
            // A folder or a link: the walk knows the rules.
            Ok(_) => None,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let next = self.find(&path).unwrap_or_else(|at| at);
                let is_below = |held: &Held| held.path.strip_prefix(&*path).is_some_and(|rest| rest.starts_with('/'));
                if self.files.get(next).is_some_and(is_below) { None } else { Some(Place::Gone(path)) }
            }
            Err(_) => None,
        }
    }
}

enum Place {
    File(Found),
    Gone(Arc<str>),
    /// Nothing that is held by its path.
    Nothing,
}

/// The files held last, each beside the one that was found now. Both are in the order of the walk.
fn pair(held: Vec<Held>, found: &[Found]) -> Vec<Option<Held>> {
    let mut held = held.into_iter().peekable();
    let of_file = |file: &Found| {
        while held.next_if(|last| in_order(&last.path, &file.path) == Ordering::Less).is_some() {}
        held.next_if(|last| last.path == file.path)
    };
    found.iter().map(of_file).collect()
}

/// A file as it is now, and whether it differs from before. What is the same stays the very same value, by
/// which later verbs know what they have done already.
fn read(file: &Found, last: Option<Held>, block: &mut Vec<u8>) -> io::Result<(Held, bool)> {
    let last = match last {
        None => None,
        Some(last) => {
            let stamp = Stamp::of(&fs::metadata(&file.disk)?);
            if last.stamp == stamp && stamp.settled {
                return Ok((last, false));
            }
            Some(last)
        }
    };
    let (value, found) = file::read(file, block)?;
    let stamp = Stamp::of(&found);
    Ok(match last {
        Some(last) if last.value.is_same(&value) => (Held { stamp, ..last }, false),
        _ => (Held { path: file.path.clone(), stamp, value }, true),
    })
}

impl Value {
    fn text(&self) -> Option<&Source> {
        match self {
            Value::Text(source) => Some(source),
            Value::Workbook(..) | Value::Asset(_) => None,
        }
    }

    fn is_same(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Text(a), Value::Text(b)) => a.bytes() == b.bytes(),
            (Value::Workbook(a, _), Value::Workbook(b, _)) => a.bytes() == b.bytes(),
            (Value::Asset(a), Value::Asset(b)) => a.print == b.print && a.cleaned == b.cleaned,
            _ => false,
        }
    }
}

impl Stamp {
    fn of(found: &Metadata) -> Stamp {
        let changed = found.modified().ok();
        // A time in the future says nothing either.
        let settled = changed.and_then(|changed| changed.elapsed().ok()).is_some_and(|age| age > STEP);
        Stamp { size: found.len(), changed, identity: identity(found), settled }
    }
}

#[cfg(unix)]
fn identity(found: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(found)
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> u64 {
    0
}
