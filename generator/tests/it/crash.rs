//! Whatever stops a build, the output folder is the last good one or the new one, never something between.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::corpus;
use crate::support::{self, Tree, tell};

/// Pages and rows of the site that is killed; about 400 records.
const PAGES: usize = 300;
const ROWS: usize = 100;

/// How many builds must really have been killed.
const KILLS: usize = 25;

/// A site that switches between two versions.
struct Twin {
    folder: TempDir,
    /// The file that differs, and its two texts.
    path: &'static str,
    texts: [String; 2],
    /// The outputs of the two versions, the manifest included.
    builds: [Tree; 2],
}

impl Twin {
    /// The versions differ on every page: the name of the portal does. Ends with the first in `public/`.
    fn new(pages: usize, rows: usize) -> Twin {
        let texts = ["甲版平台", "乙版平台"].map(corpus::portal);
        Twin::with("portal.toml", texts, pages, rows)
    }

    /// The versions differ in one page of plain text, and where it is announced.
    fn of_one_page(pages: usize, rows: usize) -> Twin {
        let page = |title: &str| format!("+++\ntitle = \"{title}\"\ndate = 2025-06-29\n+++\n\n{title}的正文。\n");
        Twin::with("content/about/p1.md", ["甲页", "乙页"].map(page), pages, rows)
    }

    fn with(path: &'static str, texts: [String; 2], pages: usize, rows: usize) -> Twin {
        let folder = support::scratch();
        corpus::write(folder.path(), &corpus::files(pages, rows));
        let mut twin = Twin { folder, path, texts, builds: [Tree::new(), Tree::new()] };
        for version in [1, 0] {
            twin.switch(version);
            support::gongkai(twin.root(), &["build"]).expect(0);
            twin.builds[version] = support::tree(&twin.public());
        }
        twin
    }

    fn root(&self) -> &Path {
        self.folder.path()
    }

    fn public(&self) -> PathBuf {
        self.root().join("public")
    }

    fn switch(&self, version: usize) {
        support::write(&self.root().join(self.path), &self.texts[version]);
    }

    fn spawn(&self) -> Child {
        let mut command = support::program();
        command.arg("--root").arg(self.root()).arg("build").stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("the program starts")
    }

    /// Which version `public/` is, whole.
    fn version(&self) -> Option<usize> {
        let public = support::tree(&self.public());
        self.builds.iter().position(|build| *build == public)
    }

    fn assert_nothing_beside(&self) {
        assert_eq!(
            support::names(self.root()),
            ["content", "portal.toml", "public", "search-index"],
            "leftovers beside the output"
        );
    }
}

#[test]
fn a_build_killed_at_any_moment_leaves_the_old_or_the_new_whole() {
    let twin = Twin::new(PAGES, ROWS);
    let mut length = length(&twin);
    let (mut killed, mut half_way, mut moments) = (0, 0, 0);
    let mut present = 0;
    // A build may end before its kill; then another moment is tried, up to a bound.
    for at in 0..KILLS * 4 {
        if killed >= KILLS && at >= KILLS * 5 / 4 {
            break;
        }
        let wanted = 1 - present;
        twin.switch(wanted);
        let mut child = twin.spawn();
        // The golden ratio spreads any number of moments evenly over the length of the build.
        let share = (f64::from(u32::try_from(at).expect("few moments")) * 0.618_033_988_749).fract();
        sleep(length.mul_f64(share * 1.02));
        child.kill().expect("a child that was not waited for can be killed");
        let status = child.wait().expect("it can be waited for");
        moments += 1;
        let in_time = status.code().is_none();
        killed += usize::from(in_time);
        // The machine has other work too: follow the end of the build wherever it moves.
        length = length.mul_f64(if in_time { 1.01 } else { 0.9 });
        half_way += usize::from(twin.root().join(".public.next").exists());
        let found = twin.version();
        assert!(found.is_some(), "killed after {share:.3} of {length:?}: public/ is neither version");
        support::gongkai(twin.root(), &["build"]).expect(0);
        assert_eq!(twin.version(), Some(wanted), "the build after a killed one is complete");
        twin.assert_nothing_beside();
        present = wanted;
    }
    tell(&format!("{killed} builds killed at {moments} moments over {length:?}, {half_way} of them while writing"));
    assert!(killed >= KILLS, "only {killed} of {moments} builds were killed in time");
    assert!(half_way >= 3, "too few builds were killed while they were writing: {half_way}");
}

/// How long a whole build takes here: the middle of three.
fn length(twin: &Twin) -> Duration {
    let mut times: Vec<Duration> = (0..3)
        .map(|at| {
            twin.switch(1 - at % 2);
            let started = Instant::now();
            support::gongkai(twin.root(), &["build"]).expect(0);
            started.elapsed()
        })
        .collect();
    twin.switch(0);
    support::gongkai(twin.root(), &["build"]).expect(0);
    times.sort();
    times[1]
}

/// Where a build notes the small change that it has decided on.
const JOURNAL: &str = ".public.next/.gongkai-journal";

/// A small change is moved into place file by file. Killed in the middle of that, a journal stands beside,
/// and the next build finishes the change before anything else.
#[test]
fn a_small_change_that_is_killed_is_old_new_or_decided() {
    let twin = Twin::of_one_page(PAGES / 3, ROWS);
    let mut length = length(&twin);
    let (mut killed, mut decided, mut present) = (0, 0, 0);
    for at in 0..KILLS {
        let wanted = 1 - present;
        twin.switch(wanted);
        let mut child = twin.spawn();
        // Most moments lie near the end, where files are moved.
        let share = 1.0 - 0.4 * (f64::from(u32::try_from(at).expect("few moments")) * 0.618_033_988_749).fract();
        sleep(length.mul_f64(share));
        child.kill().expect("a child that was not waited for can be killed");
        let in_time = child.wait().expect("it can be waited for").code().is_none();
        killed += usize::from(in_time);
        // The machine has other work too: follow the end of the build wherever it moves.
        length = length.mul_f64(if in_time { 1.03 } else { 0.9 });
        let journal = twin.root().join(JOURNAL).exists();
        decided += usize::from(journal);
        assert!(journal || twin.version().is_some(), "public/ is neither version, and no journal says so");
        support::gongkai(twin.root(), &["build"]).expect(0);
        assert_eq!(twin.version(), Some(wanted), "the build after a killed one is complete");
        twin.assert_nothing_beside();
        present = wanted;
    }
    tell(&format!("{killed} builds of a small change killed, {decided} of them while files were moved"));
}

/// The same moment, made by hand, since it is too short to be met: some files are moved, some are not.
#[test]
fn a_change_that_was_decided_is_finished_by_the_next_build() {
    for moved in 0..4 {
        let twin = Twin::of_one_page(60, 20);
        let [old, new] = &twin.builds;
        let changed: Vec<&String> = new.keys().filter(|name| old.get(*name) != new.get(*name)).collect();
        let removed: String =
            old.keys().filter(|name| !new.contains_key(*name)).map(|name| format!("{name}\n")).collect();
        for (at, name) in changed.into_iter().filter(|name| *name != support::MANIFEST).enumerate() {
            let folder = if at % 4 < moved { "public" } else { ".public.next" };
            support::write(&twin.root().join(folder).join(name), &new[name]);
        }
        support::write(&twin.root().join(".public.next").join(support::MANIFEST), &new[support::MANIFEST]);
        support::write(&twin.root().join(JOURNAL), removed);
        twin.switch(1);
        let ran = support::gongkai(twin.root(), &["build"]).expect(0);
        assert_eq!(twin.version(), Some(1), "{moved} of 4 were moved\n{}", ran.out);
        twin.assert_nothing_beside();
    }
}

/// Killed on its very first build there is no output, or all of it.
#[test]
fn a_first_build_that_is_killed_leaves_nothing_or_all() {
    let twin = Twin::new(60, 20);
    let length = length(&twin);
    for share in [0.2, 0.4, 0.6, 0.8, 0.95] {
        fs::remove_dir_all(twin.public()).expect("it was built");
        let mut child = twin.spawn();
        sleep(length.mul_f64(share));
        child.kill().expect("a child that was not waited for can be killed");
        child.wait().expect("it can be waited for");
        assert!(!twin.public().exists() || twin.version() == Some(0), "a part of a first build");
        support::gongkai(twin.root(), &["build"]).expect(0);
        assert_eq!(twin.version(), Some(0));
        twin.assert_nothing_beside();
    }
}

#[test]
fn a_failing_template_leaves_the_output_as_it_was() {
    let twin = Twin::new(12, 4);
    twin.switch(1);
    let broken = twin.root().join("themes/portal/templates/stub.html");
    support::write(&broken, "{{ nothing.of.this }}");
    let sheet = twin.root().join("content/penalty/0.csv");
    support::write(&sheet, support::text(&sheet).replacen(",,\n", ",2025-06-01,撤销\n", 1));
    let ran = support::gongkai(twin.root(), &["build", "--lang", "zh"]).expect(1);
    assert!(ran.err.contains("render-failed") && ran.err.contains("stub.html"), "{}", ran.err);
    assert_eq!(twin.version(), Some(0));
    assert_eq!(support::names(twin.root()), ["content", "portal.toml", "public", "search-index", "themes"]);
}

/// A tmpfs that goes away with the value.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn mount(kilobytes: u32) -> Result<SmallDisk, String> {
        let folder = support::scratch();
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", &format!("size={kilobytes}k"), "gongkai-it"]).arg(folder.path());
        let output = command.output().map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        if output.status.success() { Ok(SmallDisk(folder)) } else { Err(said) }
    }

    fn public(&self) -> PathBuf {
        self.0.path().join("public")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Whatever fails here leaves a mount in a temporary folder; the next start of the machine clears it.
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).output();
    }
}

#[test]
fn a_full_disk_leaves_the_output_as_it_was() {
    let twin = Twin::new(60, 20);
    let bytes: usize = twin.builds[0].values().map(|bytes| bytes.len().next_multiple_of(4096)).sum();
    // Room for one build and a part of the next one.
    let room = u32::try_from(bytes / 1024 * 3 / 2).expect("a small site");
    let disk = match SmallDisk::mount(room) {
        Ok(disk) => disk,
        Err(why) => {
            tell(&format!(
                "a full disk was NOT tried, a tmpfs cannot be mounted here ({why}); see the limit on file sizes instead"
            ));
            return;
        }
    };
    let out = disk.public();
    let out = out.to_str().expect("temporary folders have plain names");
    support::gongkai(twin.root(), &["build", "--out", out]).expect(0);
    assert_eq!(support::tree(&disk.public()), twin.builds[0]);
    twin.switch(1);
    let ran = support::gongkai(twin.root(), &["build", "--out", out, "--lang", "zh"]).expect(3);
    assert!(ran.err.contains("cannot-write") && ran.err.contains("磁盘空间"), "{}", ran.err);
    assert_eq!(support::tree(&disk.public()), twin.builds[0], "the last good output");
    assert_eq!(support::names(disk.0.path()), ["public"], "no leftovers take up room");
    // A small change still fits: unchanged files take no second place.
    twin.switch(0);
    let page = twin.root().join("content/about/p1.md");
    support::write(&page, support::text(&page) + "\n又一句。\n");
    support::gongkai(twin.root(), &["build", "--out", out]).expect(0);
    tell(&format!("a disk of {room} KB was filled"));
}

/// A limit on the size of files stops writing as a full disk does, and needs no rights.
#[test]
fn a_refused_write_leaves_the_output_as_it_was() {
    let twin = Twin::new(30, 10);
    twin.switch(1);
    let mut command = Command::new("bash");
    let script = "trap '' XFSZ; ulimit -f 8; exec \"$0\" --root \"$1\" --lang zh build";
    command.args(["-c", script, env!("CARGO_BIN_EXE_gongkai")]).arg(twin.root());
    let ran = support::run(&mut command).expect(3);
    assert!(ran.err.contains("cannot-write"), "{}", ran.err);
    assert_eq!(twin.version(), Some(0));
    twin.assert_nothing_beside();
}

#[test]
fn a_second_build_at_the_same_time_is_refused() {
    let twin = Twin::new(12, 4);
    let lock = File::create(twin.root().join(".public.lock")).expect("the folder can be written");
    lock.try_lock().expect("nobody else builds here");
    let ran = support::gongkai(twin.root(), &["build", "--lang", "zh"]).expect(3);
    assert!(ran.err.contains("output-busy"), "{}", ran.err);
    assert_eq!(twin.version(), Some(0));
    drop(lock);
    support::gongkai(twin.root(), &["build"]).expect(0);
    twin.assert_nothing_beside();
}

/// Two at once for real: each is done or refused, and the output is whole.
#[test]
fn builds_that_race_do_not_mix() {
    let twin = Twin::new(60, 20);
    let mut refused = 0;
    for round in 0..8 {
        twin.switch(round % 2);
        let children: Vec<Child> = (0..3).map(|_| twin.spawn()).collect();
        let codes: Vec<Option<i32>> =
            children.into_iter().map(|mut child| child.wait().expect("it ends").code()).collect();
        assert!(codes.iter().all(|code| matches!(code, Some(0 | 3))), "{codes:?}");
        assert!(codes.contains(&Some(0)), "{codes:?}");
        refused += codes.iter().filter(|code| **code == Some(3)).count();
        assert_eq!(twin.version(), Some(round % 2));
        twin.assert_nothing_beside();
    }
    tell(&format!("{refused} of 24 racing builds were refused"));
}

#[test]
fn a_folder_with_files_of_others_is_not_taken_over() {
    let twin = Twin::new(6, 2);
    let foreign = twin.root().join("foreign");
    support::write(&foreign.join("thesis.docx"), "not ours");
    let ran = support::gongkai(twin.root(), &["build", "--out", "foreign", "--lang", "zh"]).expect(3);
    assert!(ran.err.contains("foreign-output") && ran.err.contains("thesis.docx"), "{}", ran.err);
    assert_eq!(support::names(&foreign), ["thesis.docx"]);
    fs::remove_dir_all(&foreign).expect("it was made here");
    twin.assert_nothing_beside();
}

#[test]
fn files_that_no_build_made_stay() {
    let twin = Twin::new(6, 2);
    let fresh = twin.root().join("fresh");
    support::write(&fresh.join(".gitkeep"), "");
    support::gongkai(twin.root(), &["build", "--out", "fresh"]).expect(0);
    support::write(&fresh.join(".well-known/security.txt"), "Contact: x");
    support::write(&fresh.join("news/.htaccess"), "deny");
    support::write(&fresh.join("verify-1a2b.html"), "for a search engine");
    twin.switch(1);
    support::gongkai(twin.root(), &["build", "--out", "fresh"]).expect(0);
    let after = support::tree(&fresh);
    for (name, text) in [
        (".gitkeep", ""),
        (".well-known/security.txt", "Contact: x"),
        ("news/.htaccess", "deny"),
        ("verify-1a2b.html", "for a search engine"),
    ] {
        assert_eq!(after.get(name).map(Vec::as_slice), Some(text.as_bytes()), "{name}");
    }
    let built: Tree = after.into_iter().filter(|(name, _)| twin.builds[1].contains_key(name)).collect();
    assert_eq!(built, twin.builds[1]);
}

#[test]
fn a_damaged_manifest_costs_time_and_nothing_else() {
    let twin = Twin::new(6, 2);
    for text in
        ["", "gongkai-manifest 99\n", "gongkai-manifest 1\nnonsense\n", "gongkai-manifest 1\nff 3 ../../etc/passwd\n"]
    {
        support::write(&twin.public().join(support::MANIFEST), text);
        support::gongkai(twin.root(), &["build"]).expect(0);
        assert_eq!(twin.version(), Some(0), "after the manifest said {text:?}");
    }
}

/// `public` may be a link to where a server looks; it stays one.
#[cfg(unix)]
#[test]
fn an_output_that_is_a_link_stays_one() {
    let twin = Twin::new(6, 2);
    let real = twin.root().join("real");
    fs::rename(twin.public(), &real).expect("it was built");
    std::os::unix::fs::symlink("real", twin.public()).expect("links can be made");
    twin.switch(1);
    support::gongkai(twin.root(), &["build"]).expect(0);
    assert!(twin.public().is_symlink());
    assert_eq!(support::tree(&real), twin.builds[1]);
    assert_eq!(support::names(twin.root()), ["content", "portal.toml", "public", "real", "search-index"]);
}
