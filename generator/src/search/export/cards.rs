//! The stored cards of documents become files of some cards each: a JSON array.

use rayon::prelude::*;
use tantivy::TantivyDocument;
use tantivy::schema::Value;

use super::Failure;
use super::files::{self, Folder, Made};
use super::walk::Part;
use crate::search::index::published;
use crate::search::schema::Columns;

const KIND: &str = "c";
/// A file has at least so many; fewer would cost more files than bytes they save.
const LEAST: u32 = 32;

/// Writes all cards and tells how many are in a file.
pub(crate) fn write(parts: &[Part], columns: &Columns, most_files: u32, folder: &mut Folder) -> Result<u32, Failure> {
    let docs = parts.last().map_or(0, |part| part.first + part.segment.max_doc());
    let each = docs.div_ceil(most_files.max(1)).max(LEAST);
    let path = folder.kind(KIND)?;
    let made: Vec<Made> = (0..docs.div_ceil(each))
        .collect::<Vec<_>>()
        .par_chunks(64)
        .map(|chunk| {
            let stores = parts.iter().map(|part| part.segment.get_store_reader(4)).collect::<Result<Vec<_>, _>>();
            let stores = stores.map_err(tantivy::TantivyError::from)?;
            let mut made = Vec::new();
            for file in chunk {
                let mut cards = b"[".to_vec();
                for doc in file * each..docs.min((file + 1) * each) {
                    let at = parts.partition_point(|part| part.first <= doc) - 1;
                    let document: TantivyDocument = stores[at].get(doc - parts[at].first)?;
                    let card = document.get_first(columns.card).and_then(|value| value.as_bytes());
                    let card = card.ok_or_else(|| Failure::Broken(format!("document {doc} has no card")))?;
                    let card = published(card).map_err(|error| Failure::Broken(error.to_string()))?;
                    if cards.len() > 1 {
                        cards.push(b',');
                    }
                    cards.extend_from_slice(&card);
                }
                cards.push(b']');
                made.push(files::write(&path, KIND, &file.to_string(), &cards)?);
            }
            Ok(made)
        })
        .collect::<Result<Vec<_>, Failure>>()?
        .concat();
    folder.add(made);
    Ok(each)
}
