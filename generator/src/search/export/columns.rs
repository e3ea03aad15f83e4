//! What every document has becomes columns, read only when a filter or a count asks for them: its day, and
//! its values of each facet.

use std::collections::{BTreeMap, BTreeSet};

use tantivy::TantivyError;

use super::Failure;
use super::bits::varint;
use super::files::{self, Folder};
use super::walk::Part;

pub(super) const DAYS: &str = "d";
pub(super) const FACETS: &str = "f";

/// Writes the days: for each run of documents of one day, how many days after the run before and how long it
/// is. The first run is counted from 1970-01-01; documents without a day count as of the day before them.
pub(crate) fn days(parts: &[Part], folder: &mut Folder) -> Result<(), Failure> {
    let mut runs: Vec<(i64, u32)> = Vec::new();
    let mut before = 0;
    for part in parts {
        let column = part.segment.fast_fields().i64("day")?;
        for doc in 0..part.segment.max_doc() {
            let day = column.first(doc).unwrap_or(before);
            match runs.last_mut() {
                Some((known, count)) if *known == day => *count += 1,
                _ => runs.push((day, 1)),
            }
            before = day;
        }
    }
    let mut bytes = Vec::new();
    let mut before = 0;
    for (day, count) in runs {
        let step = day - before;
        // Signed: a document of before 1970, or one that is not in order.
        varint((step << 1 ^ step >> 63) as u32, &mut bytes);
        varint(count, &mut bytes);
        before = day;
    }
    let path = folder.kind(DAYS)?;
    folder.add([files::write(&path, DAYS, "0", &bytes)?]);
    Ok(())
}

/// Writes a file a facet and gives their names in order: JSON of the sets of values that documents have, then
/// for each document the number of its set, as two bytes.
pub(crate) fn facets(parts: &[Part], folder: &mut Folder) -> Result<Vec<String>, Failure> {
    let docs = parts.last().map_or(0, |part| part.first + part.segment.max_doc()) as usize;
    let mut columns: BTreeMap<String, Vec<BTreeSet<String>>> = BTreeMap::new();
    for part in parts {
        let Some(column) = part.segment.fast_fields().str("facet")? else { continue };
        let mut names = Vec::new();
        for ordinal in 0..column.num_terms() as u64 {
            let mut text = String::new();
            column.ord_to_str(ordinal, &mut text).map_err(TantivyError::from)?;
            let (name, value) = text.split_once('=').unwrap_or((&text, ""));
            names.push((name.to_owned(), value.to_owned()));
        }
        for doc in 0..part.segment.max_doc() {
            for ordinal in column.term_ords(doc) {
                let (name, value) = &names[ordinal as usize];
                let sets = columns.entry(name.clone()).or_insert_with(|| vec![BTreeSet::new(); docs]);
                sets[(part.first + doc) as usize].insert(value.clone());
            }
        }
    }
    let path = folder.kind(FACETS)?;
    for (at, sets) in columns.values().enumerate() {
        folder.add([files::write(&path, FACETS, &at.to_string(), &column(sets)?)?]);
    }
    Ok(columns.into_keys().collect())
}

fn column(sets: &[BTreeSet<String>]) -> Result<Vec<u8>, Failure> {
    let known: Vec<&BTreeSet<String>> = sets.iter().collect::<BTreeSet<_>>().into_iter().collect();
    let json = serde_json::to_vec(&known).expect("texts have a JSON form");
    let mut bytes = Vec::with_capacity(json.len() + sets.len() * 2 + 5);
    varint(json.len() as u32, &mut bytes);
    bytes.extend_from_slice(&json);
    for set in sets {
        let at = known.binary_search(&set).expect("every set is known");
        let at = u16::try_from(at).map_err(|_| Failure::Broken("a facet has too many values".to_owned()))?;
        bytes.extend_from_slice(&at.to_le_bytes());
    }
    Ok(bytes)
}
