//! One file becomes a value: a text or workbook whole, any other file as its size and hash.

use std::fs::{self, Metadata};
use std::io::{self, Read};

use sha2::{Digest, Sha256};

use super::walk::Found;
use crate::extract;
use crate::source::{Asset, Print, Source, hex};

/// Endings of texts that are parsed.
const PARSED: [&str; 6] = ["md", "csv", "tsv", "json", "jsonl", "toml"];

/// Endings of spreadsheets: tables or attachments, as `check` finds out. Every other file is an asset.
const WORKBOOKS: [&str; 6] = ["xlsx", "xlsm", "xlsb", "xls", "ods", "et"];

/// Largest file that is read as text, in bytes. A table of 100,000 rows is about a tenth of it.
const LARGEST_TEXT: u64 = 256 * 1024 * 1024;

/// Largest image that is looked into for metadata.
const LARGEST_IMAGE: u64 = 64 * 1024 * 1024;

/// A file as the site needs it.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// A text that is parsed, or a file of a theme.
    Text(Source),
    /// A spreadsheet is an asset too, until it is known to be a table.
    Workbook(Source, Asset),
    Asset(Asset),
}

/// Reads a file below `content/` or `themes/`, with what the system said of it before. `block` is used again for the
/// next one.
pub(super) fn read(file: &Found, block: &mut Vec<u8>) -> io::Result<(Value, Metadata)> {
    let is_of_theme = file.path.starts_with("themes/");
    let is_shared = file.path.contains("/_assets/");
    if is_of_theme || (!is_shared && ends_with(&file.path, &PARSED)) {
        let (text, found) = text(file, block)?;
        return Ok((Value::Text(text), found));
    }
    if !is_shared && ends_with(&file.path, &WORKBOOKS) {
        let (text, found) = text(file, block)?;
        return Ok((Value::Workbook(text, asset(file, block)?.0), found));
    }
    let (asset, found) = asset(file, block)?;
    Ok((Value::Asset(asset), found))
}

fn ends_with(path: &str, endings: &[&str]) -> bool {
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| endings.contains(&ending.as_str()))
}

pub(super) fn text(file: &Found, buffer: &mut Vec<u8>) -> io::Result<(Source, Metadata)> {
    let input = fs::File::open(&file.disk)?;
    let found = input.metadata()?;
    buffer.clear();
    // A limited reader does not ask the file for its size and position first: two calls fewer for each file.
    (&input).take(LARGEST_TEXT + 1).read_to_end(buffer)?;
    if buffer.len() as u64 > LARGEST_TEXT {
        let size = input.metadata()?.len();
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("{size} bytes, at most {LARGEST_TEXT} are read"),
        ));
    }
    Ok((Source::new(file.path.clone(), buffer), found))
}

fn asset(file: &Found, block: &mut Vec<u8>) -> io::Result<(Asset, Metadata)> {
    let extension = file.path.rsplit_once('.').map_or(String::new(), |(_, extension)| extension.to_ascii_lowercase());
    let is_image = matches!(extension.as_str(), "jpg" | "jpeg" | "jpe" | "jfif" | "png" | "webp" | "gif");
    let mut input = fs::File::open(&file.disk)?;
    let found = input.metadata()?;
    if is_image && found.len() <= LARGEST_IMAGE {
        let mut bytes = Vec::new();
        input.read_to_end(&mut bytes)?;
        let cleaned = extract::cleaned(&bytes).map(|cleaned| print(&cleaned));
        return Ok((Asset { path: file.path.clone(), print: print(&bytes), cleaned }, found));
    }
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
    Ok((Asset { path: file.path.clone(), print, cleaned: None }, found))
}

fn print(bytes: &[u8]) -> Print {
    Print { size: bytes.len() as u64, sha256: hex(&Sha256::digest(bytes)) }
}
