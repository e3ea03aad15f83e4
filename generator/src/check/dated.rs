//! The catalogue of public information names four things of every record (政府信息公开条例 article 12). Three of them can
//! be made; the day on which a record was made must be told.

use std::collections::BTreeMap;

use super::Context;
use crate::diag::{Diagnostics, Place};
use crate::site::Entry;

/// Says, file by file, which records nobody has dated.
pub(super) fn undated(context: &Context<'_>, entries: &[Entry], diags: &mut Diagnostics) {
    if !context.settings.site.catalogue {
        return;
    }
    let mut files: BTreeMap<u32, Vec<&Entry>> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.formed.is_none()) {
        if context.registers.get(entry.register).definition.pages {
            files.entry(entry.origin.file).or_default().push(entry);
        }
    }
    for (file, entries) in files {
        let first = entries.iter().min_by_key(|entry| entry.origin.row).expect("a file stands here for its records");
        let path = &context.parsed.files[file as usize].source.path;
        diags.undated(Place::file(path), &first.title, entries.len());
    }
}
