//! The door to a target: an OpenDAL operator with time limits, repeats within a budget, and errors that say
//! what is wrong and hold no secret. Must not know releases or plans.

mod options;
mod secrets;
mod trouble;

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use opendal::layers::TimeoutLayer;
use opendal::options::WriteOptions;
use opendal::{Capability, ErrorKind, Operator};
use tokio::sync::Mutex;

use super::release::{Headers, Stored};
use super::state::FOLDER;
use crate::config::{Service, Target};
use options::{folder, options};
use trouble::is_passing;

pub use secrets::Secrets;
pub(super) use trouble::{Kind, Trouble, of_disk};

/// Waits of a repeated request: they double, with jitter, from the first to the last.
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LAST_WAIT: Duration = Duration::from_secs(10);
/// How often one request is repeated.
const REPEATS: usize = 8;

pub(super) type Done<T> = Result<T, Trouble>;

/// When a write may take place.
#[derive(Clone, Copy, Debug)]
pub(super) enum If<'a> {
    Always,
    Absent,
    /// The object still is what it was when it had this tag.
    Unchanged(&'a str),
}

/// An object as it was read, and its tag where the service gives one.
pub(super) struct Read {
    pub(super) bytes: Vec<u8>,
    pub(super) tag: Option<String>,
}

pub(super) struct Store {
    operator: Operator,
    capability: Capability,
    service: Service,
    /// Where it lies on this machine, if it does.
    folder: Option<PathBuf>,
    /// Folders that are known to be there, where a service wants them made.
    made: Mutex<HashSet<String>>,
    secrets: Secrets,
    /// How many repeats are left, over all requests.
    budget: AtomicU32,
}

impl Store {
    /// Opens a target; nothing is sent yet. `root` is the site's folder, for targets that are folders.
    pub(super) fn open(root: &Path, target: &Target, secrets: &Secrets) -> Done<Store> {
        opendal::install_default();
        let failed = |error: &opendal::Error| Trouble {
            kind: Kind::Settings,
            said: secrets.scrubbed(&format!("{}: {}", error.kind(), error.message())),
        };
        let options = options(root, target, secrets);
        let operator = Operator::via_iter(target.service.name(), options).map_err(|error| failed(&error))?;
        let limit = Duration::from_secs(target.timeout_seconds.max(1));
        let operator = operator.layer(TimeoutLayer::new().with_timeout(limit).with_io_timeout(limit));
        Ok(Store {
            capability: operator.info().capability(),
            operator,
            service: target.service,
            folder: (target.service == Service::Fs).then(|| folder(root, target)),
            made: Mutex::default(),
            secrets: secrets.clone(),
            budget: AtomicU32::new(target.retries),
        })
    }

    /// The folder that the target is, if it is one on this machine.
    pub(super) fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Whether the service claims to honour conditions; some only claim to, which the lock finds out.
    pub(super) fn claims_conditions(&self) -> bool {
        self.capability.write_with_if_not_exists && self.capability.write_with_if_match
    }

    pub(super) fn copies(&self) -> bool {
        self.capability.copy
    }

    /// Repeats that were needed so far are no longer in this number.
    pub(super) fn repeats_left(&self) -> u32 {
        self.budget.load(Ordering::Relaxed)
    }

    /// Reads an object; none when it is not there.
    pub(super) async fn read(&self, path: &str) -> Done<Option<Read>> {
        let once = async || {
            let tag = match self.operator.stat(path).await {
                Ok(found) => found.etag().map(str::to_owned),
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(error),
            };
            match self.operator.read(path).await {
                Ok(bytes) => Ok(Some(Read { bytes: bytes.to_vec(), tag })),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
                Err(error) => Err(error),
            }
        };
        self.persist(once).await
    }

    /// Whether something stands there.
    pub(super) async fn exists(&self, path: &str) -> Done<bool> {
        self.persist(async || self.operator.exists(path).await).await
    }

    /// Writes an object whole, with its headers where the service keeps them.
    pub(super) async fn put(&self, path: &str, bytes: Vec<u8>, headers: &Headers) -> Done<()> {
        let capability = &self.capability;
        let encoding = match headers.encoding {
            Stored::Gzip if headers.announced => Some("gzip"),
            Stored::Br if headers.announced => Some("br"),
            _ => None,
        };
        let options = WriteOptions {
            content_type: capability.write_with_content_type.then(|| headers.content_type.clone()),
            cache_control: capability.write_with_cache_control.then(|| headers.cache_control.clone()),
            content_encoding: encoding.filter(|_| capability.write_with_content_encoding).map(str::to_owned),
            ..WriteOptions::default()
        };
        self.write(path, bytes, options).await
    }

    /// Writes one of the objects that publishing itself needs.
    pub(super) async fn note(&self, path: &str, bytes: Vec<u8>, condition: If<'_>) -> Done<()> {
        let mut options = WriteOptions {
            content_type: self.capability.write_with_content_type.then(|| "application/json".to_owned()),
            cache_control: self.capability.write_with_cache_control.then(|| "no-store".to_owned()),
            ..WriteOptions::default()
        };
        match condition {
            If::Always => {}
            If::Absent => options.if_not_exists = true,
            If::Unchanged(tag) => options.if_match = Some(tag.to_owned()),
        }
        self.write(path, bytes, options).await
    }

    /// SFTP shows a file while it grows, so it is written under another name first. All other services show
    /// an object only when it is whole.
    async fn write(&self, path: &str, bytes: Vec<u8>, options: WriteOptions) -> Done<()> {
        let bytes = opendal::Buffer::from(bytes);
        let aside = self.service == Service::Sftp && !options.if_not_exists;
        let draft = format!("{FOLDER}draft-{}", super::short_hash(path));
        self.make_folder(path).await?;
        let once = async || {
            let to = if aside { draft.as_str() } else { path };
            self.operator.write_options(to, bytes.clone(), options.clone()).await?;
            if aside { self.operator.rename(&draft, path).await } else { Ok(()) }
        };
        self.persist(once).await
    }

    /// WebDAV servers want folders made, and some refuse one that is being made by another request: so one is
    /// made at a time, and once.
    async fn make_folder(&self, path: &str) -> Done<()> {
        let Some((folder, _)) = path.rsplit_once('/').filter(|_| self.service == Service::Webdav) else {
            return Ok(());
        };
        let mut made = self.made.lock().await;
        if !made.contains(folder) {
            self.persist(async || self.operator.create_dir(&format!("{folder}/")).await).await?;
            made.insert(folder.to_owned());
        }
        Ok(())
    }

    /// Makes an object that is the same as another; on this machine a second name of the same file.
    pub(super) async fn copy(&self, from: &str, to: &str) -> Done<()> {
        if let Some(folder) = &self.folder
            && link(&folder.join(from), &folder.join(to)).is_ok()
        {
            return Ok(());
        }
        self.persist(async || self.operator.copy(from, to).await.map(|_| ())).await
    }

    /// Deletes an object; one that is not there is deleted.
    pub(super) async fn delete(&self, path: &str) -> Done<()> {
        let once = async || match self.operator.delete(path).await {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            done => done,
        };
        self.persist(once).await
    }

    /// Deletes everything below a folder, which ends in `/`.
    pub(super) async fn delete_folder(&self, folder: &str) -> Done<()> {
        self.persist(async || self.operator.delete_with(folder).recursive(true).await).await
    }

    /// Names of the objects directly in a folder, which ends in `/`, without the folder.
    pub(super) async fn names(&self, folder: &str) -> Done<Vec<String>> {
        let once = async || match self.operator.list(folder).await {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            listed => listed,
        };
        let entries = self.persist(once).await?;
        let names = entries.iter().filter_map(|entry| entry.path().strip_prefix(folder));
        Ok(names.filter(|name| !name.is_empty() && *name != "/").map(str::to_owned).collect())
    }

    /// Runs a request until it succeeds, fails for good, or the budget is used up.
    async fn persist<T>(&self, once: impl AsyncFn() -> opendal::Result<T>) -> Done<T> {
        let waits =
            ExponentialBuilder::default().with_min_delay(FIRST_WAIT).with_max_delay(LAST_WAIT).with_max_times(REPEATS);
        let attempt = || once();
        let done = attempt.retry(waits.with_jitter()).when(|error| is_passing(error) && self.may_repeat()).await;
        done.map_err(|error| Trouble::of(&error, &self.secrets))
    }

    fn may_repeat(&self) -> bool {
        self.budget.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }
}

/// A file that stands there already is of an interrupted run of the same release, and whole.
fn link(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to.parent().expect("an object lies in a folder"))?;
    match fs::hard_link(from, to) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        done => done,
    }
}
