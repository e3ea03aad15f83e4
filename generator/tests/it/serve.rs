//! The preview, over real sockets: what it sends, when it tells of changes, and what it refuses.

mod built;
mod changes;
mod preview;
mod random;
mod rows;
mod safety;

use tempfile::TempDir;

use crate::corpus;
use crate::support;

/// A small portal.
fn site() -> TempDir {
    let folder = support::scratch();
    corpus::write(folder.path(), &corpus::files(6, 4));
    folder
}
