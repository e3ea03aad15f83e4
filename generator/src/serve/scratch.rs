//! A folder of this preview alone, for its socket and its search index. A preview is ended by killing it, so
//! the next one removes what dead ones left; a lock says which are alive.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use tempfile::TempDir;

/// The folder, locked as long as this lives.
pub(crate) struct Scratch {
    folder: TempDir,
    _lock: File,
}

const PREFIX: &str = "gongkai-preview-";
const LOCK: &str = "lock";

impl Scratch {
    /// Makes the folder below one for temporary files.
    ///
    /// # Errors
    /// A folder that cannot be made.
    pub(crate) fn make(below: &Path) -> io::Result<Scratch> {
        sweep(below);
        // Only its owner may enter it.
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(below)?;
        // Under its name it is locked from the first moment, so that nobody takes the folder for a dead one.
        let draft = folder.path().join("draft");
        let lock = File::create(&draft)?;
        lock.lock()?;
        fs::rename(&draft, folder.path().join(LOCK))?;
        Ok(Scratch { folder, _lock: lock })
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes folders that no preview holds any more. One that is another user's, or goes meanwhile, stays as it is.
fn sweep(below: &Path) {
    let entries = fs::read_dir(below).into_iter().flatten().filter_map(Result::ok);
    let own = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX));
    for folder in own.map(|entry| entry.path()) {
        let is_dead = File::open(folder.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok());
        if is_dead {
            let _ = fs::remove_dir_all(&folder);
        }
    }
}
