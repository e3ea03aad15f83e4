//! Grams with their documents become entries: bits that a shard holds, and for frequent grams a list of
//! its own beside them. The layout is told in `export`.

use std::ops::Range;

use super::bits::Bits;
use super::head::{COUNT, Scale};
use super::key::{self, Key};
use super::walk::{Gram, Group, Postings};

/// Lists of grams that take more bytes stand outside the shard, which keeps their best documents. Tests have few.
const LONG: usize = if cfg!(test) { 64 } else { 1024 };
/// The same for documents only. Of facets there are few, and a reader often needs more than the best of their values.
const LONG_DOCUMENTS: usize = 2560;

/// What becomes of a key.
pub(crate) struct Entry {
    pub(crate) key: Key,
    pub(crate) bits: Vec<u8>,
    /// The whole list, when `bits` holds the best documents only.
    pub(crate) long: Option<Vec<u8>>,
}

/// The index does not hold what every index holds: a document's fields are part of its text.
#[derive(Debug)]
pub(crate) struct Broken(pub(crate) String);

/// Numbers that a list is made of.
#[derive(Clone, Copy)]
enum Universe<'a> {
    All(u32),
    Of(&'a [u32]),
}

/// Writes the entries of a group.
pub(crate) fn entries(group: &Group, scale: &Scale<'_>, out: &mut Vec<Entry>) -> Result<(), Broken> {
    let postings = &group.postings;
    let mut children: &[Gram] = &[];
    for (at, gram) in group.grams.iter().enumerate() {
        let length = gram.text.chars().count();
        if length == 3 && !children.is_empty() {
            continue;
        }
        if length != 2 {
            out.push(single(gram, postings, scale)?);
            continue;
        }
        let rest = &group.grams[at + 1..];
        let threes: Vec<&Gram> = rest.iter().filter(|gram| gram.text.chars().count() == 3).collect();
        if scale.is_common(gram) {
            out.push(pair(gram, &[], postings, scale)?);
            for gram in &threes {
                out.push(single(gram, postings, scale)?);
            }
        } else {
            out.push(pair(gram, &threes, postings, scale)?);
        }
        children = rest;
    }
    Ok(())
}

/// An entry of documents only, for exact texts and facets: ascending documents, of which the newest are the
/// best.
pub(crate) fn documents(key: Key, docs: &[u32], limit: u32) -> Entry {
    let newest = &docs[docs.len().saturating_sub(COUNT)..];
    let list = |docs: &[u32], bits: &mut Bits| {
        bits.subset(docs, limit);
        bits.counts(&vec![1; docs.len()]);
    };
    let mut whole = Bits::default();
    list(docs, &mut whole);
    let mut bits = Bits::default();
    bits.gamma(docs.len() as u32);
    bits.put(0, 1);
    if whole.len() <= LONG_DOCUMENTS {
        bits.put(0, 1);
        list(docs, &mut bits);
        return Entry { key, bits: bytes(bits), long: None };
    }
    bits.put(1, 1);
    bits.gamma(newest.len() as u32);
    list(newest, &mut bits);
    Entry { key, bits: bytes(bits), long: Some(bytes(whole)) }
}

fn bytes(mut bits: Bits) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(bits.len());
    bits.drain_into(&mut bytes);
    bytes
}

fn single(gram: &Gram, postings: &Postings, scale: &Scale<'_>) -> Result<Entry, Broken> {
    let mut bits = Bits::default();
    let long = own(gram, postings, scale, &mut bits)?;
    Ok(Entry { key: key::gram(&gram.text), bits: bytes(bits), long: long.map(bytes) })
}

/// A pair with the three-character grams that stand with it. When its list is long, those of them that are not short
/// have their best documents here, and their lists stand behind that of the pair.
fn pair(gram: &Gram, threes: &[&Gram], postings: &Postings, scale: &Scale<'_>) -> Result<Entry, Broken> {
    let mut bits = Bits::default();
    let mut long = own(gram, postings, scale, &mut bits)?;
    let of_pair = Universe::Of(&postings.docs[gram.fields[0].clone()]);
    for three in threes {
        frequencies(three, &mut bits);
        match &mut long {
            None => lists(&three.fields, postings, of_pair, &mut bits)?,
            Some(_) if three.fields[0].len() <= COUNT => {
                lists(&three.fields, postings, Universe::All(scale.docs), &mut bits)?;
            }
            Some(long) => {
                best(three, postings, scale, &mut bits)?;
                lists(&three.fields, postings, of_pair, long)?;
            }
        }
    }
    let tails: Vec<char> = threes.iter().filter_map(|gram| gram.text.chars().next_back()).collect();
    Ok(Entry { key: key::pair(&gram.text, &tails), bits: bytes(bits), long: long.map(bytes) })
}

/// The frequencies of a gram, and its lists or its best documents; the lists when they are long.
fn own(gram: &Gram, postings: &Postings, scale: &Scale<'_>, bits: &mut Bits) -> Result<Option<Bits>, Broken> {
    frequencies(gram, bits);
    let mut whole = Bits::default();
    lists(&gram.fields, postings, Universe::All(scale.docs), &mut whole)?;
    let is_long = whole.len() > LONG && gram.fields[0].len() > COUNT;
    bits.put(u32::from(is_long), 1);
    if !is_long {
        bits.append(&whole);
        return Ok(None);
    }
    best(gram, postings, scale, bits)?;
    Ok(Some(whole))
}

/// How many of the best documents follow for each field, and their lists.
fn best(gram: &Gram, postings: &Postings, scale: &Scale<'_>, bits: &mut Bits) -> Result<(), Broken> {
    let (head, fields) = scale.head(gram, postings);
    bits.gamma(fields[0].len() as u32);
    for (of_head, all) in fields.iter().zip(&gram.fields).skip(1) {
        if !all.is_empty() {
            bits.gamma(of_head.len() as u32 + 1);
        }
    }
    lists(&fields, &head, Universe::All(scale.docs), bits)
}

fn frequencies(gram: &Gram, bits: &mut Bits) {
    let [text, others @ ..] = &gram.fields;
    bits.gamma(text.len() as u32);
    let any = others.iter().any(|field| !field.is_empty());
    bits.put(u32::from(any), 1);
    if any {
        for field in others {
            bits.gamma(field.len() as u32 + 1);
        }
    }
}

/// The documents of every field, how often each holds the gram, and how long its field is. Documents of the
/// other fields are numbered within those of the text.
fn lists(
    fields: &[Range<usize>; 4],
    postings: &Postings,
    universe: Universe<'_>,
    bits: &mut Bits,
) -> Result<(), Broken> {
    let [text, others @ ..] = fields;
    let docs = &postings.docs[text.clone()];
    match universe {
        Universe::All(limit) => bits.subset(docs, limit),
        Universe::Of(all) => bits.subset(&ranks(docs, all)?, all.len() as u32),
    }
    bits.counts(&postings.counts[text.clone()]);
    for (at, field) in others.iter().enumerate().filter(|(_, field)| !field.is_empty()) {
        bits.subset(&ranks(&postings.docs[field.clone()], docs)?, docs.len() as u32);
        bits.counts(&postings.counts[field.clone()]);
        if at == 0 {
            for norm in &postings.norms[field.clone()] {
                bits.put(u32::from(*norm), 8);
            }
        }
    }
    Ok(())
}

/// Which of all documents some are.
fn ranks(docs: &[u32], all: &[u32]) -> Result<Vec<u32>, Broken> {
    let mut from = 0;
    docs.iter()
        .map(|doc| {
            from += all[from..].partition_point(|other| other < doc);
            if all.get(from) == Some(doc) { Ok(from as u32) } else { Err(Broken(format!("document {doc}"))) }
        })
        .collect()
}
