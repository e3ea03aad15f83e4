//! Real servers, each started for one test and ended with it: an S3 service, Apache with WebDAV, OpenSSH.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::http;
use crate::support;

/// A running program that ends with the value.
pub(crate) struct Server {
    process: Child,
    pub(crate) address: String,
    /// What it keeps its files in, where it keeps files.
    pub(crate) folder: TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        // Asked to end, a server takes its children with it. It may have ended by itself.
        let _ = Command::new("kill").arg(self.process.id().to_string()).stderr(Stdio::null()).status();
        let asked = Instant::now();
        while matches!(self.process.try_wait(), Ok(None)) && asked.elapsed() < Duration::from_secs(5) {
            sleep(Duration::from_millis(20));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A port nobody listens on at this moment.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback can be listened on");
    listener.local_addr().expect("a listener has an address").port()
}

fn wait_for(address: &str) {
    let started = Instant::now();
    while TcpStream::connect(address).is_err() {
        assert!(started.elapsed() < Duration::from_secs(60), "{address} does not listen");
        sleep(Duration::from_millis(50));
    }
}

fn start(command: &mut Command, address: String, folder: TempDir) -> Server {
    let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let process = process.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    wait_for(&address);
    Server { process, address, folder }
}

/// A program that may not be installed. `cargo xtask test` installs all of them and says so.
fn program(names: &[PathBuf]) -> Option<PathBuf> {
    let found = names.iter().find(|name| {
        let run = Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        name.is_absolute() && name.exists() || run.is_ok()
    });
    if found.is_none() {
        assert!(std::env::var_os("GONGKAI_NEEDS_SERVERS").is_none(), "{names:?} should have been installed");
        support::tell(&format!("{} is not there, what needs it is not tested", names[0].display()));
    }
    found.cloned()
}

/// A service that honours conditional writes, with an empty bucket `portal`.
pub(crate) fn s3() -> Option<Server> {
    let installed = support::repository().join("target/xtask/moto/bin/moto_server");
    let program = program(&[installed, "moto_server".into()])?;
    let port = free_port();
    let folder = support::scratch();
    let mut command = Command::new(program);
    command.args(["--host", "127.0.0.1", "--port", &port.to_string()]);
    let server = start(&mut command, format!("127.0.0.1:{port}"), folder);
    make_bucket(&server.address);
    Some(server)
}

/// A service that takes conditional writes and ignores the condition.
pub(crate) fn s3_without_conditions() -> Option<Server> {
    let installed = support::repository().join("target/xtask/s3rver/node_modules/.bin/s3rver");
    let program = program(&[installed, "s3rver".into()])?;
    let port = free_port();
    let folder = support::scratch();
    let mut command = Command::new(program);
    command.args(["--address", "127.0.0.1", "--port", &port.to_string(), "--directory"]).arg(folder.path());
    command.args(["--configure-bucket", "portal"]);
    Some(start(&mut command, format!("127.0.0.1:{port}"), folder))
}

fn make_bucket(address: &str) {
    let made = http::ask("PUT", address, "/portal", &[http::SIGNED]);
    assert_eq!(made.expect("the service answers").status, 200);
}

/// Apache with a folder that can be written.
pub(crate) fn webdav() -> Option<Server> {
    let program = program(&["/usr/sbin/apache2".into()])?;
    let folder = support::scratch();
    let port = free_port();
    let path = folder.path().display();
    // As root, Apache serves as somebody else.
    let user = if user() == "root" { "User www-data\nGroup www-data\n" } else { "" };
    let settings = format!(
        "ServerRoot /usr/lib/apache2\nServerName localhost\nListen 127.0.0.1:{port}\nPidFile {path}/pid\n\
         ErrorLog {path}/error.log\nTypesConfig /etc/mime.types\nDocumentRoot {path}/root\nDAVLockDB {path}/locks\n\
         LoadModule mpm_event_module modules/mod_mpm_event.so\n\
         LoadModule authz_core_module modules/mod_authz_core.so\nLoadModule mime_module modules/mod_mime.so\n\
         LoadModule dav_module modules/mod_dav.so\nLoadModule dav_fs_module modules/mod_dav_fs.so\n\
         {user}<Directory {path}/root>\nDav On\nRequire all granted\n</Directory>\n"
    );
    fs::create_dir(folder.path().join("root")).expect("folders can be made");
    support::write(&folder.path().join("httpd.conf"), settings);
    let opened = Command::new("chmod").args(["-R", "a+rwX"]).arg(folder.path()).status();
    assert!(opened.is_ok_and(|status| status.success()));
    let mut command = Command::new(program);
    command.args(["-D", "FOREGROUND", "-f"]).arg(folder.path().join("httpd.conf"));
    Some(start(&mut command, format!("127.0.0.1:{port}"), folder))
}

/// OpenSSH with a key of its own. `ssh` must be there too.
pub(crate) fn sftp() -> Option<Server> {
    let program = program(&["/usr/sbin/sshd".into()])?;
    let folder = support::scratch();
    let port = free_port();
    let path = folder.path().to_owned();
    fs::create_dir(path.join("root")).expect("folders can be made");
    for name in ["host", "user"] {
        let mut keygen = Command::new("ssh-keygen");
        let made = keygen.args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(path.join(name)).status();
        assert!(made.is_ok_and(|status| status.success()), "a key can be made");
    }
    fs::create_dir_all("/run/sshd").ok();
    let shown = path.display();
    let settings = format!(
        "Port {port}\nListenAddress 127.0.0.1\nHostKey {shown}/host\nAuthorizedKeysFile {shown}/user.pub\n\
         StrictModes no\nUsePAM no\nPidFile none\nSubsystem sftp internal-sftp\nPermitRootLogin yes\n"
    );
    support::write(&path.join("sshd_config"), settings);
    let mut command = Command::new(program);
    command.args(["-D", "-f"]).arg(path.join("sshd_config"));
    Some(start(&mut command, format!("127.0.0.1:{port}"), folder))
}

/// The name that `ssh` logs in as.
pub(crate) fn user() -> String {
    let output = Command::new("id").arg("-un").output().expect("`id` is everywhere");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Every file below a folder but what publishing keeps for itself.
pub(crate) fn shown(folder: &Path) -> support::Tree {
    let folder = fs::canonicalize(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    support::tree(&folder).into_iter().filter(|(name, _)| !name.starts_with('.')).collect()
}
