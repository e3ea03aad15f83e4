//! `cargo xtask test`: every test, with what it needs.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::{browser, publish, shell, system};

/// The demonstration lives below this path on its host; see `portal.toml`.
const BASE: &str = "/aqsc/";

/// One step: its name and what it does.
type Step = (&'static str, fn() -> io::Result<()>);

const STEPS: [Step; 4] = [("format", format), ("lints", lints), ("tests", tests), ("browser", in_browser)];

/// Runs every step, also after one has failed, and says which did.
pub(crate) fn run() -> io::Result<()> {
    system::ensure_rust_components()?;
    let mut failed = Vec::new();
    let mut lines = Vec::new();
    for (name, step) in STEPS {
        println!("\n== {name}");
        let started = Instant::now();
        let verdict = match step() {
            Ok(()) => "ok",
            Err(error) => {
                eprintln!("{error}");
                failed.push(name);
                "FAILED"
            }
        };
        lines.push(format!("{name:<10} {verdict} ({:.0} s)", started.elapsed().as_secs_f64()));
    }
    println!("\n== all steps\n{}", lines.join("\n"));
    if failed.is_empty() { Ok(()) } else { Err(io::Error::other(format!("failed: {}", failed.join(", ")))) }
}

/// Builds the demonstration and takes pictures of it.
pub(crate) fn shots(to: &Path) -> io::Result<()> {
    system::ensure(&system::BROWSER)?;
    browser::shots(&demonstration()?, to)
}

fn format() -> io::Result<()> {
    shell::run(&mut shell::cargo(&["fmt", "--all", "--", "--check"]))
}

fn lints() -> io::Result<()> {
    shell::run(&mut shell::cargo(&["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

fn tests() -> io::Result<()> {
    publish::ensure_servers()?;
    shell::run(shell::cargo(&["test", "--workspace"]).env(publish::NEEDS_SERVERS, "1"))
}

fn in_browser() -> io::Result<()> {
    look_at(None)
}

/// Opens a portal in Chromium: the demonstration, unless another one is given.
pub(crate) fn look_at(portal: Option<&Path>) -> io::Result<()> {
    system::ensure(&system::BROWSER)?;
    let portal = portal.map_or_else(demonstration, |portal| Ok(portal.to_owned()))?;
    told(&browser::test(&portal, BASE)?)
}

/// Opens the preview of the demonstration in Chromium.
pub(crate) fn preview() -> io::Result<()> {
    system::ensure(&system::BROWSER)?;
    told(&browser::preview(BASE)?)
}

/// Prints what was found; anything is a failure.
fn told(findings: &[String]) -> io::Result<()> {
    for finding in findings {
        eprintln!("{finding}");
    }
    if findings.is_empty() {
        Ok(())
    } else {
        Err(io::Error::other(format!("{} findings in the browser", findings.len())))
    }
}

/// Builds the demonstration beside the other outputs of cargo, so that `public/` stays as it is.
fn demonstration() -> io::Result<PathBuf> {
    let gongkai = shell::built_gongkai()?;
    let out = shell::target_folder().join("xtask/demonstration");
    let mut build = Command::new(gongkai);
    shell::run(build.arg("--root").arg(shell::root()).args(["build", "--out"]).arg(&out))?;
    Ok(out)
}
