//! The numbers of documents in order, by which a browser completes one from its beginning: lines of a number and the
//! documents that have it, in files of about the same length, and a file of the numbers with which those begin. A number
//! that begins with who issued it in brackets, as （郑经）应急罚〔2026〕2号 does, stands also where it begins without.

use std::collections::BTreeMap;

use super::Failure;
use super::files::{self, Folder};
use super::lists::terms;
use super::walk::Part;
use crate::search::schema::Columns;

pub(super) const KIND: &str = "n";
/// Numbers in a file, unless there would be too many files.
const LINES: usize = 2_000;
/// What is longer is a title, whatever it holds.
const LONGEST: usize = 24;

/// Writes the files and tells how many there are beside the one that says where each begins.
pub(crate) fn write(parts: &[Part], columns: &Columns, most: u32, folder: &mut Folder) -> Result<u32, Failure> {
    let mut numbers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    terms(parts, columns.exact, |text, doc| {
        if is_number(text) {
            for beginning in [Some(text), without_issuer(text)].into_iter().flatten() {
                numbers.entry(beginning.to_owned()).or_default().push(doc.to_string());
            }
        }
    })?;
    let lines: Vec<String> = numbers.into_iter().map(|(number, docs)| format!("{number} {}", docs.join(" "))).collect();
    if lines.is_empty() {
        return Ok(0);
    }
    let chunks: Vec<&[String]> = lines.chunks(LINES.max(lines.len().div_ceil(most.max(1) as usize))).collect();
    let firsts: Vec<&str> = chunks.iter().filter_map(|chunk| chunk[0].split(' ').next()).collect();
    let path = folder.kind(KIND)?;
    let texts = [firsts.join("\n")].into_iter().chain(chunks.iter().map(|chunk| chunk.join("\n")));
    for (at, text) in texts.enumerate() {
        folder.add([files::write(&path, KIND, &at.to_string(), text.as_bytes())?]);
    }
    Ok(chunks.len() as u32)
}

fn is_number(text: &str) -> bool {
    text.chars().count() <= LONGEST
        && text.contains(|c: char| c.is_ascii_digit())
        && !text.contains(char::is_whitespace)
}

/// What follows the brackets that a folded number begins with.
fn without_issuer(number: &str) -> Option<&str> {
    let (_, rest) = number.strip_prefix('(')?.split_once(')')?;
    (!rest.is_empty()).then_some(rest)
}
