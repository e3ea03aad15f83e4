//! The change that editors make most: the text of one page, and nothing else of it. A site with the new text is
//! the one that a whole check would make, and shares all the rest with the one before.

use super::titles;
use crate::parse::ParsedFile;
use crate::site::Site;

/// The site with the text that a page has now. Nothing if more of the site may depend on the change: then it is to
/// be checked as a whole.
pub(crate) fn retext(site: &Site, last: &ParsedFile, next: &ParsedFile) -> Option<Site> {
    let (old, new) = (last.body.as_ref()?, next.body.as_ref()?);
    let before = |file: &ParsedFile, end: usize| file.source.text().ok().map(|text| text[..end].to_owned());
    let same_front = last.source.path == next.source.path && before(last, old.start())? == before(next, new.start())?;
    // A page without a title is called by its first heading.
    if !same_front || titles::first_heading(old.as_str()) != titles::first_heading(new.as_str()) {
        return None;
    }
    let id = *site.pages_by_file.get(&*next.source.path)?;
    let entry = site.entry(id);
    // A record whose content is given on request shows no text.
    entry.body.as_ref()?;
    let register = site.register_of(entry);
    let summary =
        titles::own_summary(&site.registers, register, &entry.values).unwrap_or_else(|| titles::beginning(new));
    let mut site = site.clone();
    site.files[entry.origin.file as usize] = next.source.clone();
    let entry = &mut site.entries[id.0 as usize];
    entry.body = Some(new.clone());
    entry.summary = summary;
    Some(site)
}
