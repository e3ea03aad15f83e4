//! The index as published: partitions are exported in three tiers, each anew only when one of its
//! partitions changed, and become outputs of the build.
//!
//! `archive` holds the closed years, `year` the closed months of this one, `recent` the current month and
//! what has no date. So what is added today changes the smallest tier alone. Every tier costs a reader a file
//! more for each gram; in a portal that is not large, the closed months of this year are therefore in `archive`, and in
//! a small one, whose search is uploaded in a minute, everything is.

use std::fs;
use std::path::Path;

use rayon::prelude::*;
use sha2::{Digest, Sha256};
use tantivy::Index;

use super::export::{self, Exported, Root, Tier};
use super::index::{self, Partition, Span, Trouble};
use super::{GUIDE_BONUS, State, fold, schema};
use crate::render::{Clean, Content, Output};
use crate::route::Route;
use crate::source::hex;
use crate::view::Scene;

/// Folder of exported tiers in `search-index/`.
const EXPORT: &str = "export";
/// A portal of so many documents has two tiers, and of so many three.
const MEDIUM: u32 = 12_000;
const LARGE: u32 = 300_000;
/// Begins the addresses of what is published.
const PUBLIC: &str = "search";
/// What an exported tier is, beside its files.
const FACTS: &str = "exported.json";

/// Exports what changed and gives everything that stands below `search/`, but for the page itself and the
/// program of the browser.
///
/// # Errors
/// Files that cannot be written or read.
pub(super) fn publish(scene: Scene<'_>, home: &Path, state: &State) -> Result<Vec<Output>, Trouble> {
    let as_of = scene.site.as_of;
    let month = Span::Month(as_of.year(), as_of.month());
    let portal: u32 = state.partitions.iter().map(|partition| partition.documents).sum();
    let tier_of = |partition: &Partition| match &partition.span {
        _ if portal < MEDIUM => 0,
        Span::Year(_) => 0,
        span @ Span::Month(..) if *span < month => usize::from(portal >= LARGE),
        _ => 2,
    };
    let named = ["archive", "year", "recent"].into_iter().enumerate();
    let tiers: Vec<(&str, Vec<&Partition>)> = named
        .map(|(at, name)| (name, state.partitions.iter().filter(|one| tier_of(one) == at).collect::<Vec<_>>()))
        .filter(|(_, partitions)| !partitions.is_empty())
        .collect();
    let exported: Vec<(String, Exported)> = tiers
        .par_iter()
        .map(|(name, partitions)| tier(home, name, partitions, portal))
        .collect::<Result<_, Trouble>>()?;
    let folders: Vec<&str> = exported.iter().map(|(folder, _)| folder.as_str()).collect();
    index::remove(&home.join(EXPORT), |name| !folders.contains(&name))?;
    let mut outputs = super::texts::publish(home, &state.partitions)?;
    for (folder, exported) in &exported {
        outputs.extend(exported.files.iter().map(|file| Output {
            route: Route::new(format!("{PUBLIC}/{}/{}", exported.folder, file.name)),
            content: Content::File {
                path: format!("{}/{EXPORT}/{folder}/{}/{}", super::HOME, exported.folder, file.name),
                sha256: file.sha256.clone(),
                size: file.size,
                clean: Clean::AsItIs,
            },
        }));
    }
    let han = han();
    let root = Root { synonyms: state.synonyms.clone(), labels: labels(scene), han: han.0.clone() };
    let tiers: Vec<&Exported> = exported.iter().map(|(_, exported)| exported).collect();
    for (name, bytes) in [han, ("root.json".to_owned(), export::root(&tiers, &root))] {
        outputs.push(Output { route: Route::new(format!("{PUBLIC}/{name}")), content: Content::Bytes(bytes) });
    }
    Ok(outputs)
}

/// Exports a tier, or finds the export of the same partitions. Gives its folder in `search-index/export/`.
fn tier(home: &Path, name: &str, partitions: &[&Partition], portal: u32) -> Result<(String, Exported), Trouble> {
    let mut hash = Sha256::new();
    hash.update(export::VERSION.to_le_bytes());
    let documents = partitions.iter().map(|partition| partition.documents).sum();
    let layout = export::Layout::of(documents, portal);
    hash.update(serde_json::to_vec(&layout).expect("plain values have a JSON form"));
    for partition in partitions {
        hash.update(&partition.folder);
    }
    let folder = format!("{name}-{}", &hex(&hash.finalize())[..16]);
    let target = home.join(EXPORT).join(&folder);
    let kept = fs::read_to_string(target.join(FACTS)).ok().and_then(|text| serde_json::from_str(&text).ok());
    if let Some(kept) = kept {
        return Ok((folder, kept));
    }
    let failed = |error| Trouble::Io(target.clone(), error);
    if target.exists() {
        fs::remove_dir_all(&target).map_err(failed)?;
    }
    let open = |partition: &&Partition| {
        partition.open(home).map_err(|error| Trouble::Tantivy(home.join(&partition.folder), error))
    };
    let indexes: Vec<Index> = partitions.iter().map(open).collect::<Result<_, _>>()?;
    let labels: Vec<String> = partitions.iter().map(|partition| partition.span.label()).collect();
    let opened = partitions.iter().zip(&indexes).zip(&labels).map(|((partition, index), label)| export::Partition {
        label,
        index,
        ranks: guides(partition).into_iter().map(|range| (range, GUIDE_BONUS)).collect(),
    });
    let tier = Tier { name, partitions: opened.collect() };
    let exported = export::export(&tier, layout, &schema::schema().1, &target)?;
    let text = serde_json::to_string(&exported).expect("plain values have a JSON form");
    // Written last: an export without it was interrupted and is made anew.
    index::replace(&target.join(FACTS), &text)?;
    Ok((folder, exported))
}

/// The documents of a partition that lead to others, if it has any.
fn guides(partition: &Partition) -> Option<std::ops::Range<u32>> {
    (partition.guides > 0).then(|| partition.documents - partition.guides..partition.documents)
}

/// The list of variant characters, under a name that says what it holds.
fn han() -> (String, Vec<u8>) {
    let bytes = fold::han().as_bytes().to_vec();
    (format!("han-{}.txt", &hex(&Sha256::digest(&bytes))[..12]), bytes)
}

/// How registers, and the names and values that results are narrowed by, are called.
fn labels(scene: Scene<'_>) -> std::collections::BTreeMap<String, String> {
    let registers = scene.site.registers.ids().filter(|id| scene.site.records(*id).next().is_some());
    registers
        .map(|id| {
            let definition = &scene.site.registers.get(id).definition;
            (format!("register={}", definition.name), definition.title.pick(scene.language()).to_owned())
        })
        .collect()
}

impl From<export::Failure> for Trouble {
    fn from(failure: export::Failure) -> Trouble {
        match failure {
            export::Failure::Index(error) => Trouble::Tantivy(EXPORT.into(), error),
            export::Failure::File(path, error) => Trouble::Io(path, error),
            export::Failure::Broken(why) => Trouble::Io(EXPORT.into(), std::io::Error::other(why)),
        }
    }
}
