//! The stored cards of documents become files of some cards each: a JSON array.

use rayon::prelude::*;
use tantivy::TantivyDocument;
use tantivy::schema::{Field as Column, Value};
use tantivy::store::StoreReader;

use super::Failure;
use super::files::{self, Folder, Made};
use super::walk::Part;
use crate::search::index::published;
use crate::search::schema::Columns;

const KIND: &str = "c";
/// A file has at least so many; fewer would cost more files than bytes they save.
const LEAST: u32 = 32;
/// Of so many documents one is looked at to learn how long a card is.
const SAMPLED: u32 = 64;

/// Writes all cards and tells how many are in a file.
pub(crate) fn write(parts: &[Part], columns: &Columns, most_files: u32, folder: &mut Folder) -> Result<u32, Failure> {
    let docs = parts.last().map_or(0, |part| part.first + part.segment.max_doc());
    let each = docs.div_ceil(most_files.max(1)).max(worthwhile(parts, columns, docs)?).max(LEAST);
    let path = folder.kind(KIND)?;
    let made: Vec<Made> = (0..docs.div_ceil(each))
        .collect::<Vec<_>>()
        .par_chunks(64)
        .map(|chunk| {
            let cards = Cards::open(parts, columns)?;
            let mut made = Vec::new();
            for file in chunk {
                let mut json = b"[".to_vec();
                for doc in file * each..docs.min((file + 1) * each) {
                    if json.len() > 1 {
                        json.push(b',');
                    }
                    json.extend_from_slice(&cards.get(doc)?);
                }
                json.push(b']');
                made.push(files::write(&path, KIND, &file.to_string(), &json)?);
            }
            Ok(made)
        })
        .collect::<Result<Vec<_>, Failure>>()?
        .concat();
    folder.add(made);
    Ok(each)
}

/// How many cards a file should have. More of them make the ten files that a query reads longer; fewer take files from
/// the shards, which makes those longer. The sum is least at about the root of how many documents there are, the less
/// the longer a card is.
fn worthwhile(parts: &[Part], columns: &Columns, docs: u32) -> Result<u32, Failure> {
    let cards = Cards::open(parts, columns)?;
    let lengths = (0..docs).step_by(SAMPLED as usize).map(|doc| Ok(cards.get(doc)?.len() as u64));
    let lengths: Vec<u64> = lengths.collect::<Result<_, Failure>>()?;
    let all: u64 = lengths.iter().sum();
    let wanted = u64::from(docs) * 10 * lengths.len() as u64 / all.max(1);
    Ok(wanted.isqrt() as u32)
}

/// The cards in the stores of a tier.
struct Cards<'a> {
    parts: &'a [Part],
    stores: Vec<StoreReader>,
    column: Column,
}

impl Cards<'_> {
    fn open<'a>(parts: &'a [Part], columns: &Columns) -> Result<Cards<'a>, Failure> {
        let stores = parts.iter().map(|part| part.segment.get_store_reader(4)).collect::<Result<_, _>>();
        Ok(Cards { parts, stores: stores.map_err(tantivy::TantivyError::from)?, column: columns.card })
    }

    /// The card of a document as it is published.
    fn get(&self, doc: u32) -> Result<Vec<u8>, Failure> {
        let at = self.parts.partition_point(|part| part.first <= doc) - 1;
        let document: TantivyDocument = self.stores[at].get(doc - self.parts[at].first)?;
        let card = document.get_first(self.column).and_then(|value| value.as_bytes());
        let card = card.ok_or_else(|| Failure::Broken(format!("document {doc} has no card")))?;
        let card = published(card).map_err(|error| Failure::Broken(error.to_string()))?;
        Ok(card.into_owned())
    }
}
