//! The folder beside the output folder, and the exchange of the two.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rayon::prelude::*;
use walkdir::WalkDir;

use super::manifest::{Made, Manifest, NAME};
use crate::route::Route;

/// Lists what a decided change removes; its presence says that the change is decided.
const JOURNAL: &str = ".gongkai-journal";

/// The most changes that are moved into place one by one, if they are also less than a tenth of all.
/// Exchanging folders instead would make and remove every folder of the portal, which some file systems
/// do slowly.
const FEW: usize = 500;

/// A build in the making: the new folder, and the last build it may take unchanged files from.
pub(super) struct Stage {
    out: PathBuf,
    next: PathBuf,
    old: Manifest,
    /// When the last build finished; files changed later are not trusted.
    finished: Option<SystemTime>,
    lock: PathBuf,
    _locked: File,
}

/// Finishes what a killed build had decided, so that the output is whole again even if the next build
/// finds errors. Does nothing where there is nothing to finish.
pub(super) fn recover(out: &Path) -> Result<(), Refused> {
    let out = if out.is_symlink() { fs::canonicalize(out)? } else { std::path::absolute(out)? };
    let Beside { lock, next, last } = beside(&out)?;
    if !next.exists() && !last.exists() {
        return Ok(());
    }
    let _locked = take_lock(&lock)?;
    let restored = restore(&out, &next, &last);
    fs::remove_file(&lock)?;
    Ok(restored?)
}

/// The names that a build uses beside the output folder.
struct Beside {
    lock: PathBuf,
    next: PathBuf,
    last: PathBuf,
}

fn beside(out: &Path) -> io::Result<Beside> {
    let parent = out.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(parent)?;
    let name = out.file_name().map_or_else(|| "out".to_owned(), |name| name.to_string_lossy().into_owned());
    let named = |suffix: &str| parent.join(format!(".{name}.{suffix}"));
    Ok(Beside { lock: named("lock"), next: named("next"), last: named("last") })
}

/// Locks a file that is removed when the build ends. Between opening and locking another build may have
/// removed it; then the lock holds nothing and is taken anew.
fn take_lock(path: &Path) -> Result<File, Refused> {
    loop {
        let file = File::create(path)?;
        match file.try_lock() {
            Ok(()) if is_same_file(&file, path) => return Ok(file),
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Refused::Busy),
            Err(TryLockError::Error(error)) => return Err(Refused::Io(error)),
        }
    }
}

#[cfg(unix)]
fn is_same_file(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    matches!((file.metadata(), fs::metadata(path)), (Ok(a), Ok(b)) if (a.dev(), a.ino()) == (b.dev(), b.ino()))
}

#[cfg(not(unix))]
fn is_same_file(_: &File, path: &Path) -> bool {
    path.exists()
}

/// Brings the output folder back to a whole build and clears what is left beside it.
fn restore(out: &Path, next: &Path, last: &Path) -> io::Result<()> {
    if last.is_dir() && !out.exists() {
        fs::rename(last, out)?;
    }
    remove(last)?;
    if next.join(JOURNAL).exists() {
        move_into_place(next, out)?;
    }
    remove(next)
}

/// Why the output folder cannot be used.
pub(super) enum Refused {
    /// It holds files that no build made, such as this one.
    Foreign(String),
    /// Another build is at work.
    Busy,
    Io(io::Error),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Refused {
        Refused::Io(error)
    }
}

impl Stage {
    /// Prepares to write `out`, clearing what a killed build left beside it.
    pub(super) fn open(out: &Path) -> Result<Stage, Refused> {
        let out = if out.is_symlink() { fs::canonicalize(out)? } else { std::path::absolute(out)? };
        let Beside { lock, next, last } = beside(&out)?;
        let locked = take_lock(&lock)?;
        restore(&out, &next, &last)?;
        let text = fs::read_to_string(out.join(NAME)).ok();
        let manifest = text.as_deref().and_then(Manifest::parse);
        if text.is_none()
            && let Some(example) = first_foreign(&out)
        {
            fs::remove_file(&lock)?;
            return Err(Refused::Foreign(example));
        }
        let finished = fs::metadata(out.join(NAME)).and_then(|file| file.modified()).ok();
        fs::create_dir(&next)?;
        Ok(Stage { out, next, old: manifest.unwrap_or_default(), finished, lock, _locked: locked })
    }

    pub(super) fn old(&self) -> &Manifest {
        &self.old
    }

    pub(super) fn path(&self, route: &Route) -> PathBuf {
        self.next.join(route.as_str())
    }

    /// Whether the last build made the same file and nobody touched it since.
    pub(super) fn keeps(&self, made: &Made) -> bool {
        self.old.has(made) && self.is_untouched(&made.route, made.size)
    }

    fn is_untouched(&self, route: &Route, size: u64) -> bool {
        let Ok(file) = fs::metadata(self.out.join(route.as_str())) else { return false };
        let later = matches!((file.modified(), self.finished), (Ok(changed), Some(finished)) if changed > finished);
        file.is_file() && file.len() == size && !later
    }

    /// Throws the new folder away.
    pub(super) fn discard(self) {
        // What cannot be removed now is removed by the next build.
        let _ = fs::remove_dir_all(&self.next);
        let _ = fs::remove_file(&self.lock);
    }

    /// Makes the new output the output; so many files of it are `written` into the new folder.
    pub(super) fn finish(self, manifest: &Manifest, written: usize) -> io::Result<()> {
        let removed: Vec<&Route> = self.old.missing_in(manifest).collect();
        let changes = written + removed.len();
        let done = if changes == 0 && self.old.len() > 0 {
            fs::remove_dir(&self.next)
        } else if changes <= FEW.min(self.old.len() / 10) {
            self.apply(manifest, &removed)
        } else {
            self.complete(manifest).and_then(|()| self.exchange())
        };
        if done.is_err() && !self.next.join(JOURNAL).exists() {
            // The error that matters is the one returned; leftovers are cleared by the next build.
            let _ = fs::remove_dir_all(&self.next);
        }
        let _ = fs::remove_file(&self.lock);
        done
    }

    /// Moves a few changed files into place. From the moment the journal stands, the change is decided:
    /// if this process is killed, the next build finishes it before anything else.
    fn apply(&self, manifest: &Manifest, removed: &[&Route]) -> io::Result<()> {
        // Folders first: when the disk has no room for them, nothing is decided yet.
        for entry in
            WalkDir::new(&self.next).into_iter().filter_map(Result::ok).filter(|entry| entry.file_type().is_dir())
        {
            let relative = entry.path().strip_prefix(&self.next).expect("the walk starts there");
            let folder = self.out.join(relative);
            if !folder.is_file() {
                fs::create_dir_all(folder)?;
            }
        }
        let lines: String = removed.iter().map(|route| format!("{route}\n")).collect();
        fs::write(self.next.join(NAME), manifest.to_text())?;
        let draft = self.next.join(format!("{JOURNAL}.draft"));
        fs::write(&draft, lines)?;
        fs::rename(&draft, self.next.join(JOURNAL))?;
        move_into_place(&self.next, &self.out)
    }

    fn complete(&self, manifest: &Manifest) -> io::Result<()> {
        let kept: Vec<&Made> = manifest.files().filter(|made| self.old.has(made)).collect();
        kept.par_iter().try_for_each(|made| {
            let (from, to) = (self.out.join(made.route.as_str()), self.path(&made.route));
            if to.exists() { Ok(()) } else { link(&from, &to) }
        })?;
        self.carry_over(manifest)?;
        fs::write(self.next.join(NAME), manifest.to_text())
    }

    /// Files in the output folder that no build made stay, such as `.gitignore`.
    fn carry_over(&self, manifest: &Manifest) -> io::Result<()> {
        for entry in
            WalkDir::new(&self.out).into_iter().filter_map(Result::ok).filter(|entry| entry.file_type().is_file())
        {
            let relative = entry.path().strip_prefix(&self.out).expect("the walk starts there");
            let route = relative.to_str().and_then(Route::parse);
            let ours = route.as_ref().is_some_and(|route| self.old.holds(route) || manifest.holds(route));
            if !ours && relative != Path::new(NAME) {
                link(entry.path(), &self.next.join(relative))?;
            }
        }
        Ok(())
    }

    fn exchange(&self) -> io::Result<()> {
        if !self.out.exists() {
            return fs::rename(&self.next, &self.out);
        }
        if exchange(&self.next, &self.out).is_err() {
            // A file system without an exchange: for a moment there is no folder, and the next build
            // would restore the last one.
            let last = self.next.with_extension("last");
            fs::rename(&self.out, &last)?;
            fs::rename(&self.next, &self.out)?;
            return fs::remove_dir_all(&last);
        }
        fs::remove_dir_all(&self.next)
    }
}

/// Carries out a journal: removes what it lists, then moves every file of the new folder to its place,
/// the manifest last. Doing it twice does no harm.
fn move_into_place(next: &Path, out: &Path) -> io::Result<()> {
    for route in fs::read_to_string(next.join(JOURNAL))?.lines().filter_map(Route::parse) {
        match fs::remove_file(out.join(route.as_str())) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => remove_empty_folders(out, &route),
        }
    }
    for entry in WalkDir::new(next) {
        let entry = entry.map_err(io::Error::from)?;
        let relative = entry.path().strip_prefix(next).expect("the walk starts there");
        let ours = relative
            .to_str()
            .and_then(Route::parse)
            .filter(|route| route.as_str() != NAME && route.as_str() != JOURNAL);
        if let Some(route) = ours.filter(|_| entry.file_type().is_file()) {
            let target = out.join(route.as_str());
            fs::create_dir_all(target.parent().unwrap_or(out))?;
            fs::rename(entry.path(), target)?;
        }
    }
    if next.join(NAME).exists() {
        fs::rename(next.join(NAME), out.join(NAME))?;
    }
    fs::remove_dir_all(next)
}

/// Removes the folders that a removed file leaves empty.
fn remove_empty_folders(out: &Path, route: &Route) {
    let mut folder = Path::new(route.as_str()).parent();
    while let Some(path) = folder.filter(|path| !path.as_os_str().is_empty()) {
        // A folder that still holds something stays, and so do those above it.
        if fs::remove_dir(out.join(path)).is_err() {
            return;
        }
        folder = path.parent();
    }
}

#[cfg(target_os = "linux")]
fn exchange(a: &Path, b: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE).map_err(io::Error::from)
}

#[cfg(not(target_os = "linux"))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}

/// A second name for a file, or a copy where the file system has no links.
fn link(from: &Path, to: &Path) -> io::Result<()> {
    let attempt = || fs::hard_link(from, to).or_else(|_| fs::copy(from, to).map(|_| ()));
    if let Some(folder) = to.parent().filter(|folder| !folder.exists()) {
        fs::create_dir_all(folder)?;
    }
    attempt()
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A file that keeps an output folder without a manifest from being replaced; dot files at its top do not.
fn first_foreign(out: &Path) -> Option<String> {
    let entries = fs::read_dir(out).ok()?;
    let names = entries.filter_map(Result::ok).map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| !name.starts_with('.')).min()
}
