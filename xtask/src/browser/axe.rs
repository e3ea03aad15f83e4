//! axe-core, the accessibility checker, from the npm registry.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use super::chromium::Browser;
use crate::shell;

const VERSION: &str = "4.14.1";

/// Rules that say how bad a finding is; these fail the test.
const GRAVE: &str = "['serious','critical']";

/// The script, installed into `cache` when it is not there yet; none without npm.
pub(super) fn script(cache: &Path) -> io::Result<Option<String>> {
    let folder = cache.join(format!("axe-{VERSION}"));
    let file = folder.join("node_modules/axe-core/axe.min.js");
    if !file.exists() {
        let there = Command::new("npm").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        if !there.is_ok_and(|status| status.success()) {
            return Ok(None);
        }
        fs::create_dir_all(&folder)?;
        let package = format!("axe-core@{VERSION}");
        let options = ["install", "--no-save", "--no-audit", "--no-fund", "--silent", "--prefix"];
        shell::run(Command::new("npm").args(options).arg(&folder).arg(&package))?;
    }
    fs::read_to_string(file).map(Some)
}

/// Grave findings on the page that is open, one line each.
pub(super) fn findings(browser: &mut Browser, script: &str) -> io::Result<Vec<String>> {
    browser.evaluate(&format!("{script};null"))?;
    let run = format!(
        "axe.run(document, {{ resultTypes: ['violations'] }}).then(result => result.violations
            .filter(found => {GRAVE}.includes(found.impact))
            .map(found => `${{found.id}}: ${{found.help}} (${{found.nodes.length}}×, ${{found.nodes[0].html.slice(0, 120)}})`))"
    );
    let found = browser.evaluate(&run)?;
    let lines = found.as_array().into_iter().flatten();
    Ok(lines.filter_map(|line| line.as_str().map(str::to_owned)).collect())
}
