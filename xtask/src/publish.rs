//! What the tests of publishing need: servers from Debian, PyPI and npm; and the long run of faults.

use std::io;
use std::path::PathBuf;
use std::process::Command;

use crate::{shell, system};

/// Tells the tests that every server was installed, so that none may be left out.
pub(crate) const NEEDS_SERVERS: &str = "GONGKAI_NEEDS_SERVERS";

/// An S3 service that honours conditional writes, and one that ignores them.
const MOTO: &str = "moto[server]==5.2.5";
const S3RVER: &str = "s3rver@3.7.1";

fn folder() -> PathBuf {
    shell::root().join("target/xtask")
}

/// The S3 service that honours conditional writes, installed when it is not there yet.
pub(crate) fn s3_server() -> io::Result<PathBuf> {
    system::ensure(&system::PYTHON)?;
    let python = system::python_package(&folder().join("moto"), "moto", MOTO)?;
    Ok(python.with_file_name("moto_server"))
}

/// Installs what is missing.
pub(crate) fn ensure_servers() -> io::Result<()> {
    system::ensure(&system::SERVERS)?;
    system::ensure(&system::NPM)?;
    s3_server()?;
    let node = folder().join("s3rver");
    if !node.join("node_modules/.bin/s3rver").exists() {
        std::fs::create_dir_all(&node)?;
        let options = ["install", "--silent", "--no-audit", "--no-fund", "--prefix"];
        shell::run(Command::new("npm").args(options).arg(&node).arg(S3RVER))?;
    }
    Ok(())
}

/// The test of faults with as many runs as asked for.
pub(crate) fn faults(runs: usize) -> io::Result<()> {
    ensure_servers()?;
    let test = ["test", "--package", "gongkai", "--test", "it", "--", "--nocapture", "whatever_befalls_a_publisher"];
    let mut command = shell::cargo(&test);
    command.env(NEEDS_SERVERS, "1").env("GONGKAI_FAULT_RUNS", runs.to_string());
    shell::run(&mut command)
}
