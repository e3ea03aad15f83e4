//! The door to a target: an OpenDAL operator with time limits, repeats within a budget, and errors that say
//! what is wrong and hold no secret. Must not know releases or plans.

use std::collections::{BTreeMap, HashSet};
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
use crate::config::{HostKey, Service, Target};
use crate::diag::{Diagnostics, Said};
use crate::text::Text;

/// Waits of a repeated request: they double, with jitter, from the first to the last.
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LAST_WAIT: Duration = Duration::from_secs(10);
/// How often one request is repeated.
const REPEATS: usize = 8;

/// Passwords and keys from the environment. Cannot be printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secrets {
    /// For the target, by what its service calls them: `password`, `access_key_id`.
    values: BTreeMap<String, String>,
    /// Others that the service may find by itself.
    hidden: Vec<String>,
}

impl Secrets {
    #[must_use]
    pub fn new(values: BTreeMap<String, String>, hidden: Vec<String>) -> Secrets {
        Secrets { values, hidden }
    }

    /// The words with every secret covered.
    fn scrubbed(&self, words: &str) -> String {
        let long = self.values.values().chain(&self.hidden).filter(|secret| secret.len() >= 4);
        long.fold(words.to_owned(), |words, secret| words.replace(secret.as_str(), "***"))
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Secrets(***)")
    }
}

/// What went wrong with one request, after all repeats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) kind: Kind,
    /// What the service said, without secrets.
    pub(super) said: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Credentials are missing, wrong or not enough.
    Denied,
    NoBucket,
    /// A condition did not hold: somebody else has written.
    Lost,
    /// The service has no room.
    Full,
    /// It cannot be reached, or answers with errors, however often it is asked.
    Unavailable,
    /// Settings that the service does not take.
    Settings,
    Other,
}

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
        done.map_err(|error| self.trouble(&error))
    }

    fn may_repeat(&self) -> bool {
        self.budget.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }

    fn trouble(&self, error: &opendal::Error) -> Trouble {
        let message = error.to_string();
        let kind = match error.kind() {
            _ if message.contains("NoSuchBucket") || message.contains("ContainerNotFound") => Kind::NoBucket,
            ErrorKind::PermissionDenied => Kind::Denied,
            _ if is_refusal(&message) => Kind::Denied,
            ErrorKind::ConditionNotMatch | ErrorKind::AlreadyExists | ErrorKind::Conflict => Kind::Lost,
            ErrorKind::ConfigInvalid => Kind::Settings,
            _ if is_full(&message) => Kind::Full,
            _ if is_passing(error) || error.is_persistent() || message.contains("http client") => Kind::Unavailable,
            _ => Kind::Other,
        };
        Trouble { kind, said: self.secrets.scrubbed(&first_words(error)) }
    }
}

/// What went wrong with a folder on this machine.
pub(super) fn of_disk(error: &io::Error) -> Trouble {
    let kind = match error.kind() {
        io::ErrorKind::PermissionDenied => Kind::Denied,
        io::ErrorKind::StorageFull => Kind::Full,
        _ => Kind::Other,
    };
    Trouble { kind, said: error.to_string() }
}

/// What the service said, short and without the headers of the answer.
fn first_words(error: &opendal::Error) -> String {
    use std::error::Error;
    let mut words = error.message().to_owned();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let said = inner.to_string();
        if !words.contains(&said) {
            words = format!("{words}: {said}");
        }
        cause = inner.source();
    }
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(300).collect()
}

fn is_passing(error: &opendal::Error) -> bool {
    error.is_temporary() || error.kind() == ErrorKind::RateLimited || is_ssh_hiccup(&error.to_string())
}

/// A server that gets too many connections at once resets some of them before it knows whose they are.
fn is_ssh_hiccup(message: &str) -> bool {
    let words = ["kex_exchange_identification", "Connection reset by", "Connection closed by", "Broken pipe"];
    message.contains("ssh error") && words.iter().any(|word| message.contains(word))
}

fn is_refusal(message: &str) -> bool {
    let words = ["401", "403", "InvalidAccessKeyId", "SignatureDoesNotMatch", "AccessDenied", "no valid credential"];
    let denied = [
        "Permission denied",
        "Unauthorized",
        "credential is",
        "failed to load signing credential",
        "Host key verification failed",
    ];
    words.iter().chain(&denied).any(|word| message.contains(word))
}

fn is_full(message: &str) -> bool {
    ["No space left", "Insufficient Storage", "507", "QuotaExceeded", "os error 28"]
        .iter()
        .any(|word| message.contains(word))
}

fn folder(root: &Path, target: &Target) -> PathBuf {
    root.join(&target.path).join(target.prefix.trim_matches('/'))
}

/// A file that stands there already is of an interrupted run of the same release, and whole.
fn link(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to.parent().expect("an object lies in a folder"))?;
    match fs::hard_link(from, to) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        done => done,
    }
}

/// The target's settings as OpenDAL names them.
fn options(root: &Path, target: &Target, secrets: &Secrets) -> Vec<(String, String)> {
    let mut options: BTreeMap<String, String> = secrets.values.clone();
    let mut set = |key: &str, value: &str| {
        if !value.is_empty() {
            options.insert(key.to_owned(), value.to_owned());
        }
    };
    let prefix = target.prefix.trim_matches('/');
    match target.service {
        Service::Fs => {
            let folder = folder(root, target).display().to_string();
            set("root", &folder);
            set("atomic_write_dir", &format!("{folder}/{FOLDER}drafts"));
        }
        _ => set("root", &format!("/{prefix}/").replace("//", "/")),
    }
    match target.service {
        Service::Azblob => {
            set("container", &target.bucket);
            set("account_name", &target.account);
        }
        Service::Sftp => {
            let (user, endpoint) = target.endpoint.split_once('@').unwrap_or(("", &target.endpoint));
            set("user", user);
            set("endpoint", &format!("ssh://{}", endpoint.trim_start_matches("ssh://")));
            set("key", &target.key_file);
            set("known_hosts_strategy", if target.host_key == HostKey::Learn { "add" } else { "strict" });
        }
        Service::S3 => {
            set("bucket", &target.bucket);
            // Services other than Amazon's take any region, but want one.
            let own = target.region.is_empty() && !target.endpoint.is_empty();
            set("region", if own { "us-east-1" } else { &target.region });
            // Only what the environment or the service's own files say, never what a machine's network offers.
            set("disable_ec2_metadata", "true");
        }
        Service::Gcs => {
            set("bucket", &target.bucket);
            set("disable_vm_metadata", "true");
        }
        _ => set("bucket", &target.bucket),
    }
    if target.service != Service::Sftp {
        set("endpoint", &target.endpoint);
    }
    options.into_iter().collect()
}

impl Trouble {
    /// Says it as a finding.
    pub(super) fn tell(&self, target: &str, path: Option<&str>, diags: &mut Diagnostics) {
        let (code, meaning, help) = self.kind.words();
        let text = |(zh, en): (&str, &str)| Text::new(zh, en);
        diags.target_trouble(code, target, path, Said { meaning: text(meaning), help: text(help), words: &self.said });
    }
}

/// Chinese and English.
type Words = (&'static str, &'static str);

impl Kind {
    /// Code of the finding, what it means, and what to do about it.
    fn words(self) -> (&'static str, Words, Words) {
        match self {
            Kind::Denied => (
                "target-denied",
                ("服务拒绝了密钥", "the service refuses the keys"),
                (
                    "检查环境变量里的密钥及其权限；变量名见 docs/publishing.zh-CN.md",
                    "check the keys in the environment and what they may do; their names are in docs/publishing.md",
                ),
            ),
            Kind::NoBucket => (
                "no-bucket",
                ("没有这个存储桶", "there is no such bucket"),
                (
                    "检查 portal.toml 里的 bucket 和 endpoint，或先建好存储桶",
                    "check `bucket` and `endpoint` in portal.toml, or make the bucket first",
                ),
            ),
            Kind::Lost => (
                "target-busy",
                ("另有人写过", "somebody else has written"),
                ("等其完成后再运行一次", "run again when they are done"),
            ),
            Kind::Full => (
                "target-full",
                ("空间已满", "it is full"),
                ("清理后再运行一次，已传的不会重传", "make room and run again; what has arrived is not sent again"),
            ),
            Kind::Unavailable => (
                "target-unavailable",
                ("连不上，或一再出错", "it cannot be reached, or fails again and again"),
                (
                    "检查网络和 endpoint，稍后再运行一次，已传的不会重传",
                    "check the network and `endpoint`, and run again later; what has arrived is not sent again",
                ),
            ),
            Kind::Settings => (
                "target-settings",
                ("设置不被接受", "it does not take these settings"),
                ("检查 portal.toml 里该目标的设置", "check the settings of this target in portal.toml"),
            ),
            Kind::Other => (
                "target-trouble",
                ("请求失败", "a request failed"),
                ("按服务的说法处理后再运行一次", "act on what the service says and run again"),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_message_repeats_a_secret() {
        let own = BTreeMap::from([("password".to_owned(), "hunter2!".to_owned())]);
        let secrets = Secrets::new(own, vec!["AKIDEXAMPLE".to_owned(), "a".to_owned()]);
        assert_eq!(secrets.scrubbed("key AKIDEXAMPLE, password hunter2! wrong"), "key ***, password *** wrong");
        assert!(!format!("{secrets:?}").contains("hunter2"));
    }
}
