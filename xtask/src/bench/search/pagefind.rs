//! Pagefind from npm, and what its index says about its own pages.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::super::measure::{self, Run};
use super::laws::unpacked;
use crate::shell;

/// The version that is measured, the latest when this was written. A newer one is a change of the benchmark.
const VERSION: &str = "1.6.0";

/// What stands before the content of Pagefind's packed files.
const MARK: &[u8] = b"pagefind_dcd";

/// Path of the program, installed into `cache` when it is not there yet.
pub(super) fn installed(cache: &Path) -> io::Result<PathBuf> {
    let folder = cache.join(format!("pagefind-{VERSION}"));
    let program = folder.join("node_modules/.bin/pagefind");
    if !program.exists() {
        eprintln!("installing Pagefind {VERSION} into {}", folder.display());
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("package.json"), "{ \"private\": true }\n")?;
        let package = format!("pagefind@{VERSION}");
        shell::run(
            Command::new("npm")
                .args(["install", "--no-save", "--no-audit", "--no-fund", "--silent", &package])
                .current_dir(&folder),
        )?;
    }
    Ok(program)
}

/// Indexes a folder of pages; the index comes to stand in it.
pub(super) fn index(program: &Path, pages: &Path) -> io::Result<Run> {
    Ok(measure::run(Command::new(program).arg("--site").arg(pages))?.0)
}

/// Addresses of the pages by the names under which Pagefind finds them.
pub(super) fn addresses(pages: &Path) -> io::Result<HashMap<String, String>> {
    let mut addresses = HashMap::new();
    for entry in fs::read_dir(pages.join("pagefind/fragment"))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(id) = name.strip_suffix(".pf_fragment") else { continue };
        let bytes = unpacked(&fs::read(entry.path())?)?;
        let page: Value = serde_json::from_slice(bytes.strip_prefix(MARK).unwrap_or(&bytes))?;
        let url = page["url"].as_str().unwrap_or_default().trim_start_matches('/');
        addresses.insert(id.to_owned(), url.to_owned());
    }
    Ok(addresses)
}
