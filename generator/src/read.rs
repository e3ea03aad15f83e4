//! The door in: files of a site become `Sources`. Reads, never writes; knows no formats.

mod file;
mod stock;
mod walk;

use std::path::Path;
use std::sync::Arc;

use crate::diag::Diagnostics;
use crate::source::{Source, Sources};
pub(crate) use stock::{Difference, Stock};
use walk::Found;

/// Reads only `portal.toml`, if there is one.
///
/// # Errors
/// A file that cannot be read.
pub(crate) fn settings(root: &Path) -> Result<Option<Source>, Diagnostics> {
    optional(&root.join("portal.toml"), "portal.toml")
}

/// Reads the site in `root`: `portal.toml`, `content/` and `themes/`.
///
/// # Errors
/// Every file that cannot be read, links out of the tree and oversized files, all at once.
pub(crate) fn read(root: &Path) -> Result<Sources, Diagnostics> {
    let mut stock = Stock::default();
    stock.look_everywhere(root)?;
    Ok(stock.sources())
}

/// Reads one file that need not lie in a site, under the name it has there.
///
/// # Errors
/// A file that cannot be read.
pub(crate) fn file(disk: &Path, name: &str) -> Result<Source, Diagnostics> {
    let mut diags = Diagnostics::new();
    let found = Found { path: Arc::from(name), disk: disk.to_owned() };
    file::text(&found, &mut Vec::new()).map(|(text, _)| text).map_err(|error| {
        diags.unreadable(&disk.display().to_string(), &error.to_string());
        diags
    })
}

/// A file that may be missing.
pub(crate) fn optional(disk: &Path, name: &str) -> Result<Option<Source>, Diagnostics> {
    if disk.exists() { file(disk, name).map(Some) } else { Ok(None) }
}

/// Whether a file or folder of this name is left out.
pub(crate) fn is_set_aside(name: &str) -> bool {
    walk::set_aside(name).is_some()
}
