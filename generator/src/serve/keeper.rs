//! Keeps the desk up to date: waits for changes, for another day to be asked for and for midnight, makes the
//! portal anew, and lays it on the desk.

use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use jiff::civil::Date;

use super::desk::Desk;
use super::watch::{self, Hints, Wake, Watch};
use super::{Serve, Told};

/// Looks at the calendar this often: a preview that runs over midnight shows the new day.
const CALENDAR: Duration = Duration::from_secs(20);

/// What the keeper works with.
pub(crate) struct Keeper<'a> {
    pub(crate) serve: &'a Serve,
    pub(crate) desk: &'a Desk,
    pub(crate) watch: Option<Watch>,
    pub(crate) tell: &'a (dyn Fn(Told<'_>) + Sync),
}

impl Keeper<'_> {
    /// Keeps the desk until nobody is left to wake it.
    pub(crate) fn keep(mut self, wakes: &Receiver<Wake>) {
        let mut as_of = self.serve.request.as_of;
        let mut today = (self.serve.today)();
        self.make(today, as_of);
        loop {
            let woken = match watch::next(wakes, CALENDAR) {
                Ok(woken) => woken,
                Err(_) => return,
            };
            match woken {
                Some(Wake::Files(hints)) => self.look_at(&hints),
                Some(Wake::Day(day)) => as_of = day.or(self.serve.request.as_of),
                None if (self.serve.today)() == today => continue,
                None => {}
            }
            today = (self.serve.today)();
            self.make(today, as_of);
        }
    }

    fn look_at(&mut self, hints: &Hints) {
        if !hints.everything {
            return;
        }
        if let Some(Err(error)) = self.watch.as_mut().map(Watch::renew) {
            (self.tell)(Told::NotWatched(&error.to_string()));
        }
    }

    fn make(&self, today: Date, as_of: Option<Date>) {
        let started = Instant::now();
        let request = crate::Request { today, as_of, ..self.serve.request.clone() };
        let prepared = crate::prepare(&request, &Quiet);
        let shown = self.desk.show(prepared, as_of);
        (self.tell)(match (shown.problems.is_empty(), &shown.portal) {
            (true, Some(portal)) => Told::Showing { generation: shown.generation, portal, took: started.elapsed() },
            _ => Told::Problems(&shown.problems),
        });
    }
}

/// Nobody watches the verbs of a preview.
struct Quiet;

impl crate::Observer for Quiet {
    fn begin(&self, _: crate::Verb, _: usize) {}
    fn advance(&self) {}
}
