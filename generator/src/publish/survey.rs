//! What a target holds now: its state, the release that readers see, and those that interrupted publishers
//! left. Reads only.

use super::release::Release;
use super::state::{CURRENT, FOLDER, MANIFESTS, State, manifest_path};
use super::store::{Done, Store, Trouble};

pub(super) struct Survey {
    pub(super) state: State,
    /// Tag of the state object, where the service gives one.
    pub(super) tag: Option<String>,
    pub(super) live: Option<Release>,
    /// Begun and not shown: by id, with its manifest.
    pub(super) begun: Vec<(String, Release)>,
    /// Ids of all manifests that lie there.
    pub(super) manifests: Vec<String>,
}

pub(super) enum Refused {
    /// Nothing was ever published here, and yet this stands there.
    Foreign(String),
    /// This object cannot be understood.
    Damaged(String),
    Trouble(Trouble),
}

impl From<Trouble> for Refused {
    fn from(trouble: Trouble) -> Refused {
        Refused::Trouble(trouble)
    }
}

/// Looks at a target.
pub(super) async fn survey(store: &Store) -> Result<Survey, Refused> {
    let found = store.read(CURRENT).await?;
    let (state, tag) = match found {
        None => (State::default(), None),
        Some(found) => (State::parse(&found.bytes).ok_or_else(|| Refused::Damaged(CURRENT.to_owned()))?, found.tag),
    };
    let ids = store.names(MANIFESTS).await?;
    let mut manifests: Vec<String> =
        ids.iter().filter_map(|name| name.strip_suffix(".json")).map(str::to_owned).collect();
    manifests.sort();
    let live = match state.release.as_str() {
        "" => None,
        id => Some(manifest(store, id).await?.ok_or_else(|| Refused::Damaged(manifest_path(id)))?),
    };
    let mut begun = Vec::new();
    let accounted = |id: &String| {
        *id == state.release || state.settled.contains(id) || state.releases.iter().any(|kept| kept.id == *id)
    };
    for id in manifests.iter().filter(|id| !accounted(id)) {
        // A manifest is written whole before anything else of its release; a torn one stands for nothing.
        if let Some(release) = manifest(store, id).await? {
            begun.push((id.clone(), release));
        }
    }
    Ok(Survey { state, tag, live, begun, manifests })
}

/// The manifest of a release; none when it is missing or damaged.
pub(super) async fn manifest(store: &Store, id: &str) -> Done<Option<Release>> {
    Ok(store.read(&manifest_path(id)).await?.and_then(|found| Release::parse(&found.bytes)))
}

impl Survey {
    pub(super) fn is_first(&self) -> bool {
        self.state.release.is_empty()
    }

    /// Fails where nothing was ever published and yet something stands.
    pub(super) async fn expect_empty(&self, store: &Store) -> Result<(), Refused> {
        if !self.is_first() || !self.manifests.is_empty() {
            return Ok(());
        }
        let names = store.names("").await?;
        match names.into_iter().find(|name| name != FOLDER) {
            Some(name) => Err(Refused::Foreign(name)),
            None => Ok(()),
        }
    }
}
