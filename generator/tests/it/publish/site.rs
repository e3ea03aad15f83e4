//! A small portal in several versions, built once, and targets to publish it to.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

use super::servers::Server;
use super::{http, servers};
use crate::corpus;
use crate::support::{self, Ran, Tree};

/// The versions, by what differs from the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    First,
    /// The text of one page.
    Edited,
    /// The name of the portal, which stands on every page.
    Renamed,
    /// One page is gone, one is withdrawn with its attachment.
    Withdrawn,
}

pub(crate) const VERSIONS: [Version; 4] = [Version::First, Version::Edited, Version::Renamed, Version::Withdrawn];

/// The page that `Edited` changes, the one that `Withdrawn` has no more, and the one it withdraws.
pub(crate) const EDITED: &str = "content/news/p0.md";
pub(crate) const REMOVED: &str = "content/news/p3.md";
const WITHDRAWN: &str = "content/news/att.md";

const ATTACHED: &str =
    "+++\ntitle = \"附件一则\"\ndate = 2025-05-01\npublished_on = 2025-05-01\n+++\n\n见[附件](att.txt)。\n";
const ENDED: &str = "+++\ntitle = \"附件一则\"\ndate = 2025-05-01\npublished_on = 2025-05-01\nwithdrawn_on = 2025-06-01\nwithdrawn_reason = \"内容有误\"\n+++\n\n见[附件](att.txt)。\n";

/// The built versions, in folders that live as long as the tests.
pub(crate) fn built(version: Version) -> &'static Path {
    static BUILT: OnceLock<(TempDir, Vec<PathBuf>)> = OnceLock::new();
    let (_, folders) = BUILT.get_or_init(|| {
        let folder = support::scratch();
        let built = VERSIONS.map(|version| build(folder.path(), version));
        (folder, built.to_vec())
    });
    &folders[version as usize]
}

fn build(folder: &Path, version: Version) -> PathBuf {
    let root = folder.join(format!("{version:?}"));
    corpus::write(&root, &corpus::files(9, 4));
    support::write(&root.join("content/news/att.txt"), "附件的内容。\n");
    support::write(&root.join(WITHDRAWN), if version == Version::Withdrawn { ENDED } else { ATTACHED });
    match version {
        Version::First => {}
        Version::Edited => {
            let text = support::text(&root.join(EDITED));
            support::write(&root.join(EDITED), text + "\n又及。\n");
        }
        Version::Renamed => support::write(&root.join("portal.toml"), corpus::portal("另一平台")),
        Version::Withdrawn => std::fs::remove_file(root.join(REMOVED)).expect("the page is there"),
    }
    support::gongkai(&root, &["build"]).expect(0);
    root.join("public")
}

/// What readers should see of a version.
pub(crate) fn shown(version: Version) -> Tree {
    servers::shown(built(version))
}

/// A site that publishes to one target; its portal was built elsewhere.
pub(crate) struct Publisher {
    folder: TempDir,
}

impl Publisher {
    /// `settings` are the lines of `[target.it]`.
    pub(crate) fn new(settings: &str) -> Publisher {
        let publisher = Publisher { folder: support::scratch() };
        publisher.set(settings);
        publisher
    }

    pub(crate) fn set(&self, settings: &str) {
        let text = format!("[site]\nas_of = \"2025-06-30\"\n\n[target.it]\n{settings}\n");
        support::write(&self.folder.path().join("portal.toml"), text);
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    /// `gongkai publish` of a version, not yet run.
    pub(crate) fn command(&self, out: &Path, arguments: &[&str]) -> Command {
        let mut command = program();
        command.arg("--root").arg(self.root()).args(["--lang", "en", "publish", "--out"]).arg(out).args(arguments);
        command
    }

    pub(crate) fn publish(&self, version: Version, arguments: &[&str]) -> Ran {
        support::run(&mut self.command(built(version), arguments))
    }

    /// Another command on the target.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        support::run(program().arg("--root").arg(self.root()).args(["--lang", "en"]).args(arguments))
    }
}

/// The program with keys that every test server takes.
fn program() -> Command {
    let mut command = support::program();
    command.env("AWS_ACCESS_KEY_ID", KEY).env("AWS_SECRET_ACCESS_KEY", SECRET);
    command.env_remove("AWS_PROFILE");
    command
}

pub(crate) const KEY: &str = "S3RVER";
pub(crate) const SECRET: &str = "S3RVER";

pub(crate) fn s3(address: &str) -> String {
    format!(
        "service = \"s3\"\nbucket = \"portal\"\nendpoint = \"http://{address}\"\ntimeout_seconds = 3\ngrace_hours = 0\n"
    )
}

pub(crate) fn webdav(address: &str) -> String {
    format!("service = \"webdav\"\nendpoint = \"http://{address}\"\ntimeout_seconds = 3\ngrace_hours = 0\n")
}

pub(crate) fn sftp(server: &Server) -> String {
    let folder = server.folder.path().display();
    format!(
        "service = \"sftp\"\nendpoint = \"{}@{}\"\nprefix = \"{folder}/root\"\nkey_file = \"{folder}/user\"\n\
         host_key = \"learn\"\ngrace_hours = 0\n",
        servers::user(),
        server.address
    )
}

/// What lies in a bucket, without what publishing keeps for itself.
pub(crate) fn in_bucket(address: &str) -> Tree {
    http::bucket(address, "portal").into_iter().filter(|(name, _)| !name.starts_with('.')).collect()
}
