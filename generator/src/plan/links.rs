//! Links between files: what a relative link or image leads to, and which lead to nothing.

use std::collections::BTreeSet;

use super::Plan;
use crate::diag::{Diagnostics, Place};
use crate::markdown;
use crate::register::Value;
use crate::route::Route;
use crate::site::{Site, join};
use crate::source::{Slice, folder};

/// The route that a link in a Markdown file of `folder` means: a file, another page, a column, or an
/// output by its own name.
pub(crate) fn resolve(site: &Site, plan: &Plan, folder: &str, target: &str) -> Option<String> {
    if let Some(found) = site.assets.locate(folder, target) {
        return site.assets.get(found).map(|(_, route)| route.to_string());
    }
    let wanted = join(folder, target)?;
    let wanted = wanted.trim_end_matches('/');
    if let Some(id) = site.pages_by_file.get(wanted) {
        return Some(site.entry(*id).route.to_string());
    }
    let path = wanted.strip_prefix("content")?.trim_start_matches('/');
    let column_path = path.trim_end_matches("_index.md").trim_end_matches('/');
    if let Some(column) = site.columns.iter().find(|column| column.path == column_path) {
        return Some(column.index());
    }
    let route = Route::parse(path)?;
    plan.outputs.binary_search_by(|output| output.route.cmp(&route)).is_ok().then(|| route.to_string())
}

/// Every relative link in a public text that leads to nothing public.
pub(crate) fn broken(site: &Site, plan: &Plan) -> Diagnostics {
    let mut diags = Diagnostics::new();
    each_text(site, &mut |body, path| {
        for reference in markdown::references(body.as_str()) {
            if resolve(site, plan, folder(path), &reference.target).is_none() {
                let source = site.files.iter().find(|file| *file.path == *path);
                let text = source.and_then(|file| file.text().ok()).unwrap_or_default();
                let start = body.start() + reference.range.start;
                diags.broken_link(
                    Place::range(&path.into(), text, start, body.start() + reference.range.end),
                    &reference.target,
                );
            }
        }
    });
    diags
}

fn each_text(site: &Site, visit: &mut dyn FnMut(&Slice, &str)) {
    for column in &site.columns {
        if let (Some(intro), Some(file)) = (&column.intro, &column.file) {
            visit(intro, file);
        }
    }
    for entry in &site.entries {
        if let Some(body) = &entry.body {
            visit(body, &site.files[entry.origin.file as usize].path);
        }
    }
}

/// Site paths of the files that public records and introductions show: nothing else is published.
pub(super) fn assets_in_use(site: &Site) -> Vec<String> {
    let mut used = BTreeSet::new();
    let mut note = |body: &str, folder: &str| {
        for reference in markdown::references(body) {
            if let Some(path) = site.assets.locate(folder, &reference.target) {
                used.insert(path.to_owned());
            }
        }
    };
    each_text(site, &mut |body, path| note(body.as_str(), folder(path)));
    let mut attached = Vec::new();
    for entry in &site.entries {
        let own = folder(&site.files[entry.origin.file as usize].path);
        for (_, value) in &entry.values {
            match value {
                Value::Markdown(text) => note(text, own),
                Value::Attachment(path) => attached.push(path.clone()),
                _ => {}
            }
        }
    }
    used.extend(attached);
    used.into_iter().collect()
}
