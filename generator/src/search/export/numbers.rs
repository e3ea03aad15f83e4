//! The numbers of documents in order, by which a browser completes one from its beginning: lines of a number and the
//! documents that have it, in files of about the same length. A number that begins with who issued it in brackets, as
//! （郑经）应急罚〔2026〕2号 does, stands also where it begins without.

use std::collections::BTreeMap;
use std::iter;

use super::Failure;
use super::files::{self, Folder};
use super::lists::terms;
use super::walk::Part;
use crate::search::schema::Columns;

pub(super) const KIND: &str = "n";
/// Numbers in a file, unless there would be too many files.
const LINES: usize = 2_000;
/// So many beginnings of files leave the root small.
const MOST_FILES: usize = 256;
/// So many digits side by side are no private number yet.
const MOST_DIGITS: usize = 9;
/// What is longer is a title, whatever it holds.
const LONGEST: usize = 24;

/// Writes the files and tells where each begins: a text that is greater than all numbers of those before.
pub(crate) fn write(parts: &[Part], columns: &Columns, most: u32, folder: &mut Folder) -> Result<Vec<String>, Failure> {
    let mut numbers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    terms(parts, columns.exact, |text, doc| {
        if is_number(text) {
            for number in iter::once(text).chain(without_issuer(text)) {
                numbers.entry(number.to_owned()).or_default().push(doc.to_string());
            }
        }
    })?;
    let numbers: Vec<(String, Vec<String>)> = numbers.into_iter().collect();
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let path = folder.kind(KIND)?;
    let each = LINES.max(numbers.len().div_ceil((most as usize).clamp(1, MOST_FILES)));
    let mut begins = vec![between("", &numbers[0].0).to_owned()];
    let mut rest = &numbers[..];
    while !rest.is_empty() {
        let next = |at: usize| Some((at, between(&rest[at - 1].0, &rest[at].0))).filter(|(_, text)| !is_telling(text));
        let next = (each..rest.len()).find_map(next);
        let (file, after) = rest.split_at(next.map_or(rest.len(), |(at, _)| at));
        let lines: Vec<String> = file.iter().map(|(number, docs)| format!("{number} {}", docs.join(" "))).collect();
        folder.add([files::write(&path, KIND, &(begins.len() - 1).to_string(), lines.join("\n").as_bytes())?]);
        begins.extend(next.map(|(_, begins)| begins.to_owned()));
        rest = after;
    }
    Ok(begins)
}

/// Whether a beginning could be taken for a number that nobody wrote, of a telephone or a bank card.
fn is_telling(beginning: &str) -> bool {
    beginning.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() > MOST_DIGITS)
}

/// The shortest beginning of a number that is greater than the one before it.
fn between<'a>(before: &str, number: &'a str) -> &'a str {
    let mut ends = number.char_indices().map(|(at, c)| &number[..at + c.len_utf8()]);
    ends.find(|beginning| *beginning > before).unwrap_or(number)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_are_short_and_between() {
        assert_eq!(between("", "豫应急罚(2026)1号"), "豫");
        assert_eq!(between("豫应急罚(2026)1号", "豫应急罚(2026)21号"), "豫应急罚(2026)2");
        assert!(!is_telling("91410100ma9x"));
        assert!(!is_telling("豫应急罚(2026)123456789号"));
        assert!(is_telling("9141010012"));
    }
}
