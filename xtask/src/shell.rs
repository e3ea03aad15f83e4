//! Other programs: running them, and finding out whether they are there.

use std::io;
use std::process::{Command, Stdio};

/// Runs a program to its end, its output going where ours goes.
pub(crate) fn run(command: &mut Command) -> io::Result<()> {
    let status = command.stdin(Stdio::null()).status().map_err(|error| io::Error::new(error.kind(), format!("{command:?}: {error}")))?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("{command:?} failed: {status}"))) }
}
