//! The tantivy partitions of a tier become static files that a browser searches. (layout: see below)

pub(crate) mod bits;
mod cards;
mod entry;
mod files;
mod head;
pub(crate) mod key;
mod lists;
mod root;
#[cfg(test)]
mod sample;
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
pub(crate) const VERSION: u32 = 1;

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
    pub(crate) shards: u32,
    pub(crate) lists: u32,
    /// Cards in a file.
    pub(crate) cards: u32,
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

/// Writes the files of a tier into a new folder below `into`. The same tier gives the same files.
pub(crate) fn export(tier: &Tier<'_>, columns: &Columns, into: &Path) -> Result<Exported, Failure> {
    let parts = parts(tier)?;
    let docs = parts.last().map_or(0, |part| part.first + part.segment.max_doc());
    let mut facts = Facts {
        docs,
        shards: 0,
        lists: 0,
        cards: 0,
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
    let allowed = allowed_files(docs);
    facts.cards = cards::write(&parts, columns, allowed / 4, &mut folder)?;
    (facts.shards, facts.lists) = lists::write(&parts, columns, &facts, allowed, &mut folder)?;
    let (folder, files) = folder.finish(tier.name)?;
    Ok(Exported { folder, files, facts })
}

/// How many files a tier may have: what a reader loads for a query is least when the sizes of the tiers'
/// files are as the roots of the tiers' sizes.
fn allowed_files(docs: u32) -> u32 {
    (docs / 5).min(20 * docs.isqrt()).max(2)
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
