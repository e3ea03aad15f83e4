//! Keeps the desk up to date: waits for changes, for another day to be asked for and for midnight, makes the
//! portal anew, and lays it on the desk.

use std::path::Path;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use jiff::civil::Date;

use super::desk::Desk;
use super::watch::{self, Hints, Wake, Watch};
use super::{Serve, Told};
use crate::diag::Diagnostics;
use crate::read::Difference;
use crate::{Memory, Portal};

/// Files are compared this often where the system does not tell of changes.
const POLL: Duration = Duration::from_millis(500);
/// And this often where it does, because a notice can be lost.
const MISTRUST: Duration = Duration::from_secs(5);
/// A folder that was made is watched a little later than it is there: what was put into it meanwhile is found by
/// a second look.
const SECOND_LOOK: Duration = Duration::from_millis(300);
/// To compare all files takes at most this share of the time.
const SHARE: u32 = 50;

/// What the keeper works with.
pub(crate) struct Keeper<'a> {
    pub(crate) serve: &'a Serve,
    pub(crate) root: &'a Path,
    pub(crate) desk: &'a Desk,
    /// None: nothing tells of changes.
    pub(crate) watch: Option<Watch>,
    pub(crate) tell: &'a (dyn Fn(Told<'_>) + Sync),
}

/// What decides how the portal looks, beside the files.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Day {
    today: Date,
    as_of: Option<Date>,
}

impl Keeper<'_> {
    /// Keeps the desk until nobody is left to wake it.
    pub(crate) fn keep(mut self, wakes: &Receiver<Wake>) {
        let mut memory = Memory::new();
        let mut unread = None;
        let mut day = self.day(None);
        let mut shown = None;
        let mut hints = Hints::everything();
        let mut is_notice = false;
        loop {
            let started = Instant::now();
            let difference = self.look(&mut memory, &hints, &mut unread);
            let patience = self.pause(&hints, is_notice).max(started.elapsed() * SHARE);
            if unread.is_none() && (shown != Some(day) || !matches!(difference, Difference::Nothing)) {
                self.make(&mut memory, day, &difference);
                shown = Some(day);
            }
            let Ok(woken) = watch::next(wakes, patience) else { return };
            is_notice = woken.hints.is_some();
            // Nothing was told for a while: whether nothing happened is seen by looking.
            let nothing = !is_notice && woken.day.is_none();
            hints = woken.hints.unwrap_or(Hints { everything: nothing, ..Hints::default() });
            if hints.tops {
                self.renew();
            }
            day = self.day(woken.day.unwrap_or(day.as_of));
        }
    }

    /// How long to wait before all files are compared.
    fn pause(&self, hints: &Hints, is_notice: bool) -> Duration {
        match (&self.watch, is_notice && hints.everything) {
            (None, _) => POLL,
            (Some(_), true) => SECOND_LOOK,
            (Some(_), false) => MISTRUST,
        }
    }

    /// Looks where something may have changed. What cannot be read is laid on the desk once.
    fn look(&self, memory: &mut Memory, hints: &Hints, unread: &mut Option<Diagnostics>) -> Difference {
        match memory.look(self.root, (!hints.everything).then_some(&hints.paths)) {
            Ok(difference) if unread.take().is_none() => difference,
            Ok(_) => Difference::Much,
            Err(problems) => {
                if unread.as_ref() != Some(&problems) {
                    *unread = Some(problems.clone());
                    self.show(Err(problems), None, Instant::now());
                }
                Difference::Nothing
            }
        }
    }

    /// Folders that came back have lost their watch.
    fn renew(&mut self) {
        if let Some(Err(error)) = self.watch.as_mut().map(Watch::renew) {
            (self.tell)(Told::NotWatched(&error.to_string()));
        }
    }

    fn make(&self, memory: &mut Memory, day: Day, difference: &Difference) {
        let started = Instant::now();
        let Day { today, as_of } = day;
        let request = crate::Request { today, as_of, ..self.serve.request.clone() };
        let last = self.desk.good();
        self.show(memory.prepare(&request, last.as_deref(), difference), as_of, started);
    }

    fn show(&self, prepared: Result<Portal, Diagnostics>, as_of: Option<Date>, started: Instant) {
        let shown = self.desk.show(prepared, as_of);
        (self.tell)(match (shown.problems.is_empty(), &shown.portal) {
            (true, Some(portal)) => Told::Showing { generation: shown.generation, portal, took: started.elapsed() },
            _ => Told::Problems(&shown.problems),
        });
    }

    /// The day on show when this one is asked for, or none.
    fn day(&self, asked: Option<Date>) -> Day {
        Day { today: (self.serve.today)(), as_of: asked.or(self.serve.request.as_of) }
    }
}
