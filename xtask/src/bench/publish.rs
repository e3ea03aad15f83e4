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
use crate::{publish, shell, system};

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

/// A portal to an empty bucket, and the same files by rclone. Not to WebDAV: there rclone waits between requests.
fn upload(program: &Path, site: &Path, pages: usize, runs: usize) -> io::Result<()> {
    gongkai::write_site(site, pages)?;
    run_on(program, site, &["build"])?;
    let (mut ours, mut theirs) = (Series::default(), Series::default());
    for _ in 0..runs {
        let server = Server::start()?;
        let target = format!("service = \"s3\"\nbucket = \"portal\"\nendpoint = \"{}\"\n", server.url);
        add_target(site, &format!("{target}parallel = {PARALLEL}\n"))?;
        ours.0.push(run_on(program, site, &["publish", "www"])?.0);
        drop(server);
        let server = Server::start()?;
        let mut rclone = server.rclone("copy");
        rclone.arg(site.join("public")).args([":s3:portal", "--exclude", ".gongkai-*"]);
        rclone.args(["--transfers", PARALLEL, "--checkers", PARALLEL]);
        theirs.0.push(measure::run(&mut rclone)?.0);
    }
    println!("{pages} pages to S3");
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
    let mut command = Command::new(program);
    command.args(["--lang", "en", "--root"]).arg(site).args(arguments).envs(KEYS);
    measure::run(&mut command)
}

/// What the server takes for keys.
const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "bench"), ("AWS_SECRET_ACCESS_KEY", "bench")];

/// An S3 service with an empty bucket, until the value goes.
struct Server {
    process: Child,
    url: String,
}

impl Server {
    fn start() -> io::Result<Server> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port().to_string();
        let mut command = Command::new(publish::s3_server()?);
        command.args(["--host", "127.0.0.1", "--port", &port]);
        let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let server = Server { process, url: format!("http://127.0.0.1:{port}") };
        let started = Instant::now();
        while TcpStream::connect(format!("127.0.0.1:{port}")).is_err() {
            if started.elapsed() > Duration::from_secs(60) {
                return Err(io::Error::other("the S3 service does not listen"));
            }
            sleep(Duration::from_millis(50));
        }
        measure::run(server.rclone("mkdir").arg(":s3:portal"))?;
        Ok(server)
    }

    fn rclone(&self, verb: &str) -> Command {
        let mut command = Command::new("rclone");
        command.arg(verb).args(["--s3-provider", "Other", "--s3-env-auth", "--config", "/dev/null"]);
        command.args(["--s3-endpoint", &self.url, "--s3-region", "us-east-1"]).envs(KEYS);
        // rclone 1.60 cannot read a bundle that this names.
        command.env_remove("AWS_CA_BUNDLE");
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
