//! What is refused before anything is written to a target.

use super::super::compose::Composed;
use super::super::limits;
use super::super::local::Local;
use super::super::plan::Plan;
use super::super::survey::Survey;
use super::{Run, told};
use crate::config::Location;
use crate::diag::Diagnostics;

/// The most addresses that go in one run without being asked for, or a tenth of all if that is more.
const MAX_DELETE: usize = 500;

impl Run<'_> {
    /// What can be refused without asking the target.
    pub(super) fn check(&self, local: &Local, composed: &Composed<'_>) -> Result<(), Diagnostics> {
        let name = &self.chosen.name;
        let mut diags = Diagnostics::new();
        for problem in limits::exceeded(composed, &self.chosen.target) {
            diags.beyond_limits(name, &problem);
        }
        let target = &self.chosen.target;
        if target.location() == Location::Overseas && target.overseas_reason.trim().is_empty() {
            let personal: Vec<&str> = local.facts.personal.iter().map(String::as_str).collect();
            if !personal.is_empty() {
                diags.persons_overseas(name, &personal);
            }
        }
        let today = self.chosen.today.to_string();
        let late: Vec<&str> =
            local.facts.expires.iter().filter(|(_, day)| **day <= today).map(|(path, _)| path.as_str()).collect();
        if let Some(example) = late.first() {
            diags.built_too_early(&local.facts.as_of, &today, example, late.len());
        }
        if diags.errors() > 0 { Err(diags) } else { Ok(()) }
    }

    /// Stops before anything is done when more would vanish than anybody asked for.
    pub(super) fn guard(&self, plan: &Plan, survey: &Survey) -> Result<(), Diagnostics> {
        let all = survey.live.as_ref().map_or(0, |live| live.objects.len());
        let most = self.options.max_delete.or(self.chosen.target.max_delete);
        let most = most.unwrap_or_else(|| MAX_DELETE.max(all / 10));
        let lost = plan.lost.len();
        if lost > most {
            return Err(told(|diags| diags.too_many_deletions(&self.chosen.name, lost, most, &plan.lost[0])));
        }
        Ok(())
    }
}
