//! One file becomes a value: a text or workbook whole, any other file as its size and hash.

use std::fs;
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

/// Reads a file below `content/` or `themes/`. `block` is used again for the next one.
pub(super) fn read(file: &Found, block: &mut Vec<u8>) -> io::Result<Value> {
    let is_of_theme = file.path.starts_with("themes/");
    let is_shared = file.path.contains("/_assets/");
    if is_of_theme || (!is_shared && ends_with(&file.path, &PARSED)) {
        return text(file, block).map(Value::Text);
    }
    if !is_shared && ends_with(&file.path, &WORKBOOKS) {
        return Ok(Value::Workbook(text(file, block)?, asset(file, block)?));
    }
    asset(file, block).map(Value::Asset)
}

fn ends_with(path: &str, endings: &[&str]) -> bool {
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| endings.contains(&ending.as_str()))
}

pub(super) fn text(file: &Found, buffer: &mut Vec<u8>) -> io::Result<Source> {
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

fn asset(file: &Found, block: &mut Vec<u8>) -> io::Result<Asset> {
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
