//! What the preview shows now: the last good portal, what is wrong since, and a number that grows with every
//! change. Whoever waits for a newer number than its own misses nothing, however long it slept.

use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use jiff::civil::Date;

use crate::Portal;
use crate::diag::Diagnostics;

/// One state of the preview; never changed, only replaced.
pub(crate) struct Shown {
    /// Grows by one with every state; the first is 1.
    pub(crate) generation: u64,
    /// The last portal without errors; none before the first.
    pub(crate) portal: Option<Arc<Portal>>,
    /// What keeps the sources as they are now from being a portal; empty when `portal` shows them.
    pub(crate) problems: Diagnostics,
    /// The day that was asked for, if not the site's own.
    pub(crate) as_of: Option<Date>,
}

/// Where the state lies, for the one who replaces it and the many who read it.
#[derive(Default)]
pub(crate) struct Desk {
    shown: Mutex<Option<Arc<Shown>>>,
    replaced: Condvar,
}

impl Desk {
    /// Shows a good portal, or what is wrong over the last good one.
    pub(crate) fn show(&self, prepared: Result<Portal, Diagnostics>, as_of: Option<Date>) -> Arc<Shown> {
        let mut shown = self.lock();
        let (generation, last) = shown.as_ref().map_or((0, None), |last| (last.generation, last.portal.clone()));
        let (portal, problems) = match prepared {
            Ok(portal) => (Some(Arc::new(portal)), Diagnostics::new()),
            Err(problems) => (last, problems),
        };
        let next = Arc::new(Shown { generation: generation + 1, portal, problems, as_of });
        let last = shown.replace(next.clone());
        self.replaced.notify_all();
        drop(shown);
        let_go(last);
        next
    }

    /// The portal on show, if it is that of the last sources.
    pub(crate) fn good(&self) -> Option<Arc<Portal>> {
        self.lock().as_ref().filter(|shown| shown.problems.is_empty()).and_then(|shown| shown.portal.clone())
    }

    /// The state now; waits for the first.
    pub(crate) fn now(&self) -> Arc<Shown> {
        let mut shown = self.lock();
        loop {
            match &*shown {
                Some(shown) => return shown.clone(),
                None => shown = self.replaced.wait(shown).expect(WHOLE),
            }
        }
    }

    /// A state newer than a generation, as soon as there is one; nothing if there is none in this time.
    pub(crate) fn after(&self, generation: u64, patience: Duration) -> Option<Arc<Shown>> {
        let is_old = |shown: &mut Option<Arc<Shown>>| shown.as_ref().is_none_or(|shown| shown.generation <= generation);
        let (shown, waited) = self.replaced.wait_timeout_while(self.lock(), patience, is_old).expect(WHOLE);
        if waited.timed_out() { None } else { shown.clone() }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<Shown>>> {
        self.shown.lock().expect(WHOLE)
    }
}

/// Whoever waited for a new state asks for its first pages in this time.
const RUSH: Duration = Duration::from_millis(200);

/// Drops a state when the rush for the next one is over: to take a large portal apart takes time.
fn let_go(last: Option<Arc<Shown>>) {
    let later = move || {
        thread::sleep(RUSH);
        drop(last);
    };
    // Without a thread for it, it is dropped at once.
    let _ = thread::Builder::new().spawn(later);
}

const WHOLE: &str = "no thread panics while it holds the state";
