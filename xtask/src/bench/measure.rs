//! One run of a program: wall time, processor time and peak memory.

use std::io;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4;

#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub(super) wall: Duration,
    /// User and system time of all threads.
    pub(super) cpu: Duration,
    /// Peak resident memory in bytes.
    pub(super) peak: u64,
}

/// Runs a program to its end; its output is thrown away unless it fails.
///
/// The memory of a child is never reported lower than that of its parent at the moment of starting it, so
/// the parent must stay small.
pub(super) fn run(command: &mut Command) -> io::Result<(Run, String)> {
    let output = tempfile::tempfile()?;
    command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output.try_clone()?);
    let started = Instant::now();
    let finished = command.spawn()?.wait4()?;
    let wall = started.elapsed();
    let said = text(output)?;
    if !finished.status.success() {
        return Err(io::Error::other(format!("{command:?} failed ({}):\n{said}", finished.status)));
    }
    let usage = finished.rusage;
    Ok((Run { wall, cpu: usage.utime + usage.stime, peak: usage.maxrss }, said))
}

fn text(mut file: std::fs::File) -> io::Result<String> {
    use std::io::{Read, Seek};
    file.rewind()?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
