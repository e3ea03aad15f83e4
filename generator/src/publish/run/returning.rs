//! Showing an earlier release again, and reading back what a target holds.

use std::collections::BTreeSet;

use super::super::lock::Lock;
use super::super::rollback::{Ended, unfit};
use super::super::state::{MANIFESTS, State, manifest_path, release_folder};
use super::super::survey::manifest;
use super::super::{Chosen, Errand, Options, RolledBack, Transfer, local, switch, verify as reading};
use super::{Run, told};
use crate::config::Layout;
use crate::diag::Diagnostics;

pub(in crate::publish) async fn roll_back(
    errand: &Errand,
    to: Option<&str>,
    options: &Options,
    chosen: &Chosen,
) -> Result<RolledBack, Diagnostics> {
    let run = Run::open(errand, options, chosen)?;
    if chosen.target.layout() == Layout::InPlace {
        return Err(told(|diags| diags.nothing_to_roll_back(&chosen.name, &[])));
    }
    let home = run.home()?;
    let lock = run.lock(&home).await?;
    let done = run.while_locked(&lock, run.roll_back_locked(&lock, to)).await;
    run.unlock(lock, done.is_ok()).await?;
    done
}

impl Run<'_> {
    async fn roll_back_locked(&self, lock: &Lock, to: Option<&str>) -> Result<RolledBack, Diagnostics> {
        let survey = self.settled(lock).await?;
        let state = &survey.state;
        let name = &self.chosen.name;
        let shown = state.releases.iter().position(|kept| kept.id == state.release);
        let wanted = match to {
            Some(to) => state.releases.iter().find(|kept| kept.id.starts_with(to) && kept.id != state.release),
            None => shown.and_then(|at| state.releases.get(at + 1)),
        };
        let Some(kept) = wanted else {
            let ids: Vec<&str> = state.releases.iter().map(|kept| kept.id.as_str()).collect();
            return Err(told(|diags| diags.nothing_to_roll_back(name, &ids)));
        };
        let release = manifest(&self.store, &kept.id).await.map_err(self.failed(None))?;
        let release = release.ok_or_else(|| told(|diags| diags.damaged_target(name, &manifest_path(&kept.id))))?;
        let live = survey.live.as_ref();
        let built = local::facts(&self.errand.out);
        let records = live.into_iter().flat_map(|live| &live.ended).chain(built.iter().flat_map(|facts| &facts.ended));
        let ended =
            Ended { records: records.map(String::as_str).collect(), gone: &state.gone, today: self.chosen.today };
        let unfit = unfit(&release, &ended);
        if let Some(example) = unfit.first() {
            return Err(told(|diags| diags.unlawful_rollback(name, &kept.id, example, unfit.len())));
        }
        if let Some(folder) = self.store.folder() {
            switch::switch(folder, &release_folder(&kept.id)).map_err(|error| self.unwritable(&error))?;
        }
        let next = State { release: kept.id.clone(), published: self.errand.now.as_second(), ..state.clone() };
        self.point(lock, state, survey.tag.as_deref(), &next).await?;
        Ok(RolledBack {
            target: name.clone(),
            release: kept.id.clone(),
            before: state.release.clone(),
            as_of: kept.as_of.clone(),
        })
    }
}

pub(in crate::publish) async fn verify(
    errand: &Errand,
    all: bool,
    chosen: &Chosen,
    transfer: &dyn Transfer,
) -> Result<usize, Diagnostics> {
    let options = Options::default();
    let run = Run::open(errand, &options, chosen)?;
    let survey = run.survey().await?;
    let Some(release) = &survey.live else {
        return Err(told(|diags| diags.nothing_published(&chosen.name, MANIFESTS)));
    };
    let folder = match chosen.target.layout() {
        Layout::InPlace => String::new(),
        Layout::Releases => release_folder(&survey.state.release),
    };
    let paths = if all {
        release.objects.keys().map(String::as_str).collect()
    } else {
        reading::sample(release, &BTreeSet::new())
    };
    let gone = survey.state.gone.keys().map(String::as_str).collect();
    run.compare(release, &folder, paths, gone, transfer).await
}
