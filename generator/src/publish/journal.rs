//! What this machine remembers of its publishing: which objects of a release have arrived, and the token by
//! which it knows its own lock. Losing it costs only repeated uploads. A door to the disk.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

/// What a journal is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct About {
    /// The release that is uploaded.
    pub(super) release: String,
    /// The word that the publisher left in the target before it began. While it stands there, nobody else has
    /// begun since, and the journal counts.
    pub(super) writer: String,
}

/// One target's folder on this machine, held by one publisher at a time.
pub(super) struct Home {
    folder: PathBuf,
    _locked: File,
}

impl Home {
    /// # Errors
    /// Another publisher on this machine (`WouldBlock`), or a folder that cannot be written.
    pub(super) fn open(folder: &Path) -> io::Result<Home> {
        fs::create_dir_all(folder)?;
        let file = File::create(folder.join("lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Home { folder: folder.to_owned(), _locked: file }),
            Err(TryLockError::WouldBlock) => Err(io::ErrorKind::WouldBlock.into()),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// The word by which this machine knows its own lock; made of `seed` the first time.
    pub(super) fn token(&self, seed: &str) -> io::Result<String> {
        let file = self.folder.join("token");
        match fs::read_to_string(&file) {
            Ok(token) if !token.is_empty() => Ok(token),
            _ => {
                let token = super::short_hash(seed);
                fs::write(&file, &token)?;
                Ok(token)
            }
        }
    }

    /// Goes on with the journal of an interrupted run, or begins a new one. `writer` is the word that stands
    /// in the target now.
    pub(super) fn journal(&self, about: &About, writer: Option<&str>) -> io::Result<Journal> {
        let path = self.folder.join("journal");
        let text = fs::read_to_string(&path).unwrap_or_default();
        let (old, entries) = read(&text);
        let resumed = old.filter(|old| old.release == about.release && writer == Some(&old.writer));
        let Some(old) = resumed else {
            let head = serde_json::to_string(about).expect("strings always serialise");
            fs::write(&path, head + "\n")?;
            let entries = BTreeMap::new();
            let writer = about.writer.clone();
            return Ok(Journal { file: Mutex::new(append(&path)?), entries, writer, resumed: false });
        };
        if !text.ends_with('\n') {
            // The last line was cut by a kill; what follows must not be joined to it.
            append(&path)?.write_all(b"\n")?;
        }
        Ok(Journal { file: Mutex::new(append(&path)?), entries, writer: old.writer, resumed: true })
    }

    /// Writes a file for people or programs of this machine, such as the purge list.
    pub(super) fn leave(&self, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
        let path = self.folder.join(name);
        fs::write(&path, bytes)?;
        Ok(path)
    }
}

fn append(path: &Path) -> io::Result<File> {
    File::options().append(true).open(path)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entry {
    Sent,
    Arrived,
}

/// A line a step: `> path` before an object is sent, `= path` when it has arrived.
pub(super) struct Journal {
    file: Mutex<File>,
    entries: BTreeMap<String, Entry>,
    /// The word of the run that began it.
    pub(super) writer: String,
    /// Whether it goes on with an interrupted run, whose word still stands in the target.
    pub(super) resumed: bool,
}

impl Journal {
    /// Objects that arrived in the interrupted run.
    pub(super) fn arrived(&self) -> BTreeSet<String> {
        self.with(Entry::Arrived)
    }

    /// Objects that were on their way when it was interrupted.
    pub(super) fn doubtful(&self) -> BTreeSet<String> {
        self.with(Entry::Sent)
    }

    fn with(&self, wanted: Entry) -> BTreeSet<String> {
        let entries = self.entries.iter().filter(|(_, entry)| **entry == wanted);
        entries.map(|(path, _)| path.clone()).collect()
    }

    pub(super) fn sending(&self, path: &str) -> io::Result<()> {
        self.line('>', path)
    }

    pub(super) fn arrives(&self, path: &str) -> io::Result<()> {
        self.line('=', path)
    }

    fn line(&self, mark: char, path: &str) -> io::Result<()> {
        let line = format!("{mark} {path}\n");
        self.file.lock().expect("no thread panics while it holds the journal").write_all(line.as_bytes())
    }
}

/// The head and what became of each path; cut or foreign lines count for nothing.
fn read(text: &str) -> (Option<About>, BTreeMap<String, Entry>) {
    let mut lines = text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
    let about = lines.next().and_then(|line| serde_json::from_str(line).ok());
    let mut entries = BTreeMap::new();
    for line in lines {
        if let Some(path) = line.strip_prefix("= ") {
            entries.insert(path.to_owned(), Entry::Arrived);
        } else if let Some(path) = line.strip_prefix("> ") {
            entries.entry(path.to_owned()).or_insert(Entry::Sent);
        }
    }
    (about, entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(release: &str, writer: &str) -> About {
        About { release: release.to_owned(), writer: writer.to_owned() }
    }

    #[test]
    fn a_journal_counts_while_nobody_else_has_begun() {
        let folder = tempfile::tempdir().expect("the system has a temporary folder");
        let home = Home::open(folder.path()).expect("the folder can be written");
        let check = |now: &About, writer: Option<&str>, arrived: &[&str]| {
            let first = home.journal(&about("b", "me-1"), None).expect("it can be written");
            first.arrives("a.html").expect("it can be written");
            let again = home.journal(now, writer).expect("it can be read");
            assert_eq!(again.arrived().iter().collect::<Vec<_>>(), arrived);
            assert_eq!(again.resumed, !arrived.is_empty());
        };
        check(&about("b", "me-2"), Some("me-1"), &["a.html"]);
        check(&about("b", "me-2"), Some("other"), &[]);
        check(&about("b", "me-2"), None, &[]);
        check(&about("c", "me-2"), Some("me-1"), &[]);
    }

    #[test]
    fn a_cut_line_counts_for_nothing() {
        let head = serde_json::to_string(&about("b", "a")).expect("strings always serialise");
        let (read_about, entries) = read(&format!("{head}\n> a.html\n= a.html\n> b.html\n= b.ht"));
        assert_eq!(read_about, Some(about("b", "a")));
        assert_eq!(entries["a.html"], Entry::Arrived);
        assert_eq!(entries["b.html"], Entry::Sent);
        assert_eq!(entries.len(), 2);
    }
}
