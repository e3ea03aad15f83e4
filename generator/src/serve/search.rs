//! The search of the preview: its index is made when a page first asks for it, never when something is
//! saved, and in a folder of its own, so that the site's `search-index/` stays as the last build left it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use crate::Portal;
use crate::diag::{Diagnostics, Place};
use crate::plan::SEARCH_DATA;
use crate::render::{Failure, Output};
use crate::route::Route;
use crate::search;

/// The index of the last state that was asked for.
pub(crate) struct Searched {
    /// Paths of its files are below this folder.
    pub(crate) home: PathBuf,
    made: Mutex<Option<(u64, Arc<[Output]>)>>,
}

impl Searched {
    pub(crate) fn new(home: PathBuf) -> Searched {
        Searched { home, made: Mutex::new(None) }
    }

    /// A file of the index over the portal as it is in this generation; brings the index up to date first.
    /// Whoever asks meanwhile waits.
    pub(crate) fn file(&self, portal: &Portal, generation: u64, route: &Route) -> Option<Result<Output, Failure>> {
        if !portal.settings().site.search || !route.as_str().starts_with(SEARCH_DATA) {
            return None;
        }
        match self.outputs(portal, generation) {
            Ok(outputs) => outputs.iter().find(|output| output.route == *route).cloned().map(Ok),
            Err(diags) => Some(Err(failure(&diags, route))),
        }
    }

    fn outputs(&self, portal: &Portal, generation: u64) -> Result<Arc<[Output]>, Diagnostics> {
        let mut made = self.made.lock().expect("no thread panics while it holds the index");
        // A reader that still asks for the state before gets the newer index: there is only one.
        if let Some((own, outputs)) = &*made
            && *own >= generation
        {
            return Ok(outputs.clone());
        }
        let scene = portal.scene();
        let outputs: Arc<[Output]> = search::build(scene, &portal.request.root, &self.home, &|| ())?.into();
        *made = Some((generation, outputs.clone()));
        Ok(outputs)
    }
}

/// An index that could not be made, as the failure of the output that asked for it.
fn failure(diags: &Diagnostics, route: &Route) -> Failure {
    let first = diags.iter().next().expect("what failed has a reason");
    let place = first.place.clone().unwrap_or_else(|| Place::File { path: "search-index".into() });
    Failure { place, route: route.clone(), why: first.message.zh.clone() }
}
