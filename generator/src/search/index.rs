//! The door to `search-index/`: documents become a tantivy index, cut into partitions by time.
//!
//! Undated documents, each closed year and each month of this year are a partition of their own, a single
//! segment in a folder named by what it holds. Only partitions whose documents changed are made anew, so
//! deletions never distort the statistics of a segment. A partition is made under another name and
//! renamed when it is whole: what a killed build leaves behind is found and removed by the next one.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tantivy::Index;
use tantivy::directory::MmapDirectory;

use super::Field;
use super::documents::{self, Document, Subject};
use super::fold::{self, fold};
use super::record::Record;
use super::schema;
use super::segment::{Row, Writer};
use super::texts;
use crate::source::hex;
use crate::view::Scene;

/// What a partition holds, in the order of the index.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Span {
    /// Documents without a date.
    #[serde(rename = "undated")]
    Undated,
    /// A year that is over.
    #[serde(rename = "year")]
    Year(i16),
    /// A month of the year the portal is built in, or later.
    #[serde(rename = "month")]
    Month(i16, i8),
}

impl Span {
    fn of(day: Option<Date>, as_of: Date) -> Span {
        match day {
            None => Span::Undated,
            Some(day) if day.year() < as_of.year() => Span::Year(day.year()),
            Some(day) => Span::Month(day.year(), day.month()),
        }
    }

    pub(crate) fn label(&self) -> String {
        match self {
            Span::Undated => "undated".to_owned(),
            Span::Year(year) => year.to_string(),
            Span::Month(year, month) => format!("{year}-{month:02}"),
        }
    }
}

/// A single-segment index of the documents of one span.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Partition {
    pub(crate) span: Span,
    /// Folder below `search-index/parts/`: label and hash of the documents.
    pub(crate) folder: String,
    pub(crate) documents: u32,
    /// How many of them, the last ones, are guides to other pages.
    pub(crate) guides: u32,
    /// Attached files whose text is searched too, by SHA-256.
    pub(crate) texts: Vec<String>,
}

impl Partition {
    /// Opens the index of a partition.
    ///
    /// # Errors
    /// An index that is missing or damaged.
    pub(crate) fn open(&self, home: &Path) -> tantivy::Result<Index> {
        Index::open_in_dir(home.join(PARTS).join(&self.folder))
    }
}

/// Why the index cannot be made or read.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// Another build works in the folder.
    Busy,
    Io(PathBuf, io::Error),
    Tantivy(PathBuf, tantivy::TantivyError),
}

const PARTS: &str = "parts";
/// Begins the names of what is being made.
const UNFINISHED: &str = ".making-";

/// Holds the index folder for one build.
pub(crate) struct Lock(#[expect(dead_code, reason = "held, not read")] File);

/// Locks the index folder and removes what a killed build left in it.
///
/// # Errors
/// Another build at work, or a folder that cannot be written.
pub(crate) fn lock(home: &Path) -> Result<Lock, Trouble> {
    let parts = home.join(PARTS);
    fs::create_dir_all(&parts).map_err(|error| Trouble::Io(parts.clone(), error))?;
    let path = home.join(".lock");
    let file = File::create(&path).map_err(|error| Trouble::Io(path.clone(), error))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(Trouble::Busy),
        Err(TryLockError::Error(error)) => return Err(Trouble::Io(path, error)),
    }
    remove(&parts, |name| name.starts_with(UNFINISHED))?;
    Ok(Lock(file))
}

/// Brings the index to what the portal says now; `tick` is called once a partition.
///
/// # Errors
/// Files that cannot be written.
pub(crate) fn build(
    scene: Scene<'_>,
    root: &Path,
    home: &Path,
    tick: &(dyn Fn() + Sync),
) -> Result<Vec<Partition>, Trouble> {
    let mut spans: BTreeMap<Span, Vec<Subject>> = BTreeMap::new();
    for (day, subject) in documents::subjects(scene) {
        spans.entry(Span::of(day, scene.site.as_of)).or_default().push(subject);
    }
    let mut spans: Vec<(Span, Vec<Subject>)> = spans.into_iter().collect();
    // The largest first, so that no core waits for the last one.
    spans.sort_by_key(|(span, subjects)| (std::cmp::Reverse(subjects.len()), span.clone()));
    let made: Result<Vec<Partition>, Trouble> = spans
        .into_par_iter()
        .with_max_len(1)
        .map(|(span, subjects)| {
            let partition = partition(scene, root, home, span, &subjects);
            tick();
            partition
        })
        .collect();
    let mut partitions = made?;
    partitions.sort_by(|a, b| a.span.cmp(&b.span));
    Ok(partitions)
}

/// Writes a small file in one step.
///
/// # Errors
/// A file that cannot be written.
pub(crate) fn replace(path: &Path, text: &str) -> Result<(), Trouble> {
    let draft = path.with_extension("draft");
    fs::write(&draft, text).and_then(|()| fs::rename(&draft, path)).map_err(|error| Trouble::Io(path.to_owned(), error))
}

/// Removes the partitions that are no longer used.
///
/// # Errors
/// Folders that cannot be removed.
pub(crate) fn sweep(home: &Path, partitions: &[Partition]) -> Result<(), Trouble> {
    remove(&home.join(PARTS), |name| !partitions.iter().any(|partition| partition.folder == name))
}

/// Removes the folders in a folder whose names are unwanted.
///
/// # Errors
/// Folders that cannot be removed.
pub(crate) fn remove(folder: &Path, unwanted: impl Fn(&str) -> bool) -> Result<(), Trouble> {
    let failed = |error| Trouble::Io(folder.to_owned(), error);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.file_name().to_str().is_none_or(&unwanted) {
            fs::remove_dir_all(entry.path()).map_err(|error| Trouble::Io(entry.path(), error))?;
        }
    }
    Ok(())
}

fn partition(
    scene: Scene<'_>,
    root: &Path,
    home: &Path,
    span: Span,
    subjects: &[Subject],
) -> Result<Partition, Trouble> {
    let mut documents = documents::documents(scene, subjects);
    for document in &mut documents {
        texts::keep(root, home, &mut document.attachments)?;
    }
    let mut texts: Vec<String> =
        documents.iter().flat_map(|document| &document.attachments).map(|(_, sha256)| sha256.clone()).collect();
    texts.sort();
    texts.dedup();
    let count = |number: usize| u32::try_from(number).expect("a site has fewer than 2^32 records");
    let partition = Partition {
        folder: format!("{}-{}", span.label(), digest(&documents)),
        documents: count(documents.len()),
        guides: count(documents.iter().filter(|document| document.kind.is_guide()).count()),
        texts,
        span,
    };
    let target = home.join(PARTS).join(&partition.folder);
    if target.exists() {
        return Ok(partition);
    }
    let making = home.join(PARTS).join(format!("{UNFINISHED}{}", partition.folder));
    fs::create_dir(&making).map_err(|error| Trouble::Io(making.clone(), error))?;
    write(home, &making, &documents).map_err(|error| Trouble::Tantivy(making.clone(), error))?;
    fs::rename(&making, &target).map_err(|error| Trouble::Io(target, error))?;
    Ok(partition)
}

/// Names what a partition holds: its documents, how they are folded, and the form of the index.
fn digest(documents: &[Document]) -> String {
    let mut hash = Sha256::new();
    hash.update(schema::VERSION.to_le_bytes());
    hash.update(fold::TABLE);
    for document in documents {
        document.digest(&mut hash);
    }
    hex(&hash.finalize())[..16].to_owned()
}

fn write(home: &Path, folder: &Path, documents: &[Document]) -> tantivy::Result<()> {
    let mut writer = Writer::create(MmapDirectory::open(folder)?)?;
    for document in documents {
        writer.add(row(document, &texts::read(home, &document.attachments)?))?;
    }
    writer.finish()?;
    Ok(())
}

/// What the index keeps of a document whose attached files have some text.
pub(crate) fn row(document: &Document, attached: &str) -> Row {
    let named = [&document.title].into_iter().chain(&document.names).chain(&document.codes);
    let mut exact: Vec<String> = named.map(|text| fold(text)).filter(|folded| !folded.is_empty()).collect();
    exact.sort();
    exact.dedup();
    let mut facets: Vec<String> = document.facets.iter().map(|(name, value)| format!("{name}={value}")).collect();
    if document.kind.is_guide() {
        facets.push(GUIDE.to_owned());
    }
    Row {
        folded: Field::ALL.map(|field| match field {
            Field::Text => fold(&(document.text() + attached)),
            Field::Title => fold(&document.title),
            Field::Name => fold(&document.names.join("\n")),
            Field::Code => fold(&document.codes.join("\n")),
        }),
        exact,
        facets,
        day: document.day.map(days),
        record: Record::of(document).packed(),
        attached: attached.to_owned(),
    }
}

/// The facet of pages that lead to others.
pub(crate) const GUIDE: &str = "kind=guide";

/// Days since 1970-01-01.
pub(crate) fn days(day: Date) -> i64 {
    (day - jiff::civil::date(1970, 1, 1)).get_days().into()
}
