//! Where pairs stand in texts becomes files of positions, read only by whoever wants every match of a long
//! phrase at once instead of looking into texts.

use rayon::prelude::*;
use tantivy::postings::Postings;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, TERMINATED, TantivyError};

use super::Failure;
use super::bits::Bits;
use super::files::Folder;
use super::key::Key;
use super::lists::{self, Buckets};
use super::walk::{Part, Span};
use crate::search::Field;
use crate::search::grams::Kind;
use crate::search::schema::Columns;

const KIND: &str = "p";
/// Positions are put together into files of about this size.
const FILE: usize = 256 << 10;

/// Writes the positions and tells in how many files. An entry holds, for each document of its pair in
/// order, as many positions as the pair's list says: the first, and how far each stands after the one before,
/// in Rice codes of one parameter.
pub(crate) fn write(parts: &[Part], columns: &Columns, spans: &[Span], folder: &mut Folder) -> Result<u32, Failure> {
    let walks: Vec<Buckets> =
        spans.par_iter().map(|span| walk(parts, columns, span)).collect::<Result<Vec<_>, Failure>>()?;
    let size: usize = walks.iter().map(Buckets::size).sum();
    let count = (size.div_ceil(FILE) as u32).max(1);
    let path = folder.kind(KIND)?;
    folder.add(lists::write_kind(&walks.iter().collect::<Vec<_>>(), KIND, count, &path)?);
    Ok(count)
}

fn walk(parts: &[Part], columns: &Columns, span: &Span) -> Result<Buckets, Failure> {
    let column = columns.of(Field::Text, Kind::Pair);
    let inverted = parts.iter().map(|part| part.segment.inverted_index(column)).collect::<Result<Vec<_>, _>>()?;
    let mut streams = Vec::new();
    for (inverted, part) in inverted.iter().zip(parts) {
        let mut range = inverted.terms().range().ge(&span.0);
        if !span.1.is_empty() {
            range = range.lt(&span.1);
        }
        let mut stream = range.into_stream().map_err(TantivyError::from)?;
        if stream.advance() {
            streams.push((stream, inverted, part));
        }
    }
    let mut buckets = Buckets::default();
    let mut gaps: Vec<u32> = Vec::new();
    let mut positions = Vec::new();
    while let Some(term) = streams.iter().map(|(stream, ..)| stream.key()).min().map(<[u8]>::to_vec) {
        gaps.clear();
        for (stream, inverted, _) in streams.iter_mut().filter(|(stream, ..)| stream.key() == term) {
            let mut postings = inverted
                .read_postings_from_terminfo(stream.value(), IndexRecordOption::WithFreqsAndPositions)
                .map_err(TantivyError::from)?;
            while postings.doc() != TERMINATED {
                postings.positions(&mut positions);
                let mut before = 0;
                for position in &positions {
                    gaps.push(position - before);
                    before = *position;
                }
                postings.advance();
            }
        }
        streams.retain_mut(|(stream, ..)| stream.key() != term || stream.advance());
        let text = String::from_utf8(term).map_err(|_| Failure::Broken("a term is not text".to_owned()))?;
        buckets.put(&Key::of_pair(&text), &coded(&gaps));
    }
    Ok(buckets)
}

fn coded(gaps: &[u32]) -> Vec<u8> {
    let mean = gaps.iter().map(|gap| u64::from(*gap)).sum::<u64>() / gaps.len().max(1) as u64;
    let k = mean.checked_ilog2().unwrap_or(0);
    let mut bits = Bits::default();
    bits.gamma(k + 1);
    gaps.iter().for_each(|gap| bits.rice(*gap, k));
    let mut bytes = Vec::with_capacity(bits.len());
    bits.drain_into(&mut bytes);
    bytes
}
