//! The catalogue of public information names four things of every record (政府信息公开条例 article 12). Three of them can
//! be made; the day on which a record was made must be told.

use std::collections::BTreeMap;

use crate::diag::Diagnostics;
use crate::site::{Entry, Site};

/// Says, file by file, which records nobody has dated.
pub(super) fn undated(site: &Site, diags: &mut Diagnostics) {
    if !site.settings.site.catalogue {
        return;
    }
    let mut files: BTreeMap<u32, Vec<&Entry>> = BTreeMap::new();
    for entry in site.entries.iter().filter(|entry| entry.formed.is_none()) {
        if site.register_of(entry).definition.pages {
            files.entry(entry.origin.file).or_default().push(entry);
        }
    }
    for entries in files.values() {
        let first = entries.iter().min_by_key(|entry| entry.origin).expect("a file stands here for its records");
        diags.undated(site.place(first.origin), &first.title, entries.len());
    }
}
