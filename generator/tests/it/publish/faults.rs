//! Whatever befalls a publisher, readers never see a page that refers to something missing, a rerun completes,
//! and what stands then is what a clean publish would have left.
//!
//! `GONGKAI_FAULT_RUNS` says how many runs there are; `cargo xtask faults --runs 500` sets it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use super::proxy::{Fault, Proxy, Weather};
use super::servers::{self, Server};
use super::site::{self, Publisher, VERSIONS, Version, built};
use super::{http, reader};
use crate::support::{self, Dice, Tree};

/// What befalls a publisher.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Mishap {
    Kill,
    /// Answers of 503 and lost connections.
    Weather,
    /// Half a body arrives.
    Torn,
    /// The server says nothing for a while.
    Stall,
    /// There is no room in the target.
    Full,
    /// The publisher's clock is days off.
    Clock,
    /// Another machine publishes another version at the same time.
    Second,
    /// Two of the above.
    KillInWeather,
}

/// What may befall one that publishes through a proxy.
const ON_A_LINE: [Mishap; 8] = [
    Mishap::Kill,
    Mishap::Weather,
    Mishap::Torn,
    Mishap::Stall,
    Mishap::Full,
    Mishap::Clock,
    Mishap::Second,
    Mishap::KillInWeather,
];
/// What may befall one whose target is a folder with little room.
const IN_A_FOLDER: [Mishap; 4] = [Mishap::Kill, Mishap::Full, Mishap::Clock, Mishap::Second];
/// What may befall the others.
const ELSEWHERE: [Mishap; 3] = [Mishap::Kill, Mishap::Clock, Mishap::Second];

/// A target, two machines that publish to it, and how to look at it.
struct Stage {
    name: &'static str,
    publishers: [Publisher; 2],
    proxy: Option<Proxy>,
    look: Box<dyn Fn() -> Tree + Send + Sync>,
    fetch: Box<reader::Site<'static>>,
    /// A file system of its own, which can be filled.
    room: Option<Room>,
    _server: Option<Server>,
}

/// A small file system in memory. Only root can make one.
struct Room(PathBuf);

impl Room {
    fn new(folder: &Path) -> Option<Room> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=24M", "tmpfs"]).arg(folder).stderr(Stdio::null());
        let mounted = mount.status().is_ok_and(|status| status.success());
        if !mounted {
            support::tell("no file system can be mounted here, full disks are tried over HTTP only");
        }
        mounted.then(|| Room(folder.to_owned()))
    }

    /// Leaves only so many bytes.
    fn fill(&self, left: usize) {
        let ballast = self.0.join(".ballast");
        let mut size = 24 << 20;
        while fs::write(&ballast, vec![0; size]).is_err() {
            size = size * 9 / 10;
        }
        fs::write(&ballast, vec![0; size.saturating_sub(left)]).expect("less than before fits");
    }

    fn clear(&self) {
        let _ = fs::remove_file(self.0.join(".ballast"));
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

fn two(settings: &str) -> [Publisher; 2] {
    [Publisher::new(settings), Publisher::new(settings)]
}

fn s3() -> Option<Stage> {
    let server = servers::s3()?;
    let proxy = Proxy::before(&server.address, 3);
    let address = server.address.clone();
    Some(Stage {
        name: "s3",
        publishers: two(&site::s3(&proxy.address)),
        proxy: Some(proxy),
        look: Box::new(move || http::bucket(&address, "portal")),
        fetch: Box::new(reader::over_http(&server.address, "/portal/")),
        room: None,
        _server: Some(server),
    })
}

fn webdav() -> Option<Stage> {
    let server = servers::webdav()?;
    let proxy = Proxy::before(&server.address, 5);
    let root = server.folder.path().join("root");
    Some(Stage {
        name: "webdav",
        publishers: two(&site::webdav(&proxy.address)),
        proxy: Some(proxy),
        look: Box::new(move || support::tree(&root)),
        fetch: Box::new(reader::over_http(&server.address, "/")),
        room: None,
        _server: Some(server),
    })
}

fn sftp() -> Option<Stage> {
    let server = servers::sftp()?;
    let root = server.folder.path().join("root");
    Some(Stage { name: "sftp", ..on_disk(two(&site::sftp(&server)), root.clone(), root, Some(server)) })
}

/// A folder of its own, shared by two publishers.
fn folder(name: &'static str, layout: &str, shown: &str) -> Stage {
    let shared = support::scratch().keep();
    let room = Room::new(&shared);
    let settings = format!("service = \"fs\"\npath = \"{}\"\nlayout = \"{layout}\"\ngrace_hours = 0", shared.display());
    Stage { name, room, ..on_disk(two(&settings), shared.clone(), shared.join(shown), None) }
}

fn on_disk(publishers: [Publisher; 2], root: PathBuf, shown: PathBuf, server: Option<Server>) -> Stage {
    let whole = root.clone();
    Stage {
        name: "",
        publishers,
        proxy: None,
        look: Box::new(move || {
            let link = whole.join("current");
            let mut tree = support::tree(&whole);
            if link.is_symlink() {
                // What readers see stands behind the link; the releases themselves are looked at by number.
                tree.retain(|name, _| name.starts_with('.'));
                tree.extend(support::tree(&fs::canonicalize(link).expect("the link leads somewhere")));
            }
            tree
        }),
        fetch: Box::new(move |path| fs::read(shown.join(path)).ok()),
        room: None,
        _server: server,
    }
}

impl Stage {
    fn start(&self, publisher: usize, version: Version, before: Option<&str>) -> Child {
        let command = self.publishers[publisher].command(built(version), &["--max-delete", "1000"]);
        let mut command = match before {
            Some(offset) => in_another_time(&command, offset),
            None => command,
        };
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts")
    }

    fn mishaps(&self) -> &'static [Mishap] {
        match (&self.proxy, &self.room) {
            (Some(_), _) => &ON_A_LINE,
            (None, Some(_)) => &IN_A_FOLDER,
            (None, None) => &ELSEWHERE,
        }
    }

    fn weather(&self, faults: &[(Fault, usize)]) {
        if let Some(proxy) = &self.proxy {
            proxy.set(Weather { faults: faults.to_vec(), stall: Duration::from_secs(4) });
        }
    }

    /// What stands must be this version and nothing else.
    fn assert_clean(&self, what: &str, version: Version) {
        let all = (self.look)();
        let shown: Tree =
            all.iter().filter(|(name, _)| !name.starts_with('.')).map(|(a, b)| (a.clone(), b.clone())).collect();
        support::assert_none(what, &support::differences(&site::shown(version), &shown));
        let own: BTreeSet<&str> = all.keys().filter_map(|name| name.strip_prefix(".gongkai/")).collect();
        let state: serde_json::Value =
            serde_json::from_slice(&all[".gongkai/current.json"]).expect("the pointer is JSON");
        let empty = |key: &str| state[key].as_array().is_some_and(Vec::is_empty);
        assert!(empty("deleting") && empty("settled"), "{what}: {state}");
        let release = format!("manifests/{}.json", state["release"].as_str().unwrap_or_default());
        let kept = state["releases"].as_array().map_or(0, Vec::len).max(1);
        let manifests = own.iter().filter(|name| name.starts_with("manifests/")).count();
        assert!(own.contains(release.as_str()) && manifests == kept, "{what}: {own:?}");
        let lock = all.get(".gongkai/lock");
        assert!(lock.is_none() || self.proxy.is_none() && self.name != "sftp", "{what}: the lock is given back");
    }
}

/// The same command with its clock days off, where `faketime` is installed.
fn in_another_time(command: &Command, offset: &str) -> Command {
    let mut shifted = Command::new("faketime");
    shifted.args(["-f", offset]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shifted.env(name, value),
            None => shifted.env_remove(name),
        };
    }
    shifted.stdin(Stdio::null());
    shifted
}

fn has_faketime() -> bool {
    let tried = Command::new("faketime").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    tried.is_ok_and(|status| status.success())
}

/// What came of all runs.
#[derive(Debug, Default)]
struct Tally {
    runs: BTreeMap<(&'static str, Mishap), usize>,
    killed: usize,
    failed: usize,
    walks: usize,
    spoilt: u64,
}

impl Tally {
    fn add(&mut self, other: Tally) {
        self.runs.extend(other.runs);
        self.killed += other.killed;
        self.failed += other.failed;
        self.walks += other.walks;
        self.spoilt += other.spoilt;
    }
}

/// Publishes versions one after the other under mishaps, while a reader walks the site without pause.
fn campaign(stage: &Stage, runs: usize, seed: u64) -> Tally {
    let mut tally = Tally::default();
    let mut dice = Dice::new(seed);
    let clean = |version: Version, what: &str| {
        stage.weather(&[]);
        let ran = stage.publishers[0].publish(version, &["--max-delete", "1000"]);
        assert_eq!(ran.code, Some(0), "{}: {what}: a rerun completes\n{}", stage.name, ran.err);
        stage.assert_clean(&format!("{}: {what}", stage.name), version);
    };
    let mut from = Version::First;
    let started = Instant::now();
    clean(from, "the first publish");
    let usual = started.elapsed();
    let over = AtomicBool::new(false);
    let walks = AtomicUsize::new(0);
    let faketime = has_faketime();
    thread::scope(|scope| {
        let walker = scope.spawn(|| {
            let mut violations = BTreeSet::new();
            while !over.load(Ordering::Relaxed) {
                violations.extend(reader::walk(&*stage.fetch, 60));
                walks.fetch_add(1, Ordering::Relaxed);
                // A reader takes a breath, and leaves the machine to the publisher.
                sleep(Duration::from_millis(30));
            }
            violations
        });
        let guard = Guard(&over);
        for run in 0..runs {
            let mishap = stage.mishaps()[run % stage.mishaps().len()];
            let to = VERSIONS[dice.roll(VERSIONS.len())];
            let what = format!("run {run}, {mishap:?}, {from:?} to {to:?}");
            if run % 50 == 49 {
                support::tell(&format!("{}: {run} runs", stage.name));
            }
            let failed = mishandle(stage, mishap, to, usual, faketime, &mut dice, &mut tally);
            tally.failed += usize::from(failed);
            *tally.runs.entry((stage.name, mishap)).or_default() += 1;
            // What comes next need not be what was interrupted.
            let next = if dice.roll(3) == 0 { VERSIONS[dice.roll(VERSIONS.len())] } else { to };
            clean(next, &what);
            from = next;
        }
        drop(guard);
        let violations: Vec<String> = walker.join().expect("the reader does not fail").into_iter().collect();
        support::assert_none(&format!("{}: a reader saw", stage.name), &violations);
    });
    tally.walks += walks.load(Ordering::Relaxed);
    tally.spoilt += stage.proxy.as_ref().map_or(0, Proxy::spoilt);
    tally
}

/// Ends the reader's walk also when a run fails.
struct Guard<'a>(&'a AtomicBool);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Publishes under a mishap. Gives whether the publisher failed, or was killed.
fn mishandle(
    stage: &Stage,
    mishap: Mishap,
    to: Version,
    usual: Duration,
    faketime: bool,
    dice: &mut Dice,
    tally: &mut Tally,
) -> bool {
    let weather: &[(Fault, usize)] = match mishap {
        Mishap::Weather | Mishap::KillInWeather => &[(Fault::Refuse, 10), (Fault::LoseAnswer, 10)],
        Mishap::Torn => &[(Fault::Tear, 15)],
        Mishap::Stall => &[(Fault::Stall, 3)],
        Mishap::Full => &[(Fault::Full, 30)],
        _ => &[],
    };
    stage.weather(weather);
    let full = stage.room.as_ref().filter(|_| mishap == Mishap::Full);
    full.inspect(|room| room.fill(dice.roll(400_000)));
    let offset = ["-40d", "+40d"][dice.roll(2)];
    let mut child = stage.start(0, to, (mishap == Mishap::Clock && faketime).then_some(offset));
    let second = (mishap == Mishap::Second).then(|| {
        sleep(Duration::from_millis(dice.roll(60) as u64));
        stage.start(1, VERSIONS[dice.roll(VERSIONS.len())], None)
    });
    if matches!(mishap, Mishap::Kill | Mishap::KillInWeather) {
        let longest = usize::try_from(usual.as_millis()).unwrap_or(usize::MAX);
        sleep(Duration::from_millis(dice.roll(longest.max(2)) as u64));
        // It may have been faster.
        let _ = child.kill();
    }
    let status = child.wait().expect("the program was started");
    full.inspect(|room| room.clear());
    tally.killed += usize::from(status.code().is_none());
    if let Some(mut second) = second {
        let status = second.wait().expect("the program was started");
        assert!(status.code().is_some(), "the second publisher ends by itself");
    }
    !status.success()
}

#[test]
fn whatever_befalls_a_publisher() {
    let runs = std::env::var("GONGKAI_FAULT_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(24);
    let started = Instant::now();
    let stages = [
        s3(),
        webdav(),
        sftp(),
        Some(folder("folder", "in-place", "")),
        Some(folder("releases", "releases", "current")),
    ];
    let stages: Vec<Stage> = stages.into_iter().flatten().collect();
    // SFTP logs in for each connection and is the slowest; it gets half a share.
    let shares: Vec<usize> = stages.iter().map(|stage| if stage.name == "sftp" { 1 } else { 2 }).collect();
    let all: usize = shares.iter().sum();
    let mut tally = Tally::default();
    thread::scope(|scope| {
        let running: Vec<_> = stages
            .iter()
            .zip(&shares)
            .zip(11..)
            .map(|((stage, share), seed)| scope.spawn(move || campaign(stage, (runs * share).div_ceil(all), seed)))
            .collect();
        for stage in running {
            tally.add(stage.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
    });
    let count: usize = tally.runs.values().sum();
    support::tell(&format!(
        "{count} runs in {:.0} s: {} killed, {} failed and made good by a rerun, {} requests spoilt, {} walks of a reader",
        started.elapsed().as_secs_f64(),
        tally.killed,
        tally.failed,
        tally.spoilt,
        tally.walks
    ));
    for ((stage, mishap), runs) in &tally.runs {
        support::tell(&format!("{stage} {mishap:?}: {runs}"));
    }
    assert!(tally.walks >= stages.len(), "the reader walked");
}

/// The test must be able to fail: a target that deletes before it uploads is caught.
#[test]
fn a_reader_notices_what_is_missing() {
    let folder = support::scratch();
    let fetch = |path: &str| fs::read(folder.path().join(path)).ok();
    for (name, bytes) in site::shown(Version::First) {
        support::write(&folder.path().join(name), bytes);
    }
    assert_eq!(reader::walk(&fetch, 60), Vec::<String>::new());
    let style = Path::new("assets");
    fs::remove_dir_all(folder.path().join(style)).expect("a theme has assets");
    assert!(!reader::walk(&fetch, 60).is_empty());
}
