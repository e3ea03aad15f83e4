//! Bytes become compressed files in a folder that is named after all of them.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::Failure;
use crate::format::gzip::gzip;
use crate::source::hex;

/// A written file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub(crate) struct Made {
    pub(crate) name: String,
    pub(crate) sha256: String,
    pub(crate) size: u64,
}

/// A folder that is being filled.
pub(crate) struct Folder {
    into: PathBuf,
    path: PathBuf,
    files: Vec<Made>,
}

impl Folder {
    /// Begins an empty folder.
    pub(crate) fn create(into: &Path, tier: &str) -> Result<Folder, Failure> {
        let path = into.join(format!("{tier}-unfinished"));
        let failed = |error| Failure::File(path.clone(), error);
        if path.exists() {
            fs::remove_dir_all(&path).map_err(failed)?;
        }
        fs::create_dir_all(&path).map_err(failed)?;
        Ok(Folder { into: into.to_owned(), path, files: Vec::new() })
    }

    /// A kind of file: where its files are written, side by side.
    pub(crate) fn kind(&self, kind: &str) -> Result<PathBuf, Failure> {
        let path = self.path.join(kind);
        fs::create_dir_all(&path).map_err(|error| Failure::File(path.clone(), error))?;
        Ok(path)
    }

    pub(crate) fn add(&mut self, files: impl IntoIterator<Item = Made>) {
        self.files.extend(files);
    }

    /// Gives the folder its name. An equal one that stands there already is replaced.
    pub(crate) fn finish(mut self, tier: &str) -> Result<(String, Vec<Made>), Failure> {
        self.files.sort();
        let mut hash = Sha256::new();
        hash.update(super::VERSION.to_le_bytes());
        for file in &self.files {
            hash.update(format!("{} {}\n", file.name, file.sha256));
        }
        let name = format!("{tier}-{}", &hex(&hash.finalize())[..12]);
        let target = self.into.join(&name);
        let failed = |error| Failure::File(target.clone(), error);
        if target.exists() {
            fs::remove_dir_all(&target).map_err(failed)?;
        }
        fs::rename(&self.path, &target).map_err(failed)?;
        Ok((name, self.files))
    }
}

/// Compresses and writes one file of a kind; `folder` is that kind's.
pub(crate) fn write(folder: &Path, kind: &str, name: &str, bytes: &[u8]) -> Result<Made, Failure> {
    write_packed(folder, kind, name, &gzip(bytes))
}

/// Writes one file of what is compressed already.
pub(crate) fn write_packed(folder: &Path, kind: &str, name: &str, packed: &[u8]) -> Result<Made, Failure> {
    let path = folder.join(name);
    fs::write(&path, packed).map_err(|error| Failure::File(path, error))?;
    Ok(Made { name: format!("{kind}/{name}"), sha256: hex(&Sha256::digest(packed)), size: packed.len() as u64 })
}
