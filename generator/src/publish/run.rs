//! Publishing, from the first look at the target to the last deletion: the order of the protocol. What each
//! step does stands in its own module.

mod checks;
mod returning;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};

use super::compose::{Composed, compose};
use super::journal::{About, Home, Journal};
use super::local::Local;
use super::lock::{self, Claim, Lock};
use super::plan::{self, Known, Moment, Plan, Shelf};
use super::release::Release;
use super::rollback::{Ended, unfit};
use super::state::{Kept, State, WRITER, manifest_path, release_folder};
use super::store::{If, Store, Trouble};
use super::survey::{self, Survey, manifest, survey};
use super::upload::{Place, Sent, Stopped, stands, upload};
use super::{Chosen, Errand, Options, Published, Step, Transfer, Verify, commit, purge, switch, verify as reading};
use crate::config::Layout;
use crate::diag::Diagnostics;
use crate::text::Text;

pub(super) use returning::{roll_back, verify};

/// A second publisher watches this long before it takes a lock over that nobody renews; beyond it, twice
/// the time that a request may take.
const LEASE: Duration = Duration::from_secs(20);

/// Everything that one run needs.
struct Run<'a> {
    errand: &'a Errand,
    options: &'a Options,
    chosen: &'a Chosen,
    store: Store,
}

pub(super) async fn publish(
    errand: &Errand,
    options: &Options,
    chosen: &Chosen,
    local: &Local,
    transfer: &dyn Transfer,
) -> Result<Published, Diagnostics> {
    let run = Run::open(errand, options, chosen)?;
    let composed = compose(local, &chosen.target);
    run.check(local, &composed)?;
    if options.dry_run {
        let survey = run.survey().await?;
        let plan = run.plan(&composed, &survey, &BTreeSet::new(), &[]);
        run.guard(&plan, &survey)?;
        return Ok(run.report(&composed, &survey, &plan, &Sent::default()));
    }
    let home = run.home()?;
    // Refuses before anything is written to the target.
    let first = run.survey().await?;
    run.guard(&run.plan(&composed, &first, &BTreeSet::new(), &[]), &first)?;
    let lock = run.lock(&home).await?;
    let done = run.while_locked(&lock, run.publish_locked(&composed, &home, &lock, transfer)).await;
    run.unlock(lock, done.is_ok()).await?;
    done
}

impl<'a> Run<'a> {
    fn open(errand: &'a Errand, options: &'a Options, chosen: &'a Chosen) -> Result<Run<'a>, Diagnostics> {
        let store = Store::open(&errand.root, &chosen.target, &errand.secrets);
        let store = store.map_err(|trouble| told(|diags| trouble.tell(&chosen.name, None, diags)))?;
        Ok(Run { errand, options, chosen, store })
    }

    fn moment(&self) -> Moment {
        let hours = if self.options.no_grace { 0 } else { self.chosen.target.grace_hours };
        Moment { now: self.errand.now.as_second(), today: self.chosen.today, grace_seconds: i64::from(hours) * 3600 }
    }

    async fn survey(&self) -> Result<Survey, Diagnostics> {
        let name = &self.chosen.name;
        let refused = |refused| match refused {
            survey::Refused::Foreign(example) => told(|diags| diags.foreign_target(name, &example)),
            survey::Refused::Damaged(path) => told(|diags| diags.damaged_target(name, &path)),
            survey::Refused::Trouble(trouble) => self.failed(None)(trouble),
        };
        let found = survey(&self.store).await.map_err(refused)?;
        if !self.options.adopt {
            found.expect_empty(&self.store).await.map_err(refused)?;
        }
        Ok(found)
    }

    /// `unfit` are kept releases that may not be shown any more.
    fn plan(&self, composed: &Composed<'_>, survey: &Survey, arrived: &BTreeSet<String>, unfit: &[String]) -> Plan {
        let begun: Vec<Release> = survey.begun.iter().map(|(_, release)| release.clone()).collect();
        let known = Known { state: &survey.state, live: survey.live.as_ref(), begun: &begun, arrived };
        let local = &composed.release;
        let mut plan = match self.chosen.target.layout() {
            Layout::InPlace => plan::plan(local, &composed.id, &known, self.moment()),
            Layout::Releases => {
                let mut plan = plan::whole(local, &composed.id, &known, self.moment());
                let begun = survey.begun.iter().map(|(id, _)| id.as_str()).collect();
                let shelf = Shelf { state: &survey.state, begun, unfit, keep: self.chosen.target.keep };
                let published = self.errand.now.as_second();
                plan::shelve(
                    &shelf,
                    Kept { id: composed.id.clone(), published, as_of: local.as_of.clone() },
                    &mut plan,
                );
                plan
            }
        };
        let others = survey.manifests.iter().filter(|id| **id != composed.id);
        let kept = |id: &&String| plan.next.releases.iter().any(|kept| kept.id == **id);
        plan.next.settled = others.filter(|id| !kept(id)).cloned().collect();
        plan
    }

    /// Kept releases that hold something which has ended since.
    async fn unfit(&self, composed: &Composed<'_>, survey: &Survey) -> Result<Vec<String>, Diagnostics> {
        let plan = self.plan(composed, survey, &BTreeSet::new(), &[]);
        let records = composed.release.ended.iter().map(String::as_str).collect();
        let ended = Ended { records, gone: &plan.next.gone, today: self.chosen.today };
        let mut found = Vec::new();
        for kept in survey.state.releases.iter().filter(|kept| kept.id != composed.id) {
            let release = manifest(&self.store, &kept.id).await.map_err(self.failed(None))?;
            if release.is_none_or(|release| !unfit(&release, &ended).is_empty()) {
                found.push(kept.id.clone());
            }
        }
        Ok(found)
    }

    fn home(&self) -> Result<Home, Diagnostics> {
        Home::open(&self.chosen.home).map_err(|error| {
            told(|diags| match error.kind() {
                std::io::ErrorKind::WouldBlock => diags.target_is_busy(&self.chosen.name, "localhost"),
                _ => diags.cannot_write(&self.chosen.home.display().to_string(), &error.to_string()),
            })
        })
    }

    async fn lock(&self, home: &Home) -> Result<Lock, Diagnostics> {
        let seed = format!("{} {}", self.errand.owner, self.errand.now);
        let token = home.token(&seed).map_err(|error| self.unwritable(&error))?;
        let timeout = Duration::from_secs(self.chosen.target.timeout_seconds);
        let claim = Claim {
            owner: &self.errand.owner,
            token: &token,
            lease: LEASE + timeout * 2,
            by_force: self.options.break_lock,
        };
        lock::take(&self.store, &claim).await.map_err(|refused| self.refused(refused))
    }

    /// Works until it is done or the lock is lost.
    async fn while_locked<T>(
        &self,
        lock: &Lock,
        work: impl Future<Output = Result<T, Diagnostics>>,
    ) -> Result<T, Diagnostics> {
        match select(pin!(work), pin!(lock.keep(&self.store))).await {
            Either::Left((done, _)) => done,
            Either::Right((lost, _)) => Err(self.refused(lost)),
        }
    }

    /// Gives the lock back. After a failure the lock may not be ours any more.
    async fn unlock(&self, lock: Lock, done: bool) -> Result<(), Diagnostics> {
        let ours = lock.confirm(&self.store).await.is_ok();
        let released = if ours { lock.release(&self.store).await } else { Ok(()) };
        match released {
            Err(trouble) if done => Err(self.failed(None)(trouble)),
            _ => Ok(()),
        }
    }

    async fn publish_locked(
        &self,
        composed: &Composed<'_>,
        home: &Home,
        lock: &Lock,
        transfer: &dyn Transfer,
    ) -> Result<Published, Diagnostics> {
        let survey = self.settled(lock).await?;
        let journal = self.journal(composed, home).await?;
        let place = self.place(composed, &survey);
        let arrived = self.arrived(composed, &journal, &place).await?;
        let unfit = match self.chosen.target.layout() {
            Layout::Releases => self.unfit(composed, &survey).await?,
            Layout::InPlace => Vec::new(),
        };
        let plan = self.plan(composed, &survey, &arrived, &unfit);
        self.guard(&plan, &survey)?;
        let mut sent = Sent::default();
        let is_new = survey.state.release != composed.id;
        let works = is_new || !plan.uploads.is_empty() || !plan.deletes.is_empty();
        if works {
            self.begin(&journal).await?;
        }
        if is_new || !plan.uploads.is_empty() {
            let own = manifest_path(&composed.id);
            let noted = self.store.note(&own, composed.manifest.clone(), If::Always).await;
            noted.map_err(self.failed(Some(&own)))?;
            let parallel = self.chosen.target.parallel();
            let uploaded = upload(&self.store, composed, &plan, &place, &journal, parallel, transfer).await;
            sent = uploaded.map_err(|stopped| self.stopped(stopped))?;
        }
        let mut report = self.report(composed, &survey, &plan, &sent);
        if works {
            self.commit(lock, &survey, &plan, transfer).await?;
            report.purge = self.leave_purge_list(home, composed, &survey)?;
        }
        if !lock.honours_conditions && self.store.folder().is_none() {
            report.warnings.weak_lock(&self.chosen.name);
        }
        report.verified = self.read_back(composed, &plan, &place, transfer).await?;
        Ok(report)
    }

    /// Looks again now that nobody else can write, and puts manifests away that the last run had made up for.
    async fn settled(&self, lock: &Lock) -> Result<Survey, Diagnostics> {
        let survey = self.survey().await?;
        if survey.state.settled.is_empty() {
            return Ok(survey);
        }
        self.put_away(&survey.state).await?;
        let next = State { settled: BTreeSet::new(), ..survey.state.clone() };
        self.point(lock, &survey.state, survey.tag.as_deref(), &next).await?;
        self.survey().await
    }

    async fn put_away(&self, state: &State) -> Result<(), Diagnostics> {
        let paths: Vec<String> = state.settled.iter().map(|id| manifest_path(id)).collect();
        let failed = commit::delete(&self.store, &paths, self.chosen.target.parallel(), &|| {}).await;
        match failed.into_iter().next() {
            Some((path, trouble)) => Err(self.failed(Some(&path))(trouble)),
            None => Ok(()),
        }
    }

    async fn journal(&self, composed: &Composed<'_>, home: &Home) -> Result<Journal, Diagnostics> {
        let found = self.store.read(WRITER).await.map_err(self.failed(Some(WRITER)))?;
        let writer = found.and_then(|found| String::from_utf8(found.bytes).ok());
        let own = format!("{} {} {}", self.errand.owner, self.errand.now, composed.id);
        let about = About { release: composed.id.clone(), writer: super::short_hash(&own) };
        home.journal(&about, writer.as_deref()).map_err(|error| self.unwritable(&error))
    }

    /// Says that this publisher begins, before it changes anything.
    async fn begin(&self, journal: &Journal) -> Result<(), Diagnostics> {
        if journal.resumed {
            return Ok(());
        }
        let word = journal.writer.clone().into_bytes();
        self.store.note(WRITER, word, If::Always).await.map_err(self.failed(Some(WRITER)))
    }

    fn place(&self, composed: &Composed<'_>, survey: &Survey) -> Place {
        match self.chosen.target.layout() {
            Layout::InPlace => Place { folder: String::new(), earlier: None },
            Layout::Releases => Place {
                folder: release_folder(&composed.id),
                earlier: survey.live.clone().map(|live| (release_folder(&survey.state.release), live)),
            },
        }
    }

    /// What arrived in an interrupted run; what was on its way is looked at.
    async fn arrived(
        &self,
        composed: &Composed<'_>,
        journal: &Journal,
        place: &Place,
    ) -> Result<BTreeSet<String>, Diagnostics> {
        let mut arrived = journal.arrived();
        for path in journal.doubtful() {
            let Some(object) = composed.release.objects.get(&path) else { continue };
            let stands = stands(&self.store, &place.folder, &path, object, &composed.release).await;
            if stands.map_err(self.failed(Some(&path)))? {
                arrived.insert(path);
            }
        }
        Ok(arrived)
    }

    /// The moment of publishing, then the deletions.
    async fn commit(
        &self,
        lock: &Lock,
        survey: &Survey,
        plan: &Plan,
        transfer: &dyn Transfer,
    ) -> Result<(), Diagnostics> {
        if let Some(folder) = self.store.folder()
            && self.chosen.target.layout() == Layout::Releases
        {
            let to = release_folder(&plan.next.release);
            switch::switch(folder, &to).map_err(|error| self.unwritable(&error))?;
        }
        self.point(lock, &survey.state, survey.tag.as_deref(), &plan.next).await?;
        let (folders, paths): (Vec<String>, Vec<String>) =
            plan.next.deleting.iter().cloned().partition(|path| path.ends_with('/'));
        if !plan.deletes.is_empty() {
            transfer.begin(&Text::new("删除", "deletions"), plan.deletes.len(), 0);
        }
        let mut failed =
            commit::delete(&self.store, &paths, self.chosen.target.parallel(), &|| transfer.advance(0)).await;
        for folder in folders {
            if let Err(trouble) = self.store.delete_folder(&folder).await {
                failed.push((folder, trouble));
            }
        }
        if !failed.is_empty() {
            let mut diags = Diagnostics::new();
            for (path, trouble) in failed {
                diags.not_deleted(&self.chosen.name, &path, &trouble.said);
            }
            return Err(diags);
        }
        self.put_away(&plan.next).await?;
        if plan.next.settled.is_empty() && plan.next.deleting.is_empty() {
            return Ok(());
        }
        let tag = self.store.read(super::state::CURRENT).await.map_err(self.failed(None))?.and_then(|read| read.tag);
        let last = State { settled: BTreeSet::new(), deleting: BTreeSet::new(), ..plan.next.clone() };
        self.point(lock, &plan.next, tag.as_deref(), &last).await
    }

    async fn point(&self, lock: &Lock, read: &State, tag: Option<&str>, next: &State) -> Result<(), Diagnostics> {
        commit::point(&self.store, lock, read, tag, next).await.map_err(|refused| self.refused(refused))
    }

    /// What readers could see before and is different now.
    fn leave_purge_list(
        &self,
        home: &Home,
        composed: &Composed<'_>,
        survey: &Survey,
    ) -> Result<Option<PathBuf>, Diagnostics> {
        let Some(live) = &survey.live else { return Ok(None) };
        let paths = live.objects.keys().map(String::as_str);
        let paths: BTreeSet<&str> = paths.filter(|path| !live.has_same(path, &composed.release)).collect();
        if paths.is_empty() {
            return Ok(None);
        }
        let list = purge::list(self.chosen.target.purge_form, &composed.release.address, &paths);
        home.leave("purge", list.as_bytes()).map(Some).map_err(|error| self.unwritable(&error))
    }

    async fn read_back(
        &self,
        composed: &Composed<'_>,
        plan: &Plan,
        place: &Place,
        transfer: &dyn Transfer,
    ) -> Result<usize, Diagnostics> {
        let changed: BTreeSet<&str> = plan.uploads.iter().map(|upload| upload.path.as_str()).collect();
        let paths = match self.options.verify {
            Verify::Nothing => return Ok(0),
            Verify::Changed => reading::sample(&composed.release, &changed),
            Verify::All => composed.release.objects.keys().map(String::as_str).collect(),
        };
        let gone = plan.deletes.iter().map(|delete| delete.path.as_str()).collect();
        self.compare(&composed.release, &place.folder, paths, gone, transfer).await
    }

    async fn compare(
        &self,
        release: &Release,
        folder: &str,
        paths: Vec<&str>,
        gone: Vec<&str>,
        transfer: &dyn Transfer,
    ) -> Result<usize, Diagnostics> {
        let parallel = self.chosen.target.parallel();
        let findings = reading::compare(&self.store, release, folder, &paths, &gone, parallel, transfer).await;
        let findings = findings.map_err(|(path, trouble)| self.failed(Some(&path))(trouble))?;
        if findings.is_empty() {
            return Ok(paths.len());
        }
        let mut diags = Diagnostics::new();
        for (path, finding) in findings {
            diags.not_as_published(&self.chosen.name, &path, &finding);
        }
        Err(diags)
    }

    fn report(&self, composed: &Composed<'_>, survey: &Survey, plan: &Plan, sent: &Sent) -> Published {
        use std::sync::atomic::Ordering::Relaxed;
        let step = |action, path: &str, reason| Step { action, path: path.to_owned(), reason };
        let mut steps: Vec<Step> =
            plan.uploads.iter().map(|upload| step("upload", &upload.path, upload.why.text())).collect();
        if survey.state.release != composed.id {
            steps.push(step("point", &composed.id, Text::new("读者看到新版本", "readers see the new release")));
        }
        steps.extend(plan.deletes.iter().map(|delete| step("delete", &delete.path, delete.why.text())));
        Published {
            target: self.chosen.name.clone(),
            release: composed.id.clone(),
            before: survey.state.release.clone(),
            steps,
            uploaded: sent.objects.load(Relaxed),
            uploaded_bytes: sent.bytes.load(Relaxed),
            copied: sent.copied.load(Relaxed),
            deleted: plan.deletes.len(),
            unchanged: plan.unchanged,
            repeats: self.chosen.target.retries - self.store.repeats_left(),
            verified: 0,
            purge: None,
            purge_command: self.chosen.target.purge.clone(),
            warnings: Diagnostics::new(),
        }
    }

    fn failed<'s>(&'s self, path: Option<&'s str>) -> impl Fn(Trouble) -> Diagnostics + 's {
        move |trouble| told(|diags| trouble.tell(&self.chosen.name, path, diags))
    }

    fn refused(&self, refused: lock::Refused) -> Diagnostics {
        match refused {
            lock::Refused::Busy(owner) => told(|diags| diags.target_is_busy(&self.chosen.name, &owner)),
            lock::Refused::Trouble(trouble) => self.failed(None)(trouble),
        }
    }

    fn stopped(&self, stopped: Stopped) -> Diagnostics {
        match stopped {
            Stopped::Trouble(path, trouble) => self.failed(Some(&path))(trouble),
            Stopped::Changed(path) => told(|diags| diags.changed_while_publishing(&path)),
            Stopped::Journal(error) => self.unwritable(&error),
        }
    }

    fn unwritable(&self, error: &std::io::Error) -> Diagnostics {
        told(|diags| diags.cannot_write(&self.chosen.home.display().to_string(), &error.to_string()))
    }
}

fn told(tell: impl FnOnce(&mut Diagnostics)) -> Diagnostics {
    let mut diags = Diagnostics::new();
    tell(&mut diags);
    diags
}
