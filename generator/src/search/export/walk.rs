//! The partitions of a tier become groups of grams in order, each with its documents in every field: the
//! term dictionaries and postings of tantivy, merged. Documents are numbered through all partitions.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::ops::Range;
use std::sync::Arc;

use tantivy::InvertedIndexReader;
use tantivy::SegmentReader;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::BlockSegmentPostings;
use tantivy::schema::IndexRecordOption;
use tantivy::termdict::TermStreamer;

use crate::search::Field;
use crate::search::grams::Kind;
use crate::search::schema::Columns;

/// The documents of some grams, one after another.
#[derive(Default)]
pub(crate) struct Postings {
    pub(crate) docs: Vec<u32>,
    pub(crate) counts: Vec<u32>,
    /// Field norm ids; 1 where a field has none.
    pub(crate) norms: Vec<u8>,
}

/// A gram, and where its postings stand, by field in the order of `Field::ALL`.
pub(crate) struct Gram {
    pub(crate) text: String,
    pub(crate) fields: [Range<usize>; 4],
}

/// Grams that begin with the same two characters, or one gram of one character.
#[derive(Default)]
pub(crate) struct Group {
    pub(crate) grams: Vec<Gram>,
    pub(crate) postings: Postings,
}

/// One segment of a tier and the number of its first document.
pub(crate) struct Part {
    pub(crate) segment: SegmentReader,
    pub(crate) first: u32,
}

/// Where one walk begins and ends, so that several can go on side by side; empty: no bound.
pub(crate) type Span = (Vec<u8>, Vec<u8>);

/// Cuts the terms of a tier at first characters into spans of about equal work.
pub(crate) fn spans(parts: &[Part], columns: &Columns, count: u64) -> tantivy::Result<Vec<Span>> {
    let column = columns.of(Field::Text, Kind::Other);
    let mut cuts: Vec<Vec<u8>> = vec![Vec::new()];
    if let Some(part) = parts.iter().max_by_key(|part| part.segment.max_doc()) {
        let inverted = part.segment.inverted_index(column)?;
        let terms = inverted.terms().num_terms() as u64;
        let mut term = Vec::new();
        for cut in 1..count {
            inverted.terms().ord_to_term(terms * cut / count, &mut term)?;
            let first = std::str::from_utf8(&term).ok().and_then(|text| text.chars().next()).map_or(0, char::len_utf8);
            cuts.push(term[..first].to_vec());
        }
    }
    cuts.sort();
    cuts.dedup();
    let ends = cuts.iter().skip(1).cloned().chain([Vec::new()]).collect::<Vec<_>>();
    Ok(cuts.into_iter().zip(ends).collect())
}

/// Terms of one column of one part.
struct Source<'a> {
    terms: TermStreamer<'a>,
    inverted: &'a InvertedIndexReader,
    blocks: Option<BlockSegmentPostings>,
    norms: Option<FieldNormReader>,
    first: u32,
    field: usize,
}

/// Calls back with every group of a span, in the order of the terms.
pub(crate) fn groups<E: From<tantivy::TantivyError>>(
    parts: &[Part],
    columns: &Columns,
    span: &Span,
    mut found: impl FnMut(&mut Group) -> Result<(), E>,
) -> Result<(), E> {
    let inverted = inverted(parts, columns)?;
    let mut sources = Vec::new();
    for (field, part, norms, inverted) in &inverted {
        let mut range = inverted.terms().range().ge(&span.0);
        if !span.1.is_empty() {
            range = range.lt(&span.1);
        }
        let terms = range.into_stream().map_err(tantivy::TantivyError::from)?;
        sources.push(Source {
            terms,
            inverted,
            blocks: None,
            norms: norms.clone(),
            first: part.first,
            field: *field as usize,
        });
    }
    let mut queue = BinaryHeap::new();
    for (at, source) in sources.iter_mut().enumerate() {
        if source.terms.advance() {
            queue.push(Reverse((number(source.terms.key()), at)));
        }
    }
    let mut group = Group::default();
    let mut last = None;
    while let Some(mut top) = queue.peek_mut() {
        let Reverse((term, at)) = &mut *top;
        let source = &mut sources[*at];
        if last.replace(*term) != Some(*term) {
            let text = std::str::from_utf8(source.terms.key()).expect("grams are text");
            if group.grams.last().is_some_and(|gram| head(&gram.text) != head(text)) {
                found(&mut group)?;
                group.clear();
            }
            let here = group.postings.docs.len();
            group.grams.push(Gram { text: text.to_owned(), fields: [here..here, here..here, here..here, here..here] });
        }
        source.read(&mut group).map_err(tantivy::TantivyError::from)?;
        if source.terms.advance() {
            *term = number(source.terms.key());
        } else {
            PeekMut::pop(top);
        }
    }
    if group.grams.is_empty() { Ok(()) } else { found(&mut group) }
}

type Inverted<'a> = (Field, &'a Part, Option<FieldNormReader>, Arc<InvertedIndexReader>);

/// Fields first, then parts, so that documents of one field ascend.
fn inverted<'a>(parts: &'a [Part], columns: &Columns) -> tantivy::Result<Vec<Inverted<'a>>> {
    let mut all = Vec::new();
    for field in Field::ALL {
        for part in parts {
            for kind in [Kind::Pair, Kind::Other] {
                let column = columns.of(field, kind);
                let norms = if field.has_norms() { Some(part.segment.get_fieldnorms_reader(column)?) } else { None };
                all.push((field, part, norms, part.segment.inverted_index(column)?));
            }
        }
    }
    Ok(all)
}

/// A term as a number that orders alike. A gram has at most twelve bytes, none of them zero.
fn number(term: &[u8]) -> u128 {
    let mut bytes = [0; 16];
    bytes[..term.len()].copy_from_slice(term);
    u128::from_be_bytes(bytes)
}

/// The first two characters.
fn head(text: &str) -> &str {
    let end = text.char_indices().nth(2).map_or(text.len(), |(at, _)| at);
    &text[..end]
}

impl Source<'_> {
    /// Appends the postings of the term it stands at to the last gram.
    fn read(&mut self, group: &mut Group) -> std::io::Result<()> {
        let info = self.terms.value();
        let blocks = match &mut self.blocks {
            Some(blocks) => {
                self.inverted.reset_block_postings_from_terminfo(info, blocks)?;
                blocks
            }
            none => none.insert(self.inverted.read_block_postings_from_terminfo(info, IndexRecordOption::WithFreqs)?),
        };
        let Postings { docs, counts, norms } = &mut group.postings;
        let span = &mut group.grams.last_mut().expect("a gram was begun").fields[self.field];
        if span.start == span.end {
            *span = docs.len()..docs.len();
        }
        while blocks.block_len() > 0 {
            docs.extend(blocks.docs().iter().map(|doc| doc + self.first));
            counts.extend_from_slice(blocks.freqs());
            match &self.norms {
                Some(reader) => norms.extend(blocks.docs().iter().map(|doc| reader.fieldnorm_id(*doc))),
                None => norms.resize(docs.len(), 1),
            }
            blocks.advance();
        }
        span.end = docs.len();
        Ok(())
    }
}

impl Group {
    fn clear(&mut self) {
        self.grams.clear();
        self.postings.docs.clear();
        self.postings.counts.clear();
        self.postings.norms.clear();
    }
}
