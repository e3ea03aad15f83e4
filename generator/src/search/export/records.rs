//! Records stand side by side in large files, and are found there by the sizes of those before them. So a browser asks
//! for a few hundred bytes instead of a file.

use rayon::prelude::*;
use tantivy::TantivyDocument;
use tantivy::schema::{Field as Column, Value};
use tantivy::store::StoreReader;

use super::bits::varint;
use super::files::{self, Folder, Made};
use super::walk::Part;
use super::{Failure, Layout};
use crate::search::record::UNIT;
use crate::search::schema::Columns;

const KIND: &str = "r";
pub(super) const SIZES: &str = "s";
/// A file has about so many bytes. From a server that gives no parts a browser reads all of it.
const FILE: usize = 128 << 10;
/// Of so many documents one is looked at to learn how long a record is.
const SAMPLED: usize = 64;
/// How many sizes are in a file. All of a small portal stand in one, which costs less than to wait for a part.
pub(super) fn sizes(portal: u32) -> u32 {
    const SMALL: u32 = 1 << 14;
    if portal <= SMALL { SMALL } else { 1 << 10 }
}

/// Writes all records and tells how many are in a file.
pub(crate) fn write(parts: &[Part], columns: &Columns, layout: Layout, folder: &mut Folder) -> Result<u32, Failure> {
    let docs = parts.last().map_or(0, |part| part.first + part.segment.max_doc());
    let enough = docs.div_ceil((layout.files / 3).max(1)).next_power_of_two();
    // A power of two, so that the sizes of a file's records stand together.
    let records = Records::open(parts, columns)?;
    let each = fitting(&records, docs)?.max(enough).min(layout.sizes);
    let path = folder.kind(KIND)?;
    let made: Vec<(Made, Vec<u8>)> = (0..docs.div_ceil(each))
        .into_par_iter()
        .map(|file| {
            let (mut bytes, mut sizes) = (Vec::new(), Vec::new());
            for doc in file * each..docs.min((file + 1) * each) {
                let record = records.get(doc)?;
                varint((record.len() / UNIT) as u32, &mut sizes);
                bytes.extend_from_slice(&record);
            }
            Ok((files::write_packed(&path, KIND, &file.to_string(), &bytes)?, sizes))
        })
        .collect::<Result<_, Failure>>()?;
    let (made, sizes): (Vec<Made>, Vec<Vec<u8>>) = made.into_iter().unzip();
    folder.add(made);
    let path = folder.kind(SIZES)?;
    for (file, sizes) in sizes.chunks((layout.sizes / each) as usize).enumerate() {
        folder.add([files::write(&path, SIZES, &file.to_string(), &sizes.concat())?]);
    }
    Ok(each)
}

/// How many records a file of the wanted length has, down to a power of two.
fn fitting(records: &Records<'_>, docs: u32) -> Result<u32, Failure> {
    let sampled: Vec<usize> =
        (0..docs).step_by(SAMPLED).map(|doc| Ok(records.get(doc)?.len())).collect::<Result<_, Failure>>()?;
    let fitting = FILE * sampled.len() / sampled.iter().sum::<usize>().max(1);
    Ok(1 << fitting.max(1).ilog2())
}

/// The records of a tier, as its partitions keep them.
struct Records<'a> {
    parts: &'a [Part],
    stores: Vec<StoreReader>,
    column: Column,
}

impl Records<'_> {
    fn open<'a>(parts: &'a [Part], columns: &Columns) -> Result<Records<'a>, Failure> {
        // Each thread reads on from where it is.
        let blocks = rayon::current_num_threads();
        let stores = parts.iter().map(|part| part.segment.get_store_reader(blocks)).collect::<Result<_, _>>();
        Ok(Records { parts, stores: stores.map_err(tantivy::TantivyError::from)?, column: columns.record })
    }

    fn get(&self, doc: u32) -> Result<Vec<u8>, Failure> {
        let at = self.parts.partition_point(|part| part.first <= doc) - 1;
        let document: TantivyDocument = self.stores[at].get(doc - self.parts[at].first)?;
        let record = document.get_first(self.column).and_then(|value| value.as_bytes());
        record.map(<[u8]>::to_vec).ok_or_else(|| Failure::Broken(format!("document {doc} has no record")))
    }
}
