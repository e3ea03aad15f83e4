//! The tantivy partitions of a tier become static files that a browser searches without a server.
//!
//! # Files
//!
//! `search/root.json` is the only file whose address does not change (see `root`). A *tier* is a folder
//! `search/<name>-<hash>/`, named after its content and never changed: a query reads every tier. Documents of
//! a tier are numbered from 0 through its partitions, oldest first. In it are, each numbered from 0 and
//! compressed with gzip, whose checksum tells a whole file from a part:
//!
//! | kind | holds | files |
//! |---|---|---|
//! | `g/` | *shards*: the entries of grams and of exact texts | what is left of the allowed number |
//! | `l/` | lists too long for a shard, each compressed for itself | of about 256 KiB, at most an eighth |
//! | `v/` | entries of the values of facets | of about 4 KiB, at most an eighth |
//! | `w/` | lists too long for those, each compressed for itself | of about 256 KiB, at most a sixteenth |
//! | `n/` | numbers in order (see below) | of 2,000, at most a sixteenth and 256 |
//! | `r/` | records, each compressed for itself (see below) | of about 128 KiB, at most a third |
//! | `s/` | sizes of records | one for a small portal, else of 1,024 |
//! | `d/0` | days | one |
//! | `f/` | a column a facet, in the order of `facets` | few |
//!
//! There is no directory: an entry stands in file `place * files / 2^32` of its kind, and its place is a hash
//! of its text in UTF-8, FNV-1a of 32 bits followed by the last step of Murmur 3 (see `key`). A gram of three
//! characters stands in the entry of its first two, unless they are a common pair. An exact text stands where the
//! pair or gram does which is likely to be the rarest of its cover, so that a browser has the file already (see
//! `key::Levels`).
//!
//! # Layout of `g` and `v`, and of the lists in `l` and `w`
//!
//! Numbers in bytes are in groups of seven bits, lowest first. A file is: the number of bytes of all lines; the
//! lines in UTF-8, in order of their bytes, with `\n` between; for each line twice the number of bytes of its entry,
//! and one more if it has a *long list*, of which follow: the number of its file in `l` or `w`, from which byte of it
//! the list is there, and how many bytes. Then the entries. A browser asks for these bytes alone; where a server sends
//! the whole file instead, it takes them from there.
//!
//! A line is a character; or a pair, followed by the last characters of the three-character grams that stand with it;
//! or U+0001 and a gram; or U+0002 and the eight hexadecimal digits of a second hash of an exact text, which starts at
//! 9747B28C; or U+0003 and a facet as `name=value`.
//!
//! An entry is bits, most significant first, filled up to a byte at its end (the codes are in `bits`):
//!
//! - *frequencies*: how many documents hold it, in gamma code; one bit, and if it is set, how many hold it in
//!   title, name and code, each plus one in gamma code
//! - one bit: whether its lists are long. Then, for each field that has documents, how many of the best
//!   documents follow (plus one but for the text, in gamma code), and their lists; the whole is its long list
//! - its *lists*
//! - of a pair: the frequencies and lists of each three-character gram that stands with it. When the pair is long,
//!   those that more than 24 documents hold are long too, and their lists follow that of the pair in its long list.
//!   Those of a pair that is *common* (see `Facts`) have entries of their own
//!
//! *Lists* are, for text, title, name and code in turn, as far as there are documents: the documents as a
//! subset, how often each holds it, and for titles eight bits of field norm each. The documents of the text are
//! taken from all documents of the tier, or, of a three-character gram whose list stands with that of its pair, from
//! those of the pair; those of the other fields from those of the text. An exact text or facet has documents only,
//! and the best of it are the newest.
//!
//! # Numbers
//!
//! What has a digit and is short among titles, names and numbers, folded and in order: a number and the documents that
//! have it, with spaces between, a line each; one that begins with brackets also without them. Where each file begins is
//! told in `root.json`. By them the beginning of a number is completed, of which all grams are frequent.
//!
//! # Records
//!
//! A record is a document as it is shown and searched, a JSON object on a line: `u` the address of the page from the
//! portal's root, `t` title, `k` kind, `d` day, `r` register, `n` names and `c` codes that are not in the title, `g`
//! names of districts, `x` the text below, its blocks on lines of their own, and `a` the addresses of the texts of
//! attached files. So nothing is read but what is asked for, and no page.
//!
//! A file in `r` holds `records` of them, each compressed for itself; the header of gzip is filled up so that each has a
//! multiple of 128 bytes. A file in `s` tells how many times 128, for so many documents as `sizes` says. A small portal
//! has one, which a browser reads before it knows what is found.
//!
//! Positions are not exported: a phrase that is longer than a gram is looked for in the record, which is read for its
//! excerpt anyway.

pub(crate) mod bits;
mod columns;
mod entry;
mod files;
mod head;
pub(crate) mod key;
mod lists;
mod numbers;
mod records;
mod root;
mod walk;

use std::ops::Range;
use std::path::{Path, PathBuf};

use tantivy::Index;

use super::Field;
use super::grams::Kind;
use super::schema::Columns;
use files::Folder;
pub(crate) use files::Made;
pub(crate) use root::{Root, root};
use walk::Part;

/// Goes up when the layout of the files changes.
pub(crate) const VERSION: u32 = 7;

/// In how many pieces the terms are walked, side by side.
const SPANS: u64 = 24;

/// Partitions that are published together.
pub(crate) struct Tier<'a> {
    pub(crate) name: &'a str,
    /// Oldest first.
    pub(crate) partitions: Vec<Partition<'a>>,
}

/// An opened tantivy index of one segment, or of none when it is empty.
pub(crate) struct Partition<'a> {
    /// `undated`, `2024` or `2026-11`.
    pub(crate) label: &'a str,
    pub(crate) index: &'a Index,
    /// What documents of a range count for themselves.
    pub(crate) ranks: Vec<(Range<u32>, f32)>,
}

/// A tier as files, and what `root.json` says about it.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Exported {
    /// The folder below `search/`: the tier's name and the hash of its files.
    pub(crate) folder: String,
    /// Addresses within the folder, in order.
    pub(crate) files: Vec<Made>,
    pub(crate) facts: Facts,
}

/// What a browser must know of a tier before it reads one of its files.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Facts {
    pub(crate) docs: u32,
    /// Files of grams and exact texts.
    pub(crate) shards: u32,
    /// Files of the values of facets.
    pub(crate) values: u32,
    /// Where each file of numbers in order begins.
    pub(crate) numbers: Vec<String>,
    /// The common characters and the common pairs, side by side: at `n` those that stand in more than one document
    /// of `2^((n + 1) / 2)`, and not before.
    pub(crate) common: Vec<[String; 2]>,
    /// Names of facets, in the order of their files.
    pub(crate) facets: Vec<String>,
    /// Records in a file.
    pub(crate) records: u32,
    /// Sizes of records in a file.
    pub(crate) sizes: u32,
    /// Tokens by field, of pairs and of other grams.
    pub(crate) tokens: [[u64; 2]; 4],
    pub(crate) partitions: Vec<(String, u32)>,
    pub(crate) ranks: Vec<(u32, u32, f32)>,
}

/// What stops an export.
#[derive(Debug)]
pub(crate) enum Failure {
    Index(tantivy::TantivyError),
    File(PathBuf, std::io::Error),
    /// The index breaks a rule of the schema; it must be made anew.
    Broken(String),
}

impl From<tantivy::TantivyError> for Failure {
    fn from(error: tantivy::TantivyError) -> Failure {
        Failure::Index(error)
    }
}

impl From<entry::Broken> for Failure {
    fn from(broken: entry::Broken) -> Failure {
        Failure::Broken(broken.0)
    }
}

/// What of a tier's layout follows from sizes: its own, and that of the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Layout {
    /// How many files it may have.
    files: u32,
    /// Sizes of records in a file.
    sizes: u32,
}

impl Layout {
    /// Of a tier in a portal of so many documents. It changes when the portal grows by an eighth of a doubling, and is
    /// the same otherwise.
    pub(crate) fn of(docs: u32, portal: u32) -> Layout {
        Layout { files: allowed_files(docs, portal), sizes: records::sizes(portal) }
    }
}

/// Writes the files of a tier into a new folder below `into`.
pub(crate) fn export(tier: &Tier<'_>, layout: Layout, columns: &Columns, into: &Path) -> Result<Exported, Failure> {
    let parts = parts(tier)?;
    let docs = parts.last().map_or(0, |part| part.first + part.segment.max_doc());
    let mut facts = Facts {
        docs,
        shards: 0,
        values: 0,
        numbers: Vec::new(),
        common: Vec::new(),
        facets: Vec::new(),
        records: 0,
        sizes: layout.sizes,
        tokens: tokens(&parts, columns)?,
        partitions: Vec::new(),
        ranks: Vec::new(),
    };
    let mut first = 0;
    for partition in &tier.partitions {
        let count = partition.index.reader()?.searcher().num_docs() as u32;
        facts.partitions.push((partition.label.to_owned(), count));
        facts.ranks.extend(partition.ranks.iter().map(|(range, rank)| (first + range.start, first + range.end, *rank)));
        first += count;
    }
    let mut folder = Folder::create(into, tier.name)?;
    facts.records = records::write(&parts, columns, layout, &mut folder)?;
    columns::days(&parts, &mut folder)?;
    facts.facets = columns::facets(&parts, &mut folder)?;
    facts.numbers = numbers::write(&parts, columns, layout.files / 16, &mut folder)?;
    let spans = walk::spans(&parts, columns, SPANS)?;
    lists::write(&parts, columns, &spans, &mut facts, layout.files, &mut folder)?;
    let (folder, files) = folder.finish(tier.name)?;
    Ok(Exported { folder, files, facts })
}

/// Whether files of a kind hold pieces of texts and numbers of documents, which side by side look like numbers that
/// nobody wrote. A kind that is not named here may hold texts.
pub(crate) fn is_in_pieces(kind: &str) -> bool {
    let lists = [lists::SHARD, lists::LIST, lists::VALUE, lists::VALUE_LIST];
    let others = [numbers::KIND, columns::DAYS, columns::FACETS, records::SIZES];
    lists.contains(&kind) || others.contains(&kind)
}

/// How many files a tier may have: what a reader loads for a query is least when the sizes of the tiers'
/// files are as the roots of the tiers' sizes. A small portal has few files.
fn allowed_files(docs: u32, portal: u32) -> u32 {
    // Of many short records a shard would be long otherwise.
    let of = |docs: u32, most: u32| (30 * docs.isqrt()).max(docs / 1000 * 47).min(most);
    if docs == portal {
        return of(docs, docs * 49 / 200).max(3);
    }
    // Portals between one eighth of a doubling and the next count alike, so that a closed tier rarely changes
    // because others grow.
    let unit = (portal.max(8) / 8).ilog2();
    let stable = portal >> unit << unit;
    let most = stable * 47 / 200;
    // A small tier changes every day, and with it no more than one file of twenty.
    let often = if docs < portal / 8 { (of(stable, most) / 21).min(docs) } else { u32::MAX };
    of(docs, most).min(often).max(3)
}

fn parts(tier: &Tier<'_>) -> Result<Vec<Part>, Failure> {
    let mut parts = Vec::new();
    let mut first = 0;
    for partition in &tier.partitions {
        let searcher = partition.index.reader()?.searcher();
        match searcher.segment_readers() {
            [] => {}
            [segment] if !segment.has_deletes() => {
                parts.push(Part { segment: segment.clone(), first });
                first += segment.max_doc();
            }
            _ => return Err(Failure::Broken(format!("{} is not one segment", partition.label))),
        }
    }
    Ok(parts)
}

fn tokens(parts: &[Part], columns: &Columns) -> Result<[[u64; 2]; 4], Failure> {
    let mut tokens = [[0; 2]; 4];
    for part in parts {
        for field in Field::ALL {
            for kind in [Kind::Pair, Kind::Other] {
                let inverted = part.segment.inverted_index(columns.of(field, kind))?;
                tokens[field as usize][kind as usize] += inverted.total_num_tokens();
            }
        }
    }
    Ok(tokens)
}

#[cfg(test)]
mod golden;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
