//! Carries out the uploads of a plan, phase by phase, several at a time. Must not decide anything.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::StreamExt;
use futures_util::stream;
use sha2::{Digest, Sha256};

use super::Transfer;
use super::compose::{Composed, decoded};
use super::journal::Journal;
use super::plan::{Phase, Plan, Upload};
use super::release::{Object, Release};
use super::store::{Done, Store, Trouble};
use crate::source::hex;

/// Why uploading stopped.
pub(super) enum Stopped {
    /// This object could not be stored.
    Trouble(String, Trouble),
    /// The file is no longer what it was when the plan was made.
    Changed(String),
    Journal(io::Error),
}

/// Where the objects of a release go, and where unchanged ones can be taken from.
pub(super) struct Place {
    /// Before every path; empty where files lie at their addresses.
    pub(super) folder: String,
    /// The folder of an earlier release and what is in it.
    pub(super) earlier: Option<(String, Release)>,
}

/// What was done.
#[derive(Debug, Default)]
pub(super) struct Sent {
    pub(super) objects: AtomicU64,
    pub(super) bytes: AtomicU64,
    /// Objects taken from an earlier release.
    pub(super) copied: AtomicU64,
}

/// Uploads everything that the plan says.
pub(super) async fn upload(
    store: &Store,
    composed: &Composed<'_>,
    plan: &Plan,
    place: &Place,
    journal: &Journal,
    parallel: usize,
    transfer: &dyn Transfer,
) -> Result<Sent, Stopped> {
    let sent = Sent::default();
    let run = Run { store, composed, place, journal, sent: &sent, transfer };
    for phase in Phase::ALL {
        let uploads: Vec<&Upload> = plan.uploads.iter().filter(|upload| upload.phase == phase).collect();
        if uploads.is_empty() {
            continue;
        }
        let bytes = uploads.iter().map(|upload| composed.release.objects[&upload.path].size).sum();
        transfer.begin(&phase.text(), uploads.len(), bytes);
        let mut running = stream::iter(uploads.into_iter().map(|upload| run.one(upload))).buffer_unordered(parallel);
        while let Some(done) = running.next().await {
            done?;
        }
    }
    Ok(sent)
}

struct Run<'a> {
    store: &'a Store,
    composed: &'a Composed<'a>,
    place: &'a Place,
    journal: &'a Journal,
    sent: &'a Sent,
    transfer: &'a dyn Transfer,
}

impl Run<'_> {
    async fn one(&self, upload: &Upload) -> Result<(), Stopped> {
        let path = &upload.path;
        let object = &self.composed.release.objects[path];
        let target = format!("{}{path}", self.place.folder);
        let failed = |trouble| Stopped::Trouble(path.clone(), trouble);
        self.journal.sending(path).map_err(Stopped::Journal)?;
        if self.take_over(path, &target).await.map_err(failed)? {
            self.sent.copied.fetch_add(1, Ordering::Relaxed);
        } else {
            let bytes = self.composed.bytes(path, object).ok_or_else(|| Stopped::Changed(path.clone()))?;
            let stored = bytes.len() as u64;
            self.store.put(&target, bytes, self.composed.release.headers(object)).await.map_err(failed)?;
            self.sent.objects.fetch_add(1, Ordering::Relaxed);
            self.sent.bytes.fetch_add(stored, Ordering::Relaxed);
        }
        self.journal.arrives(path).map_err(Stopped::Journal)?;
        self.transfer.advance(object.size);
        Ok(())
    }

    /// Takes an unchanged object from an earlier release, where the service can.
    async fn take_over(&self, path: &str, target: &str) -> Done<bool> {
        let Some((folder, earlier)) = &self.place.earlier else { return Ok(false) };
        if !self.store.copies() || !earlier.has_same(path, &self.composed.release) {
            return Ok(false);
        }
        self.store.copy(&format!("{folder}{path}"), target).await?;
        Ok(true)
    }
}

/// Whether an object stands in the target with the content that the release says.
pub(super) async fn stands(store: &Store, folder: &str, path: &str, object: &Object, release: &Release) -> Done<bool> {
    let Some(found) = store.read(&format!("{folder}{path}")).await? else { return Ok(false) };
    let plain = decoded(found.bytes, release.headers(object).encoding);
    Ok(plain.is_some_and(|plain| hex(&Sha256::digest(&plain)) == object.sha256))
}
