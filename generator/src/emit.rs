//! The door out: outputs become files, all or nothing.
//!
//! Every changed output is written into a folder beside the output folder. Only when all of them stand
//! there is anything touched: a large change is completed with links to unchanged files and exchanged
//! for the output folder in one step; a small one is moved into place file by file, under a journal that
//! the next build completes if this one is killed. A crash, a full disk or a failing template before
//! that leaves the last good output as it was.

mod folder;
mod manifest;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use rayon::prelude::*;
use sha2::{Digest, Sha256};
use xxhash_rust::xxh3::xxh3_128;

use crate::diag::Diagnostics;
use crate::extract;
use crate::gate::Leak;
use crate::memo::AT_ONCE;
use crate::plan::Planned;
use crate::render::{Clean, Content, Failure, Output};
use crate::route::Route;
use crate::source::hex;
use folder::Stage;
pub(crate) use manifest::{Made, Manifest, NAME as MANIFEST};

/// What a build did to the output folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    pub outputs: usize,
    /// Outputs whose bytes are new or different.
    pub written: usize,
    /// Outputs that stayed as they were.
    pub unchanged: usize,
    /// Files of the last build that are gone now.
    pub removed: usize,
    /// Bytes of all outputs together.
    pub bytes: u64,
}

/// Finishes what a killed build had decided to write to `out`.
///
/// # Errors
/// Another build at work, or files that cannot be moved.
pub(crate) fn recover(out: &Path) -> Result<(), Diagnostics> {
    folder::recover(out).map_err(|refused| refused.report(out))
}

/// Finds what is private in an output; the path is that of a file passed on.
type Leaks<'a> = dyn Fn(&Route, Option<&str>, &[u8]) -> Vec<Leak> + Sync + 'a;
/// Says leaks as findings.
type Report<'a> = dyn Fn(Vec<(Planned, Leak)>, &mut Diagnostics) + Sync + 'a;

/// What every output must pass before it is staged.
pub(crate) struct Guard<'a> {
    /// The gate at which the last output passed must be the same, or kept files are searched again.
    pub(crate) key: &'a str,
    pub(crate) leaks: &'a Leaks<'a>,
    pub(crate) report: &'a Report<'a>,
}

/// Renders and writes every planned output, sorted by route, to `out`. `root` is the site's folder, for files passed
/// on as they are; `tick` is called once per output.
///
/// # Errors
/// Every output that could not be rendered or written. The folder is then as it was.
pub(crate) fn emit(
    root: &Path,
    out: &Path,
    planned: &[Planned],
    render: &(dyn Fn(&Planned) -> Result<Output, Failure> + Sync),
    guard: &Guard<'_>,
    tick: &(dyn Fn() + Sync),
) -> Result<(Written, Diagnostics), Diagnostics> {
    let mut diags = Diagnostics::new();
    let stage = Stage::open(out).map_err(|refused| refused.report(out))?;
    let run = Run { root, stage: &stage, guard, bytes: AtomicU64::new(0), stop: AtomicUsize::new(0) };
    let results: Vec<Result<Option<One>, Trouble>> = planned
        .par_iter()
        .with_max_len(AT_ONCE)
        .map(|planned| {
            let made = run.one(planned, render);
            tick();
            made
        })
        .collect();
    let mut files = Vec::with_capacity(planned.len());
    let mut leaks = Vec::new();
    let mut written = 0;
    let mut failures = Vec::new();
    for (planned, result) in planned.iter().zip(results) {
        match result {
            Ok(Some((made, fresh, found))) => {
                leaks.extend(found.into_iter().map(|leak| (planned.clone(), leak)));
                written += usize::from(fresh == Fresh::Written);
                files.push(made);
            }
            Ok(None) => {}
            Err(Trouble::Render(failure)) => failures.push(*failure),
            Err(Trouble::Write(path, error)) => diags.cannot_write(&path, &error.to_string()),
            Err(Trouble::Changed(path)) => diags.changed_while_reading(&path),
        }
    }
    crate::render::report(failures, &mut diags);
    (guard.report)(leaks, &mut diags);
    if diags.errors() > 0 {
        stage.discard();
        return Err(diags);
    }
    let manifest = Manifest::new(guard.key, files);
    let report = Written {
        outputs: manifest.len(),
        written,
        unchanged: manifest.len() - written,
        removed: stage.old().missing_in(&manifest).count(),
        bytes: run.bytes.load(Ordering::Relaxed),
    };
    if let Err(error) = stage.finish(&manifest, written) {
        diags.cannot_write(&out.display().to_string(), &error.to_string());
        return Err(diags);
    }
    Ok((report, diags))
}

impl folder::Refused {
    fn report(self, out: &Path) -> Diagnostics {
        let mut diags = Diagnostics::new();
        let shown = out.display().to_string();
        match self {
            folder::Refused::Foreign(example) => diags.foreign_output(&shown, &example),
            folder::Refused::Busy => diags.output_is_busy(&shown),
            folder::Refused::Io(error) => diags.cannot_write(&shown, &error.to_string()),
        }
        diags
    }
}

/// After this many failures the rest is not tried: a full disk fails every file.
const ENOUGH_FAILURES: usize = 50;

/// Whether an output had to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fresh {
    Written,
    Kept,
}

/// An output that stands ready, and what is private in it.
type One = (Made, Fresh, Vec<Leak>);

struct Run<'a> {
    root: &'a Path,
    stage: &'a Stage,
    guard: &'a Guard<'a>,
    bytes: AtomicU64,
    stop: AtomicUsize,
}

/// Why one output is not there.
enum Trouble {
    Render(Box<Failure>),
    Write(String, io::Error),
    Changed(String),
}

impl Run<'_> {
    fn one(
        &self,
        planned: &Planned,
        render: &(dyn Fn(&Planned) -> Result<Output, Failure> + Sync),
    ) -> Result<Option<One>, Trouble> {
        if self.stop.load(Ordering::Relaxed) >= ENOUGH_FAILURES {
            return Ok(None);
        }
        let made =
            render(planned).map_err(|failure| Trouble::Render(Box::new(failure))).and_then(|output| self.put(output));
        if made.is_err() {
            self.stop.fetch_add(1, Ordering::Relaxed);
        }
        made.map(Some)
    }

    fn put(&self, output: Output) -> Result<One, Trouble> {
        let route = output.route;
        let made = match &output.content {
            Content::Bytes(bytes) => {
                Made { hash: hex(&xxh3_128(bytes).to_be_bytes()), size: bytes.len() as u64, route }
            }
            Content::File { sha256, size, .. } => Made { hash: sha256.clone(), size: *size, route },
        };
        self.bytes.fetch_add(made.size, Ordering::Relaxed);
        let keeps = self.stage.keeps(&made);
        if keeps && self.stage.old().passed(self.guard.key) {
            return Ok((made, Fresh::Kept, Vec::new()));
        }
        let (file, read);
        let bytes: &[u8] = match &output.content {
            Content::Bytes(bytes) => {
                file = None;
                bytes
            }
            Content::File { path, sha256, clean, .. } => {
                file = Some(path.as_str());
                read = self.file(path, sha256, *clean, &made.route)?;
                &read
            }
        };
        let leaks = (self.guard.leaks)(&made.route, file, bytes);
        // What leaks is not even staged.
        if keeps || leaks.iter().any(|leak| leak.grave) {
            return Ok((made, Fresh::Kept, leaks));
        }
        write(&self.stage.path(&made.route), bytes).map_err(|error| Trouble::Write(made.route.to_string(), error))?;
        Ok((made, Fresh::Written, leaks))
    }

    /// A file of the site as it is published; it must still be what was read.
    fn file(&self, path: &str, sha256: &str, clean: Clean, route: &Route) -> Result<Vec<u8>, Trouble> {
        let bytes = published(self.root, path, clean).map_err(|error| Trouble::Write(route.to_string(), error))?;
        if hex(&Sha256::digest(&bytes)) == sha256 { Ok(bytes) } else { Err(Trouble::Changed(path.to_owned())) }
    }
}

/// Reads a file of the site as it is published.
pub(crate) fn published(root: &Path, path: &str, clean: Clean) -> io::Result<Vec<u8>> {
    let bytes = fs::read(root.join(path))?;
    Ok(match clean {
        Clean::AsItIs => bytes,
        Clean::WithoutMetadata => extract::cleaned(&bytes).unwrap_or(bytes),
    })
}

/// Writes a file, making its folder when it is the first in it.
fn write(path: &PathBuf, bytes: &[u8]) -> io::Result<()> {
    match fs::write(path, bytes) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(path.parent().expect("an output lies in a folder"))?;
            fs::write(path, bytes)
        }
        other => other,
    }
}
