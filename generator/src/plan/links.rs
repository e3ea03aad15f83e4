//! Links between files: what a relative link or image leads to, and which lead to nothing.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use super::Plan;
use crate::diag::{Diagnostics, Place};
use crate::markdown::{self, Reference};
use crate::memo::Memo;
use crate::register::Value;
use crate::route::Route;
use crate::site::{Record, Site, join};
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

/// What a record leads to.
#[derive(Default)]
pub(crate) struct Leads {
    /// The relative links in its text.
    links: Box<[Reference]>,
    /// The files that its values show: names beside its own file, or attachments by their site paths.
    shown: Box<[Shown]>,
}

enum Shown {
    Named(String),
    Attached(String),
}

/// What all texts and records lead to.
pub(super) struct Ways {
    pub(super) mentions: Vec<Mention>,
    /// Site paths of the files that public records and introductions show: nothing else is published.
    pub(super) assets: Vec<String>,
}

/// Follows every relative link in the introductions of columns and the texts of records, and every attachment.
pub(super) fn ways(site: &Site, known: &mut Memo<Arc<Record>, Leads>) -> Ways {
    let mention = |file: &Arc<str>, text: &Slice, reference: &Reference| Mention {
        file: file.clone(),
        target: reference.target.clone(),
        range: text.start() + reference.range.start..text.start() + reference.range.end,
    };
    let intros = site.columns.iter().filter_map(|column| Some((column.intro.as_ref()?, column.file.as_ref()?)));
    let intros = intros.flat_map(|(text, file)| {
        markdown::references(text.as_str()).into_iter().map(move |reference| mention(file, text, &reference))
    });
    let mut ways = Ways { mentions: intros.collect(), assets: Vec::new() };
    let mut used = BTreeSet::new();
    let leads = known.map("", site.entries.iter().map(|entry| &entry.record), |record| leads(record));
    for (entry, (_, leads)) in site.entries.iter().zip(leads) {
        let file = || &site.files[entry.origin.file as usize].path;
        for reference in &leads.links {
            let text = entry.body.as_ref().expect("what has a link is a text");
            ways.mentions.push(mention(file(), text, reference));
        }
        used.extend(leads.shown.iter().filter_map(|shown| match shown {
            Shown::Named(name) => site.assets.locate(folder(file()), name).map(str::to_owned),
            Shown::Attached(path) => Some(path.clone()),
        }));
    }
    let located = |mention: &Mention| site.assets.locate(folder(&mention.file), &mention.target).map(str::to_owned);
    used.extend(ways.mentions.iter().filter_map(located));
    ways.assets = used.into_iter().collect();
    ways
}

fn leads(record: &Record) -> Leads {
    let links = record.body.as_ref().map(|body| markdown::references(body.as_str())).unwrap_or_default();
    let shown = record.values.iter().flat_map(|(_, value)| match value {
        Value::Markdown(text) => {
            markdown::references(text).into_iter().map(|reference| Shown::Named(reference.target)).collect()
        }
        Value::Attachment(path) => vec![Shown::Attached(path.to_string())],
        _ => Vec::new(),
    });
    Leads { shown: shown.collect(), links: links.into() }
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
