//! A portal after the words of one page have changed, without checking and planning the others anew. Whatever could
//! reach beyond the page and what shows it makes it give up, and everything is made anew.

use crate::Portal;
use crate::check;
use crate::diag::Diagnostic;
use crate::markdown;
use crate::parse::{self, ParsedFile};
use crate::source::{Slice, Source};

/// The portal with the new reading of a file; nothing if more may have changed than the words of a page. `workbooks`
/// are the names of spreadsheets: one that a text names is an attachment.
pub(crate) fn retext<'w>(
    portal: &Portal,
    last: &Source,
    next: &Source,
    mut workbooks: impl Iterator<Item = &'w str>,
) -> Option<Portal> {
    let (last, next) = (page(last)?, page(next)?);
    let (old, new) = (last.body.as_ref()?, next.body.as_ref()?);
    let named = |text: &Slice, name: &str| {
        text.as_str().contains(name) || (name.contains(' ') && text.as_str().contains(&name.replace(' ', "%20")))
    };
    let has_findings = |one: &Diagnostic| one.place.as_ref().is_some_and(|place| place.path() == &*next.source.path);
    let reaches_beyond = targets(old) != targets(new)
        || workbooks.any(|name| named(old, name) != named(new, name))
        || [&last.source, &next.source]
            .into_iter()
            .any(|source| source.text().is_ok_and(|text| portal.gate.finds(text)))
        || portal.warnings.iter().any(has_findings);
    if reaches_beyond {
        return None;
    }
    Some(portal.showing(check::retext(&portal.site, &last, &next)?))
}

/// A file that is a page and nothing more.
fn page(source: &Source) -> Option<ParsedFile> {
    let is_page =
        source.path.starts_with("content/") && source.extension() == "md" && !parse::is_definition(&source.path);
    let file = is_page.then(|| parse::file(source).ok()).flatten()?;
    (!file.is_column()).then_some(file)
}

/// What a text links to: attachments are published because of it.
fn targets(text: &Slice) -> Vec<String> {
    let mut targets: Vec<String> =
        markdown::references(text.as_str()).into_iter().map(|reference| reference.target).collect();
    targets.sort();
    targets.dedup();
    targets
}
