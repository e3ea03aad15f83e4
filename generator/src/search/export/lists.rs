//! Grams, exact texts and facets of a tier become shards and long lists: files of entries, addressed by the
//! hash of what a query asks for.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use rayon::prelude::*;
use tantivy::schema::{Field as Column, IndexRecordOption};
use tantivy::{DocSet, TERMINATED};

use super::bits::varint;
use super::entry::{self, Entry};
use super::files::{self, Folder, Made};
use super::head::Scale;
use super::key::{self, Key, Levels};
use super::walk::{self, Part, Span};
use super::{Facts, Failure};
use crate::format::gzip::gzip;
use crate::search::grams::LONG;
use crate::search::schema::Columns;

pub(super) const SHARD: &str = "g";
pub(super) const LIST: &str = "l";
pub(super) const VALUE: &str = "v";
pub(super) const VALUE_LIST: &str = "w";
/// Long lists are put together into files of about this size, of which a browser reads one list.
const LIST_FILE: usize = 256 << 10;
/// Values of facets are put together into files of about this size.
const VALUE_FILE: usize = 4 << 10;
/// Entries are collected by their place first, because the number of shards follows from their size.
const BUCKETS: usize = 256;

/// Writes the files and puts their numbers into the facts.
pub(crate) fn write(
    parts: &[Part],
    columns: &Columns,
    spans: &[Span],
    facts: &mut Facts,
    allowed: u32,
    folder: &mut Folder,
) -> Result<(), Failure> {
    let exact = |text: &str| exact_docs(parts, columns.exact, text).unwrap_or_default();
    let ranks: Vec<_> = facts.ranks.iter().map(|(from, to, rank)| (*from..*to, *rank)).collect();
    let scale = Scale { docs: facts.docs, tokens: facts.tokens, ranks: &ranks, exact: &exact };
    let mut collected = collect(parts, columns, spans, &scale)?;
    facts.common = common(&collected, facts.docs);
    collected.push(apart(parts, columns, &Levels::new(&facts.common), &scale)?);
    let size = |of: Select| collected.iter().map(|walk| of(walk).size()).sum::<usize>();
    let files = |bytes: usize, each: usize, most: u32| (bytes.div_ceil(each) as u32).clamp(1, most.max(1));
    let list_files = files(size(|walk| &walk.lists), LIST_FILE, allowed / 8);
    facts.values = files(size(|walk| &walk.values), VALUE_FILE, allowed / 8);
    let value_list_files = files(size(|walk| &walk.value_lists), LIST_FILE, allowed / 16);
    let others = facts.docs.div_ceil(facts.records.max(1))
        + facts.docs.div_ceil(facts.sizes.max(1))
        + list_files
        + facts.values
        + value_list_files
        + facts.numbers.len() as u32;
    facts.shards = allowed.saturating_sub(others).max(1);
    // Lists first: entries tell where they stand.
    let kinds: [(&str, u32, Select, &str, u32, Select); 2] = [
        (SHARD, facts.shards, |walk| &walk.shards, LIST, list_files, |walk| &walk.lists),
        (VALUE, facts.values, |walk| &walk.values, VALUE_LIST, value_list_files, |walk| &walk.value_lists),
    ];
    for (kind, count, of, long, long_count, long_of) in kinds {
        let path = folder.kind(long)?;
        let written =
            each_file(&collected, long_of, long_count, |file, entries| list_file(&path, long, file, entries))?;
        let mut places = HashMap::new();
        for (made, lists) in written {
            folder.add([made]);
            places.extend(lists);
        }
        let path = folder.kind(kind)?;
        let written = each_file(&collected, of, count, |file, entries| {
            files::write(&path, kind, &file.to_string(), &packed(entries, &places))
        })?;
        folder.add(written);
    }
    Ok(())
}

fn common(collected: &[Collected], docs: u32) -> Vec<[String; 2]> {
    // 2^(n + 1) is compared with the square of the share, so that no machine rounds otherwise.
    let is_above = |count: u32, n: usize| u64::from(count).pow(2) << (n + 1) > u64::from(docs).pow(2);
    let level = |count: u32| (0..).find(|n| is_above(count, *n)).expect("what is frequent stands in many documents");
    let frequent = collected.iter().flat_map(|walk| &walk.frequent);
    let mut frequent: Vec<(usize, &str)> = frequent.map(|(count, text)| (level(*count), &**text)).collect();
    // Within a level by text: so the tiers, which have much in common, are packed small.
    frequent.sort_unstable();
    let mut lists: Vec<[String; 2]> = vec![Default::default(); frequent.last().map_or(0, |(level, _)| level + 1)];
    for (level, text) in frequent {
        lists[level][usize::from(text.chars().count() > 1)].push_str(text);
    }
    lists
}

/// Picks the entries of one kind of file.
type Select = fn(&Collected) -> &Buckets;

/// Entries of one walk.
#[derive(Default)]
struct Collected {
    shards: Buckets,
    lists: Buckets,
    values: Buckets,
    value_lists: Buckets,
    /// Frequent characters and pairs, and how many documents hold each.
    frequent: Vec<(u32, String)>,
}

impl Collected {
    /// Grams and exact texts, which are asked for together.
    fn put_text(&mut self, entry: &Entry) {
        self.shards.put(entry);
        self.lists.put_long(entry);
    }

    fn put_value(&mut self, entry: &Entry) {
        self.values.put(entry);
        self.value_lists.put_long(entry);
    }
}

/// Entries by place, as bytes, since there may be millions.
struct Buckets(Vec<Vec<u8>>);

impl Default for Buckets {
    fn default() -> Buckets {
        Buckets(vec![Vec::new(); BUCKETS])
    }
}

impl Buckets {
    fn put(&mut self, entry: &Entry) {
        self.lay(entry.key.place, &entry.key.line, &entry.bits, entry.long.is_some());
    }

    fn put_long(&mut self, entry: &Entry) {
        if let Some(list) = &entry.long {
            self.lay(entry.key.place, key::list_line(&entry.key.line), list, false);
        }
    }

    fn lay(&mut self, place: u32, line: &str, bits: &[u8], is_long: bool) {
        let bucket = &mut self.0[(place >> 24) as usize];
        bucket.extend_from_slice(&place.to_le_bytes());
        bucket.push(is_long.into());
        for part in [line.as_bytes(), bits] {
            bucket.extend_from_slice(&(part.len() as u32).to_le_bytes());
            bucket.extend_from_slice(part);
        }
    }

    fn size(&self) -> usize {
        self.0.iter().map(Vec::len).sum()
    }
}

/// An entry as it lies in a bucket.
struct Lying<'a> {
    place: u32,
    /// Whether its list stands elsewhere.
    is_long: bool,
    line: &'a [u8],
    bits: &'a [u8],
}

fn lying(mut bucket: &[u8]) -> Vec<Lying<'_>> {
    fn number(bytes: &mut &[u8]) -> u32 {
        let (number, rest) = bytes.split_first_chunk::<4>().expect("a bucket holds whole entries");
        *bytes = rest;
        u32::from_le_bytes(*number)
    }
    fn part<'a>(bytes: &mut &'a [u8]) -> &'a [u8] {
        let length = number(bytes) as usize;
        let (part, rest) = bytes.split_at(length);
        *bytes = rest;
        part
    }
    let mut entries = Vec::new();
    while !bucket.is_empty() {
        let place = number(&mut bucket);
        let is_long = bucket.split_off_first().is_some_and(|mark| *mark == 1);
        let line = part(&mut bucket);
        let bits = part(&mut bucket);
        entries.push(Lying { place, is_long, line, bits });
    }
    entries
}

fn collect(parts: &[Part], columns: &Columns, spans: &[Span], scale: &Scale<'_>) -> Result<Vec<Collected>, Failure> {
    spans
        .par_iter()
        .map(|span| {
            let mut collected = Collected::default();
            let mut entries = Vec::new();
            walk::groups(parts, columns, span, |group| {
                let first = group.grams.first().filter(|gram| scale.is_common(gram));
                let short = first.filter(|gram| gram.text.chars().count() < LONG);
                collected.frequent.extend(short.map(|gram| (gram.fields[0].len() as u32, gram.text.clone())));
                entry::entries(group, scale, &mut entries)?;
                entries.drain(..).for_each(|entry| collected.put_text(&entry));
                Ok::<_, Failure>(())
            })?;
            Ok(collected)
        })
        .collect()
}

/// What is asked for as a whole: exact texts and the values of facets.
fn apart(parts: &[Part], columns: &Columns, levels: &Levels, scale: &Scale<'_>) -> Result<Collected, Failure> {
    let mut whole = Collected::default();
    for (key, docs) in exact_keys(parts, columns.exact, levels)? {
        whole.put_text(&entry::documents(key, &docs, scale.docs));
    }
    for (text, docs) in facet_keys(parts, columns.facet)? {
        whole.put_value(&entry::documents(key::facet(&text), &docs, scale.docs));
    }
    Ok(whole)
}

/// Calls back with every term of a raw column and its documents, part by part.
pub(crate) fn terms(parts: &[Part], column: Column, mut found: impl FnMut(&str, u32)) -> Result<(), Failure> {
    for part in parts {
        let inverted = part.segment.inverted_index(column)?;
        let mut terms = inverted.terms().stream().map_err(tantivy::TantivyError::from)?;
        while terms.advance() {
            let text =
                std::str::from_utf8(terms.key()).map_err(|_| Failure::Broken("a term is not text".to_owned()))?;
            let mut postings = inverted
                .read_postings_from_terminfo(terms.value(), IndexRecordOption::Basic)
                .map_err(tantivy::TantivyError::from)?;
            while postings.doc() != TERMINATED {
                found(text, part.first + postings.doc());
                postings.advance();
            }
        }
    }
    Ok(())
}

/// Texts whose hashes are equal share an entry; a browser compares the record.
fn exact_keys(parts: &[Part], column: Column, levels: &Levels) -> Result<Vec<(Key, Vec<u32>)>, Failure> {
    let mut all: Vec<(Key, u32)> = Vec::new();
    terms(parts, column, |text, doc| all.push((key::exact(text, levels), doc)))?;
    all.par_sort_unstable();
    all.dedup();
    let groups = all.chunk_by(|one, other| one.0 == other.0);
    Ok(groups.map(|group| (group[0].0.clone(), group.iter().map(|(_, doc)| *doc).collect())).collect())
}

fn facet_keys(parts: &[Part], column: Column) -> Result<BTreeMap<String, Vec<u32>>, Failure> {
    let mut all: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    terms(parts, column, |text, doc| match all.get_mut(text) {
        Some(docs) => docs.push(doc),
        None => {
            all.insert(text.to_owned(), vec![doc]);
        }
    })?;
    Ok(all)
}

fn exact_docs(parts: &[Part], column: Column, text: &str) -> tantivy::Result<Vec<u32>> {
    let mut docs = Vec::new();
    for part in parts {
        let inverted = part.segment.inverted_index(column)?;
        let term = tantivy::Term::from_field_text(column, text);
        let Some(mut postings) = inverted.read_postings(&term, IndexRecordOption::Basic)? else { continue };
        while postings.doc() != TERMINATED {
            docs.push(part.first + postings.doc());
            postings.advance();
        }
    }
    Ok(docs)
}

/// Where a long list stands: the file, from which byte of it, and how many.
type Place = [u32; 3];

/// The place and the line of an entry.
type Id<'a> = (u32, &'a [u8]);

/// Where long lists stand, by their entries.
type Places<'a> = HashMap<Id<'a>, Place>;

/// Makes the files of a kind side by side, each of its entries in order of their lines.
fn each_file<'a, T: Clone + Send>(
    collected: &'a [Collected],
    of: Select,
    count: u32,
    make: impl Fn(u32, &[Lying<'a>]) -> Result<T, Failure> + Sync,
) -> Result<Vec<T>, Failure> {
    let numbers: Vec<u32> = (0..count).collect();
    let each = count.div_ceil(BUCKETS as u32).max(1) as usize;
    let made = numbers
        .par_chunks(each)
        .map(|chunk| {
            let (first, last) = (chunk[0], chunk[chunk.len() - 1]);
            let from = (u64::from(first) << 32).div_ceil(u64::from(count)) >> 24;
            let to = ((u64::from(last + 1) << 32).div_ceil(u64::from(count)) - 1) >> 24;
            let file = |entry: &Lying<'_>| key::shard(entry.place, count);
            let mut entries: Vec<Lying<'_>> = collected
                .iter()
                .flat_map(|walk| (from..=to).flat_map(|bucket| lying(&of(walk).0[bucket as usize])))
                .filter(|entry| (first..=last).contains(&file(entry)))
                .collect();
            entries.sort_unstable_by(|one, other| (file(one), one.line).cmp(&(file(other), other.line)));
            chunk
                .iter()
                .map(|number| {
                    let from = entries.partition_point(|entry| file(entry) < *number);
                    let to = entries.partition_point(|entry| file(entry) <= *number);
                    make(*number, &entries[from..to])
                })
                .collect::<Result<Vec<_>, _>>()
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    Ok(made.concat())
}

/// A file of long lists, each compressed for itself.
fn list_file<'a>(
    path: &Path,
    kind: &str,
    file: u32,
    entries: &[Lying<'a>],
) -> Result<(Made, Vec<(Id<'a>, Place)>), Failure> {
    let mut bytes = Vec::new();
    let mut places = Vec::new();
    for entry in entries {
        let list = gzip(entry.bits);
        places.push(((entry.place, entry.line), [file, bytes.len() as u32, list.len() as u32]));
        bytes.extend_from_slice(&list);
    }
    Ok((files::write_packed(path, kind, &file.to_string(), &bytes)?, places))
}

/// Lines, lengths and places of long lists, entries.
fn packed(entries: &[Lying<'_>], places: &Places<'_>) -> Vec<u8> {
    let lines = entries.iter().map(|entry| entry.line).collect::<Vec<_>>().join(&b'\n');
    let mut bytes = Vec::new();
    varint(lines.len() as u32, &mut bytes);
    bytes.extend_from_slice(&lines);
    for entry in entries {
        varint(entry.bits.len() as u32 * 2 + u32::from(entry.is_long), &mut bytes);
        if entry.is_long {
            let line = std::str::from_utf8(entry.line).expect("a line is text");
            let place = places[&(entry.place, key::list_line(line).as_bytes())];
            place.iter().for_each(|number| varint(*number, &mut bytes));
        }
    }
    for entry in entries {
        bytes.extend_from_slice(entry.bits);
    }
    bytes
}
