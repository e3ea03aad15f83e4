//! The text of attached files: extracted once, kept in `search-index/texts/`, searched with the page that
//! names the file, and published so that a browser can show what it found there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::index::{Partition, Trouble};
use crate::extract;
use crate::render::{Clean, Content, Output};
use crate::route::Route;
use crate::source::hex;

const FOLDER: &str = "texts";

fn file(home: &Path, sha256: &str) -> PathBuf {
    home.join(FOLDER).join(format!("{sha256}.txt"))
}

/// Where the text of a file is published.
pub(super) fn address(sha256: &str) -> String {
    format!("search/text/{}.txt", &sha256[..20])
}

/// Extracts the texts of files below `root` that are not there yet, and leaves only attachments that have one.
///
/// # Errors
/// Files that cannot be read or written.
pub(super) fn keep(root: &Path, home: &Path, attachments: &mut Vec<(String, String)>) -> Result<(), Trouble> {
    let mut kept = Vec::new();
    for (path, sha256) in attachments.drain(..) {
        let target = file(home, &sha256);
        let size = match fs::metadata(&target) {
            Ok(found) => found.len(),
            Err(_) => write(root, &path, &target)?,
        };
        if size > 0 {
            kept.push((path, sha256));
        }
    }
    *attachments = kept;
    Ok(())
}

/// Writes the text of one file and gives its length. A scanned picture, or a file that cannot be looked
/// into, has none.
fn write(root: &Path, path: &str, target: &Path) -> Result<u64, Trouble> {
    let source = root.join(path);
    let bytes = fs::read(&source).map_err(|error| Trouble::Io(source, error))?;
    let text = extract::extract(path, &bytes).map(|found| found.text).unwrap_or_default();
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let text = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    let failed = |error| Trouble::Io(target.to_owned(), error);
    fs::create_dir_all(target.parent().expect("a text lies in a folder")).map_err(failed)?;
    let draft = target.with_extension("draft");
    fs::write(&draft, &text).and_then(|()| fs::rename(&draft, target)).map_err(failed)?;
    Ok(text.len() as u64)
}

/// The texts of a document's attachments, each begun by a new block.
pub(super) fn read(home: &Path, attachments: &[(String, String)]) -> io::Result<String> {
    let texts = attachments.iter().map(|(_, sha256)| fs::read_to_string(file(home, sha256)));
    texts.map(|text| text.map(|text| format!("\n{text}"))).collect()
}

/// The texts as outputs; those that no partition uses any more are removed.
///
/// # Errors
/// Files that cannot be read or removed.
pub(super) fn publish(home: &Path, partitions: &[Partition]) -> Result<Vec<Output>, Trouble> {
    let mut used: Vec<&String> = partitions.iter().flat_map(|partition| &partition.texts).collect();
    used.sort();
    used.dedup();
    let folder = home.join(FOLDER);
    let failed = |error| Trouble::Io(folder.clone(), error);
    if folder.exists() {
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
            let is_empty = fs::metadata(&path).is_ok_and(|found| found.len() == 0);
            if !is_empty && !used.iter().any(|sha256| *sha256 == name) {
                fs::remove_file(&path).map_err(failed)?;
            }
        }
    }
    let output = |sha256: &String| {
        let text = fs::read(file(home, sha256)).map_err(failed)?;
        let content = Content::File {
            path: format!("{}/{FOLDER}/{sha256}.txt", super::HOME),
            sha256: hex(&Sha256::digest(&text)),
            size: text.len() as u64,
            clean: Clean::AsItIs,
        };
        Ok(Output { route: Route::new(address(sha256)), content })
    };
    used.into_iter().map(output).collect()
}
