//! The link of a folder target that a web server follows: it leads from one whole release to another in one
//! step. A door to the disk.

use std::fs;
use std::io;
use std::path::Path;

/// Name of the link within the target's folder.
pub(super) const LINK: &str = "current";

/// Lets the link lead to a release's folder, relative to the target's.
#[cfg(unix)]
pub(super) fn switch(folder: &Path, release: &str) -> io::Result<()> {
    let draft = folder.join(".gongkai").join("next");
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    std::os::unix::fs::symlink(release.trim_end_matches('/'), &draft)?;
    fs::rename(&draft, folder.join(LINK))
}

#[cfg(not(unix))]
pub(super) fn switch(_: &Path, _: &str) -> io::Result<()> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}
