//! A site that is looked at again and again: what was read, and what is known of it, from one portal to the next.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::diag::Diagnostics;
use crate::known::Known;
use crate::read::{Difference, Stock};
use crate::retext::retext;
use crate::{Clock, Portal, Request};

/// What a preview keeps of a site from one portal to the next.
pub(crate) struct Memory {
    stock: Stock,
    known: Known,
}

impl Memory {
    pub(crate) fn new() -> Memory {
        Memory { stock: Stock::default(), known: Known::nothing_yet() }
    }

    /// Looks for changes at some paths, or everywhere without any; says what has changed.
    ///
    /// # Errors
    /// As `prepare`, of files that cannot be read.
    pub(crate) fn look(&mut self, root: &Path, paths: Option<&BTreeSet<PathBuf>>) -> Result<Difference, Diagnostics> {
        match paths {
            Some(paths) => self.stock.look_at(root, paths),
            None => self.stock.look_everywhere(root),
        }
    }

    /// Makes the portal of what was read last. `last` is the portal of what was read before, if that made one.
    ///
    /// # Errors
    /// As `prepare`.
    pub(crate) fn prepare(
        &mut self,
        request: &Request,
        last: Option<&Portal>,
        difference: &Difference,
    ) -> Result<Portal, Diagnostics> {
        if let (Some(portal), Difference::Text { last, next }) =
            (last.filter(|last| last.request == *request), difference)
            && let Some(portal) = retext(portal, last, next, self.stock.workbooks())
        {
            return Ok(portal);
        }
        Portal::of(Ok(self.stock.sources()), request, Clock::unwatched(), &mut self.known)
    }
}
