//! Links between files: what a relative link or image leads to, and which lead to nothing.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use super::Plan;
use crate::diag::{Diagnostics, Place};
use crate::markdown::{self, Reference};
use crate::memo::Memo;
use crate::register::Value;
use crate::route::Route;
use crate::site::{Entry, Site, join};
use crate::source::{Slice, folder};

/// The route that a link in a Markdown file of `folder` means: a file, another page, a column, or an
/// output by its own name.
pub(crate) fn resolve(site: &Site, plan: &Plan, folder: &str, target: &str) -> Option<String> {
    if let Some(found) = site.assets.locate(folder, target) {
        return site.assets.get(found).map(|(_, route)| route.to_string());
    }
    let wanted = join(folder, target)?;
    let wanted = wanted.trim_end_matches('/');
    if let Some(id) = site.page(wanted) {
        return Some(site.entry(id).route.to_string());
    }
    let path = wanted.strip_prefix("content")?.trim_start_matches('/');
    let column_path = path.trim_end_matches("_index.md").trim_end_matches('/');
    if let Some(column) = site.columns.iter().find(|column| column.path == column_path) {
        return Some(column.index());
    }
    let route = Route::parse(path)?;
    plan.outputs.binary_search_by(|output| output.route.cmp(&route)).is_ok().then(|| route.to_string())
}

/// A relative link in the text of a file.
pub(crate) struct Mention {
    file: Arc<str>,
    target: String,
    /// Bytes of the target in the file.
    range: Range<usize>,
}

/// Every relative link in the introductions of columns and the texts of records.
pub(super) fn mentions(site: &Site, memo: &mut Memo<Slice, Vec<Reference>>) -> Vec<Mention> {
    let intros = site.columns.iter().filter_map(|column| Some((column.intro.as_ref()?, column.file.as_ref()?)));
    let bodies = site
        .entries
        .par_iter()
        .filter_map(|entry| Some((entry.body.as_ref()?, &site.files[entry.origin.file as usize].path)));
    let bodies: Vec<(&Slice, &Arc<str>)> = bodies.collect();
    let (texts, files): (Vec<&Slice>, Vec<&Arc<str>>) = intros.chain(bodies).unzip();
    let found = memo.map("", &texts, |text| markdown::references(text.as_str()));
    let mentioned = texts.into_iter().zip(files).zip(found).flat_map(|((body, file), found)| {
        found.into_iter().map(|reference| Mention {
            file: file.clone(),
            target: reference.target,
            range: body.start() + reference.range.start..body.start() + reference.range.end,
        })
    });
    mentioned.collect()
}

/// Every relative link in a public text that leads to nothing public.
pub(crate) fn broken(site: &Site, plan: &Plan) -> Diagnostics {
    let mut diags = Diagnostics::new();
    for Mention { file, target, range } in &plan.mentions {
        if resolve(site, plan, folder(file), target).is_none() {
            let source = site.file(file);
            let text = source.and_then(|source| source.text().ok()).unwrap_or_default();
            diags.broken_link(Place::range(file, text, range.start, range.end), target);
        }
    }
    diags
}

/// Site paths of the files that public records and introductions show: nothing else is published.
pub(super) fn assets_in_use(site: &Site, mentions: &[Mention]) -> Vec<String> {
    let located = |folder: &str, target: &str| site.assets.locate(folder, target).map(str::to_owned);
    let of_value = |entry: &Entry, value: &Value| match value {
        Value::Markdown(text) => {
            let own = folder(&site.files[entry.origin.file as usize].path);
            markdown::references(text).iter().filter_map(|reference| located(own, &reference.target)).collect()
        }
        Value::Attachment(path) => vec![path.to_string()],
        _ => Vec::new(),
    };
    let attached = site
        .entries
        .par_iter()
        .flat_map_iter(|entry| entry.values.iter().flat_map(move |(_, value)| of_value(entry, value)));
    let mut used: BTreeSet<String> = attached.collect();
    used.extend(mentions.iter().filter_map(|mention| located(folder(&mention.file), &mention.target)));
    used.into_iter().collect()
}
