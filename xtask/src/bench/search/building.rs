//! Building a portal with and without its search, the files that come of it, and what a small change does to them.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::Hasher;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::measure::{self, Run};
use super::site::{self, Search};

/// One portal of the bench: its sources and what is built from them.
pub(super) struct Portal {
    pub(super) gongkai: PathBuf,
    pub(super) site: PathBuf,
    pub(super) theme: &'static str,
}

impl Portal {
    pub(super) fn out(&self) -> PathBuf {
        self.site.join("public")
    }

    /// Builds into what is there; what the program says about the search is printed.
    pub(super) fn build(&self, search: Search) -> io::Result<Run> {
        site::settings(&self.site, search, self.theme)?;
        let mut command = Command::new(&self.gongkai);
        command.args(["--lang", "en", "--root"]).arg(&self.site).arg("build");
        let (run, said) = measure::run(&mut command)?;
        if search == Search::With {
            said.lines().filter(|line| line.contains("search")).for_each(|line| println!("    {}", line.trim()));
        }
        Ok(run)
    }

    /// Builds from nothing.
    pub(super) fn build_anew(&self, search: Search) -> io::Result<Run> {
        super::super::clear(&self.out())?;
        super::super::clear(&self.site.join("search-index"))?;
        self.build(search)
    }
}

/// The files of a search index with their sizes and a hash of their content.
pub(super) struct Files(HashMap<String, (u64, u64)>);

impl Files {
    pub(super) fn of(folder: &Path) -> io::Result<Files> {
        let mut files = HashMap::new();
        gather(folder, "", &mut files)?;
        Ok(Files(files))
    }

    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    pub(super) fn bytes(&self) -> u64 {
        self.0.values().map(|(size, _)| size).sum()
    }

    /// Files and bytes by the folder of a tier and its kind: `archive/g`; hashes are left out of the names.
    pub(super) fn by_folder(&self) -> Vec<(String, usize, u64)> {
        let mut folders: std::collections::BTreeMap<String, (usize, u64)> = std::collections::BTreeMap::new();
        for (path, (size, _)) in &self.0 {
            let parts: Vec<&str> = path.split('/').collect();
            let tier = parts[0].split_once('-').map_or(parts[0], |(tier, _)| tier);
            let name = if parts.len() > 2 { format!("{tier}/{}", parts[1]) } else { tier.to_owned() };
            let folder = folders.entry(name).or_default();
            *folder = (folder.0 + 1, folder.1 + size);
        }
        folders.into_iter().map(|(name, (count, bytes))| (name, count, bytes)).collect()
    }

    /// What has to be uploaded or deleted to come from `before` to these files.
    pub(super) fn since(&self, before: &Files) -> Change {
        let changed = self.0.iter().filter(|(path, file)| before.0.get(*path) != Some(*file));
        let (files, bytes) = changed.fold((0, 0), |(files, bytes), (_, (size, _))| (files + 1, bytes + size));
        let removed = before.0.keys().filter(|path| !self.0.contains_key(*path)).count();
        Change { files, bytes, removed }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Change {
    /// New ones and those with other content.
    pub(super) files: usize,
    pub(super) bytes: u64,
    pub(super) removed: usize,
}

fn gather(root: &Path, inside: &str, files: &mut HashMap<String, (u64, u64)>) -> io::Result<()> {
    for entry in fs::read_dir(root.join(inside))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if inside.is_empty() { name } else { format!("{inside}/{name}") };
        if entry.file_type()?.is_dir() {
            gather(root, &path, files)?;
        } else {
            let bytes = fs::read(entry.path())?;
            let mut hasher = DefaultHasher::new();
            hasher.write(&bytes);
            files.insert(path, (bytes.len() as u64, hasher.finish()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_what_must_be_uploaded_and_deleted() {
        let files = |list: &[(&str, u64, u64)]| {
            Files(list.iter().map(|(path, size, hash)| ((*path).to_owned(), (*size, *hash))).collect())
        };
        let before = files(&[("root.json", 10, 1), ("recent-aa/g/1", 100, 2), ("archive-bb/g/1", 500, 3)]);
        let after = files(&[("root.json", 11, 9), ("recent-cc/g/1", 110, 4), ("archive-bb/g/1", 500, 3)]);
        assert_eq!(after.since(&before), Change { files: 2, bytes: 121, removed: 1 });
        assert_eq!(
            after.by_folder(),
            [("archive/g".to_owned(), 1, 500), ("recent/g".to_owned(), 1, 110), ("root.json".to_owned(), 1, 11)]
        );
    }
}
