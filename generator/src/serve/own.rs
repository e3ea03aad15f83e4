//! The files of the preview itself, which ship inside the binary.

use super::reply::{Reply, kind};
use crate::embedded;

/// A page for when there is none to show: the script of the preview says why.
pub(crate) const BLANK: &str = "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\">\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>…</title></head><body></body></html>\n";

/// A file of the preview by its name.
pub(crate) fn file(name: &str) -> Reply {
    // The one page that people are sent to has an address to remember.
    let name = if name == "upcoming" { "upcoming.html" } else { name };
    match embedded::preview_file(name) {
        Some(bytes) => Reply::new(200, kind(name), bytes)
            .with("Cache-Control", "no-store")
            .with("X-Content-Type-Options", "nosniff"),
        None => Reply::refused(404, "预览里没有这一部分。No such part of the preview."),
    }
}
