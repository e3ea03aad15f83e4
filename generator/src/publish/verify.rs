//! Reads back what a target holds and compares it with a release. Changes nothing.

use std::collections::BTreeSet;

use futures_util::StreamExt;
use futures_util::stream;

use super::Transfer;
use super::release::Release;
use super::store::{Store, Trouble};
use super::upload::stands;
use crate::text::Text;

/// How many objects of the unchanged ones a sample holds, about.
const SAMPLE: usize = 200;

/// The changed paths, and others spread evenly over the rest.
pub(super) fn sample<'a>(release: &'a Release, changed: &BTreeSet<&'a str>) -> Vec<&'a str> {
    let every = (release.objects.len() / SAMPLE).max(1);
    let rest = release.objects.keys().map(String::as_str).enumerate();
    rest.filter(|(at, path)| at % every == 0 || changed.contains(path)).map(|(_, path)| path).collect()
}

/// Compares objects, and looks that others are gone. Gives each that is not as it should be, with what is wrong.
///
/// # Errors
/// A request that failed for good.
pub(super) async fn compare(
    store: &Store,
    release: &Release,
    folder: &str,
    paths: &[&str],
    gone: &[&str],
    parallel: usize,
    transfer: &dyn Transfer,
) -> Result<Vec<(String, Text)>, (String, Trouble)> {
    let bytes = paths.iter().map(|path| release.objects[*path].size).sum();
    transfer.begin(&Text::new("核对", "read back"), paths.len() + gone.len(), bytes);
    let mut findings = Vec::new();
    let whole = async |path: &&str| {
        let object = &release.objects[*path];
        let stands = stands(store, folder, path, object, release).await.map_err(|trouble| failed(path, trouble))?;
        transfer.advance(object.size);
        Ok((!stands).then(|| (path.to_string(), Text::new("缺失或内容不同", "missing or different"))))
    };
    let mut running = stream::iter(paths.iter().map(whole)).buffer_unordered(parallel);
    while let Some(done) = running.next().await {
        findings.extend(done?);
    }
    let absent = async |path: &&str| {
        let exists = store.exists(&format!("{folder}{path}")).await.map_err(|trouble| failed(path, trouble))?;
        transfer.advance(0);
        Ok(exists.then(|| (path.to_string(), Text::new("应已删除，却仍在", "still there, although it was deleted"))))
    };
    let mut running = stream::iter(gone.iter().map(absent)).buffer_unordered(parallel);
    while let Some(done) = running.next().await {
        findings.extend(done?);
    }
    findings.sort();
    Ok(findings)
}

fn failed(path: &str, trouble: Trouble) -> (String, Trouble) {
    (path.to_owned(), trouble)
}
