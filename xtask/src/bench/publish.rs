//! `cargo xtask bench publish`: how long a large portal takes to be compared with its target, and to be uploaded,
//! beside `rclone` with the same files, the same server and as many transfers, in the same run.

use std::fs;
use std::io::{self, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::measure::{self, Run};
use super::report::{self, Series};
use super::{corpus, gongkai};
use crate::{shell, system};

/// Seconds to plan when one page in a hundred changed.
const PLAN_SECONDS: f64 = 2.0;
/// A throughput of 0.8 of rclone's.
const OF_RCLONE: f64 = 1.25;
/// Requests at the same time, of both.
const PARALLEL: &str = "16";

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Pages of the portal; it has about twice as many objects
    #[arg(long, default_value_t = 50_000)]
    pages: usize,
    /// Pages of the portal that is uploaded over and over
    #[arg(long, default_value_t = 5_000)]
    upload: usize,
    #[arg(long, default_value_t = 3)]
    runs: usize,
    #[arg(long, default_value = "/dev/shm/gongkai-bench")]
    dir: PathBuf,
    /// Measure this gongkai instead of building one
    #[arg(long)]
    gongkai: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> io::Result<()> {
    system::ensure(&system::RCLONE)?;
    let program = arguments.gongkai.as_ref().map_or_else(shell::built_gongkai, fs::canonicalize)?;
    let dir = arguments.dir.join("publish");
    plan(&program, &dir.join("plan"), arguments.pages, arguments.runs)?;
    upload(&program, &dir.join("upload"), arguments.upload, arguments.runs)?;
    fs::remove_dir_all(dir)
}

/// A portal that stands in a folder target, then one page in a hundred is edited.
fn plan(program: &Path, site: &Path, pages: usize, runs: usize) -> io::Result<()> {
    gongkai::write_site(site, pages)?;
    add_target(site, "service = \"fs\"\npath = \"www\"\nlayout = \"in-place\"\n")?;
    run_on(program, site, &["build"])?;
    run_on(program, site, &["publish", "www"])?;
    for page in (0..pages).step_by(100).map(corpus::page) {
        let mut file = fs::File::options().append(true).open(gongkai::page_file(site, &page))?;
        file.write_all("\n又及。\n".as_bytes())?;
    }
    run_on(program, site, &["build"])?;
    // The first look reads what the build wrote, as the publish after it would have to.
    let (first, said) = run_on(program, site, &["publish", "www", "--dry-run"])?;
    let again = (0..runs).map(|_| Ok(run_on(program, site, &["publish", "www", "--dry-run"])?.0));
    let again = Series(again.collect::<io::Result<Vec<Run>>>()?);
    println!("{}", said.lines().last().unwrap_or_default());
    println!("{}", report::line("first", &Series(vec![first])));
    println!("{}", report::line("plan", &again));
    println!("{}", report::verdict("planning, seconds", again.median_wall(), PLAN_SECONDS));
    fs::remove_dir_all(site)
}

/// A portal to an empty WebDAV server, and the same files by rclone.
fn upload(program: &Path, site: &Path, pages: usize, runs: usize) -> io::Result<()> {
    gongkai::write_site(site, pages)?;
    run_on(program, site, &["build"])?;
    let (mut ours, mut theirs) = (Series::default(), Series::default());
    for _ in 0..runs {
        let server = Server::start(&site.join("served"))?;
        let target = format!("service = \"webdav\"\nendpoint = \"{}\"\nparallel = {PARALLEL}\n", server.url);
        add_target(site, &target)?;
        ours.0.push(run_on(program, site, &["publish", "www"])?.0);
        drop(server);
        let server = Server::start(&site.join("served"))?;
        let mut rclone = Command::new("rclone");
        rclone.arg("copy").arg(site.join("public")).arg(":webdav:").args(["--webdav-url", &server.url]);
        rclone.args(["--webdav-vendor", "other", "--exclude", ".gongkai-*", "--config", ""]);
        rclone.args(["--transfers", PARALLEL, "--checkers", PARALLEL]);
        theirs.0.push(measure::run(&mut rclone)?.0);
    }
    println!("{pages} pages to WebDAV");
    println!("{}", report::line("gongkai", &ours));
    println!("{}", report::line("rclone", &theirs));
    println!("{}", report::verdict("gongkai / rclone", report::ratio(&ours, &theirs), OF_RCLONE));
    Ok(())
}

fn add_target(site: &Path, lines: &str) -> io::Result<()> {
    let path = site.join("portal.toml");
    let settings = fs::read_to_string(&path)?;
    let own = settings.split("\n[target.www]\n").next().unwrap_or_default();
    fs::write(path, format!("{own}\n[target.www]\n{lines}"))
}

fn run_on(program: &Path, site: &Path, arguments: &[&str]) -> io::Result<(Run, String)> {
    measure::run(Command::new(program).args(["--lang", "en", "--root"]).arg(site).args(arguments))
}

/// rclone as a WebDAV server over an empty folder, until the value goes.
struct Server {
    process: Child,
    url: String,
    folder: PathBuf,
}

impl Server {
    fn start(folder: &Path) -> io::Result<Server> {
        fs::create_dir_all(folder)?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let mut command = Command::new("rclone");
        command.args(["serve", "webdav", "--addr", &address, "--config", ""]).arg(folder);
        let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let server = Server { process, url: format!("http://{address}"), folder: folder.to_owned() };
        let started = Instant::now();
        while TcpStream::connect(&address).is_err() {
            if started.elapsed() > Duration::from_secs(30) {
                return Err(io::Error::other("rclone does not serve"));
            }
            sleep(Duration::from_millis(50));
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // What is left behind is cleared with the folder of the benchmark.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}
