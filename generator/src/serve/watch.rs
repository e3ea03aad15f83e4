//! Changes of the site's files become hints where to look: sources, themes and settings are watched, and what
//! editors and office programs do in a moment arrives as one. Reads no file; whether one has changed is for
//! `read` to say, so a hint too many does no harm.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode, CreateKind, EventKind, ModifyKind, RemoveKind, RenameMode};
use notify::{Config, Event, RecommendedWatcher, RecursiveMode, Watcher};

/// What wakes the preview.
#[derive(Debug)]
pub(crate) enum Wake {
    Files(Hints),
    /// Whoever wrote these files has finished.
    Written(BTreeSet<PathBuf>),
    /// Another day is to be shown; none: the site's own.
    Day(Option<jiff::civil::Date>),
}

/// Where something may have changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hints {
    /// Files, as they lie on disk.
    pub(crate) paths: BTreeSet<PathBuf>,
    /// Folders came, or something was missed: everything is to be looked at.
    pub(crate) everything: bool,
    /// A folder that is watched came or went, and its watch with it.
    pub(crate) tops: bool,
}

/// What is watched below the site's folder.
const WATCHED: [&str; 2] = ["content", "themes"];
const SETTINGS: &str = "portal.toml";

/// A burst is over when nothing happened for this long. An editor that replaces a file needs far less.
const QUIET: Duration = Duration::from_millis(8);
/// The same when every file that changed is known to be written to its end.
const WRITTEN: Duration = Duration::from_millis(2);
/// A burst that does not end is looked at after this time all the same.
const LONGEST_BURST: Duration = Duration::from_millis(200);
/// Keeps watching as long as it lives.
pub(crate) struct Watch {
    root: PathBuf,
    watcher: RecommendedWatcher,
}

impl Watch {
    /// Watches a site; `wakes` is told.
    ///
    /// # Errors
    /// A system that cannot tell of changes, or not of so many folders.
    pub(crate) fn start(root: &Path, wakes: Sender<Wake>) -> notify::Result<Watch> {
        let own = root.to_owned();
        let told = move |event: notify::Result<Event>| {
            for wake in wakes_of(&own, event) {
                // The receiver is gone when the preview ends.
                let _ = wakes.send(wake);
            }
        };
        let watcher = RecommendedWatcher::new(told, Config::default())?;
        let mut watch = Watch { root: root.to_owned(), watcher };
        watch.begin()?;
        Ok(watch)
    }

    fn begin(&mut self) -> notify::Result<()> {
        self.watcher.watch(&self.root, RecursiveMode::NonRecursive)?;
        self.renew()
    }

    /// Watches the folders again that were deleted and made anew.
    ///
    /// # Errors
    /// A folder that is there and cannot be watched.
    pub(crate) fn renew(&mut self) -> notify::Result<()> {
        for folder in WATCHED.map(|name| self.root.join(name)) {
            // A watch of a folder that is gone is gone with it; then there is nothing to give up.
            let _ = self.watcher.unwatch(&folder);
            if folder.is_dir() {
                self.watcher.watch(&folder, RecursiveMode::Recursive)?;
            }
        }
        Ok(())
    }
}

/// What came in one moment.
#[derive(Debug, Default)]
pub(crate) struct Woken {
    pub(crate) hints: Option<Hints>,
    /// Files that somebody may be writing still.
    unfinished: BTreeSet<PathBuf>,
    /// The day that was asked for last.
    pub(crate) day: Option<Option<jiff::civil::Date>>,
}

/// Waits for something to do and takes everything that comes in the same moment; nothing if nothing came in
/// time.
///
/// # Errors
/// Nobody is left who could send anything.
pub(crate) fn next(wakes: &Receiver<Wake>, patience: Duration) -> Result<Woken, RecvTimeoutError> {
    let mut woken = Woken::default();
    match wakes.recv_timeout(patience) {
        Ok(wake) => woken.add(wake),
        Err(RecvTimeoutError::Timeout) => return Ok(woken),
        Err(gone) => return Err(gone),
    }
    let started = Instant::now();
    // Who asks for a day waits for it; files may be written in several steps.
    while woken.hints.is_some() && started.elapsed() < LONGEST_BURST {
        match wakes.recv_timeout(woken.patience()) {
            Ok(wake) => woken.add(wake),
            Err(_) => break,
        }
    }
    Ok(woken)
}

impl Woken {
    /// How long nothing must happen for the burst to be over.
    fn patience(&self) -> Duration {
        let is_clear = self.hints.as_ref().is_some_and(|hints| !hints.everything);
        if is_clear && self.unfinished.is_empty() { WRITTEN } else { QUIET }
    }

    fn add(&mut self, wake: Wake) {
        match wake {
            Wake::Files(more) => {
                self.unfinished.extend(more.paths.iter().cloned());
                self.hints.get_or_insert_default().add(more);
            }
            Wake::Written(files) => self.unfinished.retain(|path| !files.contains(path)),
            Wake::Day(day) => self.day = Some(day),
        }
    }
}

impl Hints {
    pub(crate) fn everything() -> Hints {
        Hints { everything: true, ..Hints::default() }
    }

    fn add(&mut self, more: Hints) {
        self.paths.extend(more.paths);
        self.everything |= more.everything;
        self.tops |= more.tops;
    }
}

/// What an event wakes the preview with.
fn wakes_of(root: &Path, event: notify::Result<Event>) -> impl Iterator<Item = Wake> {
    let written = event.as_ref().ok().map(|event| written(root, event)).filter(|files| !files.is_empty());
    hints(root, event).map(Wake::Files).into_iter().chain(written.map(Wake::Written))
}

/// Files of the site that an event says are whole: one was closed by who wrote it, or came under its name. What was
/// removed may come back in a moment, as editors do it.
fn written(root: &Path, event: &Event) -> BTreeSet<PathBuf> {
    let whole = match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write))
        | EventKind::Modify(ModifyKind::Name(RenameMode::To)) => &event.paths[..],
        _ => &[],
    };
    whole.iter().filter(|path| is_source(root, path)).cloned().collect()
}

/// What an event says of the site; nothing if it is about no file of it. To read a file is an event too, and
/// would wake the preview because of its own reading.
fn hints(root: &Path, event: notify::Result<Event>) -> Option<Hints> {
    // An error means that something was missed.
    let Ok(event) = event else { return Some(Hints::everything()) };
    if event.need_rescan() {
        return Some(Hints::everything());
    }
    if matches!(event.kind, EventKind::Access(_)) {
        return None;
    }
    let paths: BTreeSet<PathBuf> = event.paths.into_iter().filter(|path| is_source(root, path)).collect();
    if paths.is_empty() {
        return None;
    }
    let tops = paths.iter().any(|path| WATCHED.iter().any(|name| *path == root.join(name)));
    // What is gone may have been a folder; that is known where the files are.
    let is_folder = matches!(event.kind, EventKind::Create(CreateKind::Folder) | EventKind::Remove(RemoveKind::Folder));
    Some(Hints { everything: tops || is_folder || paths.iter().any(|path| path.is_dir()), tops, paths })
}

/// Whether a path is of the site, and not one that is set aside: hidden, or the temporary file of a program.
fn is_source(root: &Path, path: &Path) -> bool {
    let Ok(inside) = path.strip_prefix(root) else { return false };
    let mut parts = inside.components().map(|part| part.as_os_str().to_string_lossy());
    let is_of_site = match parts.next() {
        Some(top) if top == SETTINGS => true,
        Some(top) => WATCHED.contains(&&*top),
        None => false,
    };
    is_of_site && !inside.components().any(|part| crate::read::is_set_aside(&part.as_os_str().to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use notify::event::DataChange;

    #[test]
    fn only_changes_of_sources_are_hints() {
        let changed = EventKind::Modify(ModifyKind::Data(DataChange::Any));
        for (kind, path, expected) in [
            (changed, "content/a.md", Some(false)),
            (changed, "themes/x/templates/base.html", Some(false)),
            (changed, "portal.toml", Some(false)),
            (EventKind::Modify(ModifyKind::Name(RenameMode::To)), "content/a.md", Some(false)),
            (EventKind::Modify(ModifyKind::Name(RenameMode::From)), "content/news", Some(false)),
            (EventKind::Modify(ModifyKind::Name(RenameMode::From)), "content", Some(true)),
            (EventKind::Create(CreateKind::Folder), "content/news", Some(true)),
            (EventKind::Remove(RemoveKind::Folder), "content", Some(true)),
            (EventKind::Access(AccessKind::Open(AccessMode::Any)), "content/a.md", None),
            (changed, "content/~$a.xlsx", None),
            (changed, "content/.~a.xlsx", None),
            (changed, "content/.a.md.swp", None),
            (changed, "content/a.md~", None),
            (changed, "content/.git/index", None),
            (changed, "public/index.html", None),
            (changed, "search-index/state.json", None),
            (changed, "", None),
        ] {
            let event = Event::new(kind).add_path(Path::new("/site").join(path));
            let found = hints(Path::new("/site"), Ok(event));
            assert_eq!(found.map(|hints| hints.everything), expected, "{path}");
        }
        assert_eq!(hints(Path::new("/site"), Err(notify::Error::generic("lost"))), Some(Hints::everything()));
    }

    #[test]
    fn a_burst_is_short_when_its_files_are_written_to_their_end() {
        let root = Path::new("/site");
        let event = |kind, path: &str| Event::new(kind).add_path(root.join(path));
        let changed = EventKind::Modify(ModifyKind::Data(DataChange::Any));
        let closed = EventKind::Access(AccessKind::Close(AccessMode::Write));
        let came = EventKind::Modify(ModifyKind::Name(RenameMode::To));
        let gone = EventKind::Remove(RemoveKind::File);
        for (events, expected) in [
            (vec![event(changed, "content/a.md")], QUIET),
            (vec![event(changed, "content/a.md"), event(closed, "content/a.md")], WRITTEN),
            (vec![event(changed, "content/a.md"), event(closed, "content/b.md")], QUIET),
            (vec![event(came, "content/a.xlsx")], WRITTEN),
            (vec![event(gone, "content/a.md")], QUIET),
            (vec![event(gone, "content/a.md"), event(closed, "content/a.md")], WRITTEN),
        ] {
            let mut woken = Woken::default();
            events.iter().flat_map(|event| wakes_of(root, Ok(event.clone()))).for_each(|wake| woken.add(wake));
            assert_eq!(woken.patience(), expected, "{events:?}");
        }
        let mut missed = Woken::default();
        wakes_of(root, Err(notify::Error::generic("lost"))).for_each(|wake| missed.add(wake));
        assert_eq!(missed.patience(), QUIET);
    }
}
