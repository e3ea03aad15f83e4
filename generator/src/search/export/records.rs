//! Documents become records: as they are published, each compressed for itself in a large file, and found there by the
//! sizes of those before it. So a browser asks for a few hundred bytes instead of a file.

use rayon::prelude::*;
use tantivy::TantivyDocument;
use tantivy::schema::{Field as Column, Value};
use tantivy::store::StoreReader;

use super::bits::varint;
use super::files::{self, Folder, Made};
use super::walk::Part;
use super::{Failure, Layout};
use crate::search::schema::Columns;

const KIND: &str = "r";
pub(super) const SIZES: &str = "s";
/// Sizes are multiples of it, so that the list of them is short: half a byte for each document.
pub(super) const UNIT: usize = 128;
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
    let each = fitting(&Records::open(parts, columns)?, docs)?.max(enough).min(layout.sizes);
    let path = folder.kind(KIND)?;
    let made: Vec<(Made, Vec<u8>)> = (0..docs.div_ceil(each))
        .into_par_iter()
        .map(|file| {
            let records = Records::open(parts, columns)?;
            let (mut bytes, mut sizes) = (Vec::new(), Vec::new());
            for doc in file * each..docs.min((file + 1) * each) {
                let record = records.packed(doc)?;
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
        (0..docs).step_by(SAMPLED).map(|doc| Ok(records.packed(doc)?.len())).collect::<Result<_, Failure>>()?;
    let fitting = FILE * sampled.len() / sampled.iter().sum::<usize>().max(1);
    Ok(1 << fitting.max(1).ilog2())
}

/// The stored documents of a tier.
struct Records<'a> {
    parts: &'a [Part],
    stores: Vec<StoreReader>,
    column: Column,
}

impl Records<'_> {
    fn open<'a>(parts: &'a [Part], columns: &Columns) -> Result<Records<'a>, Failure> {
        let stores = parts.iter().map(|part| part.segment.get_store_reader(4)).collect::<Result<_, _>>();
        Ok(Records { parts, stores: stores.map_err(tantivy::TantivyError::from)?, column: columns.card })
    }

    /// A record as it is published: on a line of its own, so that one that is unpacked with others is told from them.
    fn packed(&self, doc: u32) -> Result<Vec<u8>, Failure> {
        let at = self.parts.partition_point(|part| part.first <= doc) - 1;
        let document: TantivyDocument = self.stores[at].get(doc - self.parts[at].first)?;
        let card = document.get_first(self.column).and_then(|value| value.as_bytes());
        let card = card.ok_or_else(|| Failure::Broken(format!("document {doc} has no card")))?;
        Ok(filled(files::gzip(&[card, b"\n"].concat())))
    }
}

/// Fills a file of gzip up to a multiple of the unit with a comment of spaces (RFC 1952, 2.3: flag FCOMMENT, which ends
/// with a zero).
fn filled(packed: Vec<u8>) -> Vec<u8> {
    const HEAD: usize = 10;
    let (flags, comment) = (3, 1 << 4);
    let missing = packed.len().next_multiple_of(UNIT) - packed.len();
    if missing == 0 {
        return packed;
    }
    let (head, rest) = packed.split_at(HEAD);
    let mut filled = head.to_vec();
    filled[flags] |= comment;
    filled.resize(HEAD + missing - 1, b' ');
    filled.push(0);
    filled.extend_from_slice(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_up_is_still_gzip() {
        for length in 0..600 {
            let text: Vec<u8> = (0..length).map(|at| (at * at % 251) as u8).collect();
            let packed = filled(files::gzip(&text));
            assert_eq!(packed.len() % UNIT, 0);
            let mut read = vec![0; length];
            let unpacked = libdeflater::Decompressor::new().gzip_decompress(&packed, &mut read);
            assert_eq!((unpacked, read), (Ok(length), text));
        }
    }
}
