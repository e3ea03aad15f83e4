//! The door in: files of a site become `Sources`. Reads, never writes; knows no formats.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use sha2::{Digest, Sha256};
use walkdir::{DirEntry, WalkDir};

use crate::diag::{Diagnostics, Place};
use crate::source::{Asset, Print, Skipped, Source, Sources, hex};
use crate::{embedded, extract};

/// Endings of texts that are parsed.
const PARSED: [&str; 6] = ["md", "csv", "tsv", "json", "jsonl", "toml"];

/// Endings of spreadsheets: tables or attachments, as `check` finds out. Every other file is an asset.
const WORKBOOKS: [&str; 6] = ["xlsx", "xlsm", "xlsb", "xls", "ods", "et"];

/// Largest file that is read as text, in bytes. A table of 100,000 rows is about a tenth of it.
const LARGEST_TEXT: u64 = 256 * 1024 * 1024;

/// Reads only `portal.toml`, if there is one.
///
/// # Errors
/// A file that cannot be read.
pub(crate) fn settings(root: &Path) -> Result<Option<Source>, Diagnostics> {
    let mut diags = Diagnostics::new();
    let source = read_optional(root, "portal.toml", &mut diags);
    if diags.errors() > 0 { Err(diags) } else { Ok(source) }
}

/// Reads the site in `root`: `portal.toml`, `content/` and `themes/`.
///
/// # Errors
/// Every file that cannot be read, links out of the tree and oversized files, all at once.
pub(crate) fn read(root: &Path) -> Result<Sources, Diagnostics> {
    let mut diags = Diagnostics::new();
    let mut sources = Sources { settings: read_optional(root, "portal.toml", &mut diags), ..Sources::default() };
    if sources.settings.is_none() && !root.join("content").is_dir() {
        diags.not_a_site(&root.display().to_string());
        return Err(diags);
    }
    let content = walk(root, "content", &mut sources.skipped, &mut diags);
    let (parsed, other): (Vec<_>, Vec<_>) = content.into_iter().partition(|file| is_parsed(&file.path));
    sources.content = collect(&parsed, &mut diags, read_text);
    let workbooks = other.iter().filter(|file| ends_with(&file.path, &WORKBOOKS) && !file.path.contains("/_assets/"));
    sources.workbooks = collect(&workbooks.cloned().collect::<Vec<_>>(), &mut diags, read_text);
    sources.assets = collect(&other, &mut diags, read_asset);
    let mut themes = embedded::theme_files();
    let on_disk = walk(root, "themes", &mut Vec::new(), &mut diags);
    for source in collect(&on_disk, &mut diags, read_text) {
        themes.insert(source.path.clone(), source);
    }
    sources.themes = themes.into_values().collect();
    if diags.errors() > 0 { Err(diags) } else { Ok(sources) }
}

/// Reads one file that need not lie in a site, under the name it has there.
///
/// # Errors
/// A file that cannot be read.
pub(crate) fn file(disk: &Path, name: &str) -> Result<Source, Diagnostics> {
    let mut diags = Diagnostics::new();
    read_text(&Found { path: Arc::from(name), disk: disk.to_owned() }, &mut Vec::new()).map_err(|error| {
        diags.unreadable(&disk.display().to_string(), &error.to_string());
        diags
    })
}

/// A file that may be missing.
pub(crate) fn optional(disk: &Path, name: &str) -> Result<Option<Source>, Diagnostics> {
    if disk.exists() { file(disk, name).map(Some) } else { Ok(None) }
}

/// A file found on disk: its name in the site and where it lies.
#[derive(Clone)]
struct Found {
    path: Arc<str>,
    disk: PathBuf,
}

fn is_parsed(path: &str) -> bool {
    ends_with(path, &PARSED) && !path.contains("/_assets/")
}

fn ends_with(path: &str, endings: &[&str]) -> bool {
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| endings.contains(&ending.as_str()))
}

fn walk(root: &Path, below: &str, skipped: &mut Vec<(Arc<str>, Skipped)>, diags: &mut Diagnostics) -> Vec<Found> {
    let top = root.join(below);
    let mut found = Vec::new();
    if !top.exists() {
        return found;
    }
    let mut walker = WalkDir::new(&top).sort_by_file_name().into_iter();
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
            && let Some(reason) = set_aside(&entry)
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
    let mut path = String::new();
    for part in relative.components() {
        let Some(name) = part.as_os_str().to_str() else {
            diags.file_name_not_utf8(&relative.display().to_string());
            return None;
        };
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(name);
    }
    Some(Arc::from(path))
}

fn set_aside(entry: &DirEntry) -> Option<Skipped> {
    let name = entry.file_name().to_string_lossy();
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

fn collect<T: Send>(
    files: &[Found],
    diags: &mut Diagnostics,
    read: fn(&Found, &mut Vec<u8>) -> io::Result<T>,
) -> Vec<T> {
    let results: Vec<_> = files.par_iter().map_init(Vec::new, |buffer, file| (file, read(file, buffer))).collect();
    let mut values = Vec::with_capacity(results.len());
    for (file, result) in results {
        match result {
            Ok(value) => values.push(value),
            Err(error) => diags.unreadable(&file.path, &error.to_string()),
        }
    }
    values
}

fn read_text(file: &Found, buffer: &mut Vec<u8>) -> io::Result<Source> {
    let input = fs::File::open(&file.disk)?;
    buffer.clear();
    // A limited reader does not ask the file for its size and position first: three calls fewer for each file.
    (&input).take(LARGEST_TEXT + 1).read_to_end(buffer)?;
    if buffer.len() as u64 > LARGEST_TEXT {
        let size = input.metadata()?.len();
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("{size} bytes, at most {LARGEST_TEXT} are read"),
        ));
    }
    Ok(Source::new(file.path.clone(), buffer))
}

/// Largest image that is looked into for metadata.
const LARGEST_IMAGE: u64 = 64 * 1024 * 1024;

fn read_asset(file: &Found, block: &mut Vec<u8>) -> io::Result<Asset> {
    let extension = file.path.rsplit_once('.').map_or(String::new(), |(_, extension)| extension.to_ascii_lowercase());
    let is_image = matches!(extension.as_str(), "jpg" | "jpeg" | "jpe" | "jfif" | "png" | "webp" | "gif");
    if is_image && fs::metadata(&file.disk)?.len() <= LARGEST_IMAGE {
        let bytes = fs::read(&file.disk)?;
        let cleaned = extract::cleaned(&bytes).map(|cleaned| print(&cleaned));
        return Ok(Asset { path: file.path.clone(), print: print(&bytes), cleaned });
    }
    let mut input = fs::File::open(&file.disk)?;
    let mut hash = Sha256::new();
    block.resize(64 * 1024, 0);
    let mut size = 0;
    loop {
        let length = input.read(block)?;
        if length == 0 {
            break;
        }
        size += length as u64;
        hash.update(&block[..length]);
    }
    let print = Print { size, sha256: hex(&hash.finalize()) };
    Ok(Asset { path: file.path.clone(), print, cleaned: None })
}

fn print(bytes: &[u8]) -> Print {
    Print { size: bytes.len() as u64, sha256: hex(&Sha256::digest(bytes)) }
}

fn read_optional(root: &Path, name: &str, diags: &mut Diagnostics) -> Option<Source> {
    match fs::read(root.join(name)) {
        Ok(bytes) => Some(Source::new(Arc::from(name), &bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => {
            diags.unreadable(name, &error.to_string());
            None
        }
    }
}
