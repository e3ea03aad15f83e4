//! The files below a folder of the site, in a fixed order: which count, which are set aside, and which links
//! are refused.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use walkdir::{DirEntry, WalkDir};

use crate::diag::{Diagnostics, Place};
use crate::source::Skipped;

/// A file found on disk: its name in the site and where it lies.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) path: Arc<str>,
    pub(super) disk: PathBuf,
}

/// Every file of a folder that counts; the others with the reason why not.
pub(super) fn walk(
    root: &Path,
    below: &str,
    skipped: &mut Vec<(Arc<str>, Skipped)>,
    diags: &mut Diagnostics,
) -> Vec<Found> {
    let top = root.join(below);
    let mut found = Vec::new();
    if !top.exists() {
        return found;
    }
    // In one folder the order of paths is that of names, and a path need not be taken apart.
    let by_name = |a: &DirEntry, b: &DirEntry| a.path().as_os_str().cmp(b.path().as_os_str());
    let mut walker = WalkDir::new(&top).sort_by(by_name).into_iter();
    while let Some(entry) = walker.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                diags.unreadable(
                    &error.path().map_or_else(String::new, |path| path.display().to_string()),
                    &error.to_string(),
                );
                continue;
            }
        };
        let Some(path) = site_path(root, &entry, diags) else { continue };
        if entry.depth() > 0
            && let Some(reason) = set_aside(&entry.file_name().to_string_lossy())
        {
            if entry.file_type().is_dir() {
                walker.skip_current_dir();
            } else {
                skipped.push((path, reason));
            }
            continue;
        }
        if entry.file_type().is_symlink() && !link_stays_inside(&top, &entry, &path, diags) {
            continue;
        }
        if !entry.file_type().is_dir() {
            found.push(Found { path, disk: entry.into_path() });
        }
    }
    found
}

/// The path relative to the site with `/`; refuses names that are not UTF-8.
fn site_path(root: &Path, entry: &DirEntry, diags: &mut Diagnostics) -> Option<Arc<str>> {
    let relative = entry.path().strip_prefix(root).expect("the walk starts below the root");
    let path = name_in_site(relative);
    if path.is_none() {
        diags.file_name_not_utf8(&relative.display().to_string());
    }
    path.map(Arc::from)
}

/// A relative path with `/`; none if it is not UTF-8.
pub(super) fn name_in_site(relative: &Path) -> Option<String> {
    let mut path = String::new();
    for part in relative.components() {
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(part.as_os_str().to_str()?);
    }
    Some(path)
}

/// Why a file or folder of this name is left out, if it is.
pub(super) fn set_aside(name: &str) -> Option<Skipped> {
    if name.starts_with('.') {
        Some(Skipped::Hidden)
    } else if name.starts_with("~$") || name.ends_with('~') || name.ends_with(".tmp") {
        Some(Skipped::Temporary)
    } else {
        None
    }
}

/// A link may lead to a file inside the same tree; anything else is refused.
fn link_stays_inside(top: &Path, entry: &DirEntry, path: &Arc<str>, diags: &mut Diagnostics) -> bool {
    let inside = match (fs::canonicalize(top), fs::canonicalize(entry.path())) {
        (Ok(top), Ok(target)) => target.starts_with(&top) && target.is_file(),
        _ => false,
    };
    if !inside {
        diags.link_out_of_tree(Place::file(path));
    }
    inside
}
