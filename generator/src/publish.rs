//! A built portal becomes what a target shows: only what changed, in a safe order, and provably complete.
//! Reads `public/` and the target, and nothing of the site but its settings. No stage may know this module.
//!
//! A target holds the portal's objects, and below `.gongkai/` a manifest of each release and one pointer. A
//! publisher leaves its manifest before it uploads anything, so that whatever an interrupted one may have left
//! has a name; it writes the pointer when everything stands, on condition that nobody else did; and only
//! then it deletes. What must be deleted is remembered in the pointer until it is done.

mod class;
mod commit;
mod compose;
mod journal;
mod limits;
mod live;
mod local;
mod lock;
mod plan;
mod provider;
mod purge;
mod release;
mod rollback;
mod run;
mod state;
mod store;
mod survey;
mod switch;
mod upload;
mod verify;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use crate::config::{self, Provider, Settings, Target};
use crate::diag::Diagnostics;
use crate::read;
use crate::source::hex;
use crate::text::{self, Text};

pub use live::{Live, verify_url};
pub use store::Secrets;

/// Folder of what publishing remembers on this machine, beside the site.
pub const HOME: &str = ".gongkai-publish";

/// Name of the target that every site has.
pub const LOCAL: &str = "local";

/// Who publishes what to where, and when.
#[derive(Clone, Debug)]
pub struct Errand {
    /// The site's folder.
    pub root: PathBuf,
    /// The built portal.
    pub out: PathBuf,
    /// Name of a target; may be left out where there is only one.
    pub target: Option<String>,
    pub secrets: Secrets,
    pub now: Timestamp,
    /// Who publishes, for others who find the target busy.
    pub owner: String,
}

/// How much is read back after publishing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verify {
    #[default]
    Nothing,
    /// What changed, and a sample of the rest.
    Changed,
    All,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Plans and says what would be done.
    pub dry_run: bool,
    pub verify: Verify,
    /// Overrides the target's `max_delete`.
    pub max_delete: Option<usize>,
    /// Deletes hashed files at once that no page names any more.
    pub no_grace: bool,
    /// Takes the lock from whoever holds it.
    pub break_lock: bool,
    /// Publishes into a place that holds files of others.
    pub adopt: bool,
}

/// Told what is going on, for progress bars.
pub trait Transfer: Sync {
    fn begin(&self, what: &Text, objects: usize, bytes: u64);
    /// One object is done.
    fn advance(&self, bytes: u64);
}

/// One thing that is done, or would be.
#[derive(Clone, Debug)]
pub struct Step {
    /// `upload`, `copy`, `delete`, `point`.
    pub action: &'static str,
    pub path: String,
    pub reason: Text,
}

/// What publishing did.
#[derive(Debug)]
pub struct Published {
    pub target: String,
    pub release: String,
    /// The release that readers saw before; empty before the first.
    pub before: String,
    pub steps: Vec<Step>,
    pub uploaded: u64,
    pub uploaded_bytes: u64,
    /// Taken from an earlier release.
    pub copied: u64,
    pub deleted: usize,
    pub unchanged: usize,
    /// Requests that had to be repeated.
    pub repeats: u32,
    /// Objects that were read back and are right.
    pub verified: usize,
    /// File with the addresses to purge, in the target's form; none when nothing changed.
    pub purge: Option<PathBuf>,
    pub purge_command: Vec<String>,
    pub warnings: Diagnostics,
}

/// Publishes a built portal, or says what would be done.
///
/// # Errors
/// Whatever keeps the target from showing exactly this portal; what has arrived is not sent again.
pub fn publish(errand: &Errand, options: &Options, transfer: &dyn Transfer) -> Result<Published, Diagnostics> {
    let chosen = choose(errand)?;
    let local = local::read(&errand.out, &errand.root.join(HOME))?;
    runtime(&chosen)?.block_on(run::publish(errand, options, &chosen, &local, transfer))
}

/// What a rollback did.
#[derive(Debug)]
pub struct RolledBack {
    pub target: String,
    pub release: String,
    pub before: String,
    pub as_of: String,
}

/// Shows an earlier release again: the newest before the shown one, or the one whose id begins with `to`.
///
/// # Errors
/// No such release, or one that holds what has since expired or been withdrawn.
pub fn roll_back(errand: &Errand, to: Option<&str>, options: &Options) -> Result<RolledBack, Diagnostics> {
    let chosen = choose(errand)?;
    runtime(&chosen)?.block_on(run::roll_back(errand, to, options, &chosen))
}

/// Reads back what a target holds and compares it with its manifest: everything, or a sample.
///
/// # Errors
/// Objects that are missing or different, and deleted ones that are still there.
pub fn verify_target(errand: &Errand, all: bool, transfer: &dyn Transfer) -> Result<usize, Diagnostics> {
    let chosen = choose(errand)?;
    runtime(&chosen)?.block_on(run::verify(errand, all, &chosen, transfer))
}

/// The files that a provider reads, made for the built portal: by name.
///
/// # Errors
/// No built portal.
pub fn provider_files(out: &Path, provider: Provider) -> Result<BTreeMap<String, String>, Diagnostics> {
    let Some(facts) = local::facts(out) else {
        let mut diags = Diagnostics::new();
        diags.nothing_built(&out.display().to_string());
        return Err(diags);
    };
    Ok(provider::texts(provider, &facts))
}

/// A target with what the site's settings say beside it.
struct Chosen {
    name: String,
    target: Target,
    /// The day that counts as today: the pinned one, else that in Beijing.
    today: Date,
    /// This machine's folder for the target.
    home: PathBuf,
}

fn choose(errand: &Errand) -> Result<Chosen, Diagnostics> {
    let source = read::settings(&errand.root)?;
    let settings = config::settings(source.as_ref())?;
    let today = jiff::tz::offset(8).to_datetime(errand.now).date();
    let today = settings.pinned_day().ok().flatten().unwrap_or(today);
    let (name, target) = named(&settings, errand.target.as_deref())?;
    Ok(Chosen { home: errand.root.join(HOME).join(&name), name, target, today })
}

fn named(settings: &Settings, name: Option<&str>) -> Result<(String, Target), Diagnostics> {
    let mut targets = settings.target.clone();
    if targets.is_empty() {
        targets.insert(LOCAL.to_owned(), Target::local());
    }
    let wanted = match name {
        Some(name) => Some(name.to_owned()),
        None if targets.len() == 1 => targets.keys().next().cloned(),
        None => None,
    };
    if let Some((name, target)) = wanted.as_ref().and_then(|name| targets.remove_entry(name)) {
        return Ok((name, target));
    }
    let mut diags = Diagnostics::new();
    let names: Vec<&str> = targets.keys().map(String::as_str).collect();
    match wanted {
        Some(name) => diags.unknown_target(&name, &text::nearest(&name, names.iter().copied(), 3), &names),
        None => diags.which_target(&names),
    }
    Err(diags)
}

/// The only place where anything waits for a network.
fn runtime(chosen: &Chosen) -> Result<tokio::runtime::Runtime, Diagnostics> {
    let built = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    built.map_err(|error| {
        let mut diags = Diagnostics::new();
        diags.publishing_failed(&chosen.name, &error.to_string());
        diags
    })
}

/// A short name for a longer word, the same on every machine.
fn short_hash(word: &str) -> String {
    hex(&Sha256::digest(word.as_bytes()))[..24].to_owned()
}
