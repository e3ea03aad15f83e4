//! The moment of publishing, and the duties after it: the pointer is written on condition that nobody else has
//! written it; then what must go is deleted. Must not decide what that is.

use futures_util::StreamExt;
use futures_util::stream;

use super::class::is_page;
use super::lock::{Lock, Refused};
use super::state::{CURRENT, State};
use super::store::{Done, If, Kind, Store, Trouble};

/// Writes the state, if it still is what was read.
///
/// # Errors
/// `Busy` when somebody else has published meanwhile.
pub(super) async fn point(
    store: &Store,
    lock: &Lock,
    read: &State,
    tag: Option<&str>,
    next: &State,
) -> Result<(), Refused> {
    lock.confirm(store).await?;
    let condition = match (lock.honours_conditions, tag) {
        (false, _) => {
            // Without conditions, the lock and a look just before are all there is.
            let found = store.read(CURRENT).await?.and_then(|found| State::parse(&found.bytes)).unwrap_or_default();
            if found != *read && found != *next {
                return Err(Refused::Busy("?".to_owned()));
            }
            If::Always
        }
        (true, None) => If::Absent,
        (true, Some(tag)) => If::Unchanged(tag),
    };
    match store.note(CURRENT, next.to_bytes(), condition).await {
        Ok(()) => Ok(()),
        Err(trouble) => {
            // It may be ours that stands there, and only its answer was lost.
            let found = store.read(CURRENT).await?.and_then(|found| State::parse(&found.bytes));
            match found {
                Some(found) if found == *next => Ok(()),
                _ if trouble.kind == Kind::Lost => Err(Refused::Busy("?".to_owned())),
                _ => Err(Refused::Trouble(trouble)),
            }
        }
    }
}

/// Deletes paths, several at a time, and gives those that could not be. No page stands longer than what it names.
pub(super) async fn delete(
    store: &Store,
    paths: &[String],
    parallel: usize,
    tick: &dyn Fn(),
) -> Vec<(String, Trouble)> {
    let one = async |path: &String| {
        let done = gone(store, path).await;
        tick();
        done.err().map(|trouble| (path.clone(), trouble))
    };
    let mut failed = Vec::new();
    let (pages, others): (Vec<&String>, Vec<&String>) = paths.iter().partition(|path| is_page(path));
    for group in [pages, others] {
        let mut running = stream::iter(group.into_iter().map(one)).buffer_unordered(parallel);
        while let Some(done) = running.next().await {
            failed.extend(done);
        }
    }
    failed.sort_by(|a, b| a.0.cmp(&b.0));
    failed
}

/// Deletes an object and looks whether it is gone: a service may say yes and keep it.
async fn gone(store: &Store, path: &str) -> Done<()> {
    store.delete(path).await?;
    if store.exists(path).await? {
        return Err(Trouble { kind: Kind::Other, said: "still there after it was deleted".to_owned() });
    }
    Ok(())
}
