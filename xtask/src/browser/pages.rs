//! The pages of the demonstration that are looked at: one of each kind.

use std::fs;
use std::io;
use std::path::Path;

pub(super) struct Sample {
    /// Name in reports and of the screenshot.
    pub(super) name: &'static str,
    /// Path in the portal.
    pub(super) path: String,
    /// True in the page when it is complete.
    pub(super) ready: &'static str,
}

const LOADED: &str = "document.readyState === 'complete'";

/// Results stand there, and the counts beside them where there is room.
const FOUND: &str =
    "!!document.querySelector('.results h3') && (innerWidth < 960 || !!document.querySelector('.search-facets input'))";

/// What is searched for on the sample page: 有限空间.
const SEARCH: &str = "search/index.html#q=%E6%9C%89%E9%99%90%E7%A9%BA%E9%97%B4";

/// Home, a listing, a record, a dossier and so on; records are chosen by size, so that there is something
/// to see, and by name where sizes are equal.
pub(super) fn samples(portal: &Path) -> io::Result<Vec<Sample>> {
    let fixed = |name, path: &str| Sample { name, path: path.to_owned(), ready: LOADED };
    let largest = |name, folder: &'static str| -> io::Result<Sample> {
        Ok(Sample { name, path: largest(portal, folder)?, ready: LOADED })
    };
    Ok(vec![
        fixed("home", "index.html"),
        fixed("listing", "penalty/index.html"),
        largest("penalty", "penalty")?,
        largest("dossier", "org")?,
        largest("accident", "accident")?,
        largest("campaign", "campaign")?,
        fixed("community-list", "safe-community/index.html"),
        Sample { ready: FOUND, ..fixed("search", SEARCH) },
        fixed("search-start", "search/index.html"),
    ])
}

fn largest(portal: &Path, folder: &str) -> io::Result<String> {
    let mut pages = Vec::new();
    for entry in fs::read_dir(portal.join(folder))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".html") && name != "index.html" && !name.starts_with("page-") {
            pages.push((entry.metadata()?.len(), name));
        }
    }
    let (_, name) = pages.into_iter().max().ok_or_else(|| io::Error::other(format!("{folder}/ has no page")))?;
    Ok(format!("{folder}/{name}"))
}
