//! One publisher at a time in a target: a lock object that its owner keeps rewriting. No clocks are compared:
//! a lock is dead when it has not changed for as long as this process watched it.
//!
//! Taking the lock also finds out whether the service honours conditions, since some only claim to. Where
//! it does not, two that begin in the same second are told apart by reading back, which is weaker.
//!
//! A folder on this machine is locked by the system instead, which forgets the lock when its owner dies. A
//! door to the disk for that.

use std::fs::{self, File, TryLockError};
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::state::FOLDER;
use super::store::{self, Done, If, Kind, Store, Trouble};

/// How long a writer waits before it reads back, where the service does not honour conditions.
const SETTLE: Duration = Duration::from_millis(1500);

fn path() -> String {
    format!("{FOLDER}lock")
}

/// What the lock object says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    /// Who holds it, for people.
    owner: String,
    /// By which the owner knows it.
    token: String,
    /// Grows each time the owner rewrites it.
    beat: u64,
}

impl Note {
    fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("strings always serialise")
    }
}

pub(super) struct Lock {
    note: Note,
    lease: Duration,
    /// Of a folder: held as long as it is open.
    file: Option<File>,
    /// Whether the service was seen to honour conditions.
    pub(super) honours_conditions: bool,
}

pub(super) enum Refused {
    /// Somebody else publishes: this one.
    Busy(String),
    Trouble(Trouble),
}

impl From<Trouble> for Refused {
    fn from(trouble: Trouble) -> Refused {
        Refused::Trouble(trouble)
    }
}

/// Who asks for the lock.
pub(super) struct Claim<'a> {
    pub(super) owner: &'a str,
    pub(super) token: &'a str,
    /// How long a lock may stand unchanged before it counts as left behind.
    pub(super) lease: Duration,
    /// Takes the lock from whoever holds it.
    pub(super) by_force: bool,
}

/// Takes the lock.
pub(super) async fn take(store: &Store, claim: &Claim<'_>) -> Result<Lock, Refused> {
    let note = Note { owner: claim.owner.to_owned(), token: claim.token.to_owned(), beat: 0 };
    let mut lock = Lock { note, lease: claim.lease, file: None, honours_conditions: store.claims_conditions() };
    if let Some(folder) = store.folder() {
        lock.file = Some(lock_folder(folder)?);
        return Ok(lock);
    }
    if let Some(dead) = abandoned(store, claim).await? {
        // Only one of two that found it dead may go on.
        let condition = dead.tag.as_deref().filter(|_| lock.honours_conditions).map_or(If::Always, If::Unchanged);
        lock.note.beat = dead.note.map_or(0, |note| note.beat) + 1;
        lock.write(store, condition).await?;
    } else {
        let condition = if lock.honours_conditions { If::Absent } else { If::Always };
        lock.write(store, condition).await?;
        if lock.honours_conditions {
            let again = store.note(&path(), lock.note.to_bytes(), If::Absent).await;
            lock.honours_conditions = matches!(again, Err(Trouble { kind: Kind::Lost, .. }));
        }
    }
    if !lock.honours_conditions {
        tokio::time::sleep(SETTLE).await;
    }
    lock.confirm(store).await?;
    Ok(lock)
}

fn lock_folder(folder: &Path) -> Result<File, Refused> {
    let path = folder.join(path());
    let opened = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| File::create(&path));
    let file = opened.map_err(|error| store::of_disk(&error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Refused::Busy("?".to_owned())),
        Err(TryLockError::Error(error)) => Err(Refused::Trouble(store::of_disk(&error))),
    }
}

struct Dead {
    tag: Option<String>,
    note: Option<Note>,
}

/// The lock that may be taken over; none when there is no lock.
async fn abandoned(store: &Store, claim: &Claim<'_>) -> Result<Option<Dead>, Refused> {
    let Some(first) = store.read(&path()).await? else { return Ok(None) };
    let note: Option<Note> = serde_json::from_slice(&first.bytes).ok();
    let own = note.as_ref().is_some_and(|note| note.token == claim.token);
    if own || claim.by_force {
        return Ok(Some(Dead { tag: first.tag, note }));
    }
    let steps = 10;
    for _ in 0..steps {
        tokio::time::sleep(claim.lease / steps).await;
        match store.read(&path()).await? {
            None => return Ok(None),
            Some(now) if now.bytes != first.bytes => {
                let owner = note.map_or_else(|| "?".to_owned(), |note| note.owner);
                return Err(Refused::Busy(owner));
            }
            Some(_) => {}
        }
    }
    Ok(Some(Dead { tag: first.tag, note }))
}

impl Lock {
    async fn write(&self, store: &Store, condition: If<'_>) -> Result<(), Refused> {
        match store.note(&path(), self.note.to_bytes(), condition).await {
            // Ours may have arrived although its answer was lost.
            Err(Trouble { kind: Kind::Lost, .. }) => self.confirm(store).await,
            done => Ok(done?),
        }
    }

    /// Fails when the lock is not ours.
    pub(super) async fn confirm(&self, store: &Store) -> Result<(), Refused> {
        if self.file.is_some() {
            return Ok(());
        }
        let found = store.read(&path()).await?;
        let note: Option<Note> = found.and_then(|found| serde_json::from_slice(&found.bytes).ok());
        match note {
            Some(note) if note.token == self.note.token => Ok(()),
            Some(note) => Err(Refused::Busy(note.owner)),
            None => Err(Refused::Busy("?".to_owned())),
        }
    }

    /// Rewrites the lock again and again; ends only when it was lost.
    pub(super) async fn keep(&self, store: &Store) -> Refused {
        if self.file.is_some() {
            return std::future::pending().await;
        }
        let mut note = self.note.clone();
        loop {
            tokio::time::sleep(self.lease / 6).await;
            if let Err(lost @ Refused::Busy(_)) = self.confirm(store).await {
                return lost;
            }
            note.beat += 1;
            // A beat that does not arrive is followed by the next; whoever watches waits for several.
            let _ = store.note(&path(), note.to_bytes(), If::Always).await;
        }
    }

    pub(super) async fn release(self, store: &Store) -> Done<()> {
        match self.file {
            Some(_) => Ok(()),
            None => store.delete(&path()).await,
        }
    }
}
